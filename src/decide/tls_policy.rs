//! What a member's TLS means for those who use it.

mod clients;
mod suites;
mod versions;

use crate::decide::certificate;
use crate::model::endpoint::{DownstreamGeneration, Endpoint, Scheme};
use crate::model::finding::{Finding, Severity};
use crate::model::report::Verdict;
use crate::model::tls_scan::{Support, TlsScan};

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
    findings.extend(clients::out_of_reach(scan));
    findings
}

/// The state of a member of which nothing but its TLS was looked at: healthy when a version is
/// accepted and no warning speaks against it.
///
/// Down when every chain that was seen is one that clients refuse, and when every version that was
/// tried is certainly not accepted; unknown when neither is known.
pub fn verdict(scan: &TlsScan, findings: &[Finding]) -> Verdict {
    let chains = &scan.chains;
    let refused = |report| certificate::failure(report).is_some();
    if !chains.is_empty() && chains.iter().all(|chain| refused(&chain.report)) {
        return Verdict::Down;
    }
    if scan.versions.iter().any(|report| report.support == Support::Supported) {
        let warned = findings.iter().any(|finding| finding.severity == Severity::Warning);
        return if warned { Verdict::Degraded } else { Verdict::Healthy };
    }
    let mut reports = scan.versions.iter();
    let none = reports.all(|report| report.support == Support::NotSupported && report.certain);
    if none && !scan.versions.is_empty() { Verdict::Down } else { Verdict::Unknown }
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
