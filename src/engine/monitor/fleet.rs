//! All that a monitoring run knows and plans, behind one lock.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::decide::monitor::local::LocalWatch;
use crate::engine::monitor::Plan;
use crate::engine::monitor::pool::Pools;
use crate::engine::monitor::schedule::{Schedule, Todo};
use crate::engine::ports::{Ports, Target};
use crate::engine::tls_scan;
use crate::model::endpoint::{Endpoint, EndpointName, Limits};
use crate::model::monitor::choice::Choice;
use crate::model::monitor::{EndpointView, Job, LocalTrouble, Pace, Snapshot};
use crate::model::report::EndpointReport;

/// Rounds remembered, over all endpoints: some ten megabytes at most.
const REMEMBERED_ROUNDS: usize = 500_000;

/// Rounds remembered of one endpoint: enough for a strip on the page, and no more than a day of
/// the usual ones.
const FEWEST_ROUNDS: usize = 30;
/// See [`FEWEST_ROUNDS`].
const MOST_ROUNDS: usize = 2880;

/// Jobs that may always be under way at once: with few endpoints, rate and deadline say little.
const LEAST_IN_FLIGHT: usize = 64;

/// How many more jobs may be under way than rounds that all take as long as they may: percent.
const IN_FLIGHT_MARGIN: u128 = 120;

/// The longest time between two checks that are brought forward.
const EXTRA_GAP: Duration = Duration::from_millis(200);

/// Extra checks come at this part of the rate of the regular ones, or faster with few endpoints.
const EXTRA_PART: u128 = 2;

/// All that a run knows and plans.
pub(super) struct Fleet {
    /// In the order of the plan.
    pub(super) watched: Vec<Watched>,
    pub(super) schedule: Schedule,
    pub(super) local: LocalWatch,
    /// Endpoints with held rounds.
    pub(super) held: BTreeSet<u64>,
    /// The last rounds in which nothing was heard.
    pub(super) unheard: VecDeque<EndpointReport>,
    pub(super) trouble: Option<LocalTrouble>,
    pub(super) choice: Choice,
    /// Something is otherwise than at the last review of the choice.
    pub(super) is_changed: bool,
    places: HashMap<u64, usize>,
    round: Ports,
    check: Ports,
    scan: Ports,
    sockets: usize,
    next_key: u64,
    was_ready: bool,
    unseen: usize,
    pub(super) pools: Pools,
}

/// Whether what is known of an endpoint is also true of the other one: jobs for both connect to
/// the same and ask it the same.
fn is_same(one: &Endpoint, other: &Endpoint) -> bool {
    let reached = |endpoint: &Endpoint| {
        (endpoint.name.clone(), endpoint.url.clone(), endpoint.server_name.clone(), endpoint.family)
    };
    reached(one) == reached(other)
}

/// One endpoint.
pub(super) struct Watched {
    /// Never used again for another endpoint, nor for this one at another address.
    pub(super) key: u64,
    pub(super) target: Arc<[Target; 1]>,
    pub(super) view: Arc<EndpointView>,
    /// It has had a round that counts.
    pub(super) is_seen: bool,
    /// The job under way.
    pub(super) abort: Option<AbortHandle>,
}

impl Watched {
    /// What a job of that kind probes: a scan takes longer than a round may.
    pub(super) fn target_of(&self, job: Job) -> Arc<[Target; 1]> {
        let [target] = &*self.target;
        match job {
            Job::Scan if target.limits.deadline < tls_scan::DEADLINE => {
                let limits = Limits { deadline: tls_scan::DEADLINE, ..target.limits };
                Arc::new([Target { limits, ..target.clone() }])
            }
            Job::Round | Job::Check | Job::Scan => Arc::clone(&self.target),
        }
    }

    fn name(&self) -> &EndpointName {
        &self.view.endpoint.name
    }

    fn deadline(&self) -> Duration {
        let [target] = &*self.target;
        target.limits.deadline
    }
}

impl Fleet {
    /// Knows nothing of any endpoint yet; so many sockets may be open at once.
    pub(super) fn new(plan: Plan, sockets: usize, now: Instant, wall: SystemTime) -> Self {
        let mut fleet = Self {
            watched: Vec::new(),
            schedule: Schedule::new(now),
            local: LocalWatch::default(),
            held: BTreeSet::new(),
            unheard: VecDeque::new(),
            trouble: None,
            choice: Choice::default(),
            is_changed: true,
            places: HashMap::new(),
            round: plan.round.clone(),
            check: plan.check.clone(),
            scan: plan.scan.clone(),
            sockets,
            next_key: 0,
            was_ready: false,
            unseen: 0,
            pools: Pools::default(),
        };
        fleet.replace(plan, now, wall);
        fleet
    }

    /// Plans everything anew, from now on.
    pub(super) fn begin(&mut self, now: Instant, wall: SystemTime) {
        self.schedule = Schedule::new(now);
        self.set_limits();
        let new = self.watched.len();
        for watched in &self.watched {
            let (name, pace) = (&watched.name().0, &watched.view.pace);
            self.schedule.add(watched.key, name, pace, watched.deadline(), new, now);
        }
        for place in 0..new {
            self.tell_next_round(place, now, wall);
        }
    }

    /// Goes on with another plan.
    pub(super) fn replace(&mut self, plan: Plan, now: Instant, wall: SystemTime) {
        let Plan { endpoints, round, check, scan } = plan;
        (self.round, self.check, self.scan) = (round, check, scan);
        let before = std::mem::take(&mut self.watched).into_iter();
        let mut before: HashMap<_, _> =
            before.map(|watched| (watched.name().clone(), watched)).collect();
        let kept_rounds =
            (REMEMBERED_ROUNDS / endpoints.len().max(1)).clamp(FEWEST_ROUNDS, MOST_ROUNDS);
        let mut new = Vec::new();
        for (place, planned) in endpoints.into_iter().enumerate() {
            let endpoint = &planned.target.endpoint;
            let same = before.remove(&endpoint.name);
            let same = match same {
                Some(watched) if is_same(&watched.view.endpoint, endpoint) => Some(watched),
                Some(other) => {
                    self.forget(&other);
                    None
                }
                None => None,
            };
            let target = Arc::new([planned.target]);
            let watched = if let Some(watched) = same {
                self.keep(watched, target, planned.pace, kept_rounds, now)
            } else {
                new.push(place);
                self.welcome(target, planned.pace, kept_rounds, wall)
            };
            self.watched.push(watched);
        }
        for gone in before.values() {
            self.forget(gone);
        }
        let keys = self.watched.iter().enumerate();
        self.places = keys.map(|(place, watched)| (watched.key, place)).collect();
        for place in &new {
            let Some(watched) = self.watched.get(*place) else { continue };
            let (name, pace) = (&watched.name().0, &watched.view.pace);
            self.schedule.add(watched.key, name, pace, watched.deadline(), new.len(), now);
        }
        for place in 0..self.watched.len() {
            self.tell_next_round(place, now, wall);
        }
        self.set_limits();
        self.unheard.clear();
        self.unseen = self.watched.iter().filter(|watched| !watched.is_seen).count();
        // Those that were waited for may be gone.
        self.was_ready |= self.unseen == 0 && !self.watched.is_empty();
        self.is_changed = true;
    }

    /// Everything, now.
    pub(super) fn snapshot(&self, at: SystemTime) -> Snapshot {
        Snapshot {
            at,
            endpoints: self.views(),
            choice: self.choice.clone(),
            trouble: self.trouble.clone(),
            ready: self.is_ready(),
        }
    }

    /// What is known of each endpoint.
    pub(super) fn views(&self) -> Vec<Arc<EndpointView>> {
        self.watched.iter().map(|watched| Arc::clone(&watched.view)).collect()
    }

    /// Every endpoint has had its first round; or had, before others came.
    pub(super) const fn is_ready(&self) -> bool {
        self.was_ready || self.unseen == 0
    }

    /// The place of the endpoint with this key.
    pub(super) fn place(&self, key: u64) -> Option<usize> {
        self.places.get(&key).copied()
    }

    /// What a job of that kind needs.
    pub(super) const fn ports(&self, job: Job) -> &Ports {
        match job {
            Job::Round => &self.round,
            Job::Check => &self.check,
            Job::Scan => &self.scan,
        }
    }

    /// What is to be done now.
    pub(super) fn due(&mut self, now: Instant, wall: SystemTime) -> Todo {
        let mut todo = Todo::default();
        self.schedule.due(now, &mut todo);
        for (key, _) in &todo.dropped {
            if let Some(place) = self.place(*key) {
                self.tell_next_round(place, now, wall);
            }
        }
        todo
    }

    /// Takes note that the endpoint has had a round that counts.
    pub(super) fn saw(&mut self, place: usize) {
        let Some(watched) = self.watched.get_mut(place) else { return };
        if !std::mem::replace(&mut watched.is_seen, true) {
            self.unseen = self.unseen.saturating_sub(1);
            self.was_ready |= self.unseen == 0;
        }
    }

    /// Writes down when the endpoint's next round is due.
    pub(super) fn tell_next_round(&mut self, place: usize, now: Instant, wall: SystemTime) {
        let Some(watched) = self.watched.get_mut(place) else { return };
        let due = self.schedule.next_round(watched.key);
        let due = due.and_then(|due| wall.checked_add(due.saturating_duration_since(now)));
        Arc::make_mut(&mut watched.view).next_round = due;
    }

    fn welcome(
        &mut self,
        target: Arc<[Target; 1]>,
        pace: Pace,
        kept_rounds: usize,
        wall: SystemTime,
    ) -> Watched {
        let [planned] = &*target;
        let view = EndpointView::new(Arc::clone(&planned.endpoint), pace, kept_rounds, wall);
        let key = self.next_key;
        self.next_key += 1;
        Watched { key, target, view: Arc::new(view), is_seen: false, abort: None }
    }

    /// Goes on with the same endpoint, of which something else may be told or expected now.
    fn keep(
        &mut self,
        mut watched: Watched,
        target: Arc<[Target; 1]>,
        pace: Pace,
        kept_rounds: usize,
        now: Instant,
    ) -> Watched {
        watched.target = target;
        let view = Arc::make_mut(&mut watched.view);
        view.history.keep(kept_rounds);
        view.pace = pace;
        let [planned] = &*watched.target;
        let before = std::mem::replace(&mut view.endpoint, Arc::clone(&planned.endpoint));
        let is_checked_otherwise = before.expected_members != view.endpoint.expected_members
            || before.hierarchy != view.endpoint.hierarchy;
        // An upstream server has other clients, which need other versions.
        let is_scanned_otherwise =
            before.tls != view.endpoint.tls || before.hierarchy != view.endpoint.hierarchy;
        if is_checked_otherwise {
            self.schedule.bring_forward(watched.key);
        }
        if is_scanned_otherwise {
            self.schedule.scan_anew(watched.key);
        }
        let (name, deadline) = (&watched.name().0, watched.deadline());
        self.schedule.change(watched.key, name, &pace, deadline, now);
        watched
    }

    fn forget(&mut self, gone: &Watched) {
        if let Some(job) = &gone.abort {
            job.abort();
        }
        self.schedule.remove(gone.key);
        self.local.forget(gone.key);
        self.held.remove(&gone.key);
    }

    fn set_limits(&mut self) {
        let longest = self.watched.iter().map(Watched::deadline).max().unwrap_or_default();
        // In hundredths of a job, and in millionths of a check a second.
        let (mut in_flight, mut checks) = (0_u128, 0_u128);
        for Watched { view, .. } in &self.watched {
            in_flight +=
                longest.as_millis() * IN_FLIGHT_MARGIN / view.pace.round.as_millis().max(1);
            checks += 1_000_000_000 / view.pace.check.as_millis().max(1);
        }
        let in_flight = usize::try_from(in_flight.div_ceil(100)).unwrap_or(usize::MAX);
        let in_flight = in_flight.max(LEAST_IN_FLIGHT).min(self.sockets);
        let gap = EXTRA_PART * 1_000_000_000_000_000 / checks.max(1);
        let gap = Duration::from_nanos(u64::try_from(gap).unwrap_or(u64::MAX));
        self.schedule.limit(in_flight, gap.min(EXTRA_GAP));
    }
}
