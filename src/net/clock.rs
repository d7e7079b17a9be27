//! Monotonic and wall time.
#![expect(clippy::disallowed_methods, reason = "the one place where clocks are read")]

use tokio::time::Instant;

/// The present moment of the monotonic clock; under a paused test runtime, of the test's clock.
pub fn now() -> Instant {
    Instant::now()
}
