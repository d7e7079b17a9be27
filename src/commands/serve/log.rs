//! The log: one line for each change worth knowing, on standard error.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::args::{LogFormat, LogLevel};
use crate::commands::serve::lossy::Lossy;

/// Whose messages are logged. Libraries tell of single packets, which are evidence of a probe and
/// no news.
const OWN: &str = "wsus_probe";

/// How long the end waits for lines to be written: a reader that takes none by then is stuck.
const LAST: Duration = Duration::from_millis(500);

/// The log, to be ended before the process.
pub(in crate::commands) struct Log(Option<Lossy>);

impl Log {
    /// Waits for what is not written yet, but not for long. Whether all is, so that more can be
    /// written to standard error.
    pub(in crate::commands) fn end(&self) -> bool {
        self.0.as_ref().is_none_or(|lossy| lossy.flush(LAST))
    }
}

/// Starts to log. Where somebody in this process logs already, that stays as it is.
pub(in crate::commands) fn start(format: LogFormat, level: LogLevel) -> Log {
    let lossy = Lossy::start(io::stderr(), lost_line(format)).ok();
    let writer = match &lossy {
        Some(lossy) => BoxMakeWriter::new(Arc::new(lossy.clone())),
        // Without a thread, better slowly than not at all.
        None => BoxMakeWriter::new(io::stderr),
    };
    let filter = Targets::new().with_target(OWN, least(level));
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Logfmt => {
            let layer = tracing_logfmt::builder().with_target(false).layer();
            registry.with(layer.with_writer(writer)).try_init()
        }
        LogFormat::Json => {
            let layer = tracing_subscriber::fmt::layer().json().flatten_event(true);
            registry.with(layer.with_target(false).with_writer(writer)).try_init()
        }
    };
    // Only another logger can be in the way, and then there is one.
    drop(started);
    Log(lossy)
}

/// How lines are told of that were lost.
fn lost_line(format: LogFormat) -> fn(u64) -> String {
    match format {
        LogFormat::Logfmt => |lost| {
            format!(
                "level=warn message=\"log lines were lost: their reader is slow\" lost={lost}\n"
            )
        },
        LogFormat::Json => |lost| {
            let message = "log lines were lost: their reader is slow";
            format!("{{\"level\":\"WARN\",\"message\":\"{message}\",\"lost\":{lost}}}\n")
        },
    }
}

const fn least(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    }
}

/// A message of several lines as one: a log has one line for one thing.
pub(super) fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_changes_nothing_and_does_not_panic() {
        for format in [LogFormat::Logfmt, LogFormat::Json, LogFormat::Logfmt] {
            assert!(start(format, LogLevel::Error).end());
        }
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(one_line("a: b\n  hint: c\n\nd\r\n"), "a: b; hint: c; d");
    }
}
