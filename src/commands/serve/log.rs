//! The log: one line for each change worth knowing, on standard error.

use std::io;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::args::{LogFormat, LogLevel};

/// Whose messages are logged. Libraries tell of single packets, which are evidence of a probe and
/// no news.
const OWN: &str = "wsus_probe";

/// Starts to log. Where somebody in this process logs already, that stays as it is.
pub(in crate::commands) fn start(format: LogFormat, level: LogLevel) {
    let filter = Targets::new().with_target(OWN, least(level));
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Logfmt => {
            let layer = tracing_logfmt::builder().with_target(false).layer();
            registry.with(layer.with_writer(io::stderr)).try_init()
        }
        LogFormat::Json => {
            let layer = tracing_subscriber::fmt::layer().json().flatten_event(true);
            registry.with(layer.with_target(false).with_writer(io::stderr)).try_init()
        }
    };
    // Only another logger can be in the way, and then there is one.
    drop(started);
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
            start(format, LogLevel::Error);
        }
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(one_line("a: b\n  hint: c\n\nd\r\n"), "a: b; hint: c; d");
    }
}
