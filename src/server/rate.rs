//! A token bucket for requests.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many requests are admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    /// Time after which one more is admitted; not zero.
    pub(super) interval: Duration,
    /// Requests that may come at once; not zero.
    pub(super) burst: u32,
}

/// The bucket, for all clients together.
#[derive(Debug, Default)]
pub(super) struct Bucket(Mutex<Option<Filled>>);

#[derive(Debug, Clone, Copy)]
struct Filled {
    rate: Rate,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    /// Takes a token, if there is one. Under another rate than before the bucket starts full.
    pub(super) fn admits(&self, rate: Rate, now: Instant) -> bool {
        let mut filled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let burst = f64::from(rate.burst);
        let before = filled.filter(|filled| filled.rate == rate);
        let before = before.unwrap_or(Filled { rate, tokens: burst, at: now });
        let gained = now.duration_since(before.at).as_secs_f64() / rate.interval.as_secs_f64();
        let tokens = (before.tokens + gained).min(burst);
        let admits = tokens >= 1.0;
        *filled =
            Some(Filled { rate, tokens: if admits { tokens - 1.0 } else { tokens }, at: now });
        admits
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Bucket, Rate};
    use crate::net::clock;

    #[test]
    fn a_burst_passes_and_then_one_each_interval() {
        let bucket = Bucket::default();
        let rate = Rate { interval: Duration::from_secs(1), burst: 3 };
        let start = clock::now();
        let at = |ms| bucket.admits(rate, start + Duration::from_millis(ms));
        let found = [0, 0, 0, 0, 500, 1100, 1200, 60_000, 60_000, 60_000, 60_000].map(at);
        assert_eq!(found, [true, true, true, false, false, true, false, true, true, true, false]);
        let other = Rate { burst: 1, ..rate };
        assert!(bucket.admits(other, start + Duration::from_mins(1)));
    }
}
