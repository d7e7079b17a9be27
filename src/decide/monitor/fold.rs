//! Folding the results of jobs into what is known of an endpoint.

mod check;
mod fingerprint;
mod measured;
mod news;
mod noted;
mod scan;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::decide::monitor::hysteresis;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, Severity};
use crate::model::monitor::history::{Outcome, Point};
use crate::model::monitor::{EndpointView, Job, Noted, Observation, Ran};
use crate::model::report::{EndpointReport, Verdict};

/// The most rounds of an endpoint that are held at once. Whoever rules about them decides sooner;
/// this only bounds the memory. One that is held for longer counts as unknown.
const MOST_HELD: usize = 8;

/// Rounds in a row that this process slept through, from which on the states are not known any
/// more: one or two happen on any busy machine, and what was seen before them is fresh enough.
const FEW_TAINTED: usize = 3;

/// A job that has run to its end.
#[derive(Debug, Clone)]
pub struct Finished<'a> {
    /// What it saw.
    pub report: &'a EndpointReport,
    /// When it ended.
    pub at: SystemTime,
    /// How long it took.
    pub elapsed: Duration,
    /// What it did, step by step, a line each.
    pub trace: Arc<str>,
}

impl Finished<'_> {
    const fn ran(&self) -> Ran {
        Ran { at: self.at, elapsed: self.elapsed }
    }
}

/// Whose fault a round without any answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The endpoint's.
    Endpoint,
    /// This machine's.
    Local,
    /// Not known yet: the round is held until it is.
    Held,
}

/// A change of state, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which member; `None` for the name as a whole.
    pub member: Option<SocketAddr>,
    /// From.
    pub from: Verdict,
    /// To.
    pub to: Verdict,
    /// Why, as one line.
    pub text: String,
}

/// What follows from a fold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded {
    /// What changed.
    pub changes: Vec<Change>,
    /// Something is otherwise than before: a check now would tell what, or confirm it.
    pub check_now: bool,
    /// A member answers whose TLS no scan has seen yet: a scan now would.
    pub scan_now: bool,
}

/// Folds a round. `tainted` says why its times and its time-outs mean nothing, if that is so;
/// `blame` whose fault it is where nothing answered. Where something works, there is nothing to wait for.
///
/// * A tainted round is counted, and shown in the history, and its trace says why. The times of the
///   last round are gone; after a few of them in a row the states are as unknown as they are.
/// * What was measured is taken over in any other case.
/// * Of a round without any answer that is this machine's fault, or may be, the findings are not:
///   nothing was seen.
/// * Rounds that are held are settled first, as this one is.
pub fn round(
    view: &mut EndpointView,
    finished: &Finished<'_>,
    tainted: Option<&str>,
    blame: Blame,
) -> Folded {
    let Finished { report, at, .. } = *finished;
    if let Some(why) = tainted {
        return slept_through(view, finished, why);
    }
    view.last_round = Some(finished.ran());
    view.trace = Arc::clone(&finished.trace);
    let is_held = blame == Blame::Held;
    let blame = if is_held && hysteresis::works(report.verdict) { Blame::Endpoint } else { blame };
    let mut folded = release(view, blame, at);
    measured::take(view, report, at);
    folded.scan_now = scan::is_missing(view, report);
    if blame == Blame::Endpoint {
        measured::take_findings(view, report);
    }
    let seen = observation(view, report);
    view.history.push(point(&seen, report, at, blame));
    if blame == Blame::Held {
        hold(view, seen);
    } else {
        settle(view, &seen, blame, at, &mut folded);
    }
    folded
}

fn slept_through(view: &mut EndpointView, finished: &Finished<'_>, why: &str) -> Folded {
    let mut folded = Folded::default();
    let at = finished.at;
    view.trace = Arc::from(format!("{}this round does not count: {why}\n", finished.trace));
    view.counts.tainted = view.counts.tainted.saturating_add(1);
    view.history.push(Point::new(at, None, Outcome::Tainted, None));
    measured::forget_times(view);
    let points = view.history.iter().rev();
    let in_a_row = points.take_while(|point| point.outcome == Outcome::Tainted).count();
    if in_a_row >= FEW_TAINTED {
        let detail = format!("the last {in_a_row} rounds do not count: {why}");
        // What was waited for in vain is this process' own turn.
        let failure = Failure::new(Phase::Resolve, Cause::LocalLimit, detail);
        observe_name(view, Verdict::Unknown, Some(&failure), at, &mut folded);
        let members: Vec<_> = view.members.iter().map(|member| member.address).collect();
        for address in members {
            let failure = Some(&failure);
            observe_member(view, address, Verdict::Unknown, failure, at, &mut folded);
        }
    }
    folded
}

/// Folds a check: what it found of services, and findings that rounds cannot see. Also counts as
/// a further observation of the state, unless it shows nothing:
///
/// * An unknown outcome shows nothing.
/// * One without any answer only confirms what a round has already charged to the endpoint: whether
///   this machine is at fault is decided for rounds alone.
///
/// Of a member that did not answer the former findings stay, and of its services it is not known
/// any more whether they work. The check that contradicts a state first asks for another at once,
/// to confirm it.
pub fn check(view: &mut EndpointView, finished: &Finished<'_>) -> Folded {
    view.last_check = Some(finished.ran());
    check::fold(view, finished.report, finished.at)
}

/// Folds a scan. One that found nothing out of a member leaves what the former one found.
pub fn scan(view: &mut EndpointView, finished: &Finished<'_>) -> Folded {
    view.last_scan = Some(finished.ran());
    scan::fold(view, finished.report);
    Folded::default()
}

/// Decides about the rounds that were held: they are counted, and their points in the history
/// corrected. [`Blame::Held`] leaves them as they are.
pub fn release(view: &mut EndpointView, blame: Blame, now: SystemTime) -> Folded {
    let mut folded = Folded::default();
    if blame == Blame::Held || view.held.is_empty() {
        return folded;
    }
    let held = std::mem::take(&mut view.held);
    if blame == Blame::Local {
        correct(view, held.len(), Outcome::Local);
    }
    for seen in held {
        settle(view, &seen, blame, now, &mut folded);
    }
    folded
}

/// What a round shows of the states, together with what checks and scans know.
fn observation(view: &EndpointView, report: &EndpointReport) -> Observation {
    let members = report.members.iter().map(|seen| {
        let known = view.members.iter().find(|member| member.address == seen.address);
        let findings = known.map(|member| member.findings.as_slice()).unwrap_or_default();
        let verdict = combined(seen.verdict, findings, &[Job::Check, Job::Scan]);
        (seen.address, verdict, seen.failure.clone())
    });
    let mut members: Vec<_> = members.collect();
    members.extend(measured::not_resolved(view, report));
    Observation {
        verdict: combined_name(view, report, &[Job::Check, Job::Scan]),
        failure: report.failure.clone(),
        members,
        fingerprint: fingerprint::of(report),
    }
}

/// A verdict in the light of what jobs of other kinds have found: what works is at best degraded
/// by a warning.
fn combined(verdict: Verdict, findings: &[Noted], by: &[Job]) -> Verdict {
    let warned = findings
        .iter()
        .any(|noted| noted.finding.severity == Severity::Warning && by.contains(&noted.by));
    if verdict == Verdict::Healthy && warned { Verdict::Degraded } else { verdict }
}

/// The same for a name: warnings about any of its present members count.
fn combined_name(view: &EndpointView, report: &EndpointReport, by: &[Job]) -> Verdict {
    let verdict = combined(report.verdict, &view.findings, by);
    let present = |address| report.members.iter().any(|member| member.address == address);
    let members = view.members.iter().filter(|member| present(member.address));
    members.fold(verdict, |verdict, member| combined(verdict, &member.findings, by))
}

fn point(seen: &Observation, report: &EndpointReport, at: SystemTime, blame: Blame) -> Point {
    let failure = seen.failure.as_ref().map(|failure| (failure.phase, failure.cause));
    let outcome = match (blame, seen.verdict) {
        (Blame::Local, _) => Outcome::Local,
        (_, Verdict::Healthy) => Outcome::Healthy,
        (_, Verdict::Degraded) => Outcome::Degraded,
        (_, Verdict::Down) => Outcome::Down,
        (_, Verdict::Unknown) => Outcome::Unknown,
    };
    Point::new(at, report.rtt.map(|rtt| rtt.duration), outcome, failure)
}

fn hold(view: &mut EndpointView, seen: Observation) {
    if view.held.len() >= MOST_HELD {
        // The oldest point only: the younger ones may still be settled.
        let oldest = view.held.len() + 1;
        if let Some(point) = held_points(view, oldest).last() {
            point.outcome = Outcome::Unknown;
        }
        view.held.remove(0);
        view.counts.unknown = view.counts.unknown.saturating_add(1);
    }
    view.held.push(seen);
}

/// The points of the last rounds, newest first. Between rounds that are held there can only be
/// tainted ones.
fn held_points(view: &mut EndpointView, count: usize) -> impl Iterator<Item = &mut Point> {
    let points = view.history.iter_mut().rev();
    points.filter(|point| point.outcome != Outcome::Tainted).take(count)
}

fn correct(view: &mut EndpointView, count: usize, outcome: Outcome) {
    held_points(view, count).for_each(|point| point.outcome = outcome);
}

/// Counts a round and lets the states take note of it.
fn settle(
    view: &mut EndpointView,
    seen: &Observation,
    blame: Blame,
    now: SystemTime,
    folded: &mut Folded,
) {
    if blame == Blame::Local {
        view.counts.local = view.counts.local.saturating_add(1);
        let unknown = |failure: Option<&Failure>| failure.map(by_this_machine);
        observe_name(view, Verdict::Unknown, unknown(seen.failure.as_ref()).as_ref(), now, folded);
        for (address, _, failure) in &seen.members {
            let failure = unknown(failure.as_ref());
            observe_member(view, *address, Verdict::Unknown, failure.as_ref(), now, folded);
        }
        return;
    }
    count(view, seen);
    folded.check_now |= news::note(view, seen, now);
    observe_name(view, seen.verdict, seen.failure.as_ref(), now, folded);
    for (address, verdict, failure) in &seen.members {
        observe_member(view, *address, *verdict, failure.as_ref(), now, folded);
    }
}

fn count(view: &mut EndpointView, seen: &Observation) {
    let counts = &mut view.counts;
    if seen.verdict == Verdict::Unknown {
        counts.unknown = counts.unknown.saturating_add(1);
        return;
    }
    counts.attempts = counts.attempts.saturating_add(1);
    if seen.verdict == Verdict::Down {
        // There is always a failure when nothing works; without one no phase could be named.
        let phase = seen.failure.as_ref().map_or(Phase::Resolve, |failure| failure.phase);
        let place = Phase::ALL.iter().position(|one| *one == phase);
        if let Some(count) = place.and_then(|place| counts.failures.get_mut(place)) {
            *count = count.saturating_add(1);
        }
    }
}

/// The same failure, as what it is when nobody answers.
fn by_this_machine(failure: &Failure) -> Failure {
    let detail = format!("probably this machine's own trouble: {}", failure.detail);
    Failure { detail, ..failure.clone() }
}

fn observe_name(
    view: &mut EndpointView,
    verdict: Verdict,
    failure: Option<&Failure>,
    now: SystemTime,
    folded: &mut Folded,
) {
    if let Some(from) = hysteresis::observe(&mut view.state, verdict, failure, now) {
        let of_members = view.members.iter().flat_map(|member| &member.findings);
        let text = words(verdict, failure, view.findings.iter().chain(of_members));
        folded.changes.push(Change { member: None, from, to: verdict, text });
    }
}

fn observe_member(
    view: &mut EndpointView,
    address: SocketAddr,
    verdict: Verdict,
    failure: Option<&Failure>,
    now: SystemTime,
    folded: &mut Folded,
) {
    let Some(member) = view.members.iter_mut().find(|member| member.address == address) else {
        return;
    };
    if let Some(from) = hysteresis::observe(&mut member.state, verdict, failure, now) {
        let text = words(verdict, failure, member.findings.iter());
        folded.changes.push(Change { member: Some(address), from, to: verdict, text });
    }
}

/// Why a state is what it has become, as one line.
fn words<'a>(
    verdict: Verdict,
    failure: Option<&Failure>,
    findings: impl Iterator<Item = &'a Noted>,
) -> String {
    match (verdict, failure) {
        (Verdict::Healthy, _) => "everything that was asked works".to_owned(),
        (Verdict::Degraded, _) => {
            let warns = |finding: &&Finding| finding.severity == Severity::Warning;
            let warning = findings.map(|noted| noted.finding.as_ref()).find(warns);
            warning.map_or_else(
                || "not every member works".to_owned(),
                |finding| format!("{}: {}", finding.code.as_str(), finding.observed),
            )
        }
        (Verdict::Down | Verdict::Unknown, Some(failure)) => {
            let (phase, cause) = (failure.phase.as_str(), failure.cause.as_str());
            format!("{phase} {cause}: {}", failure.detail)
        }
        (Verdict::Down | Verdict::Unknown, None) => "not enough was seen".to_owned(),
    }
}

#[cfg(test)]
mod tests;
