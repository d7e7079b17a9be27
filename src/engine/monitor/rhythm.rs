//! When the jobs of an endpoint are due: on a grid of fixed times that is its own, so that a late
//! job shifts no other and a fleet is spread evenly.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::model::monitor::Job;

/// The shortest interval, whatever was asked for: bounds the work that a mistake can cause.
const SHORTEST: Duration = Duration::from_millis(10);

/// A grid of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rhythm {
    interval: Duration,
    /// From the run's start to the first point of the grid, below the interval, whole
    /// milliseconds: the runtime's timer knows no finer ones.
    offset: Duration,
}

impl Rhythm {
    /// The same for the same name, job and interval, in every process.
    pub(super) fn new(name: &str, job: Job, interval: Duration) -> Self {
        let interval = interval.max(SHORTEST);
        let digest = Sha256::new_with_prefix(name).chain_update(job.as_str()).finalize();
        let hash = digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        Self { interval, offset: Duration::from_millis(hash % millis) }
    }

    /// The first point of the grid after `time`.
    pub(super) fn after(&self, origin: Instant, time: Instant) -> Instant {
        let start = origin + self.offset;
        let Some(since) = time.checked_duration_since(start) else { return start };
        let into = nanos(since.as_nanos() % self.interval.as_nanos());
        time + self.interval.saturating_sub(into)
    }

    /// The point after the one that was due at `due`, which need not be of the grid, and how many
    /// were missed until `now`.
    pub(super) fn next(&self, origin: Instant, due: Instant, now: Instant) -> (Instant, u64) {
        let late = now.saturating_duration_since(due);
        let missed = late.as_nanos() / self.interval.as_nanos();
        let next = self.after(origin, now.max(due + self.interval / 2));
        (next, u64::try_from(missed).unwrap_or(u64::MAX))
    }

    /// A time for the very first job, so that this much lies between all of a fleet's, but never
    /// later than its grid would have it.
    pub(super) fn first(&self, now: Instant, window: Duration) -> Instant {
        let window = window.min(self.interval).as_millis();
        let millis = self.offset.as_millis() * window / self.interval.as_millis();
        now + Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }

    /// That part of the interval.
    pub(super) fn part(&self, part: u32) -> Duration {
        self.interval / part
    }

    /// How late a job may start and still count as this point's: a tenth of the interval or
    /// `least`, but never so late that it comes near the next one.
    pub(super) fn tolerance(&self, least: Duration) -> Duration {
        least.max(self.interval / 10).min(self.interval / 4)
    }
}

fn nanos(count: u128) -> Duration {
    Duration::from_nanos(u64::try_from(count).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::clock;

    const INTERVAL: Duration = Duration::from_secs(30);

    fn rhythm(name: &str) -> Rhythm {
        Rhythm::new(name, Job::Round, INTERVAL)
    }

    #[test]
    fn the_place_in_the_interval_is_the_names_own() {
        assert_eq!(rhythm("dfw"), rhythm("dfw"));
        // Another value would move every endpoint of every installation.
        assert_eq!(rhythm("dfw").offset, Duration::from_millis(16_136));
        assert_ne!(rhythm("dfw").offset, rhythm("ord").offset);
        assert_ne!(rhythm("dfw").offset, Rhythm::new("dfw", Job::Check, INTERVAL).offset);
    }

    #[test]
    fn a_fleet_is_spread_evenly() {
        let mut seconds = [0_usize; 30];
        for number in 0..30_000 {
            let offset = rhythm(&format!("wsus-{number:05}")).offset;
            seconds[usize::try_from(offset.as_secs()).unwrap()] += 1;
        }
        assert!(seconds.iter().all(|count| (850..1150).contains(count)), "{seconds:?}");
    }

    #[test]
    fn a_late_job_shifts_no_other_and_missed_points_are_told() {
        let origin = clock::now();
        let rhythm = rhythm("dfw");
        let first = rhythm.after(origin, origin);
        assert_eq!(first, origin + rhythm.offset);
        for (late, missed) in [(0, 0), (29, 0), (30, 1), (61, 2)] {
            let now = first + Duration::from_secs(late);
            let (next, counted) = rhythm.next(origin, first, now);
            assert_eq!(counted, missed, "{late}");
            assert_eq!(next, first + INTERVAL * u32::try_from(missed + 1).unwrap(), "{late}");
        }
    }

    #[test]
    fn the_first_comes_early_and_the_second_not_right_after() {
        let origin = clock::now();
        for name in ["dfw", "ord", "syd", "lon", "ams", "hkg"] {
            let rhythm = rhythm(name);
            let first = rhythm.first(origin, Duration::from_millis(600));
            assert!(first < origin + Duration::from_millis(600));
            let (second, missed) = rhythm.next(origin, first, first);
            let gap = second - first;
            assert!(gap > INTERVAL / 2 && gap <= INTERVAL * 3 / 2, "{name}: {gap:?}");
            assert_eq!(missed, 0);
            let (third, _) = rhythm.next(origin, second, second);
            assert_eq!(third, second + INTERVAL);
        }
    }

    #[test]
    fn no_interval_at_all_is_survived() {
        let rhythm = Rhythm::new("x", Job::Round, Duration::ZERO);
        let now = clock::now();
        assert!(rhythm.after(now, now) <= now + SHORTEST);
    }
}
