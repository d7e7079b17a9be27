//! The last rounds of an endpoint, in little memory.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::failure::{Cause, Phase};

closed_list! {
    /// What became of a round.
    Outcome {
        /// Everything works.
        Healthy => "healthy",
        /// Something works, with warnings.
        Degraded => "degraded",
        /// Nothing works.
        Down => "down",
        /// It did not show whether Windows clients can use the endpoint.
        Unknown => "unknown",
        /// This process slept through it.
        Tainted => "tainted",
        /// It failed for reasons of this machine.
        Local => "local",
    }
}

/// One round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Seconds since 1970 at its end.
    at: u32,
    /// Microseconds; the largest number stands for none.
    rtt: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// What failed, if something did.
    pub failure: Option<(Phase, Cause)>,
}

/// Stands for a round-trip time that was not measured.
const NO_RTT: u32 = u32::MAX;

impl Point {
    /// A round that ended at `at`. Round-trip times are kept to the microsecond.
    pub fn new(
        at: SystemTime,
        rtt: Option<Duration>,
        outcome: Outcome,
        failure: Option<(Phase, Cause)>,
    ) -> Self {
        let seconds = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let micros = |rtt: Duration| u32::try_from(rtt.as_micros()).ok();
        Self {
            at: u32::try_from(seconds).unwrap_or(u32::MAX),
            rtt: rtt.and_then(micros).unwrap_or(NO_RTT),
            outcome,
            failure,
        }
    }

    /// When it ended, to the second.
    pub fn at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.at.into())
    }

    /// The round-trip time, if it was measured.
    pub fn rtt(&self) -> Option<Duration> {
        (self.rtt != NO_RTT).then(|| Duration::from_micros(self.rtt.into()))
    }
}

/// A bounded number of rounds, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    points: VecDeque<Point>,
    kept: usize,
}

impl History {
    /// An empty one that keeps so many rounds, at least one.
    pub const fn new(kept: usize) -> Self {
        Self { points: VecDeque::new(), kept: if kept == 0 { 1 } else { kept } }
    }

    /// Adds a round and forgets the oldest when there is no room.
    pub fn push(&mut self, point: Point) {
        while self.points.len() >= self.kept {
            self.points.pop_front();
        }
        self.points.push_back(point);
    }

    /// The rounds, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Point> + ExactSizeIterator {
        self.points.iter()
    }

    /// The last round, to correct what became of it.
    pub fn last_mut(&mut self) -> Option<&mut Point> {
        self.points.back_mut()
    }

    /// The rounds, oldest first, to correct what became of them.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Point> {
        self.points.iter_mut()
    }

    /// Changes how many rounds are kept.
    pub fn keep(&mut self, kept: usize) {
        self.kept = kept.max(1);
        while self.points.len() > self.kept {
            self.points.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_zero_is_a_latency() {
        let mut history = History::new(2);
        for (second, rtt) in [(1, None), (2, Some(0)), (3, Some(1500))] {
            let at = UNIX_EPOCH + Duration::from_secs(second);
            let rtt = rtt.map(Duration::from_micros);
            history.push(Point::new(at, rtt, Outcome::Healthy, None));
        }
        let seen: Vec<_> = history.iter().map(Point::rtt).collect();
        assert_eq!(seen, [Some(Duration::ZERO), Some(Duration::from_micros(1500))]);
        assert_eq!(history.iter().next().unwrap().at(), UNIX_EPOCH + Duration::from_secs(2));
        history.keep(1);
        assert_eq!(history.iter().len(), 1);
    }
}
