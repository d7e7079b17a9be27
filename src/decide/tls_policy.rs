//! What a member's TLS means for those who use it.

use crate::model::endpoint::Endpoint;
use crate::model::finding::Finding;
use crate::model::report::Verdict;
use crate::model::tls_scan::TlsScan;

/// What is worth knowing of a scan: expectations that are not met, in both directions, and what
/// no expectation speaks of.
pub fn findings(endpoint: &Endpoint, scan: &TlsScan) -> Vec<Finding> {
    let _ = (endpoint, scan);
    Vec::new()
}

/// The state of a member of which nothing but its TLS was looked at: healthy when a version is
/// accepted and no warning speaks against it.
pub fn verdict(scan: &TlsScan, findings: &[Finding]) -> Verdict {
    let _ = (scan, findings);
    Verdict::Unknown
}
