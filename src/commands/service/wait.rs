//! Waiting for a service, with an end.

use std::time::Duration;

use crate::commands::service::words::{told, why};
use crate::windows::service::{ServiceError, Services, State, Status};

/// How long the service may take to start: as long as it tells the system that it may, and some
/// time for the system itself.
pub(super) const START: Duration = Duration::from_secs(40);

/// How long it may take to end: it promises to need a few seconds.
const END: Duration = Duration::from_secs(20);

/// How long the system may take to forget a service.
const FORGET: Duration = Duration::from_secs(5);

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// Waits until the service has ended, by this notion of it.
pub(super) fn wait_for_end(
    services: &mut dyn Services,
    name: &str,
    is_over: fn(State) -> bool,
) -> Result<(), String> {
    match wait(services, name, END, is_over).map_err(|error| told(&error))? {
        Some(status) if !is_over(status.state) => Err(format!(
            "service {name} does not end: {}\n  hint: its process {} can be ended by the task \
             manager",
            why(status),
            status.process.map_or_else(|| "(unknown)".to_owned(), |id| id.to_string())
        )),
        None | Some(_) => Ok(()),
    }
}

/// Looks until the state is one of those, or so long: the last status seen.
pub(super) fn wait(
    services: &mut dyn Services,
    name: &str,
    longest: Duration,
    is_over: impl Fn(State) -> bool,
) -> Result<Option<Status>, ServiceError> {
    let mut waited = Duration::ZERO;
    loop {
        let status = services.status(name)?;
        let over = status.is_none_or(|status| is_over(status.state));
        if over || waited >= longest {
            return Ok(status);
        }
        services.pause(LOOK);
        waited += LOOK;
    }
}

/// Whether the system forgets a service that was removed, soon.
pub(super) fn is_forgotten(services: &mut dyn Services, name: &str) -> bool {
    let mut waited = Duration::ZERO;
    while waited < FORGET {
        // A service that is leaving may refuse to be looked at.
        if !matches!(services.status(name), Ok(Some(_))) {
            return true;
        }
        services.pause(LOOK);
        waited += LOOK;
    }
    false
}
