//! Mirror types of a member's report.

use serde::Serialize;

use super::endpoint::{FailureJson, FindingJson};
use super::service::{ReleaseJson, ServiceJson};
use super::tls::TlsScanJson;
use crate::model::certificate::{Certificate, CertificateProblem, CertificateReport, Staple};
use crate::model::endpoint::Endpoint;
use crate::model::report::{MemberReport, Phases};
use crate::model::timing::Timed;
use crate::model::tls::TlsSession;
use crate::model::wsus::WsusAnswer;
use crate::output::text::{body_bytes, milliseconds, rfc3339};

/// One address behind an endpoint's name.
#[derive(Serialize)]
pub(super) struct MemberJson {
    address: String,
    verdict: &'static str,
    rtt_ms: Option<f64>,
    rtt_clock: Option<&'static str>,
    samples_ms: Vec<Option<f64>>,
    syn_retransmits: Option<u32>,
    phases: PhasesJson,
    clocks: ClocksJson,
    tls: Option<TlsJson>,
    certificate: Option<CertificateReportJson>,
    wsus: Option<WsusJson>,
    failure: Option<FailureJson>,
    findings: Vec<FindingJson>,
    requests: usize,
    body_bytes: usize,
    services: Vec<ServiceJson>,
    release: Option<ReleaseJson>,
    tls_scan: Option<TlsScanJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package_server_share: Option<String>,
}

impl MemberJson {
    pub(super) fn new(report: &MemberReport, endpoint: &Endpoint, internal_names: bool) -> Self {
        let config = report.wsus.as_ref().map(|answer| &answer.config);
        let share = config.and_then(|config| config.property("PackageServerShare"));
        let asked = endpoint.requested_url();
        Self {
            address: report.address.ip().to_string(),
            verdict: report.verdict.as_str(),
            rtt_ms: ms(report.rtt),
            rtt_clock: clock(report.rtt),
            samples_ms: report.samples.iter().copied().map(ms).collect(),
            syn_retransmits: report.syn_retransmits,
            phases: PhasesJson::from(&report.phases),
            clocks: ClocksJson::from(&report.phases),
            tls: report.tls.as_ref().map(TlsJson::from),
            certificate: report.certificate.as_ref().map(CertificateReportJson::from),
            wsus: report.wsus.as_ref().map(WsusJson::from),
            failure: report.failure.as_ref().map(|failure| FailureJson::new(failure, endpoint)),
            findings: report.findings.iter().map(FindingJson::from).collect(),
            requests: report.exchanges.iter().filter(|one| one.was_sent()).count(),
            body_bytes: body_bytes(&report.exchanges),
            services: report
                .services
                .iter()
                .map(|service| ServiceJson::new(service, &report.exchanges, &asked))
                .collect(),
            release: report.generation.as_ref().map(ReleaseJson::from),
            tls_scan: report.tls_scan.as_ref().map(TlsScanJson::from),
            package_server_share: share.filter(|_| internal_names).map(str::to_owned),
        }
    }
}

pub(super) fn ms(timed: Option<Timed>) -> Option<f64> {
    timed.map(|timed| milliseconds(timed.duration))
}

pub(super) fn clock(timed: Option<Timed>) -> Option<&'static str> {
    timed.map(|timed| timed.clock.as_str())
}

/// Durations of the completed phases.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit belongs into every field's name")]
pub(super) struct PhasesJson {
    resolve_ms: Option<f64>,
    connect_ms: Option<f64>,
    tls_ms: Option<f64>,
    wsus_ms: Option<f64>,
}

impl From<&Phases> for PhasesJson {
    fn from(phases: &Phases) -> Self {
        Self {
            resolve_ms: ms(phases.resolve),
            connect_ms: ms(phases.connect),
            tls_ms: ms(phases.tls),
            wsus_ms: ms(phases.wsus),
        }
    }
}

/// The clock of each.
#[derive(Serialize)]
pub(super) struct ClocksJson {
    resolve: Option<&'static str>,
    connect: Option<&'static str>,
    tls: Option<&'static str>,
    wsus: Option<&'static str>,
}

impl From<&Phases> for ClocksJson {
    fn from(phases: &Phases) -> Self {
        Self {
            resolve: clock(phases.resolve),
            connect: clock(phases.connect),
            tls: clock(phases.tls),
            wsus: clock(phases.wsus),
        }
    }
}

/// A handshake.
#[derive(Serialize)]
pub(super) struct TlsJson {
    version: &'static str,
    suite: String,
    group: Option<String>,
    alpn: Option<String>,
    legacy_suite: bool,
}

impl From<&TlsSession> for TlsJson {
    fn from(session: &TlsSession) -> Self {
        Self {
            version: session.version.as_str(),
            suite: session.suite.clone(),
            group: session.group.clone(),
            alpn: session.alpn.clone(),
            legacy_suite: session.legacy_suite,
        }
    }
}

/// A chain and its judgement.
#[derive(Serialize)]
pub(super) struct CertificateReportJson {
    verdict: &'static str,
    not_after: Option<String>,
    presented_not_after: Option<String>,
    verified_not_after: Option<String>,
    problems: Vec<ProblemJson>,
    chain: Vec<CertificateJson>,
    verified_chain: Option<Vec<VerifiedJson>>,
    sct_count: Option<usize>,
    must_staple: Option<bool>,
    ocsp: OcspJson,
}

impl From<&CertificateReport> for CertificateReportJson {
    fn from(report: &CertificateReport) -> Self {
        let earliest_end = report.used().map(|(_, certificate)| certificate.not_after).min();
        let presented_end = report.chain.iter().map(|certificate| certificate.not_after).min();
        let leaf = report.leaf();
        Self {
            verdict: report.verdict().as_str(),
            not_after: earliest_end.and_then(rfc3339),
            presented_not_after: presented_end.and_then(rfc3339),
            verified_not_after: report.verified_not_after().and_then(rfc3339),
            problems: report.problems.iter().map(ProblemJson::from).collect(),
            chain: report.chain.iter().map(CertificateJson::from).collect(),
            verified_chain: report
                .verified
                .as_ref()
                .map(|path| path.iter().map(VerifiedJson::from).collect()),
            sct_count: leaf.and_then(|leaf| leaf.sct_count),
            must_staple: leaf.map(|leaf| leaf.must_staple),
            ocsp: OcspJson::from(report),
        }
    }
}

#[derive(Serialize)]
struct VerifiedJson {
    subject: String,
    not_after: Option<String>,
}

impl From<&Certificate> for VerifiedJson {
    fn from(certificate: &Certificate) -> Self {
        Self { subject: certificate.subject.clone(), not_after: rfc3339(certificate.not_after) }
    }
}

#[derive(Serialize)]
struct OcspJson {
    stapled: bool,
    status: Option<&'static str>,
    produced_at: Option<String>,
    this_update: Option<String>,
    next_update: Option<String>,
    problem: Option<String>,
}

impl From<&CertificateReport> for OcspJson {
    /// The status is that of the leaf only.
    fn from(report: &CertificateReport) -> Self {
        let (stapled, answer) = match &report.staple {
            Staple::Absent => (false, None),
            Staple::Unreadable(_) => (true, None),
            Staple::Present(answer) => (true, Some(answer)),
        };
        Self {
            stapled,
            status: answer.filter(|answer| answer.for_leaf).map(|answer| answer.status.as_str()),
            produced_at: answer.and_then(|answer| rfc3339(answer.produced_at)),
            this_update: answer.and_then(|answer| rfc3339(answer.this_update)),
            next_update: answer.and_then(|answer| rfc3339(answer.next_update?)),
            problem: report.staple_problem.clone(),
        }
    }
}

#[derive(Serialize)]
struct ProblemJson {
    verdict: &'static str,
    position: Option<usize>,
    detail: String,
}

impl From<&CertificateProblem> for ProblemJson {
    fn from(problem: &CertificateProblem) -> Self {
        Self {
            verdict: problem.verdict.as_str(),
            position: problem.position,
            detail: problem.detail.clone(),
        }
    }
}

#[derive(Serialize)]
struct CertificateJson {
    subject: String,
    issuer: String,
    alternative_names: Vec<String>,
    not_before: Option<String>,
    not_after: Option<String>,
    key_algorithm: String,
    key_bits: Option<u32>,
    signature_algorithm: String,
    sha256: String,
}

impl From<&Certificate> for CertificateJson {
    fn from(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject.clone(),
            issuer: certificate.issuer.clone(),
            alternative_names: certificate.alternative_names.clone(),
            not_before: rfc3339(certificate.not_before),
            not_after: rfc3339(certificate.not_after),
            key_algorithm: certificate.key.algorithm.clone(),
            key_bits: certificate.key.bits,
            signature_algorithm: certificate.signature.name.clone(),
            sha256: certificate.sha256.clone(),
        }
    }
}

#[derive(Serialize)]
struct WsusJson {
    protocol_version: Option<String>,
    last_change: Option<String>,
    registration_required: Option<bool>,
    auth_plugins: Vec<String>,
    server_header: Option<String>,
    aspnet_header: Option<String>,
    hsts: bool,
}

impl From<&WsusAnswer> for WsusJson {
    /// Properties are taken one by one: some tell the server's internal name.
    fn from(answer: &WsusAnswer) -> Self {
        let config = &answer.config;
        Self {
            protocol_version: config.property("ProtocolVersion").map(str::to_owned),
            last_change: config.last_change.clone(),
            registration_required: config.registration_required,
            auth_plugins: config.auth_plugins.iter().map(|plugin| plugin.id.clone()).collect(),
            server_header: answer.server_header.clone(),
            aspnet_header: answer.aspnet_header.clone(),
            hsts: answer.hsts,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::{CertificateReportJson, OcspJson};
    use crate::model::certificate::{CertificateReport, RevocationStatus, Staple, StapledStatus};
    use crate::output::fixture;

    #[test]
    fn a_root_that_is_sent_along_does_not_end_a_chain() {
        let report = CertificateReportJson::from(&fixture::with_root_that_ends_first());
        assert_eq!(report.not_after.as_deref(), Some("2027-12-28T03:00:00Z"));
        assert_eq!(report.presented_not_after.as_deref(), Some("2026-11-22T03:00:00Z"));
        assert_eq!(report.chain.len(), 2);
    }

    #[test]
    fn only_a_readable_staple_of_the_leaf_has_a_status() {
        let answer = |for_leaf| {
            Staple::Present(StapledStatus {
                status: RevocationStatus::Good,
                for_leaf,
                revoked_at: None,
                produced_at: SystemTime::UNIX_EPOCH,
                this_update: SystemTime::UNIX_EPOCH,
                next_update: None,
            })
        };
        for (staple, stapled, status) in [
            (Staple::Absent, false, None),
            (Staple::Unreadable("BER".to_owned()), true, None),
            (answer(false), true, None),
            (answer(true), true, Some("good")),
        ] {
            let report = CertificateReport { staple, ..CertificateReport::default() };
            let json = OcspJson::from(&report);
            assert_eq!((json.stapled, json.status), (stapled, status), "{report:?}");
        }
    }
}
