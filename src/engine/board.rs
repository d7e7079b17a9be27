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
use crate::model::resolvers::ResolverReport;

/// The state of a round.
pub struct Board {
    states: Vec<EndpointState>,
    /// How the targets stand in the race; kept up to date event by event, because a fleet may
    /// have thousands of them.
    candidates: Vec<Candidate>,
    sampling: Sampling,
}

struct EndpointState {
    endpoint: Arc<Endpoint>,
    lookups: Vec<Lookup>,
    resolvers: Vec<ResolverReport>,
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
            resolvers: Vec::new(),
            resolved_at: None,
            members: BTreeMap::new(),
            finished: false,
        });
        let states: Vec<_> = states.collect();
        let candidates = states.iter().map(|state| state.candidate(sampling)).collect();
        Self { states, candidates, sampling }
    }

    /// Notes which target is the server in use.
    #[must_use]
    pub fn with_current(mut self, current: Option<usize>) -> Self {
        for (index, candidate) in self.candidates.iter_mut().enumerate() {
            candidate.current = current == Some(index);
        }
        self
    }

    /// Takes note of an event. One about a target that is not on the board is ignored.
    pub fn fold(&mut self, event: Event) {
        let Some(state) = self.states.get_mut(event.target) else { return };
        match event.what {
            What::Resolved(lookup) => state.lookups.push(lookup),
            What::Compared(reports) => state.resolvers = reports,
            What::Member(address, resolve) => {
                state.resolved_at.get_or_insert(event.at);
                let member = MemberState::new(address, resolve, &state.endpoint);
                state.members.insert(address, member);
            }
            What::Of(address, sight) => {
                if let Some(member) = state.members.get_mut(&address) {
                    member.fold(event.at, sight);
                }
            }
            What::Finished => state.finished = true,
        }
        if let Some(candidate) = self.candidates.get_mut(event.target) {
            let current = candidate.current;
            *candidate = Candidate { current, ..state.candidate(self.sampling) };
        }
    }

    /// How many targets there are, and how many are finished.
    pub fn progress(&self) -> (usize, usize) {
        (self.states.len(), self.states.iter().filter(|state| state.finished).count())
    }

    /// Whether nothing more will be seen of a target.
    pub fn is_finished(&self, target: usize) -> bool {
        self.states.get(target).is_none_or(|state| state.finished)
    }

    /// The targets as candidates for the choice.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The reports, in the order of the targets.
    pub fn reports(&self, now: std::time::SystemTime) -> Vec<EndpointReport> {
        self.states.iter().map(|state| report::endpoint(state, now)).collect()
    }
}

impl EndpointState {
    fn candidate(&self, sampling: Sampling) -> Candidate {
        Candidate {
            priority: self.endpoint.priority,
            current: false,
            resolution: self.resolution(),
            first_sample: self.members.values().filter_map(MemberState::first_sent).min(),
            members: self.members.values().map(|member| member.standing(sampling)).collect(),
        }
    }

    fn resolution(&self) -> Resolution {
        match self.resolved_at {
            Some(at) => Resolution::Done(at),
            None if self.finished => Resolution::Failed,
            None => Resolution::Pending,
        }
    }
}
