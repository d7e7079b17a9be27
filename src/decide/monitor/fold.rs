//! Folding the results of jobs into what is known of an endpoint.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::model::monitor::EndpointView;
use crate::model::report::{EndpointReport, Verdict};

/// A job that has run to its end.
#[derive(Debug, Clone)]
pub struct Finished<'a> {
    /// What it saw.
    pub report: &'a EndpointReport,
    /// When it ended.
    pub at: SystemTime,
    /// How long it took.
    pub elapsed: Duration,
    /// What it did, step by step, a line each.
    pub trace: Arc<str>,
}

/// Whose fault a round without any answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The endpoint's.
    Endpoint,
    /// This machine's.
    Local,
    /// Not known yet: the round is held until it is.
    Held,
}

/// A change of state, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which member; `None` for the name as a whole.
    pub member: Option<SocketAddr>,
    /// From.
    pub from: Verdict,
    /// To.
    pub to: Verdict,
    /// Why, as one line.
    pub text: String,
}

/// What follows from a fold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded {
    /// What changed.
    pub changes: Vec<Change>,
    /// Something is otherwise than before: a check now would tell what, or confirm it.
    pub check_now: bool,
}

/// Folds a round. `tainted` says why its times and its time-outs mean nothing, if that is so;
/// `blame` whose fault it is where nothing answered.
pub fn round(
    _view: &mut EndpointView,
    _finished: &Finished<'_>,
    _tainted: Option<&str>,
    _blame: Blame,
) -> Folded {
    Folded::default()
}

/// Folds a check: what it found of services, and findings that rounds cannot see. Also counts as
/// a further observation of the state.
pub fn check(_view: &mut EndpointView, _finished: &Finished<'_>) -> Folded {
    Folded::default()
}

/// Folds a scan.
pub fn scan(_view: &mut EndpointView, _finished: &Finished<'_>) -> Folded {
    Folded::default()
}

/// Decides about the rounds that were held.
pub fn release(_view: &mut EndpointView, _blame: Blame, _now: SystemTime) -> Folded {
    Folded::default()
}
