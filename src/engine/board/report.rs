//! From what was seen of an endpoint to its report.

use std::sync::Arc;
use std::time::SystemTime;

use crate::decide::resolvers::findings as resolver_findings;
use crate::decide::{findings, health, members, stats};
use crate::engine::board::EndpointState;
use crate::model::finding::Severity;
use crate::model::report::{EndpointReport, MemberReport, Verdict};
use crate::model::timing::Timed;

pub(super) fn endpoint(state: &EndpointState, now: SystemTime) -> EndpointReport {
    let endpoint = &state.endpoint;
    let members: Vec<MemberReport> =
        state.members.values().map(|member| member.report(now)).collect();
    let mut findings = findings::of_endpoint(endpoint, &state.lookups, &members, state.finished);
    findings.extend(members::compare(&members));
    findings.extend(resolver_findings::findings(endpoint, &state.resolvers));
    let warned = findings.iter().any(|finding| finding.severity == Severity::Warning);
    let (verdict, failure) = health::endpoint(&state.lookups, &members, warned, state.finished);
    EndpointReport {
        endpoint: Arc::clone(endpoint),
        verdict,
        rtt: median_member(&members),
        lookups: state.lookups.clone(),
        resolvers: state.resolvers.clone(),
        members,
        failure,
        findings,
    }
}

/// A name is as near as its typical member, among those that are not down. When all are down,
/// among all: how far a dead server is remains worth knowing.
fn median_member(members: &[MemberReport]) -> Option<Timed> {
    let of = |usable: bool| {
        let rtts: Vec<Timed> = members
            .iter()
            .filter(|member| !usable || member.verdict != Verdict::Down)
            .filter_map(|member| member.rtt)
            .collect();
        let duration = stats::median(rtts.iter().map(|rtt| rtt.duration))?;
        // The least exact clock of those that took part.
        let clock = rtts.iter().map(|rtt| rtt.clock).max()?;
        Some(Timed { duration, clock })
    };
    of(true).or_else(|| of(false))
}
