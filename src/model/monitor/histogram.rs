//! Durations as counts in buckets.

use std::time::Duration;

/// Upper bounds of the buckets in seconds. Dense from 5 ms to 1 s, where regions differ; a few
/// below for the same site, and a few above for what a timeout still lets through.
pub const BOUNDS: [f64; 20] = [
    0.001, 0.002, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5,
    0.75, 1.0, 2.0, 3.0, 5.0,
];

/// How many durations fell into each bucket.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Histogram {
    /// Not cumulative; those above the last bound are only in `count`.
    pub buckets: [u32; BOUNDS.len()],
    /// All of them.
    pub count: u64,
    /// Their sum.
    pub sum: Duration,
}

impl Histogram {
    /// Adds one.
    pub fn observe(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = BOUNDS.partition_point(|bound| *bound < seconds);
        if let Some(count) = self.buckets.get_mut(bucket) {
            *count = count.saturating_add(1);
        }
        self.count += 1;
        self.sum += duration;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let mut histogram = Histogram::default();
        for ms in [1, 2, 3, 5_000, 6_000] {
            histogram.observe(Duration::from_millis(ms));
        }
        assert_eq!(histogram.buckets[..3], [1, 1, 1]);
        assert_eq!(histogram.buckets[BOUNDS.len() - 1], 1);
        assert_eq!((histogram.count, histogram.sum), (5, Duration::from_millis(11_006)));
    }

    #[test]
    fn bounds_rise() {
        assert!(BOUNDS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
