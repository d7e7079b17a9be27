//! One endpoint, once.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;

use crate::engine::board::Board;
use crate::engine::event::{Event, What};
use crate::engine::member::Sampling;
use crate::engine::ports::{Ports, Target};
use crate::engine::{probe, trace};
use crate::model::report::EndpointReport;
use crate::net::clock;

/// The result of a run over one endpoint.
#[derive(Debug, Clone)]
pub struct Once {
    /// What was seen.
    pub report: EndpointReport,
    /// What was done, step by step, a line each.
    pub trace: String,
    /// From start to end.
    pub elapsed: Duration,
}

/// Probes one endpoint to the end, or to the end of its deadline, within the caller's own task.
/// `None` where a defect of this program cut it short: what was seen until then may be half of the
/// truth. Dropping the future abandons the probe.
pub async fn once(target: &Arc<[Target; 1]>, ports: &Ports, sampling: Sampling) -> Option<Once> {
    let targets: Arc<[Target]> = Arc::<[Target; 1]>::clone(target);
    let [only] = &**target;
    let start = clock::now();
    let seen = Mutex::new((Board::new(&targets, sampling), String::new()));
    let report = |what: What| {
        let event = Event { at: clock::now() - start, target: 0, what };
        let (board, text) = &mut *seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = trace::line(&event, &targets) {
            text.push_str(&line);
            text.push('\n');
        }
        board.fold(event);
    };
    let probe = probe::probe(only, ports, sampling, start + only.limits.deadline, &report);
    AssertUnwindSafe(probe).catch_unwind().await.ok()?;
    let (board, trace) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    let report = board.reports(clock::wall()).pop()?;
    Some(Once { report, trace, elapsed: clock::now() - start })
}
