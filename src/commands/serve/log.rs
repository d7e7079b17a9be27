//! The log: one line for each change worth knowing, on standard error, in a file or as an event.

mod event;
mod file;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::args::serve::{LogFormat, LogLevel, Serve};
use crate::commands::serve::log::event::Events;
use crate::commands::serve::log::file::LogFile;
use crate::commands::serve::lossy::{Alarm, Lossy, LostLine};
use crate::windows::event_log;

/// Whose messages are logged. Libraries tell of single packets, which are evidence of a probe and
/// no news.
const OWN: &str = "wsus_probe";

/// How long the end waits for lines to be written: a reader that takes none by then is stuck.
const LAST: Duration = Duration::from_millis(500);

/// Where the log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) enum Destination {
    /// Standard error.
    StandardError,
    /// This file.
    File {
        /// Where.
        path: PathBuf,
        /// The service that this runs as: under its name an event says that the file cannot be
        /// written.
        service: Option<String>,
    },
    /// The event log of Windows, under this source.
    Events(String),
}

impl Destination {
    /// What the options say.
    pub(in crate::commands) fn of(options: &Serve) -> Self {
        match &options.log_file {
            Some(path) => Self::File { path: path.clone(), service: None },
            None if options.log_events => Self::Events(event_log::SOURCE.to_owned()),
            None => Self::StandardError,
        }
    }
}

/// The log, to be ended before the process.
pub(in crate::commands) struct Log {
    lossy: Option<Lossy>,
    /// Whether it goes to standard error.
    pub(super) is_standard_error: bool,
}

impl Log {
    /// Waits for what is not written yet, but not for long. Whether more can be written to
    /// standard error: the log does not go there, or all of it is written.
    pub(in crate::commands) fn end(&self) -> bool {
        let is_written = self.lossy.as_ref().is_none_or(|lossy| lossy.flush(LAST));
        is_written || !self.is_standard_error
    }
}

/// Starts to log on standard error. Where somebody in this process logs already, that stays as it
/// is.
pub(in crate::commands) fn start(format: LogFormat, level: LogLevel) -> Log {
    // Where standard error cannot be written there is nowhere else.
    let lossy = Lossy::start(io::stderr(), lost_line(format), Box::new(|_| ())).ok();
    let writer = match &lossy {
        Some(lossy) => BoxMakeWriter::new(Arc::new(lossy.clone())),
        // Without a thread, better slowly than not at all.
        None => BoxMakeWriter::new(io::stderr),
    };
    log_lines(format, level, writer);
    Log { lossy, is_standard_error: true }
}

/// The same elsewhere.
///
/// # Errors
/// It cannot be opened, as a sentence with the remedy.
pub(in crate::commands) fn start_at(
    destination: &Destination,
    format: LogFormat,
    level: LogLevel,
) -> Result<Log, String> {
    let no_thread = |error| format!("cannot log: {error}");
    let thread = |to: Box<dyn Write + Send>, lost_line, alarm| Lossy::start(to, lost_line, alarm);
    let lossy = match destination {
        Destination::StandardError => return Ok(start(format, level)),
        Destination::File { path, service } => {
            let file = LogFile::open(path).map_err(|error| {
                format!(
                    "cannot write the log to {}: {error}\n  hint: the account that this runs as \
                     has to be allowed to make and to write this file",
                    path.display()
                )
            })?;
            let alarm = alarm(&path.display().to_string(), service.clone());
            let lossy = thread(Box::new(file), lost_line(format), alarm).map_err(no_thread)?;
            log_lines(format, level, BoxMakeWriter::new(Arc::new(lossy.clone())));
            lossy
        }
        Destination::Events(source) => {
            let log = event_log::open(source).map_err(|error| {
                format!("cannot write to the event log: {error}\n  hint: --log.file FILE")
            })?;
            let lossy =
                thread(log, event::lost_line, alarm("the event log", None)).map_err(no_thread)?;
            begin(registry(level).with(Events(lossy.clone())));
            lossy
        }
    };
    Ok(Log { lossy: Some(lossy), is_standard_error: false })
}

/// Tells on standard error that a log cannot be written, and in the event log for a service, which
/// nobody reads the standard error of.
fn alarm(place: &str, service: Option<String>) -> Alarm {
    let place = place.to_owned();
    Box::new(move |error| {
        let text = format!(
            "the log can no longer be written to {place}: {error}. Nothing is logged until it can \
             be; make room, or let this account write there"
        );
        // Who would be told that this cannot be told is who this is for.
        let _ = writeln!(io::stderr(), "warning: {text}");
        if let Some(mut log) = service.as_deref().and_then(|name| event_log::open(name).ok()) {
            let _ = log.write_all(&event::warning(text));
        }
    })
}

/// Writes to the log that this ends, for those who read only the log.
pub(in crate::commands) fn last_words(error: &str) {
    tracing::error!(reason = one_line(error), "ended by a fault");
}

type Registry = tracing_subscriber::layer::Layered<Targets, tracing_subscriber::Registry>;

fn registry(level: LogLevel) -> Registry {
    tracing_subscriber::registry().with(Targets::new().with_target(OWN, least(level)))
}

fn log_lines(format: LogFormat, level: LogLevel, writer: BoxMakeWriter) {
    let registry = registry(level);
    match format {
        LogFormat::Logfmt => {
            let layer = tracing_logfmt::builder().with_target(false).layer();
            begin(registry.with(layer.with_writer(writer)));
        }
        LogFormat::Json => {
            let layer = tracing_subscriber::fmt::layer().json().flatten_event(true);
            begin(registry.with(layer.with_target(false).with_writer(writer)));
        }
    }
}

/// Only another logger can be in the way, and then there is one.
fn begin(subscriber: impl Subscriber + Send + Sync + 'static) {
    let _ = subscriber.try_init();
}

/// How lines are told of that were lost.
fn lost_line(format: LogFormat) -> LostLine {
    match format {
        LogFormat::Logfmt => |why, lost| {
            let message = why.message();
            format!("level=warn message=\"{message}\" lost={lost}\n").into_bytes()
        },
        LogFormat::Json => |why, lost| {
            let message = why.message();
            format!("{{\"level\":\"WARN\",\"message\":\"{message}\",\"lost\":{lost}}}\n")
                .into_bytes()
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
    fn where_it_cannot_go_is_told_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let file = |path| Destination::File { path, service: None };
        let missing = file(folder.path().join("missing").join("log"));
        let mut refused = vec![(missing, "missing"), (file("/".into()), "/")];
        if cfg!(not(windows)) {
            refused.push((Destination::Events("x".to_owned()), "only Windows"));
        }
        for (destination, part) in refused {
            let started = start_at(&destination, LogFormat::Logfmt, LogLevel::Info);
            let Err(error) = started else { panic!("{destination:?}") };
            assert!(error.contains(part) && error.contains("hint:"), "{error}");
        }
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(one_line("a: b\n  hint: c\n\nd\r\n"), "a: b; hint: c; d");
    }
}
