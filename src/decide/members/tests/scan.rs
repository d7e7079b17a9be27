//! What is said of members whose scans differ.

use super::{alike, certificate, compare};
use crate::model::certificate::CertificateVerdict;
use crate::model::finding::Severity;
use crate::model::protocol::Protocol;
use crate::model::suite::Suite;
use crate::model::tls_scan::{
    Answer, Attempt, HelloShape, SeenChain, ServerChoice, SuiteOrder, SuiteReport, Support,
    TlsScan, VersionReport,
};

/// A scan that saw whether TLS 1.0 is accepted, which suite was chosen and which are accepted with
/// TLS 1.2, and a chain.
fn scanned(tls10: Support, suite: u16, accepted: Option<&[u16]>, chain: Option<&str>) -> TlsScan {
    let choice = ServerChoice {
        suite: Suite(suite),
        group: None,
        prime_bits: None,
        retry: false,
        client_certificate_requested: false,
        presented: None,
        cut_short: None,
    };
    let attempt = Attempt {
        shape: HelloShape::Full,
        answer: Answer::Chosen(Box::new(choice)),
        warnings: Vec::new(),
        time: None,
    };
    let version =
        |protocol, support, attempts| VersionReport { protocol, support, certain: true, attempts };
    let suites = accepted.map(|suites| SuiteReport {
        protocol: Protocol::Tls12,
        accepted: suites.iter().copied().map(Suite).collect(),
        order: SuiteOrder::Server,
        groups: Vec::new(),
        incomplete: None,
    });
    let chain = chain.map(|fingerprint| SeenChain {
        report: certificate(fingerprint, CertificateVerdict::Ok),
        protocols: vec![Protocol::Tls12],
    });
    TlsScan {
        versions: vec![
            version(Protocol::Tls10, tls10, Vec::new()),
            version(Protocol::Tls12, Support::Supported, vec![attempt]),
        ],
        suites: suites.into_iter().collect(),
        chains: chain.into_iter().collect(),
        ..TlsScan::default()
    }
}

#[test]
fn scans_show_what_a_handshake_does_not() {
    use Support::{NotSupported, Supported, Unknown};
    let usual = || scanned(Supported, 0xc030, Some(&[0xc030, 0xc02f]), Some("abcd"));
    let cases = [
        (usual(), None),
        (scanned(Unknown, 0xc030, None, None), None),
        (scanned(Supported, 0xc030, Some(&[0xc02f, 0xc030]), Some("abcd")), None),
        (
            scanned(NotSupported, 0xc030, None, None),
            Some((Severity::Warning, "TLS 1.0 not accepted at 192.0.2.1, accepted elsewhere")),
        ),
        (
            scanned(Supported, 0xc030, Some(&[0xc030]), None),
            Some((Severity::Note, "the set of suites with TLS 1.2 differs at 192.0.2.1")),
        ),
        (
            scanned(Supported, 0xc02f, None, None),
            Some((
                Severity::Note,
                "chosen suite with TLS 1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 at 192.0.2.1, \
                 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 elsewhere",
            )),
        ),
        (
            scanned(Supported, 0xc030, None, Some("1234")),
            Some((
                Severity::Note,
                "certificate 123412341234… until 1970-01-02 at 192.0.2.1, abcdabcdabcd… until \
                 1970-01-02 elsewhere",
            )),
        ),
    ];
    for (scan, expected) in cases {
        let mut members = alike();
        for member in &mut members {
            member.tls_scan = Some(usual());
            member.certificate = None;
            member.tls = None;
        }
        members[0].tls_scan = Some(scan);
        let found = compare(&members);
        let found: Vec<_> = found.iter().map(|f| (f.severity, f.observed.as_str())).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    }
}
