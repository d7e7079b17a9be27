//! The calendar, for people and for programs.
//!
//! The JSON document has, beside `schema_version`, `at`, `time_zone` (`null` where this machine's
//! has no name), `release_after_days` and `notes`: `cycles` (`patch_tuesday`, `published_at`,
//! `release`, `days_to_patch_tuesday`, `days_to_release`; days are negative for what is past) and
//! `endpoints` (`name`, `dc`, `region`, `url`, `time_zone`, `window_start` and `window_end` by the
//! clocks there, `window_unknown`: `not_documented`, `not_configured`, `no_time_zone` or `null`,
//! `open`, `opens_at` and `closes_at` of the window that is open or else the next one). The rules
//! of [`super::json`] hold for it; moments have the offset of `time_zone`.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::human::table::{Cell, Column, Table, heading, paragraph};
use super::human::{Style, Tone};
use super::ical::local;
use super::json::SCHEMA_VERSION;
use super::moment::{ZoneName, full, minutes, offset, rfc3339, short};
use super::text::json_document;
use crate::decide::calendar::{Calendar, Cycle, EndpointWindow, MICROSOFT, Nightly, Unknown};

/// Blanks before what stands under a heading.
const INDENT: usize = 2;

/// Whose clocks are used, and what to tell about how the question was understood.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The clocks.
    pub zone: TimeZone,
    /// Their name.
    pub name: ZoneName,
    /// One line each.
    pub notes: Vec<String>,
}

/// The text: what is due, then each endpoint's window.
pub fn text(calendar: &Calendar, reader: &Reader, style: Style) -> String {
    let now = timestamp(calendar.now);
    let at = format!("{} {}", full(now, &reader.zone), offset(now, &reader.zone));
    let mut text = paragraph(0, "As of ", &format!("{at}, {}", reader.name.words()), style);
    for note in &reader.notes {
        text.push_str(&paragraph(0, "note: ", note, style));
    }
    text.push('\n');
    text.push_str(&heading(0, "Updates", Tone::Strong, style));
    text.push_str(&cycles(calendar, style));
    text.push('\n');
    text.push_str(&heading(0, "Patch windows", Tone::Strong, style));
    text.push_str(&windows(calendar, reader, style));
    text.push('\n');
    text.push_str(&paragraph(0, "", &remarks(calendar), style));
    text
}

fn lines(table: &Table, style: Style) -> String {
    table.lines(style).join("\n") + "\n"
}

fn cycles(calendar: &Calendar, style: Style) -> String {
    const COLUMNS: &[Column] = &[
        Column { title: "month", right: false, gap: 0 },
        Column { title: "Patch Tuesday", right: false, gap: 2 },
        Column { title: "", right: false, gap: 2 },
        Column { title: "release", right: false, gap: 3 },
        Column { title: "", right: false, gap: 2 },
    ];
    let mut table = Table::new(INDENT, COLUMNS);
    for cycle in &calendar.cycles {
        let date = |date: jiff::civil::Date| date.strftime("%a %Y-%m-%d").to_string();
        table.push(vec![
            Cell::plain(&cycle.patch_tuesday.strftime("%B %Y").to_string()),
            Cell::plain(&date(cycle.patch_tuesday)),
            Cell::new(&days(cycle.days_to_patch_tuesday), Tone::Faint),
            Cell::plain(&date(cycle.release)),
            Cell::new(&days(cycle.days_to_release), Tone::Faint),
        ]);
    }
    lines(&table, style)
}

fn days(days: i32) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days if days < 0 => format!("{} days ago", -days),
        days => format!("in {days} days"),
    }
}

fn windows(calendar: &Calendar, reader: &Reader, style: Style) -> String {
    const COLUMNS: &[Column] = &[
        Column { title: "endpoint", right: false, gap: 0 },
        Column { title: "there", right: false, gap: 2 },
        Column { title: "in UTC", right: false, gap: 2 },
        Column { title: "for you", right: false, gap: 2 },
        Column { title: "now", right: false, gap: 2 },
    ];
    let mut table = Table::new(INDENT, COLUMNS);
    for endpoint in &calendar.endpoints {
        let name = Cell::plain(&endpoint.endpoint.name.0);
        let row = match &endpoint.window {
            Ok(nightly) => {
                let (start, end) = nightly.next;
                let span = |zone: &TimeZone| {
                    let end = timestamp(end).to_zoned(zone.clone()).strftime("%H:%M").to_string();
                    format!("{}-{end}", short(timestamp(start), zone))
                };
                let there = format!("{}-{}", local(nightly.start), local(nightly.end));
                let (words, tone) = state(nightly, calendar.now);
                vec![
                    name,
                    Cell::plain(&there),
                    Cell::plain(&span(&TimeZone::UTC)),
                    Cell::plain(&span(&reader.zone)),
                    Cell::new(&words, tone),
                ]
            }
            Err(why) => {
                let dash = || Cell::new("-", Tone::Faint);
                vec![name, dash(), dash(), dash(), Cell::new(words(*why), Tone::Warning)]
            }
        };
        table.push(row);
    }
    lines(&table, style)
}

fn state(nightly: &Nightly, now: SystemTime) -> (String, Tone) {
    let (start, end) = nightly.next;
    let until = |moment: SystemTime| {
        let seconds = timestamp(moment).as_second() - timestamp(now).as_second();
        // Not before the moment itself may nothing be left.
        minutes(seconds.saturating_add(59) / 60)
    };
    if nightly.open {
        (format!("open, {} left", until(end)), Tone::Good)
    } else {
        (format!("opens in {}", until(start)), Tone::Plain)
    }
}

const fn words(unknown: Unknown) -> &'static str {
    match unknown {
        Unknown::NotDocumented => "not documented",
        Unknown::NotConfigured => "not configured",
        Unknown::NoTimeZone => "no time zone",
    }
}

fn remarks(calendar: &Calendar) -> String {
    format!(
        "Patch Tuesday is the second Tuesday of the month at Microsoft's ({MICROSOFT}, as a rule \
         at 10:00 there); updates can come on any other day. The release on the servers is due {} days \
         later; whether it takes place is not known. Windows follow the clocks at the endpoint.",
        calendar.release_after.as_secs() / 86_400
    )
}

fn timestamp(at: SystemTime) -> Timestamp {
    Timestamp::try_from(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The document, with a line feed at its end.
///
/// # Errors
/// When serialisation fails, which these types give no cause for.
pub fn json(calendar: &Calendar, reader: &Reader) -> serde_json::Result<String> {
    let at = |at: SystemTime| rfc3339(timestamp(at), &reader.zone);
    let document = DocumentJson {
        schema_version: SCHEMA_VERSION,
        at: at(calendar.now),
        time_zone: reader.name.iana(),
        release_after_days: calendar.release_after.as_secs() / 86_400,
        notes: &reader.notes,
        cycles: calendar.cycles.iter().map(|cycle| CycleJson::new(cycle, &at)).collect(),
        endpoints: calendar.endpoints.iter().map(|e| EndpointJson::new(e, &at)).collect(),
    };
    json_document(&document)
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    schema_version: u32,
    at: String,
    time_zone: Option<&'a str>,
    release_after_days: u64,
    notes: &'a [String],
    cycles: Vec<CycleJson>,
    endpoints: Vec<EndpointJson<'a>>,
}

#[derive(Serialize)]
struct CycleJson {
    patch_tuesday: String,
    published_at: String,
    release: String,
    days_to_patch_tuesday: i32,
    days_to_release: i32,
}

impl CycleJson {
    fn new(cycle: &Cycle, at: &impl Fn(SystemTime) -> String) -> Self {
        Self {
            patch_tuesday: cycle.patch_tuesday.to_string(),
            published_at: at(cycle.published),
            release: cycle.release.to_string(),
            days_to_patch_tuesday: cycle.days_to_patch_tuesday,
            days_to_release: cycle.days_to_release,
        }
    }
}

#[derive(Serialize)]
struct EndpointJson<'a> {
    name: &'a str,
    dc: Option<&'a str>,
    region: Option<&'a str>,
    url: String,
    time_zone: Option<&'a str>,
    window_start: Option<String>,
    window_end: Option<String>,
    window_unknown: Option<&'static str>,
    open: Option<bool>,
    opens_at: Option<String>,
    closes_at: Option<String>,
}

impl<'a> EndpointJson<'a> {
    fn new(of: &'a EndpointWindow, at: &impl Fn(SystemTime) -> String) -> Self {
        let endpoint = &of.endpoint;
        let window = of.window.as_ref();
        let known = window.ok();
        Self {
            name: &endpoint.name.0,
            dc: endpoint.dc.as_deref(),
            region: endpoint.region.as_deref(),
            url: endpoint.url.to_string(),
            time_zone: endpoint.time_zone.as_deref(),
            window_start: known.map(|nightly| local(nightly.start)),
            window_end: known.map(|nightly| local(nightly.end)),
            window_unknown: window.err().map(|unknown| unknown.as_str()),
            open: known.map(|nightly| nightly.open),
            opens_at: known.map(|nightly| at(nightly.next.0)),
            closes_at: known.map(|nightly| at(nightly.next.1)),
        }
    }
}

#[cfg(test)]
pub(super) mod fixture {
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::Timestamp;

    use crate::decide::calendar::{self, Calendar, Question};
    use crate::model::endpoint::{Endpoint, PatchWindow};
    use crate::model::monitor::fixture;

    /// A night in which the clocks of Dallas are set back, with Sydney's window open.
    pub(in crate::output) fn calendar(months: u8) -> Calendar {
        let view = |name, region, zone| (*fixture::view(name, region, zone).endpoint).clone();
        let london = Endpoint {
            patch_window: Some(PatchWindow::NotDocumented),
            ..view("lon", "London", "Europe/London")
        };
        let endpoints = [
            view("dfw", "Dallas", "America/Chicago"),
            view("hkg", "Hong Kong", "Asia/Hong_Kong"),
            view("syd", "Sydney", "Australia/Sydney"),
            london,
        ];
        let now = "2026-10-30T15:30:00Z".parse::<Timestamp>().unwrap().into();
        let release_after = Duration::from_hours(21 * 24);
        let question = Question { now, months, release_after };
        calendar::calendar(&endpoints.map(Arc::new), question).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> Reader {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let name = ZoneName::Given("Europe/Berlin".to_owned());
        Reader { zone, name, notes: Vec::new() }
    }

    #[test]
    fn schedule_text() {
        let style = Style { color: false, width: 80 };
        let text = text(&fixture::calendar(3), &reader(), style);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn schedule_document() {
        insta::assert_snapshot!(json(&fixture::calendar(1), &reader()).unwrap());
    }
}
