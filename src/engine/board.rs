//! Everything that was seen in a round, folded from its events.

mod member;
mod report;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::decide::select::standing::{Candidate, Resolution};
use crate::engine::board::member::MemberState;
use crate::engine::event::{Event, What};
use crate::engine::member::Sampling;
use crate::engine::ports::Target;
use crate::model::endpoint::Endpoint;
use crate::model::report::{EndpointReport, Lookup};

/// The state of a round.
pub struct Board {
    states: Vec<EndpointState>,
    sampling: Sampling,
}

struct EndpointState {
    endpoint: Arc<Endpoint>,
    lookups: Vec<Lookup>,
    resolved_at: Option<Duration>,
    members: BTreeMap<SocketAddr, MemberState>,
    finished: bool,
}

impl Board {
    /// An empty board for these targets.
    pub fn new(targets: &[Target], sampling: Sampling) -> Self {
        let states = targets.iter().map(|target| EndpointState {
            endpoint: Arc::clone(&target.endpoint),
            lookups: Vec::new(),
            resolved_at: None,
            members: BTreeMap::new(),
            finished: false,
        });
        Self { states: states.collect(), sampling }
    }

    /// Takes note of an event. One about a target that is not on the board is ignored.
    pub fn fold(&mut self, event: Event) {
        let Some(state) = self.states.get_mut(event.target) else { return };
        match event.what {
            What::Resolved(lookup) => state.lookups.push(lookup),
            What::Member(address, resolve) => {
                state.resolved_at.get_or_insert(event.at);
                let tls = state.endpoint.url.scheme == crate::model::endpoint::Scheme::Https;
                let member = MemberState::new(address, resolve, tls);
                state.members.insert(address, member);
            }
            What::Of(address, sight) => {
                if let Some(member) = state.members.get_mut(&address) {
                    member.fold(event.at, sight);
                }
            }
            What::Finished => state.finished = true,
        }
    }

    /// How many targets there are, and how many are finished.
    pub fn progress(&self) -> (usize, usize) {
        (self.states.len(), self.states.iter().filter(|state| state.finished).count())
    }

    /// The targets as candidates for the choice. `current` is the index of the server in use.
    pub fn candidates(&self, current: Option<usize>) -> Vec<Candidate> {
        let candidate = |(index, state): (usize, &EndpointState)| Candidate {
            priority: state.endpoint.priority,
            current: current == Some(index),
            resolution: state.resolution(),
            first_sample: state.members.values().filter_map(MemberState::first_sent).min(),
            members: state.members.values().map(|m| m.standing(self.sampling)).collect(),
        };
        self.states.iter().enumerate().map(candidate).collect()
    }

    /// The reports, in the order of the targets.
    pub fn reports(&self, now: std::time::SystemTime) -> Vec<EndpointReport> {
        self.states.iter().map(|state| report::endpoint(state, now)).collect()
    }
}

impl EndpointState {
    fn resolution(&self) -> Resolution {
        match self.resolved_at {
            Some(at) => Resolution::Done(at),
            None if self.finished => Resolution::Failed,
            None => Resolution::Pending,
        }
    }
}
