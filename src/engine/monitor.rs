//! The monitoring run: jobs for every endpoint, each at its own pace, until it is told to end.

mod conclude;
mod fleet;
mod journal;
mod pacer;
mod pool;
mod rhythm;
mod schedule;
mod stall;
#[cfg(test)]
mod tests;
pub mod vitals;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::{Instant, timeout_at};

use crate::decide::monitor::keep;
use crate::engine::member::Sampling;
use crate::engine::monitor::conclude::Ended;
use crate::engine::monitor::fleet::Fleet;
use crate::engine::monitor::schedule::{Start, Todo};
use crate::engine::monitor::stall::StallWatch;
use crate::engine::monitor::vitals::Vitals;
use crate::engine::once;
use crate::engine::ports::{Ports, Target};
use crate::model::monitor::{Pace, Snapshot};
use crate::net::clock;
use crate::net::machine::{Machine, ThisMachine};

/// Time between two reviews of the choice, which looks at every endpoint.
const REVIEW: Duration = Duration::from_secs(1);

/// Jobs of a run sample with one connection: they come again and again.
const SAMPLING: Sampling = Sampling { samples: 1, gap: Duration::ZERO };

/// Ended jobs that are concluded before the schedule is looked at again.
const ENDS_AT_ONCE: usize = 64;

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
    shared: Arc<Shared>,
}

/// To look at a run and to steer it. Clones concern the same run.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

struct Shared {
    fleet: Mutex<Fleet>,
    vitals: Arc<Vitals>,
    machine: Arc<dyn Machine>,
    /// The plan was replaced.
    replaced: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Fleet> {
        self.fleet.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Monitor {
    /// Prepares a run; sends nothing.
    pub fn new(plan: Plan) -> (Self, Handle) {
        Self::on(Arc::new(ThisMachine), plan)
    }

    /// The same on another machine: one that a test has made up.
    pub fn on(machine: Arc<dyn Machine>, plan: Plan) -> (Self, Handle) {
        let fleet = Fleet::new(plan, machine.sockets(), clock::now(), machine.wall());
        let (vitals, replaced) = (Arc::default(), Notify::new());
        let shared = Arc::new(Shared { fleet: Mutex::new(fleet), vitals, machine, replaced });
        (Self { shared: Arc::clone(&shared) }, Handle { shared })
    }

    /// Runs until `shutdown` completes, and then until what is under way has ended, but for no
    /// longer than `grace`. Dropping the future abandons everything at once.
    pub async fn run(self, shutdown: impl Future<Output = ()>, grace: Duration) {
        let stalls = Arc::new(StallWatch::new(Arc::clone(&self.shared.machine)));
        let mut watch = JoinSet::new();
        watch.spawn(Arc::clone(&stalls).run(Arc::clone(&self.shared.vitals)));
        let mut run = Run { shared: self.shared, stalls, jobs: JoinSet::new(), review: None };
        run.shared.lock().begin(clock::now(), run.shared.machine.wall());
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let wake = run.step();
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(ended) = run.jobs.join_next() => run.conclude(ended),
                () = run.shared.replaced.notified() => {}
                () = sleep_until(wake) => {}
            }
        }
        run.end(clock::now() + grace).await;
    }
}

struct Run {
    shared: Arc<Shared>,
    stalls: Arc<StallWatch>,
    /// The jobs under way; they end with the run.
    jobs: JoinSet<Ended>,
    /// When the choice may be reviewed again.
    review: Option<Instant>,
}

impl Run {
    /// Starts what is due. Returns when to look again.
    fn step(&mut self) -> Option<Instant> {
        let now = clock::now();
        let shared = Arc::clone(&self.shared);
        let mut fleet = shared.lock();
        let todo = fleet.due(now, shared.machine.wall());
        self.start(&mut fleet, todo);
        let wake = fleet.schedule.wake(now);
        let is_changed = fleet.is_changed;
        drop(fleet);
        if !is_changed {
            return wake;
        }
        let review = *self.review.get_or_insert(now);
        if now < review {
            return wake.map_or(Some(review), |wake| Some(wake.min(review)));
        }
        self.review = Some(now + REVIEW);
        self.review_choice();
        wake
    }

    /// Without the lock: it takes time to look at a large fleet. Nobody else changes views.
    fn review_choice(&self) {
        let mut fleet = self.shared.lock();
        fleet.is_changed = false;
        let (views, before, ready) = (fleet.views(), fleet.choice.clone(), fleet.is_ready());
        drop(fleet);
        let wall = self.shared.machine.wall();
        let review = || keep::review(&views, &before, ready, wall);
        match catch_unwind(AssertUnwindSafe(review)) {
            Ok(None) => {}
            Ok(Some(choice)) => {
                journal::chosen(&before, &choice);
                self.shared.lock().choice = choice;
            }
            Err(_) => self.shared.vitals.update(|counted| counted.panicked += 1),
        }
    }

    fn start(&mut self, fleet: &mut Fleet, todo: Todo) {
        let Todo { starts, dropped } = todo;
        self.shared.vitals.update(|counted| {
            counted.in_flight = fleet.schedule.in_flight() as u64;
            counted.in_flight_limit = fleet.schedule.in_flight_limit() as u64;
            counted.dropped += dropped.iter().map(|(_, rounds)| rounds).sum::<u64>();
            for late in starts.iter().filter_map(|start| start.late) {
                counted.lag.observe(late);
            }
        });
        for start in starts {
            let Some(place) = fleet.place(start.key) else { continue };
            let ports = fleet.ports(start.job).clone();
            let Some(watched) = fleet.watched.get_mut(place) else { continue };
            let target = watched.target_of(start.job);
            watched.abort = Some(self.spawn(start, target, ports));
        }
    }

    fn spawn(&mut self, start: Start, target: Arc<[Target; 1]>, ports: Ports) -> AbortHandle {
        let machine = Arc::clone(&self.shared.machine);
        self.jobs.spawn(async move {
            let from = clock::now();
            let once = once::once(&target, &ports, SAMPLING).await;
            Ended { key: start.key, once, from, to: clock::now(), at: machine.wall() }
        })
    }

    fn conclude(&mut self, first: Result<Ended, JoinError>) {
        let shared = Arc::clone(&self.shared);
        let mut fleet = shared.lock();
        let mut next = Some(first);
        let mut todo = Todo::default();
        let mut panicked = 0;
        for _ in 0..ENDS_AT_ONCE {
            let Some(ended) = next else { break };
            // One that was aborted is known no more.
            if let Ok(ended) = ended {
                let disturbance = self.stalls.disturbance(ended.from, ended.to);
                let now = clock::now();
                let defect = fleet.conclude(ended, disturbance, &*shared.machine, now, &mut todo);
                panicked += u64::from(defect);
            }
            next = self.jobs.try_join_next();
        }
        shared.vitals.update(|counted| counted.panicked += panicked);
        self.start(&mut fleet, todo);
    }

    /// Starts nothing more and lets what is under way end.
    async fn end(mut self, deadline: Instant) {
        self.shared.lock().schedule.stop();
        while let Ok(Some(ended)) = timeout_at(deadline, self.jobs.join_next()).await {
            self.conclude(ended);
        }
        self.shared.vitals.update(|counted| counted.in_flight = 0);
    }
}

impl Handle {
    /// What is known now.
    pub fn snapshot(&self) -> Snapshot {
        let at = self.shared.machine.wall();
        self.shared.lock().snapshot(at)
    }

    /// Goes on with another plan. Endpoints that are the same in both, by name, URL, name override
    /// and family, keep their history, their counters and their schedule, whatever else is told of
    /// them; what is under way for others is abandoned.
    pub fn replace(&self, plan: Plan) {
        let wall = self.shared.machine.wall();
        let mut fleet = self.shared.lock();
        fleet.replace(plan, clock::now(), wall);
        fleet.review_trouble(&*self.shared.machine);
        drop(fleet);
        self.shared.replaced.notify_one();
    }

    /// How the run itself fares.
    pub fn vitals(&self) -> &Arc<Vitals> {
        &self.shared.vitals
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
