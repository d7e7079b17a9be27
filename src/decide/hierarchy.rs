//! WSUS servers that synchronize from each other.

use std::collections::{BTreeMap, VecDeque};

use crate::decide::tls_policy;
use crate::model::endpoint::EndpointName;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::protocol::Protocol;
use crate::model::report::{EndpointReport, MemberReport, Verdict};
use crate::model::service::{Outcome, Service};

mod skew;

/// What a downstream server needs of its upstream server (MS-WSUSSS 3.1.4.1).
const NEEDED: [Service; 2] = [Service::ServerSync, Service::DssAuth];

/// Adds the findings to the reports. A warning degrades a healthy endpoint: only for those who
/// look into servers; to somebody who only wants a server it does not matter where that one gets
/// its updates from.
pub fn apply(reports: &mut [EndpointReport]) {
    for (index, finding) in findings(reports) {
        if let Some(report) = reports.get_mut(index) {
            if finding.severity == Severity::Warning && report.verdict == Verdict::Healthy {
                report.verdict = Verdict::Degraded;
            }
            report.findings.push(finding);
        }
    }
}

/// What the hierarchy of the configuration makes of the reports, top-down: each finding with the
/// index of the endpoint that it is about.
///
/// An upstream endpoint that is not among the reports says nothing.
pub fn findings(reports: &[EndpointReport]) -> Vec<(usize, Finding)> {
    let upstreams = upstreams(reports);
    let mut findings = Vec::new();
    for index in top_down(&upstreams) {
        let Some(report) = reports.get(index) else { continue };
        let upstream = upstreams.get(index).copied().flatten().and_then(|at| reports.get(at));
        let found = [
            upstream.and_then(upstream_broken),
            upstream.and_then(|upstream| skew::skew(upstream, report)),
            tls10_needed(report),
        ];
        findings.extend(found.into_iter().flatten().map(|finding| (index, finding)));
    }
    findings
}

/// For each report the index of its upstream endpoint's.
fn upstreams(reports: &[EndpointReport]) -> Vec<Option<usize>> {
    let index: BTreeMap<&EndpointName, usize> =
        reports.iter().enumerate().map(|(at, report)| (&report.endpoint.name, at)).collect();
    let upstream = |(own, report): (usize, &EndpointReport)| {
        let at = *index.get(report.endpoint.hierarchy.upstream.as_ref()?)?;
        (at != own).then_some(at)
    };
    reports.iter().enumerate().map(upstream).collect()
}

/// The indices, each after that of its upstream. A circle has no top and is left out; the
/// configuration refuses it.
fn top_down(upstreams: &[Option<usize>]) -> Vec<usize> {
    let mut below: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (index, upstream) in upstreams.iter().enumerate() {
        below.entry(*upstream).or_default().push(index);
    }
    let mut order = Vec::with_capacity(upstreams.len());
    let mut next = VecDeque::from([None]);
    while let Some(upstream) = next.pop_front() {
        let indices = below.remove(&upstream).unwrap_or_default();
        next.extend(indices.iter().copied().map(Some));
        order.extend(indices);
    }
    order
}

/// What of the upstream endpoint does not work for downstream servers.
fn upstream_broken(upstream: &EndpointReport) -> Option<Finding> {
    let name = &upstream.endpoint.name;
    let seen = if upstream.verdict == Verdict::Down {
        let failure = upstream.failure.as_ref();
        let why = failure.map(|f| format!(" ({}: {})", f.cause.as_str(), f.detail));
        vec![format!("is down{}", why.unwrap_or_default())]
    } else {
        NEEDED.iter().filter_map(|&service| failed(upstream, service)).collect()
    };
    if seen.is_empty() {
        return None;
    }
    Some(Finding {
        code: FindingCode::UpstreamBroken,
        severity: Severity::Warning,
        observed: format!("{name}, from which it synchronizes, {}", seen.join(", ")),
        meaning: "while that lasts this server gets no new updates and approvals; clients are \
                  served with what it has"
            .to_owned(),
        windows_update_code: None,
        action: format!("repair {name} first, then synchronize this server"),
    })
}

/// Where a service fails on members that are not down: no client or server is sent to those on
/// purpose, and another finding tells of them.
fn failed(upstream: &EndpointReport, service: Service) -> Option<String> {
    let up = || upstream.members.iter().filter(|member| member.verdict != Verdict::Down);
    let failures = up().filter_map(|member| {
        let report = member.services.iter().find(|report| report.service == service)?;
        let Outcome::Fail(failure) = &report.outcome else { return None };
        Some((member.address.ip(), failure))
    });
    let failures: Vec<_> = failures.collect();
    let (address, failure) = failures.first()?;
    Some(format!(
        "fails at {} at {} of {} members, such as {address} ({}: {})",
        service.as_str(),
        failures.len(),
        up().count(),
        failure.cause.as_str(),
        failure.detail
    ))
}

/// TLS 1.0 for downstream servers of WSUS 3.2 over HTTPS, at members where nobody looked: neither
/// yes nor no. Where a scan tried it, [`tls_policy`] tells of it at the member.
fn tls10_needed(report: &EndpointReport) -> Option<Finding> {
    let tried = |member: &MemberReport| {
        member.tls_scan.as_ref().is_some_and(|scan| scan.version(Protocol::Tls10).is_some())
    };
    let all_tried = !report.members.is_empty() && report.members.iter().all(tried);
    if all_tried || !tls_policy::needs_tls10(&report.endpoint) {
        return None;
    }
    let beside = if report.members.iter().any(tried) { " by every member" } else { "" };
    Some(Finding {
        code: FindingCode::Tls10Needed,
        severity: Severity::Note,
        observed: format!(
            "a downstream server is of WSUS 3.2; whether TLS 1.0 is accepted{beside} here was not \
             tested"
        ),
        meaning: "WSUS 3.2 synchronizes over HTTPS only while TLS 1.0 is enabled on both servers \
                  (KB2938066); where it is off, synchronization fails"
            .to_owned(),
        windows_update_code: None,
        action: format!(
            "test it with `wsus-probe tls {}`; replace the downstream server before TLS 1.0 is \
             switched off",
            report.endpoint.name
        ),
    })
}

#[cfg(test)]
mod tests;
