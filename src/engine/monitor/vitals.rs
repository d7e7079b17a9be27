//! How the monitoring run itself fares.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use crate::model::monitor::histogram::Histogram;

/// Counters of a run, shared with whoever exports them.
#[derive(Debug, Default)]
pub struct Vitals(Mutex<Counted>);

/// The counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counted {
    /// How late rounds started, not counting the end of another job of their endpoint that they
    /// waited for.
    pub lag: Histogram,
    /// Jobs that are under way.
    pub in_flight: u64,
    /// How many may be at once.
    pub in_flight_limit: u64,
    /// Rounds that were left out, because the one before had not ended, too many were under way, or
    /// the process did not get to run when they were due.
    pub dropped: u64,
    /// Jobs that ended with a defect of this program.
    pub panicked: u64,
    /// The longest that the process did not get to run at a stretch, suspension included.
    pub longest_stall: Duration,
    /// All that the process did not get to run, suspension included.
    pub stalled: Duration,
}

impl Vitals {
    /// The counters now.
    pub fn read(&self) -> Counted {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes them.
    pub(super) fn update(&self, change: impl FnOnce(&mut Counted)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
