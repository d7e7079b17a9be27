//! Certificates and dates in words.

use std::time::{Duration, SystemTime};

use crate::model::certificate::Certificate;

/// Names that are listed in a sentence; the rest is counted.
const LISTED: usize = 5;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// `the server's certificate (CN=…)`.
pub(super) fn which(position: usize, certificate: &Certificate) -> String {
    let subject = if certificate.subject.is_empty() { "no subject" } else { &certificate.subject };
    match position {
        0 => format!("the server's certificate ({subject})"),
        n => format!("certificate {} of the chain ({subject})", n + 1),
    }
}

/// In the largest unit of which there are at least two.
pub(super) fn span(span: Duration) -> String {
    match span.as_secs() {
        seconds if seconds < 2 * MINUTE => format!("{seconds} s"),
        seconds if seconds < 2 * HOUR => format!("{} minutes", seconds / MINUTE),
        seconds if seconds < 2 * DAY => format!("{} hours", seconds / HOUR),
        seconds => format!("{} days", seconds / DAY),
    }
}

/// As RFC 3339 in UTC; dates beyond the year 9999 as such.
pub(super) fn date(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time)
        .map_or_else(|_| "a date after 9999".to_owned(), |t| t.to_string())
}

/// The first names, and how many more there are.
pub(super) fn names(certificate: &Certificate) -> String {
    let names = &certificate.alternative_names;
    if names.is_empty() {
        return match &certificate.common_name {
            Some(name) => format!("only the common name {name}"),
            None => "no name at all".to_owned(),
        };
    }
    let listed: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    match names.len().saturating_sub(LISTED) {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}
