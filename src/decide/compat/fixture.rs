//! Chains for tests.

use std::time::{Duration, SystemTime};

use crate::model::certificate::{
    Certificate, CertificateProblem, CertificateReport, CertificateVerdict, PublicKey,
    SignatureAlgorithm, Staple,
};
use crate::model::tls_scan::SeenChain;

/// A chain of one certificate with one problem at most.
pub(in crate::decide) fn chain(
    key: &str,
    bits: u32,
    verdict: Option<CertificateVerdict>,
) -> SeenChain {
    let leaf = Certificate {
        subject: "CN=wsus.test".to_owned(),
        issuer: "CN=CA".to_owned(),
        common_name: None,
        alternative_names: vec!["wsus.test".to_owned()],
        not_before: SystemTime::UNIX_EPOCH,
        not_after: SystemTime::UNIX_EPOCH + Duration::from_hours(24),
        key: PublicKey { algorithm: key.to_owned(), bits: Some(bits) },
        signature: SignatureAlgorithm { name: String::new(), weak: false },
        is_ca: false,
        self_signed: false,
        allows_server_auth: true,
        has_issuer_url: false,
        sct_count: None,
        must_staple: false,
        serial: "01".into(),
        sha256: format!("{key}{bits}"),
    };
    let problem = |verdict: CertificateVerdict| CertificateProblem {
        verdict,
        position: Some(0),
        detail: format!("evidence of {}", verdict.as_str()),
    };
    let problems = verdict.map(problem).into_iter().collect();
    let report = CertificateReport {
        chain: vec![leaf],
        problems,
        verified: None,
        staple: Staple::Absent,
        staple_problem: None,
    };
    SeenChain { report, protocols: Vec::new() }
}
