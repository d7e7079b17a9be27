//! Nightly patch windows in local time.
//!
//! A time that the clocks skip when daylight saving begins is taken as much later as they jump, and
//! one that comes twice when it ends is the first of the two (RFC 5545 section 3.3.5). A window that
//! has no length by that is left out for that night.

use std::time::{Duration, SystemTime};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::endpoint::{Endpoint, PatchWindow};

/// The nights that are looked through for the next window: the last one, whose window may still be
/// open, and so many more that one without a window does not matter.
const NIGHTS: std::ops::RangeInclusive<i32> = -1..=2;

/// Whether the endpoint's patch window is open; `None` where no window or no time zone is known.
pub fn is_open(endpoint: &Endpoint, now: SystemTime) -> Option<bool> {
    let (window, now) = (Window::of(endpoint)?, Timestamp::try_from(now).ok()?);
    let (start, _) = window.next(now)?;
    Some(start <= now)
}

/// The window that is open, or else the next one: its first moment, and the first one after it.
pub fn next(endpoint: &Endpoint, now: SystemTime) -> Option<(SystemTime, SystemTime)> {
    let (window, now) = (Window::of(endpoint)?, Timestamp::try_from(now).ok()?);
    let (start, end) = window.next(now)?;
    Some((start.into(), end.into()))
}

/// The windows that have not ended before the first moment and begin before the second, in order;
/// `None` where no window or no time zone is known.
pub fn between(
    endpoint: &Endpoint,
    from: SystemTime,
    until: SystemTime,
) -> Option<Vec<(SystemTime, SystemTime)>> {
    let window = Window::of(endpoint)?;
    let (from, until) = (Timestamp::try_from(from).ok()?, Timestamp::try_from(until).ok()?);
    let first = window.zone.to_datetime(from).date().checked_add(NIGHTS.start().days()).ok()?;
    let last = window.zone.to_datetime(until).date();
    let nights = first.series(1.day()).take_while(|night| *night <= last);
    let windows = nights.filter_map(|night| window.on(night));
    let windows = windows.filter(|(start, end)| *end > from && *start < until);
    Some(windows.map(|(start, end)| (start.into(), end.into())).collect())
}

/// A window with its time zone.
struct Window {
    zone: TimeZone,
    start: Time,
    end: Time,
}

impl Window {
    fn of(endpoint: &Endpoint) -> Option<Self> {
        let (start, end) = match endpoint.patch_window.as_ref()? {
            PatchWindow::Nightly { start, end } => (*start, *end),
            PatchWindow::NotDocumented => return None,
        };
        let zone = TimeZone::get(endpoint.time_zone.as_deref()?).ok()?;
        Some(Self { zone, start: time(start)?, end: time(end)? })
    }

    fn next(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let today = self.zone.to_datetime(now).date();
        let mut windows =
            NIGHTS.filter_map(|night| self.on(today.checked_add(night.days()).ok()?));
        windows.find(|(_, end)| *end > now)
    }

    /// The window that begins on this date.
    fn on(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let last = if self.end > self.start { date } else { date.tomorrow().ok()? };
        let moment = |date: Date, time| {
            let local = self.zone.to_ambiguous_timestamp(date.to_datetime(time));
            local.compatible().ok()
        };
        let (start, end) = (moment(date, self.start)?, moment(last, self.end)?);
        (start < end).then_some((start, end))
    }
}

/// A time of day; `None` from 24 hours on.
fn time(since_midnight: Duration) -> Option<Time> {
    let seconds = since_midnight.as_secs();
    let part = |value: u64| i8::try_from(value).ok();
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::monitor::fixture;

    fn at(text: &str) -> SystemTime {
        text.parse::<Timestamp>().unwrap().into()
    }

    /// A window from hour and minute to hour and minute.
    fn endpoint(zone: &str, start: (u64, u64), end: (u64, u64)) -> Endpoint {
        let view = fixture::view("dfw", "Dallas", zone);
        let time = |(hour, minute)| Duration::from_mins(hour * 60 + minute);
        let window = PatchWindow::Nightly { start: time(start), end: time(end) };
        Endpoint { patch_window: Some(window), ..(*view.endpoint).clone() }
    }

    #[test]
    fn windows_in_local_time() {
        const CHICAGO: &str = "America/Chicago";
        let night = || endpoint(CHICAGO, (1, 0), (5, 0));
        let midnight = || endpoint(CHICAGO, (23, 0), (3, 0));
        let table = [
            // Standard time is 6 hours behind, daylight saving 5.
            ("before", night(), "2026-11-21T06:59:59Z", "2026-11-21T07:00:00Z", "11:00:00Z"),
            ("first moment", night(), "2026-11-21T07:00:00Z", "2026-11-21T07:00:00Z", "11:00:00Z"),
            ("last", night(), "2026-11-21T10:59:59Z", "2026-11-21T07:00:00Z", "11:00:00Z"),
            ("after", night(), "2026-11-21T11:00:00Z", "2026-11-22T07:00:00Z", "11:00:00Z"),
            ("summer", night(), "2026-07-01T05:00:00Z", "2026-07-01T06:00:00Z", "10:00:00Z"),
            ("across", midnight(), "2026-11-21T05:30:00Z", "2026-11-21T05:00:00Z", "09:00:00Z"),
            ("across", midnight(), "2026-11-21T08:30:00Z", "2026-11-21T05:00:00Z", "09:00:00Z"),
            ("across", midnight(), "2026-11-21T09:00:00Z", "2026-11-22T05:00:00Z", "09:00:00Z"),
            // 2026-03-08, 02:00 becomes 03:00; 2026-11-01, 02:00 becomes 01:00.
            ("short night", night(), "2026-03-08T07:00:00Z", "2026-03-08T07:00:00Z", "10:00:00Z"),
            ("long night", night(), "2026-11-01T08:00:00Z", "2026-11-01T06:00:00Z", "11:00:00Z"),
            (
                "begins in the gap",
                endpoint(CHICAGO, (2, 30), (4, 0)),
                "2026-03-08T08:15:00Z",
                "2026-03-08T08:30:00Z",
                "09:00:00Z",
            ),
            (
                "lies in the gap",
                endpoint(CHICAGO, (2, 30), (3, 0)),
                "2026-03-08T08:00:00Z",
                "2026-03-09T07:30:00Z",
                "08:00:00Z",
            ),
            (
                "ends in the hour that comes twice: the first time",
                endpoint(CHICAGO, (0, 30), (1, 30)),
                "2026-11-01T06:15:00Z",
                "2026-11-01T05:30:00Z",
                "06:30:00Z",
            ),
            (
                "half hours",
                endpoint("Asia/Kolkata", (1, 0), (5, 0)),
                "2026-11-20T19:30:00Z",
                "2026-11-20T19:30:00Z",
                "23:30:00Z",
            ),
        ];
        for (name, endpoint, now, start, end) in table {
            let (date, _) = start.split_once('T').unwrap();
            let expected = (at(start), at(&format!("{date}T{end}")));
            assert_eq!(next(&endpoint, at(now)), Some(expected), "{name} at {now}");
            assert_eq!(is_open(&endpoint, at(now)), Some(start <= now), "{name} at {now}");
        }
    }

    #[test]
    fn all_windows_of_a_range_are_those_that_come_next_one_after_the_other() {
        for (zone, start, end) in [
            ("America/Chicago", (1, 0), (5, 0)),
            ("America/Chicago", (2, 30), (3, 0)),
            ("Australia/Sydney", (23, 0), (3, 0)),
        ] {
            let endpoint = endpoint(zone, start, end);
            let (from, until) = (at("2026-10-01T06:30:00Z"), at("2027-04-10T07:00:00Z"));
            let mut expected = Vec::new();
            let mut now = from;
            while let Some(window) = next(&endpoint, now).filter(|window| window.0 < until) {
                expected.push(window);
                now = window.1;
            }
            assert_eq!(between(&endpoint, from, until), Some(expected));
        }
        assert_eq!(
            between(
                &endpoint("Mars/Olympus", (1, 0), (2, 0)),
                at("2026-10-01T00:00:00Z"),
                at("2026-10-02T00:00:00Z")
            ),
            None
        );
    }

    #[test]
    fn what_is_not_known_is_neither_open_nor_closed() {
        let known = endpoint("America/Chicago", (1, 0), (5, 0));
        let now = at("2026-11-21T07:00:00Z");
        assert_eq!(is_open(&known, now), Some(true));
        let cases = [
            Endpoint { time_zone: None, ..known.clone() },
            Endpoint { time_zone: Some("Mars/Olympus".to_owned()), ..known.clone() },
            Endpoint { patch_window: None, ..known.clone() },
            Endpoint { patch_window: Some(PatchWindow::NotDocumented), ..known },
            endpoint("America/Chicago", (24, 0), (5, 0)),
        ];
        for endpoint in cases {
            assert_eq!((is_open(&endpoint, now), next(&endpoint, now)), (None, None));
        }
    }
}
