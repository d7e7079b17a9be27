//! Monotonic and wall time: the only place where clocks are read.

#![expect(clippy::disallowed_methods, reason = "this is the one module that reads clocks")]

use std::time::{Duration, SystemTime};

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

/// Time since the system started, with the times in which it was suspended: the monotonic clock
/// of Linux leaves them out. `None` where the system has no such clock.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn since_boot() -> Option<Duration> {
    use nix::time::{ClockId, clock_gettime};

    clock_gettime(ClockId::CLOCK_BOOTTIME).ok().map(Duration::from)
}

/// This system has no such clock.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn since_boot() -> Option<Duration> {
    None
}
