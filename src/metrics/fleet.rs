//! The endpoints of a snapshot as metrics.

use crate::model::monitor::Snapshot;

/// How much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// Durations as histograms; otherwise only their sum and count, for very large fleets.
    pub buckets: bool,
}

/// Writes all series of a snapshot.
pub fn write(_out: &mut String, _snapshot: &Snapshot, _detail: Detail) {}
