//! The times of scheduled installations.
//!
//! How Windows treats an hour that the clocks skip or show twice is not documented. A skipped one
//! is taken as much later as the clocks jump, and of two the first: as patch windows are read.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// Days that are looked through: the last one, whose installation may have been delayed over
/// midnight by the clocks, today, and a week.
const DAYS: std::ops::RangeInclusive<i32> = -1..=8;

/// When installations are scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The day of the week; absent is every day.
    pub day: Option<Weekday>,
    /// The hour.
    pub hour: i8,
}

/// What the clocks do at a scheduled time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clocks {
    /// Nothing.
    Plain,
    /// They skip it.
    Skip,
    /// They show it twice.
    Twice,
}

/// A scheduled time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// When.
    pub at: Timestamp,
    /// What the clocks do then.
    pub clocks: Clocks,
}

impl Schedule {
    /// Of the values of `ScheduledInstallDay` and `ScheduledInstallTime`; `None` where one of them
    /// is out of its range.
    pub fn of(day: u32, hour: u32) -> Option<Self> {
        let day = i8::try_from(day).ok()?;
        let day = match day {
            0 => None,
            // Here Sunday is 1, as in the registry.
            day => Some(Weekday::from_sunday_one_offset(day).ok()?),
        };
        let hour = i8::try_from(hour).ok().filter(|hour| (0..24).contains(hour))?;
        Some(Self { day, hour })
    }

    /// The first time that is not before a moment.
    pub fn from(self, moment: Timestamp, zone: &TimeZone) -> Option<Occurrence> {
        let today = zone.to_datetime(moment).date();
        let mut days = DAYS.filter_map(|day| today.checked_add(day.days()).ok());
        days.find_map(|day| self.on(day, zone).filter(|found| found.at >= moment))
    }

    /// The first time after a moment.
    pub fn after(self, moment: Timestamp, zone: &TimeZone) -> Option<Occurrence> {
        self.from(moment.checked_add(1.second()).ok()?, zone)
    }

    /// Whether a moment is one of its times; seconds aside.
    pub fn has(self, moment: Timestamp, zone: &TimeZone) -> bool {
        let day = zone.to_datetime(moment).date();
        let minute = |at: Timestamp| at.as_second().div_euclid(60);
        self.on(day, zone).is_some_and(|found| minute(found.at) == minute(moment))
    }

    fn on(self, day: Date, zone: &TimeZone) -> Option<Occurrence> {
        if self.day.is_some_and(|only| only != day.weekday()) {
            return None;
        }
        let local =
            zone.to_ambiguous_timestamp(day.to_datetime(Time::new(self.hour, 0, 0, 0).ok()?));
        let clocks = match local.offset() {
            AmbiguousOffset::Unambiguous { .. } => Clocks::Plain,
            AmbiguousOffset::Gap { .. } => Clocks::Skip,
            AmbiguousOffset::Fold { .. } => Clocks::Twice,
        };
        Some(Occurrence { at: local.compatible().ok()?, clocks })
    }

    /// In words, such as `every Sunday at 03:00`.
    pub fn words(self) -> String {
        let day = match self.day {
            None => "every day",
            Some(Weekday::Sunday) => "every Sunday",
            Some(Weekday::Monday) => "every Monday",
            Some(Weekday::Tuesday) => "every Tuesday",
            Some(Weekday::Wednesday) => "every Wednesday",
            Some(Weekday::Thursday) => "every Thursday",
            Some(Weekday::Friday) => "every Friday",
            Some(Weekday::Saturday) => "every Saturday",
        };
        format!("{day} at {:02}:00", self.hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(day: u32, hour: u32, from: &str) -> (String, Clocks) {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let schedule = Schedule::of(day, hour).unwrap();
        let found = schedule.from(from.parse().unwrap(), &zone).unwrap();
        (found.at.to_string(), found.clocks)
    }

    #[test]
    fn next_times_in_local_time() {
        for (day, hour, from, expected, clocks) in [
            (0, 3, "2026-11-21T08:59:59Z", "2026-11-21T09:00:00Z", Clocks::Plain),
            (0, 3, "2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z", Clocks::Plain),
            (0, 3, "2026-11-21T09:00:01Z", "2026-11-22T09:00:00Z", Clocks::Plain),
            // A Saturday; 1 is Sunday and 7 is Saturday.
            (1, 0, "2026-11-21T12:00:00Z", "2026-11-22T06:00:00Z", Clocks::Plain),
            (7, 23, "2026-11-21T12:00:00Z", "2026-11-22T05:00:00Z", Clocks::Plain),
            (7, 3, "2026-11-21T12:00:00Z", "2026-11-28T09:00:00Z", Clocks::Plain),
            (2, 3, "2026-07-04T12:00:00Z", "2026-07-06T08:00:00Z", Clocks::Plain),
            // At 2 o'clock the clocks jump to 3, and in autumn from 2 to 1.
            (0, 2, "2027-03-14T07:30:00Z", "2027-03-14T08:00:00Z", Clocks::Skip),
            (0, 1, "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", Clocks::Twice),
            (0, 1, "2026-11-01T06:30:00Z", "2026-11-02T07:00:00Z", Clocks::Plain),
            (0, 2, "2026-11-01T06:30:00Z", "2026-11-01T08:00:00Z", Clocks::Plain),
        ] {
            assert_eq!(next(day, hour, from), (expected.to_owned(), clocks), "{day} {hour} {from}");
        }
    }

    #[test]
    fn days_and_hours_out_of_range_are_no_schedule() {
        for (day, hour) in [(8, 3), (0, 24), (256, 3), (u32::MAX, u32::MAX)] {
            assert_eq!(Schedule::of(day, hour), None);
        }
        let sunday = Schedule::of(1, 0).unwrap();
        assert_eq!(sunday.words(), "every Sunday at 00:00");
        assert_eq!(Schedule::of(7, 23).unwrap().words(), "every Saturday at 23:00");
        let zone = TimeZone::get("America/Chicago").unwrap();
        assert!(sunday.has("2026-11-22T06:00:30Z".parse().unwrap(), &zone));
        assert!(!sunday.has("2026-11-21T06:00:00Z".parse().unwrap(), &zone));
        assert!(!sunday.has("2026-11-22T07:00:00Z".parse().unwrap(), &zone));
    }
}
