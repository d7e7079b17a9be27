//! The metrics that are exported: one row each. Registration, help, documentation and the tests'
//! list all come from here.

/// What a metric is (Prometheus text format).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts in buckets.
    Histogram,
}

/// One family of series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// With prefix and unit.
    pub name: &'static str,
    /// One sentence, with the unit, and when the series is absent.
    pub help: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels, in order.
    pub labels: &'static [&'static str],
}
