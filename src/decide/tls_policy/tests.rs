//! What is said of scans, by tables.

use super::*;
use crate::decide::compat;
use crate::decide::compat::fixture::chain;
use crate::model::certificate::CertificateVerdict;
use crate::model::endpoint::{EndpointName, EndpointUrl, Hierarchy, Host};
use crate::model::finding::FindingCode as Code;
use crate::model::protocol::{Protocol, TlsExpectations};
use crate::model::suite::{Group, Suite};
use crate::model::tls_scan::{
    Answer, Attempt, HelloShape, ServerChoice, SuiteOrder, SuiteReport, VersionReport,
};

use Protocol::{Ssl3, Tls10, Tls11, Tls12, Tls13};
use Severity::{Note, Warning};

fn endpoint(require: &[Protocol], forbid: &[Protocol], wsus32: bool) -> Endpoint {
    let url =
        EndpointUrl { scheme: Scheme::Https, host: Host::Name("wsus.test".to_owned()), port: 8531 };
    let generation = DownstreamGeneration::Wsus32;
    Endpoint {
        tls: TlsExpectations { require: require.to_vec(), forbid: forbid.to_vec() },
        hierarchy: Hierarchy {
            is_upstream: wsus32,
            downstream_generation: wsus32.then_some(generation),
            upstream: None,
        },
        ..Endpoint::bare(EndpointName("wsus".to_owned()), url)
    }
}

/// One letter a version from SSL 3.0 on: `y`es, `n`o, `?`, `-` for not tried. Chosen is always the
/// suite.
fn scan(versions: &str, suite: u16) -> TlsScan {
    let choice = ServerChoice {
        suite: Suite(suite),
        group: Some(Group::SECP256R1),
        prime_bits: None,
        retry: false,
        client_certificate_requested: false,
        presented: None,
        cut_short: None,
    };
    let report = |(&protocol, letter): (&Protocol, char)| {
        let (support, answer) = match letter {
            'y' => (Support::Supported, Answer::Chosen(Box::new(choice.clone()))),
            'n' => (Support::NotSupported, Answer::Alert(70)),
            '?' => (Support::Unknown, Answer::Timeout(0)),
            _ => return None,
        };
        let attempt = Attempt { shape: HelloShape::Full, answer, warnings: Vec::new(), time: None };
        Some(VersionReport { protocol, support, certain: true, attempts: vec![attempt] })
    };
    let versions = Protocol::ALL.iter().zip(versions.chars()).filter_map(report).collect();
    TlsScan { versions, ..TlsScan::default() }
}

fn codes(findings: &[Finding]) -> Vec<(Code, Severity)> {
    findings.iter().map(|finding| (finding.code, finding.severity)).collect()
}

#[test]
fn expectations_work_in_both_directions() {
    type Expectations<'a> = (&'a [Protocol], &'a [Protocol], bool);
    type Case<'a> = (Expectations<'a>, &'a str, &'a [(Code, Severity)]);
    let none: Expectations<'_> = (&[], &[], false);
    let wsus32: Expectations<'_> = (&[], &[], true);
    let cases: [Case<'_>; 19] = [
        (none, "nnnyy", &[]),
        (none, "nyyyy", &[(Code::OldTlsAccepted, Note)]),
        (none, "ynnyy", &[(Code::OldTlsAccepted, Warning)]),
        (none, "-?yyy", &[(Code::OldTlsAccepted, Note)]),
        (none, "?????", &[]),
        (none, "-----", &[]),
        ((&[Tls12], &[], false), "nnnyn", &[]),
        ((&[Tls12, Tls13], &[], false), "nnnyn", &[(Code::TlsVersionMissing, Warning)]),
        ((&[Tls13], &[], false), "nnny?", &[(Code::TlsVersionMissing, Note)]),
        ((&[Tls10], &[], false), "-ynyn", &[]),
        ((&[], &[Ssl3, Tls10], false), "nnnyn", &[]),
        (
            (&[], &[Ssl3, Tls10], false),
            "nyyyn",
            &[(Code::TlsVersionForbidden, Warning), (Code::OldTlsAccepted, Note)],
        ),
        ((&[], &[Ssl3], false), "-nnyn", &[(Code::TlsVersionForbidden, Note)]),
        (wsus32, "-nnyy", &[(Code::Tls10Needed, Warning)]),
        (wsus32, "-ynyy", &[]),
        (wsus32, "-yyyy", &[(Code::OldTlsAccepted, Note)]),
        (wsus32, "-?nyy", &[(Code::Tls10Needed, Note)]),
        (wsus32, "--nyy", &[]),
        (none, "-ynnn", &[(Code::OldTlsAccepted, Note), (Code::TlsOutOfReach, Warning)]),
    ];
    for ((require, forbid, wsus32), versions, expected) in cases {
        let found = findings(&endpoint(require, forbid, wsus32), &scan(versions, 0xc030));
        assert_eq!(codes(&found), expected, "{require:?} {forbid:?} {wsus32} {versions}");
        for finding in found {
            for text in [&finding.observed, &finding.meaning, &finding.action] {
                assert!(!text.is_empty() && !text.contains('\n') && !text.contains("  "), "{text}");
            }
        }
    }
}

#[test]
fn what_is_needed_is_said_and_not_nagged_about() {
    let text = |endpoint: &Endpoint, versions| {
        let found = findings(endpoint, &scan(versions, 0xc030));
        format!("{found:?}")
    };
    let with_wsus32 = endpoint(&[], &[], true);
    assert!(text(&with_wsus32, "-nnyy").contains("downstream synchronization fails"));
    let beside = text(&with_wsus32, "-yyyy");
    assert!(beside.contains("\"TLS 1.1 accepted\""), "{beside}");
    assert!(beside.contains("only TLS 1.0 is needed"), "{beside}");
    assert!(text(&endpoint(&[], &[], false), "-yyyy").contains("TLS 1.0 and TLS 1.1 accepted"));
}

#[test]
fn weak_suites_are_told_by_how_weak_they_are() {
    let cases: [(&[u16], Option<Severity>); 7] = [
        (&[0xc030, 0xc028, 0x2f], None),
        (&[0xc030, 0x0a], Some(Note)),
        (&[0x0a, 0x05], Some(Warning)),
        (&[0x09], Some(Warning)),
        (&[0x02], Some(Warning)),
        (&[0x04, 0x05, 0xc011, 0xc007, 0x0a, 0x16], Some(Warning)),
        (&[], None),
    ];
    for (accepted, expected) in cases {
        let mut seen = scan("-nnyn", 0xc030);
        seen.suites.push(SuiteReport {
            protocol: Tls12,
            accepted: accepted.iter().copied().map(Suite).collect(),
            order: SuiteOrder::Server,
            groups: vec![Group::SECP256R1],
            incomplete: None,
        });
        let found = findings(&endpoint(&[], &[], false), &seen);
        let weak = found.iter().find(|finding| finding.code == Code::WeakSuites);
        assert_eq!(weak.map(|finding| finding.severity), expected, "{accepted:x?}");
        let more = weak.is_some_and(|finding| finding.observed.contains("and 2 more"));
        assert_eq!(more, accepted.len() > 4);
    }
    let chosen = findings(&endpoint(&[], &[], false), &scan("-nnyn", 0x05));
    assert!(codes(&chosen).contains(&(Code::WeakSuites, Warning)));
}

#[test]
fn who_is_excluded_is_told_in_one_line() {
    let mut seen = scan("-nnyy", 0xc030);
    seen.clients = compat::judge(&seen);
    let found = findings(&endpoint(&[], &[], false), &seen);
    assert_eq!(codes(&found), [(Code::WindowsClientsExcluded, Note)]);
    assert_eq!(
        found[0].observed,
        "no version in common with Windows Vista / Server 2008, Windows 7 / Server 2008 R2 and \
         Windows 8 / Server 2012",
        "what is unknown is not told"
    );
    seen.chains = vec![chain("RSA", 2048, Some(CertificateVerdict::Expired))];
    seen.versions = scan("-yyyy", 0xc030).versions;
    seen.clients = compat::judge(&seen);
    let found = findings(&endpoint(&[Tls10, Tls11], &[], false), &seen);
    assert_eq!(codes(&found), [], "the certificate's failure is not told twice");
}

#[test]
fn out_of_reach_is_only_what_is_known_to_be() {
    // RSA key exchange, chosen where everything was offered: there may be others.
    let mut seen = scan("-nnyn", 0x9c);
    let none = endpoint(&[], &[], false);
    assert_eq!(codes(&findings(&none, &seen)), []);
    seen.suites.push(SuiteReport {
        protocol: Tls12,
        accepted: vec![Suite(0x9c)],
        order: SuiteOrder::Server,
        groups: Vec::new(),
        incomplete: None,
    });
    let found = findings(&none, &seen);
    assert_eq!(codes(&found), [(Code::TlsOutOfReach, Note)]);
    assert!(found[0].observed.contains("TLS_RSA_WITH_AES_128_GCM_SHA256"), "{found:?}");
    assert!(found[0].meaning.contains("was not checked"), "{found:?}");
    assert_eq!(codes(&findings(&none, &scan("-nn?n", 0x9c))), []);
    assert_eq!(codes(&findings(&none, &scan("nnnnn", 0x9c))), []);
}

#[test]
fn the_verdict_follows_from_versions_warnings_and_chains() {
    use CertificateVerdict as V;
    let cases: [(&str, &[Option<V>], Verdict); 12] = [
        ("-nnyy", &[None], Verdict::Healthy),
        ("-nnyy", &[], Verdict::Healthy),
        ("-ynnn", &[None], Verdict::Degraded),
        ("ynnyn", &[None], Verdict::Degraded),
        ("-nnyy", &[Some(V::Expired)], Verdict::Down),
        ("-nnyy", &[Some(V::UnknownIssuer)], Verdict::Down),
        ("-nnyy", &[Some(V::Expired), None], Verdict::Healthy),
        ("-nnyy", &[Some(V::WeakKey)], Verdict::Healthy),
        ("-nnnn", &[], Verdict::Down),
        ("-nn?n", &[], Verdict::Unknown),
        ("-????", &[], Verdict::Unknown),
        ("-----", &[], Verdict::Unknown),
    ];
    for (versions, chains, expected) in cases {
        let mut seen = scan(versions, 0xc030);
        seen.chains = chains.iter().map(|verdict| chain("RSA", 2048, *verdict)).collect();
        let found = findings(&endpoint(&[], &[], false), &seen);
        assert_eq!(verdict(&seen, &found), expected, "{versions} {chains:?}");
    }
    let mut unsure = scan("-nnnn", 0xc030);
    unsure.versions[0].certain = false;
    assert_eq!(verdict(&unsure, &[]), Verdict::Unknown);
}
