//! How late the forwarder was: what a test should look at before it trusts a tight limit.

use std::time::Duration;

/// Powers of two of a microsecond that are told apart; the last one is above half an hour.
const CLASSES: usize = 32;

/// A histogram of how long after their due time packets were handed over.
///
/// Only lateness at the exit is known; how long a packet waited before the forwarder took it
/// is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Punctuality {
    classes: [u64; CLASSES],
    max: Duration,
}

impl Punctuality {
    pub(super) fn record(&mut self, late: Duration) {
        let microseconds = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        let class = (u64::BITS - microseconds.leading_zeros()) as usize;
        self.classes[class.min(CLASSES - 1)] += 1;
        self.max = self.max.max(late);
    }

    /// Packets handed over.
    pub(crate) fn packets(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// The latest of all; 0 if there was no packet.
    pub(crate) fn max(&self) -> Duration {
        self.max
    }

    /// A time by which the given percentage of all packets was handed over at the latest; an
    /// upper bound, exact to a factor of two. `None` if there was no packet.
    pub(crate) fn percentile(&self, percent: u64) -> Option<Duration> {
        let packets = self.packets();
        let mut seen = 0;
        let class = self.classes.iter().position(|count| {
            seen += count;
            packets > 0 && seen * 100 >= percent * packets
        })?;
        Some(Duration::from_micros(1 << class).min(self.max))
    }
}
