//! The monitoring run: jobs for every endpoint, each at its own pace, until it is told to end.

pub mod vitals;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::monitor::vitals::Vitals;
use crate::engine::ports::{Ports, Target};
use crate::model::monitor::choice::Choice;
use crate::model::monitor::{Pace, Snapshot};
use crate::net::clock;

/// One endpoint and how often to look at it.
#[derive(Clone)]
pub struct Planned {
    /// What to probe.
    pub target: Target,
    /// How often.
    pub pace: Pace,
}

/// What to run.
#[derive(Clone)]
pub struct Plan {
    /// Names are unique.
    pub endpoints: Vec<Planned>,
    /// For rounds: lean, see [`Ports::lean`].
    pub round: Ports,
    /// For checks.
    pub check: Ports,
    /// For scans.
    pub scan: Ports,
}

/// The run itself.
pub struct Monitor {
    _private: (),
}

/// To look at a run and to steer it. Clones concern the same run.
#[derive(Clone)]
pub struct Handle {
    vitals: Arc<Vitals>,
}

impl Monitor {
    /// Prepares a run; sends nothing.
    pub fn new(_plan: Plan) -> (Self, Handle) {
        (Self { _private: () }, Handle { vitals: Arc::default() })
    }

    /// Runs until `shutdown` completes, and then until what is under way has ended, but for no
    /// longer than `grace`. Dropping the future abandons everything at once.
    pub async fn run(self, shutdown: impl Future<Output = ()>, _grace: Duration) {
        shutdown.await;
    }
}

impl Handle {
    /// What is known now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            at: clock::wall(),
            endpoints: Vec::new(),
            choice: Choice::default(),
            trouble: None,
            ready: false,
        }
    }

    /// Goes on with another plan. Endpoints that are the same in both keep their history, their
    /// counters and their schedule; what is under way for others is abandoned.
    pub fn replace(&self, _plan: Plan) {}

    /// How the run itself fares.
    pub fn vitals(&self) -> &Arc<Vitals> {
        &self.vitals
    }
}
