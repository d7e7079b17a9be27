//! Monotonic and wall time: the only place where clocks are read.

#![expect(clippy::disallowed_methods, reason = "this is the one module that reads clocks")]

use std::time::SystemTime;

use tokio::time::Instant;

/// The monotonic clock, for durations. Follows tokio's paused clock in tests.
pub fn now() -> Instant {
    Instant::now()
}

/// The wall clock, for certificate dates, time stamps in reports, and for comparison with the
/// kernel's receive time stamps. May step or be wrong by decades.
pub fn wall() -> SystemTime {
    SystemTime::now()
}
