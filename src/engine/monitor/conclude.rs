//! What follows from a job that has ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::decide::monitor::fold::{self, Blame, Finished, Folded};
use crate::decide::monitor::local::{self, Heard, Ruling};
use crate::decide::monitor::taint::{self, Disturbance};
use crate::engine::monitor::fleet::Fleet;
use crate::engine::monitor::journal;
use crate::engine::monitor::schedule::Todo;
use crate::engine::once::Once;
use crate::model::monitor::{EndpointView, Job};
use crate::model::report::Verdict;
use crate::net::machine::Machine;

/// Rounds without any answer that are kept as evidence.
const UNHEARD: usize = 4;

/// In larger fleets the trace of a round that found nothing amiss is not kept: together they would
/// be a good part of the memory.
const TRACED: usize = 1000;

/// A shorter pause does not make a check or a scan miss answers: their time-outs are seconds.
const SPOILS: Duration = Duration::from_millis(500);

/// A job that has ended by itself.
pub(super) struct Ended {
    pub(super) key: u64,
    /// Its result; `None` if a defect of this program left none.
    pub(super) once: Option<Once>,
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) at: SystemTime,
}

impl Fleet {
    /// Takes note of a job that has ended, and starts what waits for that. True if it ended with a
    /// defect of this program. The result for an endpoint that is no longer watched is ignored.
    pub(super) fn conclude(
        &mut self,
        ended: Ended,
        disturbance: Disturbance,
        machine: &dyn Machine,
        now: Instant,
        todo: &mut Todo,
    ) -> bool {
        let Some(job) = self.schedule.ended(ended.key, now) else { return false };
        let Some(place) = self.place(ended.key) else { return false };
        if let Some(watched) = self.watched.get_mut(place) {
            watched.abort = None;
        }
        let Ended { key, once, at, .. } = ended;
        let concluded = once.and_then(|once| {
            // A defect in what is concluded must not end the run either.
            let fold = || match job {
                Job::Round => self.round(place, once, disturbance, at, now),
                Job::Check | Job::Scan => self.look(place, job, &once, disturbance, at),
            };
            catch_unwind(AssertUnwindSafe(fold)).ok()
        });
        if concluded.is_none() {
            self.panicked(place, job);
        }
        self.review_trouble(machine);
        self.tell_next_round(place, now, machine.wall());
        self.is_changed = true;
        self.schedule.go_on(key, now, todo);
        concluded.is_none()
    }

    /// Brings what is said about trouble of this machine up to date.
    pub(super) fn review_trouble(&mut self, machine: &dyn Machine) {
        let before = self.trouble.take();
        let since = self.local.silent_since();
        let Some(since) = since else {
            if let Some(over) = before {
                journal::trouble_ends(&over, machine.wall());
                self.schedule.hold_extra(false);
                self.unheard.clear();
            }
            return;
        };
        if let Some(known) = before {
            self.trouble = Some(known);
            return;
        }
        let routes = machine.routes();
        let (ever, reports) = (self.local.has_heard(), self.unheard.make_contiguous());
        let trouble = local::describe(since, ever, reports, &routes, machine.wall());
        journal::trouble_begins(&trouble);
        self.schedule.hold_extra(true);
        self.trouble = Some(trouble);
    }

    fn round(
        &mut self,
        place: usize,
        once: Once,
        disturbance: Disturbance,
        at: SystemTime,
        now: Instant,
    ) {
        let endpoints = self.watched.len();
        let Some(watched) = self.watched.get_mut(place) else { return };
        let key = watched.key;
        let [target] = &*watched.target;
        let Once { mut report, mut trace, elapsed } = once;
        let tainted = taint::judge(&report, &target.limits, disturbance);
        let mut heard = local::heard(&report, at);
        let valid = local::shows_valid(&report);
        if let Some(text) = taint::strike(&mut report, disturbance) {
            trace.extend([&text, "\n"]);
        }
        let mut blame = Blame::Endpoint;
        if tainted.is_none() {
            heard = self.local.confirm(key, heard);
            match self.local.note(key, heard, valid, endpoints, at) {
                Ruling::Hold => blame = Blame::Held,
                Ruling::Endpoints if heard == Heard::Yes => self.release(Blame::Endpoint, at),
                Ruling::Endpoints => {}
                Ruling::Local => {
                    blame = Blame::Local;
                    // The local fault of one says nothing about the others.
                    if self.local.silent_since().is_some() {
                        self.release(blame, at);
                    }
                }
            }
        }
        let is_traced = endpoints <= TRACED || report.verdict != Verdict::Healthy;
        let trace = if is_traced { trace.into() } else { Arc::from("") };
        let finished = Finished { report: &report, at, elapsed, trace };
        let folded =
            self.change(place, at, |view| fold::round(view, &finished, tainted.as_deref(), blame));
        let Some(view) = self.watched.get(place).map(|watched| &watched.view) else { return };
        if view.held.is_empty() {
            self.held.remove(&key);
        } else {
            self.held.insert(key);
        }
        if tainted.is_none() && (heard == Heard::Yes || blame == Blame::Endpoint) {
            self.saw(place);
        }
        if folded.check_now {
            self.schedule.bring_forward(key);
        }
        if folded.scan_now {
            self.schedule.bring_scan_forward(key, now);
        }
        if tainted.is_none() && heard != Heard::Yes {
            self.unheard.truncate(UNHEARD - 1);
            self.unheard.push_front(report);
        }
    }

    /// A check or a scan.
    fn look(
        &mut self,
        place: usize,
        job: Job,
        once: &Once,
        disturbance: Disturbance,
        at: SystemTime,
    ) {
        let Some(watched) = self.watched.get(place) else { return };
        let (key, [target]) = (watched.key, &*watched.target);
        let Once { report, elapsed, .. } = once;
        let heard = local::heard(report, at);
        if heard == Heard::Clock || self.trouble.is_some() && heard != Heard::Yes {
            return;
        }
        // It is not for measuring: only a pause in which answers were missed spoils it, and only
        // if it did not find everything in order.
        let missed = disturbance.stalled >= SPOILS;
        let disturbance = Disturbance { stepped: Duration::ZERO, ..disturbance };
        let spoilt = missed
            && report.verdict != Verdict::Healthy
            && taint::judge(report, &target.limits, disturbance).is_some();
        let finished = Finished { report, at, elapsed: *elapsed, trace: Arc::from("") };
        match job {
            Job::Round => {}
            Job::Check if spoilt => self.schedule.bring_forward(key),
            Job::Scan if spoilt => self.schedule.scan_again(key),
            Job::Check => {
                let folded = self.change(place, at, |view| fold::check(view, &finished));
                if folded.check_now {
                    self.schedule.bring_forward(key);
                }
            }
            Job::Scan => {
                self.change(place, at, |view| fold::scan(view, &finished));
            }
        }
    }

    /// Decides about all rounds that were held.
    fn release(&mut self, blame: Blame, at: SystemTime) {
        for key in std::mem::take(&mut self.held) {
            if blame == Blame::Endpoint && self.local.is_early(key) {
                self.held.insert(key);
                continue;
            }
            let Some(place) = self.place(key) else { continue };
            let folded = self.change(place, at, |view| fold::release(view, blame, at));
            if blame == Blame::Endpoint {
                self.saw(place);
            }
            if folded.check_now {
                self.schedule.bring_forward(key);
            }
        }
    }

    /// Changes a view and tells the log what is otherwise now.
    fn change(
        &mut self,
        place: usize,
        at: SystemTime,
        fold: impl FnOnce(&mut EndpointView) -> Folded,
    ) -> Folded {
        let Some(watched) = self.watched.get_mut(place) else { return Folded::default() };
        let view = Arc::make_mut(&mut watched.view);
        let before = view.state.since;
        let folded = fold(view);
        self.pools.share(view);
        for change in &folded.changes {
            journal::changed(view, before, change, at);
        }
        folded
    }

    /// Counts a job that ended with a defect of this program. What it saw may lack something, so
    /// nothing of it is believed.
    fn panicked(&mut self, place: usize, job: Job) {
        let Some(watched) = self.watched.get_mut(place) else { return };
        let view = Arc::make_mut(&mut watched.view);
        view.counts.panicked += 1;
        journal::panicked(view, job);
        if job == Job::Round {
            self.saw(place);
        }
    }
}
