//! What a round measured.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::noted;
use crate::model::certificate::{CertificateReport, CertificateVerdict};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::monitor::histogram::Histogram;
use crate::model::monitor::member::{CertificateView, MemberView};
use crate::model::monitor::{DnsView, EndpointView, Job};
use crate::model::report::{EndpointReport, Lookup, MemberReport, Phases, RecordType, Verdict};

/// Takes over times, handshakes and certificates, and which members there are.
pub(super) fn take(view: &mut EndpointView, report: &EndpointReport, now: SystemTime) {
    view.rtt = report.rtt;
    // A literal address is not resolved.
    view.dns = (!report.lookups.is_empty()).then(|| dns(view.dns.as_ref(), &report.lookups));
    let mut former = std::mem::take(&mut view.members);
    for seen in &report.members {
        let known = former.iter().position(|member| member.address == seen.address);
        let mut member = known
            .map_or_else(|| MemberView::new(seen.address, now), |place| former.swap_remove(place));
        update(&mut member, seen);
        view.members.push(member);
    }
    let lost = former.into_iter().filter(|one| lookup_failure(one.address, report).is_some());
    view.members.extend(lost.map(|mut member| {
        forget_last_round(&mut member);
        member
    }));
    view.members.sort_unstable_by_key(|member| member.address);
    observe_phases(&mut view.phases, report);
}

/// Replaces the findings of the round before. What an answer disproves of those by checks goes.
pub(super) fn take_findings(view: &mut EndpointView, report: &EndpointReport) {
    noted::replace(&mut view.findings, &report.findings, Job::Round);
    for seen in &report.members {
        let known = view.members.iter_mut().find(|member| member.address == seen.address);
        let Some(member) = known else { continue };
        noted::replace(&mut member.findings, &seen.findings, Job::Round);
        if matches!(seen.verdict, Verdict::Healthy | Verdict::Degraded) {
            noted::disprove(&mut member.findings);
        }
    }
}

/// The known members of an address family that could not be resolved: whether they are still
/// behind the name is not known, so they are neither gone nor do they work.
pub(super) fn not_resolved(
    view: &EndpointView,
    report: &EndpointReport,
) -> Vec<(SocketAddr, Verdict, Option<Failure>)> {
    let members = view.members.iter().map(|member| member.address);
    let missing =
        members.filter(|address| !report.members.iter().any(|seen| seen.address == *address));
    missing
        .filter_map(|address| {
            let failure = lookup_failure(address, report)?.clone();
            Some((address, Verdict::Unknown, Some(failure)))
        })
        .collect()
}

/// Why it is not known whether this address is behind the name, if it is not known.
pub(super) fn lookup_failure(address: SocketAddr, report: &EndpointReport) -> Option<&Failure> {
    let record_type = if address.is_ipv4() { RecordType::A } else { RecordType::Aaaa };
    let lookup = report.lookups.iter().find(|lookup| lookup.record_type == record_type)?;
    let says_none = [Cause::NxDomain, Cause::NoData, Cause::DanglingCname];
    lookup.outcome.as_ref().err().filter(|failure| !says_none.contains(&failure.cause))
}

fn dns(former: Option<&DnsView>, lookups: &[Lookup]) -> DnsView {
    let answers = lookups.iter().filter_map(|lookup| lookup.outcome.as_ref().ok());
    let resends = lookups.iter().filter_map(|lookup| lookup.resends);
    let resends = resends.fold(former.and_then(|dns| dns.resends), |sum: Option<u64>, more| {
        Some(sum.unwrap_or(0).saturating_add(more.into()))
    });
    let any = lookups.iter().any(|lookup| lookup.outcome.is_ok());
    let failures = lookups.iter().filter_map(|lookup| {
        let failure = lookup.outcome.as_ref().err()?;
        // A name with addresses of one family only is nothing unusual.
        let usual = any && failure.cause == Cause::NoData;
        let kind = lookup.record_type.as_str();
        (!usual).then(|| format!("{kind} {}: {}", failure.cause.as_str(), failure.detail))
    });
    DnsView {
        ttl: answers.filter_map(|found| found.ttl).min(),
        resends,
        failures: failures.collect(),
    }
}

fn update(member: &mut MemberView, seen: &MemberReport) {
    member.rtt = seen.rtt;
    member.phases = seen.phases;
    if let Some(more) = seen.syn_retransmits {
        let sum = member.syn_retransmits.unwrap_or(0);
        member.syn_retransmits = Some(sum.saturating_add(more.into()));
    }
    // What is the same as before keeps its place in memory: there may be many thousands.
    if member.session.as_deref() != seen.tls.as_ref() {
        member.session = seen.tls.clone().map(Arc::new);
    }
    if let Some(certificate) = seen.certificate.as_ref().map(certificate)
        && member.certificate.as_deref() != Some(&certificate)
    {
        member.certificate = Some(Arc::new(certificate));
    }
}

/// Forgets the times of the last round: there are none of the present one.
pub(super) fn forget_times(view: &mut EndpointView) {
    view.rtt = None;
    for member in &mut view.members {
        (member.rtt, member.phases) = (None, Phases::default());
    }
}

fn forget_last_round(member: &mut MemberView) {
    member.rtt = None;
    member.phases = Phases::default();
    member.session = None;
}

/// Reduces a chain to what is watched.
pub(super) fn certificate(report: &CertificateReport) -> CertificateView {
    let unparsable = |problem: &&_| is_unparsable(problem);
    let holes: Vec<usize> =
        report.problems.iter().filter(unparsable).filter_map(|problem| problem.position).collect();
    let mut chain = report.chain.iter();
    let total = report.chain.len() + holes.len();
    let not_after = (0..total).map(|place| {
        let readable = !holes.contains(&place);
        readable.then(|| chain.next().map(|certificate| certificate.not_after)).flatten()
    });
    let worst = report.problems.first();
    CertificateView {
        verdict: report.verdict(),
        detail: worst.map(|problem| problem.detail.clone()).unwrap_or_default(),
        subject: report.leaf().map_or_else(
            || "a certificate that cannot be read".to_owned(),
            |leaf| leaf.subject.clone(),
        ),
        not_after: not_after.collect(),
        used_until: report
            .verified_not_after()
            .or_else(|| report.used().map(|(_, certificate)| certificate.not_after).min()),
    }
}

fn is_unparsable(problem: &crate::model::certificate::CertificateProblem) -> bool {
    problem.verdict == CertificateVerdict::Unparsable
}

/// Adds the durations of the completed phases. A name is resolved once for all its members.
fn observe_phases(phases: &mut [Histogram; Phase::ALL.len()], report: &EndpointReport) {
    let resolved = report.lookups.iter().filter(|lookup| lookup.outcome.is_ok());
    let resolved = resolved.filter_map(|lookup| lookup.time);
    let of_members = report.members.iter().flat_map(|member| {
        let Phases { resolve: _, connect, tls, wsus } = member.phases;
        [(Phase::Connect, connect), (Phase::Tls, tls), (Phase::Wsus, wsus)]
    });
    let completed = resolved
        .map(|time| (Phase::Resolve, time))
        .chain(of_members.filter_map(|(phase, time)| Some((phase, time?))));
    for (phase, time) in completed {
        observe(phases, phase, time.duration);
    }
}

fn observe(phases: &mut [Histogram; Phase::ALL.len()], phase: Phase, duration: Duration) {
    let places = Phase::ALL.iter().zip(phases);
    if let Some((_, histogram)) = places.into_iter().find(|(one, _)| **one == phase) {
        histogram.observe(duration);
    }
}
