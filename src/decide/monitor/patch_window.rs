//! Nightly patch windows in local time.

use std::time::SystemTime;

use crate::model::endpoint::Endpoint;

/// Whether the endpoint's patch window is open; `None` where no window or no time zone is known.
pub fn is_open(_endpoint: &Endpoint, _now: SystemTime) -> Option<bool> {
    None
}

/// The window that is open, or else the next one: its first moment, and the first one after it.
pub fn next(_endpoint: &Endpoint, _now: SystemTime) -> Option<(SystemTime, SystemTime)> {
    None
}
