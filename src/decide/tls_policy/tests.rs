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
    Answer, Attempt, HelloShape, OfferAnswer, ServerChoice, SuiteOrder, SuiteReport, VersionReport,
};
use crate::model::windows_client::{ClientOutcome, ClientReport};

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
        ("-nnyy", &[Some(V::Expired), None], Verdict::Degraded),
        ("-nnyy", &[Some(V::WeakKey)], Verdict::Healthy),
        ("-nnnn", &[], Verdict::Unknown),
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
}

#[test]
fn a_server_that_nobody_is_known_to_reach_has_a_failure_that_says_why() {
    let cause = |seen: &TlsScan| failure(seen).map(|failure| (failure.cause, failure.detail));
    let refused = "the server refused TLS 1.0, TLS 1.1, TLS 1.2 and TLS 1.3".to_owned();
    assert_eq!(cause(&scan("-nnnn", 0xc030)), Some((Cause::NoCommonVersion, refused)));
    assert_eq!(cause(&scan("-nn?n", 0xc030)), None);
    assert_eq!(cause(&scan("-nnyn", 0xc030)), None);
    assert_eq!(cause(&TlsScan::default()), None);
    // It chooses, and breaks off.
    let mut broken = scan("-nnyn", 0xc030);
    for report in &mut broken.versions {
        if let Some(choice) = report.choice_mut() {
            choice.cut_short = Some("alert 40 after ServerHello".to_owned());
        }
    }
    assert_eq!(cause(&broken), Some((Cause::TlsProtocol, "alert 40 after ServerHello".into())));
    assert_eq!(verdict(&broken, &[]), Verdict::Unknown);
    let clients = compat::judge(&broken);
    let works = |report: &ClientReport| matches!(report.outcome, ClientOutcome::Works(..));
    assert!(!clients.iter().any(works), "{clients:?}");
}

#[test]
fn where_no_release_can_connect_something_is_broken() {
    let mut seen = scan("-nnyn", 0xc030);
    let none = endpoint(&[], &[], false);
    let (_, choice) = seen.versions[2].choice().unwrap();
    let choice = ServerChoice { group: Some(Group::SECP521R1), ..choice.clone() };
    *seen.versions[2].choice_mut().unwrap() = choice;
    for _ in 0..20 {
        let Some(offer) = compat::questions(&seen).into_iter().next() else { break };
        seen.offers.push(OfferAnswer { offer, answer: Answer::Alert(40) });
    }
    seen.clients = compat::judge(&seen);
    let found = findings(&none, &seen);
    assert_eq!(
        codes(&found),
        [(Code::WindowsClientsExcluded, Warning), (Code::TlsOutOfReach, Note)]
    );
    assert!(found[0].meaning.contains("no Windows release"), "{found:?}");
    assert!(found[1].observed.contains("groups"), "{found:?}");
}

#[test]
fn one_refused_certificate_of_two_is_told() {
    use CertificateVerdict as V;
    let told = |chains: &[Option<V>]| {
        let mut seen = scan("-nnyy", 0xc030);
        seen.chains = chains.iter().map(|verdict| chain("RSA", 2048, *verdict)).collect();
        codes(&findings(&endpoint(&[], &[], false), &seen))
    };
    assert_eq!(told(&[None, Some(V::Expired)]), [(Code::OneCertificateRefused, Warning)]);
    assert_eq!(told(&[Some(V::Expired)]), []);
    assert_eq!(told(&[Some(V::Expired), Some(V::Expired)]), []);
    assert_eq!(told(&[None, Some(V::WeakKey)]), []);
}

/// Windows may refuse without an alert: then nothing but the scan shows that it is no outage.
#[test]
fn a_refusal_that_the_scan_explains_is_this_programs_own() {
    let after = |versions: &str, cause| {
        let mut failure = Failure::new(Phase::Tls, cause, "the server reset the connection");
        set_right(&mut failure, &scan(versions, 0x2f));
        (failure.cause, failure.detail.contains("; it accepts "))
    };
    assert_eq!(after("-ynnn", Cause::Reset), (Cause::NoCommonVersion, true));
    assert_eq!(after("-ynnn", Cause::Timeout), (Cause::Timeout, false));
    assert_eq!(after("-nnnn", Cause::Reset), (Cause::Reset, false));
    assert_eq!(after("-nnny", Cause::Reset), (Cause::NoCommonSuite, true), "0x2f in 1.3");
    let mut failure = Failure::new(Phase::Tls, Cause::Reset, "the server reset the connection");
    set_right(&mut failure, &scan("-nnyn", 0xc030));
    assert_eq!(failure.cause, Cause::Reset, "this program has that suite");
}

#[test]
fn an_update_is_advised_only_where_it_helps() {
    let advice = |suite, refused: &[u16]| {
        let mut seen = scan("-nnyn", suite);
        while let Some(offer) = compat::questions(&seen)
            .into_iter()
            .find(|offer| !seen.offers.iter().any(|asked| asked.offer.suites == offer.suites))
        {
            let taken = offer.suites.iter().find(|suite| !refused.contains(&suite.0)).copied();
            let answer = match taken.filter(|_| refused.is_empty()) {
                Some(_) => seen.versions[2].attempts[0].answer.clone(),
                None => Answer::Alert(40),
            };
            seen.offers.push(OfferAnswer { offer, answer });
        }
        seen.clients = compat::judge(&seen);
        clients::excluded(&seen).map(|finding| finding.action.contains("KB3140245"))
    };
    assert_eq!(advice(0xc028, &[]), Some(true), "2012 R2 suites, TLS 1.2 only");
    assert_eq!(advice(0xc030, &[0xc030]), Some(false), "what the update brings does not fit");
}
