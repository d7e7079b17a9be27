//! Receiving with the kernel's time stamps.
//!
//! A stamp says when the packet reached this machine, however late the process read it.

#[cfg(target_os = "linux")]
pub mod linux;

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::model::timing::Timed;
use crate::net::clock;

/// One moment on both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    wall: SystemTime,
    monotonic: Instant,
}

impl Moment {
    /// Now. Taken before a `write`, it precedes the packet by some microseconds.
    pub fn now() -> Self {
        Self { wall: clock::wall(), monotonic: clock::now() }
    }
}

/// When something arrived.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    kernel: Option<SystemTime>,
    read: Instant,
}

impl Arrival {
    /// An arrival read now, with the kernel's stamp if it gave one.
    pub fn now(kernel: Option<SystemTime>) -> Self {
        Self { kernel, read: clock::now() }
    }

    /// The time from `start` to this arrival: by the kernel's stamp, else by this process'
    /// clock. A stamp before the start (the wall clock was set back in between) is not used,
    /// nor one that is later than the read.
    pub fn since(&self, start: &Moment) -> Timed {
        let user = self.read.saturating_duration_since(start.monotonic);
        let kernel = self.kernel.and_then(|stamp| stamp.duration_since(start.wall).ok());
        match kernel {
            Some(wire) if wire <= user + CLOCK_TOLERANCE => Timed::kernel(wire),
            Some(_) | None => Timed::user(user),
        }
    }
}

/// How far wall and monotonic clock may drift apart within one exchange before the wall clock
/// is taken to have been set; time services slew by far less.
const CLOCK_TOLERANCE: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(wall: Duration) -> Moment {
        Moment { wall: SystemTime::UNIX_EPOCH + wall, monotonic: clock::now() }
    }

    #[tokio::test(start_paused = true)]
    async fn the_kernel_is_believed_unless_the_clock_was_set() {
        let start = moment(Duration::from_secs(100));
        tokio::time::advance(Duration::from_millis(50)).await;
        let stamp =
            |millis: u64| Some(SystemTime::UNIX_EPOCH + Duration::from_millis(100_000 + millis));
        let user = Timed::user(Duration::from_millis(50));
        for (name, kernel, expected) in [
            ("no stamp", None, user),
            ("plain", stamp(12), Timed::kernel(Duration::from_millis(12))),
            ("set back", Some(SystemTime::UNIX_EPOCH), user),
            ("set forward", stamp(3_600_000), user),
        ] {
            let arrival = Arrival::now(kernel);
            assert_eq!(arrival.since(&start), expected, "{name}");
        }
    }
}
