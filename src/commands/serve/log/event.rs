//! The log as events: each message in plain text with its details below.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::commands::serve::lossy::{Loss, Lossy};
use crate::windows::event_log::{self, Level};

/// The field of a message that names its kind.
const KIND: &str = "event";

/// Writes an event for each message.
pub(super) struct Events(pub(super) Lossy);

impl<S: Subscriber> Layer<S> for Events {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        // It takes everything, and never fails.
        let _ = (&self.0).write_all(&line(event));
    }
}

fn line(event: &Event<'_>) -> Vec<u8> {
    let mut parts = Parts::default();
    event.record(&mut parts);
    let level = match *event.metadata().level() {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warning,
        tracing::Level::INFO | tracing::Level::DEBUG | tracing::Level::TRACE => Level::Information,
    };
    let id = event_log::id(parts.kind.as_deref(), level);
    let Parts { message, details, .. } = parts;
    let text = if details.is_empty() { message } else { format!("{message}\r\n{details}") };
    event_log::Event { level, id, text }.to_line()
}

/// The line about lost ones.
pub(super) fn lost_line(why: Loss, lost: u64) -> Vec<u8> {
    warning(format!("{}\r\n\r\nlost: {lost}", why.message()))
}

/// The line of a warning of this text.
pub(super) fn warning(text: String) -> Vec<u8> {
    let level = Level::Warning;
    event_log::Event { level, id: event_log::id(None, level), text }.to_line()
}

#[derive(Default)]
struct Parts {
    kind: Option<String>,
    message: String,
    details: String,
}

impl Visit for Parts {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text never fails.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.details, "\r\n{name}: {value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == KIND {
            self.kind = Some(value.to_owned());
        } else {
            self.record_debug(field, &format_args!("{value}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<event_log::Event>>>);

    impl std::io::Write for Seen {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().push(event_log::Event::from_line(line).unwrap());
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_message_is_an_event_with_its_details_below() {
        let seen = Seen::default();
        let lossy = Lossy::start(seen.clone(), lost_line, Box::new(|_| ())).unwrap();
        let subscriber = tracing_subscriber::registry().with(Events(lossy.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(endpoints = 2, addresses = "a b", "listening");
            let absent: Option<&str> = None;
            tracing::warn!(event = "nearest", to = absent, reason = "lost", "none");
            tracing::error!("{}", "bad");
        });
        assert!(lossy.flush(Duration::from_secs(10)));
        let event = |level, id, text: &str| event_log::Event { level, id, text: text.to_owned() };
        let expected = [
            event(Level::Information, 1, "listening\r\n\r\nendpoints: 2\r\naddresses: a b"),
            event(Level::Warning, 12, "none\r\n\r\nreason: lost"),
            event(Level::Error, 3, "bad"),
        ];
        assert_eq!(*seen.0.lock().unwrap(), expected);
        let lost = event_log::Event::from_line(&lost_line(Loss::Slow, 3)).unwrap();
        assert!(lost.text.ends_with("lost: 3") && lost.level == Level::Warning, "{lost:?}");
    }
}
