//! Which job starts when. Knows times and keys only: it starts nothing itself.
//!
//! Each endpoint has a grid of times for each kind of job. Rounds go first: one that cannot start
//! in time is dropped and counted, never caught up with, so that there is no burst after a pause.
//! Checks and scans wait for a gap between two rounds of their endpoint.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::engine::monitor::pacer::Pacer;
use crate::engine::monitor::rhythm::Rhythm;
use crate::model::monitor::{Job, Pace};

/// The runtime's timer knows no shorter time.
pub(super) const TICK: Duration = Duration::from_millis(1);

/// Jobs that start in one tick: more would wait for each other, and time that.
pub(super) const STARTS_PER_TICK: usize = 4;

/// A round may always start so late, see [`Rhythm::tolerance`]: a machine that is busy for a moment
/// does not lose it.
const LATE: Duration = Duration::from_millis(500);

/// First rounds come with this time between them, all endpoints together: soon for a few
/// endpoints, within their interval for many.
const FIRST_ROUNDS: Duration = Duration::from_millis(20);

/// The same for first scans, each of which opens dozens of connections.
const FIRST_SCANS: Duration = Duration::from_millis(500);

/// Checks of one endpoint that are brought forward between two rounds: the first tells what is
/// otherwise, the second confirms it.
const EXTRA_CHECKS: u8 = 2;

/// So many scans of one endpoint may be brought forward in the time of a regular one, the first of
/// them at once: where they find nothing again, more of them would be a burden.
const EXTRA_SCANS: u32 = 10;

/// A job that is to start now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) key: u64,
    pub(super) job: Job,
    /// How late a round is, not counting that it waited for another job of its endpoint.
    pub(super) late: Option<Duration>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Todo {
    pub(super) starts: Vec<Start>,
    /// Rounds that were left out: of which endpoint, and how many.
    pub(super) dropped: Vec<(u64, u64)>,
}

/// The times of all endpoints.
#[derive(Debug)]
pub(super) struct Schedule {
    origin: Instant,
    entries: HashMap<u64, Entry>,
    queue: BTreeSet<(Instant, Job, u64)>,
    /// Endpoints of which something is to be found out, and those that had no check yet.
    urgent: VecDeque<u64>,
    unchecked: VecDeque<u64>,
    /// Endpoints to be scanned before it is due.
    unscanned: VecDeque<u64>,
    pacer: Pacer,
    scan_pacer: Pacer,
    hold_extra: bool,
    is_stopped: bool,
    limit: usize,
    in_flight: usize,
    tick: (Instant, usize),
}

#[derive(Debug)]
struct Entry {
    round: Timing,
    check: Timing,
    scan: Timing,
    deadline: Duration,
    running: Option<Job>,
    extra: Extra,
    /// Checks brought forward since the last round.
    extra_checks: u8,
    was_checked: bool,
    /// The scan that is next, or under way, is a second try.
    scans_again: bool,
    /// It waits in the queue of those to be scanned before it is due.
    scan_is_queued: bool,
    /// When a scan may be brought forward; `None` before the first regular one, which comes soon.
    next_extra_scan: Option<Instant>,
    /// When the last job ended, and which it was.
    free_since: Instant,
    last: Option<Job>,
}

/// Whether a check is brought forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extra {
    No,
    /// In one of the queues.
    Queued,
    /// It is the next one.
    Next,
}

#[derive(Debug)]
struct Timing {
    rhythm: Rhythm,
    due: Instant,
    /// It was due then, and waits for its turn.
    waits: Option<Instant>,
}

impl Entry {
    const fn timing(&mut self, job: Job) -> &mut Timing {
        match job {
            Job::Round => &mut self.round,
            Job::Check => &mut self.check,
            Job::Scan => &mut self.scan,
        }
    }

    /// Whether a check or a scan may start: there is time enough until the next round, or as much
    /// as there ever will be.
    fn has_gap(&self, now: Instant) -> bool {
        let gap = self.round.due.saturating_duration_since(self.free_since);
        self.round.due >= now + self.deadline
            || self.last == Some(Job::Round)
                && now.saturating_duration_since(self.free_since) <= gap / 2
    }
}

impl Schedule {
    /// An empty one, which starts now.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            origin: now,
            entries: HashMap::new(),
            queue: BTreeSet::new(),
            urgent: VecDeque::new(),
            unchecked: VecDeque::new(),
            unscanned: VecDeque::new(),
            pacer: Pacer::new(TICK, now),
            scan_pacer: Pacer::new(FIRST_SCANS, now),
            hold_extra: false,
            is_stopped: false,
            limit: 1,
            in_flight: 0,
            tick: (now, 0),
        }
    }

    /// How many jobs may be under way at once, and the time between checks that are brought
    /// forward.
    pub(super) fn limit(&mut self, in_flight: usize, extra_gap: Duration) {
        self.limit = in_flight.max(1);
        self.pacer.set_gap(extra_gap);
    }

    /// Jobs under way.
    pub(super) const fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// How many may be.
    pub(super) const fn in_flight_limit(&self) -> usize {
        self.limit
    }

    /// Starts nothing any more.
    pub(super) fn stop(&mut self) {
        self.queue.clear();
        self.is_stopped = true;
    }

    /// Adds an endpoint, one of so many that are new.
    pub(super) fn add(
        &mut self,
        key: u64,
        name: &str,
        pace: &Pace,
        deadline: Duration,
        new: usize,
        now: Instant,
    ) {
        let window = |gap: Duration| gap.saturating_mul(u32::try_from(new).unwrap_or(u32::MAX));
        let timing = |job| {
            let rhythm = Rhythm::new(name, job, pace.of(job));
            let due = match job {
                Job::Round => rhythm.first(now, window(FIRST_ROUNDS)),
                // The very first one follows the first round.
                Job::Check => rhythm.after(self.origin, now),
                Job::Scan => rhythm.first(now, window(FIRST_SCANS)),
            };
            Timing { rhythm, due, waits: None }
        };
        let entry = Entry {
            round: timing(Job::Round),
            check: timing(Job::Check),
            scan: timing(Job::Scan),
            deadline,
            running: None,
            extra: Extra::No,
            extra_checks: 0,
            was_checked: false,
            scans_again: false,
            scan_is_queued: false,
            next_extra_scan: None,
            free_since: now,
            last: None,
        };
        for timing in [(&entry.round, Job::Round), (&entry.check, Job::Check)] {
            self.queue.insert((timing.0.due, timing.1, key));
        }
        self.queue.insert((entry.scan.due, Job::Scan, key));
        self.entries.insert(key, entry);
    }

    /// Goes on with another pace; a kind of job whose pace is the same keeps its times.
    pub(super) fn change(
        &mut self,
        key: u64,
        name: &str,
        pace: &Pace,
        deadline: Duration,
        now: Instant,
    ) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        entry.deadline = deadline;
        for &job in Job::ALL {
            let timing = entry.timing(job);
            let rhythm = Rhythm::new(name, job, pace.of(job));
            if rhythm != timing.rhythm {
                self.queue.remove(&(timing.due, job, key));
                (timing.rhythm, timing.due) = (rhythm, rhythm.after(self.origin, now));
                self.queue.insert((timing.due, job, key));
            }
        }
    }

    /// Forgets an endpoint, and its job under way.
    pub(super) fn remove(&mut self, key: u64) {
        let Some(mut entry) = self.entries.remove(&key) else { return };
        for &job in Job::ALL {
            self.queue.remove(&(entry.timing(job).due, job, key));
        }
        self.in_flight -= usize::from(entry.running.is_some());
    }

    /// When the endpoint's next round is due.
    pub(super) fn next_round(&self, key: u64) -> Option<Instant> {
        self.entries.get(&key).map(|entry| entry.round.due)
    }

    /// Wishes for a check as soon as may be; while extra checks are held, once they are let go.
    /// Nothing after a few of them until the next round.
    pub(super) fn bring_forward(&mut self, key: u64) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        if entry.extra_checks < EXTRA_CHECKS && entry.extra == Extra::No {
            entry.extra = Extra::Queued;
            self.urgent.push_back(key);
        }
    }

    /// Wishes for a second try at a scan. Nothing if there was one already.
    pub(super) fn scan_again(&mut self, key: u64) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        if !std::mem::replace(&mut entry.scans_again, true) {
            entry.scan.waits.get_or_insert(entry.free_since);
        }
    }

    /// Wishes for a scan as soon as may be. Nothing before the first regular one, and for a while
    /// after the last that was brought forward.
    pub(super) fn bring_scan_forward(&mut self, key: u64, now: Instant) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let is_allowed = entry.next_extra_scan.is_some_and(|next| next <= now);
        if is_allowed && !std::mem::replace(&mut entry.scan_is_queued, true) {
            self.unscanned.push_back(key);
        }
    }

    /// Wishes for a scan as soon as may be, because others were for something else. Nothing before
    /// the first.
    pub(super) fn scan_anew(&mut self, key: u64) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        if let Some(next) = &mut entry.next_extra_scan {
            *next = entry.free_since.min(*next);
            let now = *next;
            self.bring_scan_forward(key, now);
        }
    }

    /// Holds extra checks and scans, or lets them go again.
    pub(super) const fn hold_extra(&mut self, hold: bool) {
        self.hold_extra = hold;
    }

    /// When to ask again, if nothing else happens. `None` when nothing is planned at all.
    pub(super) fn wake(&self, now: Instant) -> Option<Instant> {
        let due = self.queue.first().map(|(due, ..)| *due);
        let checks = !(self.urgent.is_empty() && self.unchecked.is_empty());
        let check = (checks && !self.hold_extra).then(|| self.pacer.next());
        let scans = !(self.unscanned.is_empty() || self.hold_extra);
        let scan = scans.then(|| self.scan_pacer.next());
        due.into_iter().chain(check).chain(scan).min().map(|at| at.max(now + TICK))
    }

    /// What is to be done now.
    pub(super) fn due(&mut self, now: Instant, todo: &mut Todo) {
        while self.may_start(now) {
            let Some(&(due, job, key)) = self.queue.first() else { break };
            if due > now {
                break;
            }
            self.queue.pop_first();
            self.fall_due(key, job, due, now, todo);
        }
        while self.may_start(now) && !self.hold_extra && self.pacer.next() <= now {
            let Some(key) = self.urgent.pop_front().or_else(|| self.unchecked.pop_front()) else {
                break;
            };
            let Some(entry) =
                self.entries.get_mut(&key).filter(|entry| entry.extra == Extra::Queued)
            else {
                continue;
            };
            entry.extra = Extra::Next;
            entry.check.waits.get_or_insert(now);
            self.pacer.take(now);
            self.go_on(key, now, todo);
        }
        while self.may_start(now) && !self.hold_extra && self.scan_pacer.next() <= now {
            let Some(key) = self.unscanned.pop_front() else { break };
            let Some(entry) = self.entries.get_mut(&key) else { continue };
            entry.scan_is_queued = false;
            entry.next_extra_scan = Some(now + entry.scan.rhythm.part(EXTRA_SCANS));
            entry.scan.waits.get_or_insert(now);
            self.scan_pacer.take(now);
            self.go_on(key, now, todo);
        }
    }

    /// Takes note that the endpoint's job has ended. `None` if it is not known to run.
    pub(super) fn ended(&mut self, key: u64, now: Instant) -> Option<Job> {
        let entry = self.entries.get_mut(&key)?;
        let ended = entry.running.take()?;
        self.in_flight -= 1;
        (entry.free_since, entry.last) = (now, Some(ended));
        if ended == Job::Round {
            entry.extra_checks = 0;
        }
        if ended == Job::Scan {
            entry.next_extra_scan.get_or_insert(now);
        }
        if ended == Job::Round && !entry.was_checked && entry.extra == Extra::No {
            entry.extra = Extra::Queued;
            self.unchecked.push_back(key);
        }
        Some(ended)
    }

    /// Starts what waits for its turn at this endpoint.
    pub(super) fn go_on(&mut self, key: u64, now: Instant, todo: &mut Todo) {
        let is_full = self.in_flight >= self.limit;
        let Some(entry) = self.entries.get_mut(&key) else { return };
        if self.is_stopped || entry.running.is_some() {
            return;
        }
        if let Some(due) = entry.round.waits.take() {
            if is_full {
                todo.dropped.push((key, 1));
            } else {
                self.start(key, Job::Round, due, now, todo);
            }
            return;
        }
        if is_full || !entry.has_gap(now) {
            return;
        }
        for job in [Job::Check, Job::Scan] {
            if let Some(due) = entry.timing(job).waits.take() {
                return self.start(key, job, due, now, todo);
            }
        }
    }

    fn may_start(&mut self, now: Instant) -> bool {
        if now >= self.tick.0 + TICK {
            self.tick = (now, 0);
        }
        !self.is_stopped && self.tick.1 < STARTS_PER_TICK
    }

    fn fall_due(&mut self, key: u64, job: Job, due: Instant, now: Instant, todo: &mut Todo) {
        let is_full = self.in_flight >= self.limit;
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let timing = entry.timing(job);
        let (next, missed) = timing.rhythm.next(self.origin, due, now);
        timing.due = next;
        self.queue.insert((next, job, key));
        if job != Job::Round {
            entry.scans_again &= job != Job::Scan;
            let timing = entry.timing(job);
            timing.waits.get_or_insert(due);
            return self.go_on(key, now, todo);
        }
        if timing.waits.take().is_some() {
            // The one before still waits: it is too late for it now.
            todo.dropped.push((key, 1));
        }
        let is_late = now.saturating_duration_since(due) > timing.rhythm.tolerance(LATE);
        match entry.running {
            _ if is_late => todo.dropped.push((key, missed.saturating_add(1))),
            Some(Job::Round) => todo.dropped.push((key, 1)),
            Some(Job::Check | Job::Scan) => entry.round.waits = Some(due),
            None if is_full => todo.dropped.push((key, 1)),
            None => self.start(key, job, due, now, todo),
        }
    }

    fn start(&mut self, key: u64, job: Job, due: Instant, now: Instant, todo: &mut Todo) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        if job == Job::Check {
            let extra = std::mem::replace(&mut entry.extra, Extra::No) == Extra::Next;
            entry.extra_checks = entry.extra_checks.saturating_add(extra.into());
            entry.was_checked = true;
        }
        entry.running = Some(job);
        let late = now.saturating_duration_since(due.max(entry.free_since));
        self.in_flight += 1;
        self.tick.1 += 1;
        let late = (job == Job::Round).then_some(late);
        todo.starts.push(Start { key, job, late });
    }
}
