//! The calendar as iCalendar (RFC 5545), to import or to subscribe to.
//!
//! Each window is an event of its own in UTC. A recurring event in local time would need the rules
//! of the time zone along with it, which programs read differently, and could not say that a window
//! is longer or shorter in the two nights in which the clocks change.

use std::fmt::Write as _;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::decide::calendar::{Calendar, Cycle, EndpointWindow, Nightly};

/// Octets of a line without its line break, by RFC 5545 section 3.1.
const LINE: usize = 75;

/// The file, with CRLF line ends.
pub fn calendar(calendar: &Calendar) -> String {
    let mut file = File::default();
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    let version = env!("CARGO_PKG_VERSION");
    file.line(&format!("PRODID:-//wsus-probe//schedule {version}//EN"));
    file.line("CALSCALE:GREGORIAN");
    file.line("METHOD:PUBLISH");
    // The first of each pair is RFC 7986's, the other what Outlook and Google read.
    file.text("NAME", "WSUS updates");
    file.text("X-WR-CALNAME", "WSUS updates");
    if let Some(unknown) = unknown(calendar) {
        file.text("DESCRIPTION", &unknown);
        file.text("X-WR-CALDESC", &unknown);
    }
    file.line("REFRESH-INTERVAL;VALUE=DURATION:P1D");
    file.line("X-PUBLISHED-TTL:P1D");
    for cycle in &calendar.cycles {
        file.cycle(cycle, calendar);
    }
    for endpoint in &calendar.endpoints {
        if let Ok(nightly) = &endpoint.window {
            file.windows(endpoint, nightly, calendar.now);
        }
    }
    file.line("END:VCALENDAR");
    file.0
}

fn unknown(calendar: &Calendar) -> Option<String> {
    let without = calendar.endpoints.iter().filter(|endpoint| endpoint.window.is_err());
    let names: Vec<&str> = without.map(|endpoint| endpoint.endpoint.name.0.as_str()).collect();
    (!names.is_empty()).then(|| format!("No patch window is known for {}.", names.join(", ")))
}

#[derive(Default)]
struct File(String);

impl File {
    /// One content line, folded.
    fn line(&mut self, text: &str) {
        let mut left = LINE;
        for character in text.chars() {
            if character.len_utf8() > left {
                // The blank that marks a line as a further one counts too.
                self.0.push_str("\r\n ");
                left = LINE - 1;
            }
            left -= character.len_utf8();
            self.0.push(character);
        }
        self.0.push_str("\r\n");
    }

    /// A property whose value is text.
    fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escaped(value)));
    }

    fn event(&mut self, uid: &str, stamp: SystemTime, body: impl FnOnce(&mut Self)) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{uid}@wsus-probe"));
        self.line(&format!("DTSTAMP:{}", utc(stamp)));
        body(self);
        // Nobody is busy because of it.
        self.line("TRANSP:TRANSPARENT");
        self.line("END:VEVENT");
    }

    fn day(&mut self, date: Date) {
        self.line(&format!("DTSTART;VALUE=DATE:{}", date.strftime("%Y%m%d")));
        if let Ok(next) = date.tomorrow() {
            self.line(&format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")));
        }
    }

    fn cycle(&mut self, cycle: &Cycle, calendar: &Calendar) {
        let month = cycle.patch_tuesday.strftime("%Y-%m");
        self.event(&format!("patch-tuesday-{month}"), calendar.now, |file| {
            file.day(cycle.patch_tuesday);
            file.text("SUMMARY", "Patch Tuesday");
            let published = format!(
                "Microsoft releases the updates of {}, as a rule at {} UTC.",
                cycle.patch_tuesday.strftime("%B %Y"),
                clock(cycle.published)
            );
            file.text("DESCRIPTION", &published);
        });
        self.event(&format!("release-{month}"), calendar.now, |file| {
            file.day(cycle.release);
            file.text("SUMMARY", "WSUS release");
            let days = calendar.release_after.as_secs() / 86_400;
            let released = format!(
                "The updates of Patch Tuesday {} are due on the servers, {days} days later.",
                cycle.patch_tuesday
            );
            file.text("DESCRIPTION", &released);
        });
    }

    fn windows(&mut self, of: &EndpointWindow, nightly: &Nightly, stamp: SystemTime) {
        let endpoint = &of.endpoint;
        let region = endpoint.region.as_ref().map(|region| format!(" ({region})"));
        let summary = format!("Patch window {}{}", endpoint.name, region.unwrap_or_default());
        let zone = endpoint.time_zone.as_deref().unwrap_or_default();
        for (start, end) in &nightly.all {
            let uid = format!("window-{}-{}", endpoint.name.0.to_lowercase(), utc(*start));
            self.event(&uid, stamp, |file| {
                file.line(&format!("DTSTART:{}", utc(*start)));
                file.line(&format!("DTEND:{}", utc(*end)));
                file.text("SUMMARY", &summary);
                let (from, to) = (local(nightly.start), local(nightly.end));
                file.text("DESCRIPTION", &format!("{from} to {to} by the clocks of {zone}."));
            });
        }
    }
}

/// A value of the type TEXT. What could end or reorder a line is left out.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in super::text::printable(value).chars() {
        if matches!(character, '\\' | ';' | ',') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

fn utc(at: SystemTime) -> String {
    let at = Timestamp::try_from(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn clock(at: SystemTime) -> String {
    let at = Timestamp::try_from(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%H:%M").to_string()
}

/// A time of day.
pub(super) fn local(since_midnight: std::time::Duration) -> String {
    let minutes = since_midnight.as_secs() / 60;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(text, "{:02}:{:02}", minutes / 60, minutes % 60);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::schedule::fixture;

    #[test]
    fn the_file_of_a_month() {
        let file = calendar(&fixture::calendar(1));
        assert!(file.ends_with("END:VCALENDAR\r\n"));
        for line in file.split_terminator("\r\n") {
            assert!(line.len() <= LINE && !line.contains(['\r', '\n']), "{line}");
        }
        insta::assert_snapshot!(file.replace('\r', ""));
    }

    #[test]
    fn long_lines_are_folded_between_characters_and_unfold_to_what_they_were() {
        let mut file = File::default();
        let text = "Zürich – Genève; ".repeat(20);
        file.text("SUMMARY", &text);
        for line in file.0.split_terminator("\r\n") {
            assert!(line.len() <= LINE, "{line}");
        }
        let unfolded = file.0.replace("\r\n ", "");
        assert_eq!(unfolded, format!("SUMMARY:{}\r\n", text.replace(';', "\\;")));
    }

    #[test]
    fn text_cannot_end_its_property() {
        assert_eq!(escaped("a\\b;c,d"), "a\\\\b\\;c\\,d");
        let hostile = escaped("x\r\nEND:VEVENT\u{2028}");
        assert!(!hostile.contains(['\r', '\n', '\u{2028}']), "{hostile}");
    }

    #[test]
    fn no_two_events_have_the_same_identity() {
        let file = calendar(&fixture::calendar(24)).replace("\r\n ", "");
        let mut found: Vec<&str> = file.lines().filter(|l| l.starts_with("UID:")).collect();
        let all = found.len();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), all);
        assert!(all > 3 * 700, "{all}");
    }
}
