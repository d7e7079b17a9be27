//! What a member's TLS means for those who use it.

mod clients;
mod suites;
mod versions;

use crate::decide::certificate;
use crate::decide::compat::{own, words};
use crate::model::endpoint::{DownstreamGeneration, Endpoint, Scheme};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, Severity};
use crate::model::protocol::Protocol;
use crate::model::report::Verdict;
use crate::model::tls_scan::{Support, TlsScan, VersionReport};

/// What is worth knowing of a scan: expectations that are not met, in both directions, and what
/// no expectation speaks of.
///
/// Nothing where no version's support is known: then the member's failure says why.
pub fn findings(endpoint: &Endpoint, scan: &TlsScan) -> Vec<Finding> {
    if scan.versions.iter().all(|report| report.support == Support::Unknown) {
        return Vec::new();
    }
    let mut findings = versions::findings(endpoint, scan);
    findings.extend(suites::weak(scan));
    findings.extend(clients::excluded(scan));
    findings.extend(clients::one_refused(scan));
    findings.extend(clients::out_of_reach(scan));
    findings
}

/// The state of a member of which nothing but its TLS was looked at: healthy when a version is
/// accepted and no warning speaks against it.
///
/// Down when every chain that was seen is one that clients refuse; unknown when no version is known
/// to be accepted, because other clients may offer what was not tried, and when the server broke off
/// each time.
pub fn verdict(scan: &TlsScan, findings: &[Finding]) -> Verdict {
    let chains = &scan.chains;
    let refused = |report| certificate::failure(report).is_some();
    if !chains.is_empty() && chains.iter().all(|chain| refused(&chain.report)) {
        return Verdict::Down;
    }
    if scan.versions.iter().any(went_on) {
        let warned = findings.iter().any(|finding| finding.severity == Severity::Warning);
        return if warned { Verdict::Degraded } else { Verdict::Healthy };
    }
    Verdict::Unknown
}

/// Why nobody is known to connect, where that has one reason: the server refused every version, or
/// broke off wherever it had accepted one.
pub fn failure(scan: &TlsScan) -> Option<Failure> {
    let failed = |cause, detail: String| Some(Failure::new(Phase::Tls, cause, detail));
    let is = |support: Support| move |report: &VersionReport| report.support == support;
    if !scan.versions.is_empty() && scan.versions.iter().all(is(Support::NotSupported)) {
        let tried: Vec<Protocol> = scan.versions.iter().map(|report| report.protocol).collect();
        let detail = format!("the server refused {}", words::versions(&tried));
        return failed(Cause::NoCommonVersion, detail);
    }
    if scan.versions.iter().any(went_on) {
        return None;
    }
    let (_, choice) = scan.versions.iter().find_map(VersionReport::choice)?;
    failed(Cause::TlsProtocol, choice.cut_short.clone()?)
}

/// Sets a failed handshake right where a scan shows that the server goes on with versions or suites
/// of which this program has none: then the failure is this program's, however the server refused.
pub fn set_right(failure: &mut Failure, scan: &TlsScan) {
    let ended = matches!(failure.cause, Cause::Reset | Cause::Closed | Cause::Alert);
    let accepted: Vec<Protocol> =
        scan.versions.iter().filter(|report| went_on(report)).map(|r| r.protocol).collect();
    let Some(newest) = accepted.iter().max() else { return };
    if ended && own::can_complete(scan) == Some(false) {
        let old = *newest < Protocol::Tls12;
        failure.cause = if old { Cause::NoCommonVersion } else { Cause::NoCommonSuite };
        let accepts = words::versions(&accepted);
        failure.detail =
            format!("{}; it accepts {accepts}, but nothing that this program has", failure.detail);
    }
}

/// Whether a version is accepted, and the server did not break off after that.
fn went_on(report: &VersionReport) -> bool {
    report.choice().is_some_and(|(_, choice)| choice.cut_short.is_none())
}

/// Whether downstream servers of WSUS 3.2 synchronize from an endpoint over HTTPS, for which both
/// ends need TLS 1.0 (KB2938066).
pub fn needs_tls10(endpoint: &Endpoint) -> bool {
    let hierarchy = &endpoint.hierarchy;
    hierarchy.is_upstream
        && hierarchy.downstream_generation == Some(DownstreamGeneration::Wsus32)
        && endpoint.url.scheme == Scheme::Https
}

#[cfg(test)]
mod tests;
