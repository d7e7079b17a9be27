//! Rounds that this process slept through.

use std::time::Duration;

use crate::model::endpoint::Limits;
use crate::model::report::EndpointReport;

/// What disturbed this process during a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Disturbance {
    /// How long the process did not get to run, at most, at a stretch.
    pub stalled: Duration,
    /// By how much the wall clock went otherwise than the monotonic one.
    pub stepped: Duration,
}

/// Why the times and the time-outs of a round mean nothing, if that is so.
pub fn judge(
    _report: &EndpointReport,
    _limits: &Limits,
    _disturbance: Disturbance,
) -> Option<String> {
    None
}
