//! Durations that remember which clock measured them.

use std::time::Duration;

/// The clock that produced a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// The kernel's own bookkeeping (`TCP_INFO`, receive timestamps): free of this process' queueing.
    Kernel,
    /// The delay was made up by a simulated link; says nothing about a real network.
    Simulated,
    /// This process' clock: includes the time the process waited to be scheduled.
    User,
}

impl Clock {
    /// The stable lower-case name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Simulated => "simulated",
            Self::User => "user",
        }
    }
}

/// A measured duration and the clock it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    /// How long it took.
    pub duration: Duration,
    /// Which clock said so.
    pub clock: Clock,
}

impl Timed {
    /// A duration taken from the kernel.
    pub const fn kernel(duration: Duration) -> Self {
        Self { duration, clock: Clock::Kernel }
    }

    /// A duration taken from this process' clock.
    pub const fn user(duration: Duration) -> Self {
        Self { duration, clock: Clock::User }
    }
}
