//! Whether it is this machine that is in trouble.

use std::time::SystemTime;

use crate::model::monitor::LocalTrouble;
use crate::model::report::EndpointReport;

/// What a round proves about this machine's own network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Something at the other end answered, if only with a refusal: the network works.
    Yes,
    /// Nothing answered.
    Nothing,
    /// It failed for a reason that is certainly this machine's own.
    Local,
}

/// What a round proves.
pub fn heard(_report: &EndpointReport) -> Heard {
    Heard::Yes
}

/// What to do with rounds without any answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It cannot be told yet: hold them.
    Hold,
    /// Others were heard meanwhile: they count against their endpoints.
    Endpoints,
    /// Nobody was heard: they are this machine's.
    Local,
}

/// Watches all endpoints for the moment when none of them is heard any more.
#[derive(Debug, Clone, Default)]
pub struct LocalWatch {
    _private: (),
}

impl LocalWatch {
    /// Takes note of a round of the endpoint with this key, of so many endpoints in all.
    pub fn note(&mut self, _key: u64, _heard: Heard, _endpoints: usize, _at: SystemTime) -> Ruling {
        Ruling::Endpoints
    }

    /// Forgets an endpoint that is watched no more.
    pub fn forget(&mut self, _key: u64) {}

    /// Since when nobody is heard, while that is so.
    pub fn silent_since(&self) -> Option<SystemTime> {
        None
    }
}

/// Puts what is known of this machine into words. `reports` are the last rounds of a few
/// endpoints, `routes` what the system said when it was asked for a way out, per family.
pub fn describe(
    since: SystemTime,
    _reports: &[EndpointReport],
    _routes: &[(&str, Result<(), String>)],
    _now: SystemTime,
) -> LocalTrouble {
    LocalTrouble { since, evidence: Vec::new() }
}
