//! What a check found.

use std::time::SystemTime;

use super::{Folded, combined, combined_name, measured, noted, observe_member, observe_name};
use crate::decide::monitor::local::{self, Heard};
use crate::decide::resolvers;
use crate::model::failure::Failure;
use crate::model::monitor::member::{MemberView, ServiceView};
use crate::model::monitor::{EndpointView, Job, State};
use crate::model::report::{EndpointReport, MemberReport, Verdict};
use crate::model::service::{Outcome, ServiceReport};

pub(super) fn fold(view: &mut EndpointView, report: &EndpointReport, now: SystemTime) -> Folded {
    let mut folded = Folded::default();
    view.resolvers = resolvers::views(&report.endpoint, &report.resolvers);
    for member in &mut view.members {
        let seen = report.members.iter().find(|seen| seen.address == member.address);
        match seen {
            Some(seen) if local::has_answered(seen) => take(member, seen),
            Some(seen) => doubt(&mut member.services, seen.failure.as_ref()),
            None => {
                if let Some(failure) = measured::lookup_failure(member.address, report) {
                    doubt(&mut member.services, Some(failure));
                }
            }
        }
    }
    if report.members.iter().any(local::has_answered) {
        noted::replace(&mut view.findings, &report.findings, Job::Check);
    }
    let has_heard = matches!(local::heard(report, now), Heard::Yes | Heard::Faded);
    let is_news = has_heard || is_charged(&view.state);
    if is_news {
        observe(view, report, now, &mut folded);
    }
    folded
}

fn take(member: &mut MemberView, seen: &MemberReport) {
    member.services = seen.services.iter().filter_map(service).collect();
    noted::replace(&mut member.findings, &seen.findings, Job::Check);
}

fn service(report: &ServiceReport) -> Option<ServiceView> {
    let (works, text) = match &report.outcome {
        Outcome::Pass => (Some(true), ""),
        Outcome::Fail(failure) => (Some(false), failure.detail.as_str()),
        Outcome::Unknown(why) => (None, why.as_str()),
        Outcome::NotApplicable(_) => return None,
    };
    Some(ServiceView { service: report.service, works, text: text.into() })
}

/// Nobody is told that a service works, or does not, of which this check saw nothing.
fn doubt(services: &mut [ServiceView], failure: Option<&Failure>) {
    let why = failure.map_or("nothing answered", |failure| failure.detail.as_str());
    for service in services {
        service.works = None;
        service.text = format!("not seen: {why}").into();
    }
}

/// Whether a round without any answer has already been counted against the endpoint.
fn is_charged(state: &State) -> bool {
    let contrary = state.contrary.is_some_and(|(verdict, _)| verdict == Verdict::Down);
    contrary || state.verdict == Verdict::Down
}

fn observe(view: &mut EndpointView, report: &EndpointReport, now: SystemTime, folded: &mut Folded) {
    // A check sees what a round sees, so only scans know more.
    let verdict = combined_name(view, report, &[Job::Scan]);
    if verdict != Verdict::Unknown {
        let before = view.state.contrary;
        observe_name(view, verdict, report.failure.as_ref(), now, folded);
        folded.check_now |= begins(before, &view.state);
    }
    for seen in &report.members {
        let known = view.members.iter().find(|member| member.address == seen.address);
        let Some(member) = known else { continue };
        let verdict = combined(seen.verdict, &member.findings, &[Job::Scan]);
        if verdict != Verdict::Unknown {
            let failure = seen.failure.as_ref();
            observe_member(view, seen.address, verdict, failure, now, folded);
        }
    }
}

/// Whether an observation is the first to contradict a state. Later ones do not count as such, so
/// that checks that contradict each other do not follow each other without end.
const fn begins(before: Option<(Verdict, u32)>, state: &State) -> bool {
    before.is_none() && state.contrary.is_some()
}
