//! Mirror types of an endpoint's report.

use serde::Serialize;

use super::CodeJson;
use super::member::MemberJson;
use super::resolvers::{self, ResolverJson};
use crate::decide::{audience, explain};
use crate::model::endpoint::Endpoint;
use crate::model::failure::Failure;
use crate::model::finding::Finding;
use crate::model::report::{EndpointReport, Lookup};
use crate::output::problem;
use crate::output::text::milliseconds;

/// One endpoint with all that was found.
#[derive(Serialize)]
pub(super) struct EndpointJson {
    name: String,
    dc: Option<String>,
    region: Option<String>,
    url: String,
    verdict: &'static str,
    rtt_ms: Option<f64>,
    rtt_clock: Option<&'static str>,
    rejected: Option<CodeJson>,
    failure: Option<FailureJson>,
    findings: Vec<FindingJson>,
    lookups: Vec<LookupJson>,
    resolvers: Option<Vec<ResolverJson>>,
    members: Vec<MemberJson>,
}

impl EndpointJson {
    pub(super) fn new(
        report: &EndpointReport,
        rejected: Option<CodeJson>,
        internal_names: bool,
    ) -> Self {
        let endpoint = report.endpoint.as_ref();
        Self {
            name: endpoint.name.to_string(),
            dc: endpoint.dc.clone(),
            region: endpoint.region.clone(),
            url: endpoint.url.to_string(),
            verdict: report.verdict.as_str(),
            rtt_ms: report.rtt.map(|rtt| milliseconds(rtt.duration)),
            rtt_clock: report.rtt.map(|rtt| rtt.clock.as_str()),
            rejected,
            failure: report.failure.as_ref().map(|failure| FailureJson::new(failure, endpoint)),
            findings: report.findings.iter().map(FindingJson::from).collect(),
            lookups: report.lookups.iter().map(LookupJson::new).collect(),
            resolvers: resolvers::all(&report.endpoint, &report.resolvers),
            members: report
                .members
                .iter()
                .map(|member| MemberJson::new(member, endpoint, internal_names))
                .collect(),
        }
    }
}

/// A failure with its explanation.
#[derive(Serialize)]
pub(super) struct FailureJson {
    phase: &'static str,
    cause: &'static str,
    windows_update_code: Option<String>,
    windows_update_name: Option<&'static str>,
    likely: Option<bool>,
    text: String,
    hint: String,
}

impl FailureJson {
    pub(super) fn new(failure: &Failure, endpoint: &Endpoint) -> Self {
        let code = problem::shown_code(failure);
        Self {
            phase: failure.phase.as_str(),
            cause: failure.cause.as_str(),
            windows_update_code: code.map(|code| code.to_string()),
            windows_update_name: code.map(|code| code.name),
            likely: code.map(|code| code.likely),
            text: format!("{}: {}", failure.detail, explain::meaning(failure, endpoint)),
            hint: explain::hint(failure, endpoint),
        }
    }
}

/// One observation.
#[derive(Serialize)]
pub(super) struct FindingJson {
    code: &'static str,
    severity: &'static str,
    observed: String,
    meaning: String,
    action: String,
    for_whom: Vec<&'static str>,
    windows_update_code: Option<String>,
    windows_update_name: Option<&'static str>,
    likely: Option<bool>,
}

impl From<&Finding> for FindingJson {
    fn from(finding: &Finding) -> Self {
        let code = finding.windows_update_code;
        Self {
            code: finding.code.as_str(),
            severity: finding.severity.as_str(),
            observed: finding.observed.clone(),
            meaning: finding.meaning.clone(),
            action: finding.action.clone(),
            for_whom: audience::of_finding(finding.code).iter().map(|a| a.as_str()).collect(),
            windows_update_code: code.map(|code| code.to_string()),
            windows_update_name: code.map(|code| code.name),
            likely: code.map(|code| code.likely),
        }
    }
}

/// The answer for one address family.
#[derive(Serialize)]
pub(super) struct LookupJson {
    record_type: &'static str,
    time_ms: Option<f64>,
    clock: Option<&'static str>,
    resends: Option<u32>,
    addresses: Option<Vec<String>>,
    ttl_seconds: Option<u64>,
    cname_chain: Option<Vec<String>>,
    failure: Option<LookupFailureJson>,
}

/// Why one family has no addresses: what it means depends on the other one.
#[derive(Serialize)]
struct LookupFailureJson {
    cause: &'static str,
    text: String,
}

impl LookupJson {
    pub(super) fn new(lookup: &Lookup) -> Self {
        let found = lookup.outcome.as_ref().ok();
        let failure = lookup.outcome.as_ref().err();
        Self {
            record_type: lookup.record_type.as_str(),
            time_ms: lookup.time.map(|time| milliseconds(time.duration)),
            clock: lookup.time.map(|time| time.clock.as_str()),
            resends: lookup.resends,
            addresses: found.map(|found| found.addresses.iter().map(ToString::to_string).collect()),
            ttl_seconds: found.and_then(|found| found.ttl).map(|ttl| ttl.as_secs()),
            cname_chain: found.map(|found| found.cname_chain.clone()),
            failure: failure.map(|failure| LookupFailureJson {
                cause: failure.cause.as_str(),
                text: failure.detail.clone(),
            }),
        }
    }
}
