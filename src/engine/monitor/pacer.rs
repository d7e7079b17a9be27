//! Lets only so many extra jobs through in a time.

use std::time::Duration;

use tokio::time::Instant;

/// Extra jobs that may start at once when there were none for a while: a small fleet never
/// waits.
const BURST: u32 = 8;

/// A leaky bucket, kept as the time at which it will have run empty.
#[derive(Debug)]
pub(super) struct Pacer {
    gap: Duration,
    empty_at: Instant,
}

impl Pacer {
    /// One job each `gap`, and a few at once after a pause.
    pub(super) const fn new(gap: Duration, now: Instant) -> Self {
        Self { gap, empty_at: now }
    }

    /// Changes the rate from now on.
    pub(super) const fn set_gap(&mut self, gap: Duration) {
        self.gap = gap;
    }

    /// When the next job may start.
    pub(super) fn next(&self) -> Instant {
        // Before the start of the clock is long ago.
        self.empty_at.checked_sub(self.gap * (BURST - 1)).unwrap_or(self.empty_at)
    }

    /// Counts a job that starts now.
    pub(super) fn take(&mut self, now: Instant) {
        self.empty_at = self.empty_at.max(now) + self.gap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::clock;

    #[test]
    fn a_few_at_once_and_then_at_the_rate() {
        let start = clock::now() + Duration::from_mins(1);
        let gap = Duration::from_millis(100);
        let mut pacer = Pacer::new(gap, start);
        let mut now = start;
        let mut times = Vec::new();
        for _ in 0..12 {
            now = now.max(pacer.next());
            times.push((now - start).as_millis());
            pacer.take(now);
        }
        assert_eq!(times, [0, 0, 0, 0, 0, 0, 0, 0, 100, 200, 300, 400]);
    }
}
