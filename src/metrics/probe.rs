//! The answer to `/probe`: one endpoint, probed for this scrape, also under the names that
//! `blackbox_exporter` uses.

mod blackbox;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::decide::monitor::fold::{self, Blame, Finished};
use crate::engine::once::Once;
use crate::metrics::fleet;
use crate::model::monitor::choice::Choice;
use crate::model::monitor::{EndpointView, Pace, Snapshot};
use crate::net::clock;

/// Writes everything that one run saw. `timeout` is what the run was given.
pub fn write(out: &mut String, once: &Once, timeout: Duration) {
    blackbox::write(out, once, timeout);
    fleet::write_states(out, &snapshot(once, clock::wall()));
}

/// The run as the first and only one of an endpoint. A single run is all there is to judge by, so
/// a silent endpoint is taken to be down.
fn snapshot(once: &Once, at: SystemTime) -> Snapshot {
    // Nothing is scheduled.
    let pace = Pace { round: Duration::ZERO, check: Duration::ZERO, scan: Duration::ZERO };
    let mut view = EndpointView::new(Arc::clone(&once.report.endpoint), pace, 1, at);
    let finished =
        Finished { report: &once.report, at, elapsed: once.elapsed, trace: Arc::from("") };
    fold::round(&mut view, &finished, None, Blame::Endpoint);
    fold::check(&mut view, &finished);
    fold::scan(&mut view, &finished);
    let endpoints = vec![Arc::new(view)];
    Snapshot { at, endpoints, choice: Choice::default(), trouble: None, ready: true }
}

#[cfg(test)]
mod tests;
