//! One endpoint, once.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::board::Board;
use crate::engine::event::Event;
use crate::engine::member::Sampling;
use crate::engine::ports::{Ports, Target};
use crate::engine::round::{self, Next, Watch};
use crate::engine::trace;
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
    /// A part of it ended with a defect of this program, so that something may be missing.
    pub panicked: bool,
}

/// Probes one endpoint to the end, or to the end of its deadline. `None` only if it was cut short
/// by a defect so early that there is no report. Dropping the future abandons the probe.
pub async fn once(target: &Arc<[Target; 1]>, ports: &Ports, sampling: Sampling) -> Option<Once> {
    let targets: Arc<[Target]> = Arc::<[Target; 1]>::clone(target);
    let mut watch = Tracing { targets: Arc::clone(&targets), text: String::new() };
    let never = std::future::pending();
    let finished = round::run(&targets, ports, sampling, &mut watch, never).await;
    let report = finished.board.reports(clock::wall()).pop()?;
    Some(Once { report, trace: watch.text, elapsed: finished.elapsed, panicked: finished.panicked })
}

/// Watches a round to its end and writes down what happens.
struct Tracing {
    targets: Arc<[Target]>,
    text: String,
}

impl Watch for Tracing {
    fn event(&mut self, event: &Event) {
        if let Some(line) = trace::line(event, &self.targets) {
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    fn next(&mut self, _board: &Board, _now: Duration) -> Next {
        Next::Continue(None)
    }
}
