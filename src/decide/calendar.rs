//! When updates are due: Patch Tuesday, the release on the servers, and their patch windows.
//!
//! Patch Tuesday is a date of Microsoft's: the second Tuesday of the month in Redmond. Updates
//! appear at [`PUBLISHED_AT`] there, as a rule; others come on any day.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::decide::monitor::patch_window;
use crate::model::endpoint::{Endpoint, PatchWindow};

/// The time zone of [`PUBLISHED_AT`].
pub const MICROSOFT: &str = "America/Los_Angeles";

/// When updates appear on Patch Tuesday, by the clocks of [`MICROSOFT`].
pub const PUBLISHED_AT: Time = Time::constant(10, 0, 0, 0);

/// What is asked of the calendar.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// As of when.
    pub now: SystemTime,
    /// How many Patch Tuesdays ahead.
    pub months: u8,
    /// From Patch Tuesday to the release on the servers, in whole days.
    pub release_after: Duration,
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// As of when.
    pub now: SystemTime,
    /// Until when windows are listed: the end of the last Patch Tuesday's month.
    pub until: SystemTime,
    /// From Patch Tuesday to the release on the servers.
    pub release_after: Duration,
    /// Each Patch Tuesday that is not over, or whose release is not, in order.
    pub cycles: Vec<Cycle>,
    /// The endpoints in order.
    pub endpoints: Vec<EndpointWindow>,
}

/// The updates of one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    /// The date of Patch Tuesday.
    pub patch_tuesday: Date,
    /// When updates appear on that day, as a rule.
    pub published: SystemTime,
    /// The date of the release on the servers.
    pub release: Date,
    /// Days from today to Patch Tuesday; negative is past.
    pub days_to_patch_tuesday: i32,
    /// Days from today to the release.
    pub days_to_release: i32,
}

/// An endpoint with its patch window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointWindow {
    /// Which.
    pub endpoint: Arc<Endpoint>,
    /// Its window, or why none is known.
    pub window: Result<Nightly, Unknown>,
}

/// A nightly window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nightly {
    /// From midnight to its first moment, by the clocks there.
    pub start: Duration,
    /// From midnight to the first moment after it.
    pub end: Duration,
    /// Whether it is open.
    pub open: bool,
    /// The one that is open, or else the next one.
    pub next: (SystemTime, SystemTime),
    /// All of the calendar's time, that one included.
    pub all: Vec<(SystemTime, SystemTime)>,
}

/// Why nothing is known of an endpoint's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The source that lists the endpoint documents none.
    NotDocumented,
    /// The configuration says nothing of it.
    NotConfigured,
    /// There is a window, but no time zone.
    NoTimeZone,
}

impl Unknown {
    /// The stable lower-case name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotDocumented => "not_documented",
            Self::NotConfigured => "not_configured",
            Self::NoTimeZone => "no_time_zone",
        }
    }
}

/// The calendar of these endpoints; `None` where dates end.
pub fn calendar(endpoints: &[Arc<Endpoint>], question: Question) -> Option<Calendar> {
    let zone = TimeZone::get(MICROSOFT).ok()?;
    let today = zone.to_datetime(Timestamp::try_from(question.now).ok()?).date();
    let days = i64::try_from(question.release_after.as_secs() / 86_400).ok()?;
    let cycles = cycles(today, question.months, days, &zone)?;
    let last = cycles.last()?.patch_tuesday.first_of_month().checked_add(1.month()).ok()?;
    let until: SystemTime = TimeZone::UTC.to_timestamp(last.at(0, 0, 0, 0)).ok()?.into();
    let windows = endpoints.iter().map(|endpoint| EndpointWindow {
        endpoint: Arc::clone(endpoint),
        window: window(endpoint, question.now, until),
    });
    let endpoints = windows.collect();
    let Question { now, release_after, .. } = question;
    Some(Calendar { now, until, release_after, cycles, endpoints })
}

/// The second Tuesday of the month that a date is in.
pub fn patch_tuesday(of: Date) -> Option<Date> {
    of.nth_weekday_of_month(2, Weekday::Tuesday).ok()
}

fn cycles(today: Date, months: u8, days: i64, zone: &TimeZone) -> Option<Vec<Cycle>> {
    let cycle = |tuesday: Date| {
        let release = tuesday.checked_add(days.days()).ok()?;
        let from_today = |date: Date| today.until(date).ok().map(|span| span.get_days());
        Some(Cycle {
            patch_tuesday: tuesday,
            published: zone.to_timestamp(tuesday.to_datetime(PUBLISHED_AT)).ok()?.into(),
            release,
            days_to_patch_tuesday: from_today(tuesday)?,
            days_to_release: from_today(release)?,
        })
    };
    // What was published so long ago and longer has been released.
    let mut month = today.checked_sub(days.days()).ok()?.first_of_month();
    let (mut found, mut ahead) = (Vec::new(), 0);
    while ahead < months {
        let next = cycle(patch_tuesday(month)?)?;
        ahead += u8::from(next.days_to_patch_tuesday >= 0);
        if next.days_to_release >= 0 {
            found.push(next);
        }
        month = month.checked_add(1.month()).ok()?;
    }
    Some(found)
}

fn window(endpoint: &Endpoint, now: SystemTime, until: SystemTime) -> Result<Nightly, Unknown> {
    let (start, end) = match &endpoint.patch_window {
        None => return Err(Unknown::NotConfigured),
        Some(PatchWindow::NotDocumented) => return Err(Unknown::NotDocumented),
        Some(PatchWindow::Nightly { start, end }) => (*start, *end),
    };
    let next = patch_window::next(endpoint, now).ok_or(Unknown::NoTimeZone)?;
    let open = patch_window::is_open(endpoint, now).ok_or(Unknown::NoTimeZone)?;
    let all = patch_window::between(endpoint, now, until).ok_or(Unknown::NoTimeZone)?;
    Ok(Nightly { start, end, open, next, all })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::monitor::fixture;

    fn endpoints() -> Vec<Arc<Endpoint>> {
        let known = (*fixture::view("dfw", "Dallas", "America/Chicago").endpoint).clone();
        let london = Endpoint { patch_window: Some(PatchWindow::NotDocumented), ..known.clone() };
        let silent = Endpoint { patch_window: None, ..known.clone() };
        let nowhere = Endpoint { time_zone: None, ..known.clone() };
        [known, london, silent, nowhere].map(Arc::new).into()
    }

    fn ask(now: &str, months: u8, days: u64) -> Calendar {
        let now = now.parse::<Timestamp>().unwrap().into();
        let release_after = Duration::from_hours(24 * days);
        calendar(&endpoints(), Question { now, months, release_after }).unwrap()
    }

    fn dates(calendar: &Calendar) -> Vec<(String, String)> {
        let text = |cycle: &Cycle| (cycle.patch_tuesday.to_string(), cycle.release.to_string());
        calendar.cycles.iter().map(text).collect()
    }

    #[test]
    fn second_tuesdays_of_many_months() {
        for (month, tuesday) in [
            ("2026-11-30", "2026-11-10"),
            ("2026-12-01", "2026-12-08"),
            ("2027-01-15", "2027-01-12"),
            // The earliest and the latest that there can be.
            ("2027-06-01", "2027-06-08"),
            ("2026-07-01", "2026-07-14"),
            ("2028-02-29", "2028-02-08"),
        ] {
            let found = patch_tuesday(month.parse().unwrap()).unwrap();
            assert_eq!(found.to_string(), tuesday);
        }
    }

    #[test]
    fn a_release_that_is_still_ahead_is_told_with_its_past_patch_tuesday() {
        let calendar = ask("2026-11-21T14:00:00Z", 2, 21);
        let expected = [
            ("2026-11-10", "2026-12-01"),
            ("2026-12-08", "2026-12-29"),
            ("2027-01-12", "2027-02-02"),
        ];
        assert_eq!(dates(&calendar), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let first = calendar.cycles[0];
        assert_eq!((first.days_to_patch_tuesday, first.days_to_release), (-11, 10));
        // 10 o'clock at UTC-8 and, in summer, at UTC-7.
        let utc = |time: SystemTime| Timestamp::try_from(time).unwrap().to_string();
        assert_eq!(utc(first.published), "2026-11-10T18:00:00Z");
        assert_eq!(
            utc(ask("2026-07-01T00:00:00Z", 1, 0).cycles[0].published),
            "2026-07-14T17:00:00Z"
        );
    }

    #[test]
    fn today_counts_by_the_date_in_redmond() {
        // There it is still Tuesday.
        let calendar = ask("2026-12-09T07:59:59Z", 1, 0);
        assert_eq!(dates(&calendar)[0].0, "2026-12-08");
        assert_eq!(dates(&ask("2026-12-09T08:00:00Z", 1, 0))[0].0, "2027-01-12");
        // On the last day of a release it is still told, and then no more.
        assert_eq!(dates(&ask("2026-12-01T20:00:00Z", 1, 21))[0].1, "2026-12-01");
        assert_eq!(dates(&ask("2026-12-02T20:00:00Z", 1, 21))[0].1, "2026-12-29");
    }

    #[test]
    fn windows_are_those_of_the_monitor_and_unknown_ones_stay_unknown() {
        let calendar = ask("2026-11-21T07:30:00Z", 1, 21);
        let windows: Vec<_> = calendar.endpoints.iter().map(|e| e.window.as_ref()).collect();
        let known = windows[0].unwrap();
        let endpoint = &calendar.endpoints[0].endpoint;
        assert!(known.open && patch_window::is_open(endpoint, calendar.now) == Some(true));
        assert_eq!(Some(known.next), patch_window::next(endpoint, calendar.now));
        assert_eq!((known.all[0], known.all.len()), (known.next, 41));
        let unknown = [Unknown::NotDocumented, Unknown::NotConfigured, Unknown::NoTimeZone];
        assert_eq!(windows[1..], unknown.each_ref().map(Err));
    }
}
