//! What becomes of members.

use super::Step::{Blamed, Check, Round};
use super::*;
use crate::model::certificate::{CertificateProblem, CertificateVerdict};
use crate::model::endpoint::Scheme;
use crate::model::monitor::member::TlsView;
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{Support, TlsScan, VersionReport};

fn addresses(view: &EndpointView) -> Vec<SocketAddr> {
    view.members.iter().map(|member| member.address).collect()
}

fn member(view: &EndpointView, last: u8) -> &crate::model::monitor::member::MemberView {
    view.members.iter().find(|member| member.address == address(last)).unwrap()
}

#[test]
fn members_come_and_go_with_the_answer_about_the_name() {
    let mut story = Story::new();
    story.every(story.view.pace.round);
    story.go(&Round(works()));
    story.go(&Round(report(vec![well(2), well(3)])));
    assert_eq!(addresses(&story.view), [address(2), address(3)]);
    assert_eq!(member(&story.view, 2).syn_retransmits, Some(2), "kept");
    assert_eq!(member(&story.view, 3).syn_retransmits, Some(1), "new");
    assert!(story.go(&Round(report(vec![well(2)]))).check_now, "another set of members");
    story.go(&Round(nameless(Cause::NxDomain)));
    assert_eq!(addresses(&story.view), [], "the resolver says that there are none");
}

#[test]
fn a_question_without_an_answer_removes_nobody() {
    let mut story = Story::new();
    story.go(&Round(works()));
    for _ in 0..2 {
        story.go(&Round(nameless(Cause::ServFail)));
    }
    assert_eq!(addresses(&story.view), [address(1), address(2)]);
    let known = member(&story.view, 1);
    assert_eq!(known.state.verdict, Verdict::Unknown);
    assert_eq!(known.state.failure.as_ref().unwrap().cause, Cause::ServFail);
    assert_eq!((known.rtt, known.phases, &known.session), (None, Phases::default(), &None));
    assert!(known.certificate.is_some(), "what was presented last is still what is known");
    assert_eq!(story.view.state.verdict, Verdict::Down, "the name does not resolve");
    assert_eq!(story.view.dns.unwrap().failures, ["A servfail: as the resolver said"]);
}

#[test]
fn equal_values_keep_their_place_in_memory() {
    let mut story = Story::new();
    story.go(&Round(works()));
    let before = member(&story.view, 1).clone();
    story.go(&Round(works()));
    let after = member(&story.view, 1);
    let same = |a: &Option<Arc<_>>, b: &Option<Arc<_>>| {
        Arc::ptr_eq(a.as_ref().unwrap(), b.as_ref().unwrap())
    };
    assert!(same(&before.session, &after.session));
    let certificates = (before.certificate.unwrap(), after.certificate.clone().unwrap());
    assert!(Arc::ptr_eq(&certificates.0, &certificates.1));
}

#[test]
fn a_chain_keeps_its_order_and_its_gaps() {
    let problem = |verdict, position, detail: &str| CertificateProblem {
        verdict,
        position: Some(position),
        detail: detail.to_owned(),
    };
    let report = CertificateReport {
        chain: vec![leaf(), leaf()],
        problems: vec![
            problem(CertificateVerdict::Unparsable, 1, "not a certificate"),
            problem(CertificateVerdict::Expired, 0, "ended"),
        ],
        ..CertificateReport::default()
    };
    let end = Some(leaf().not_after);
    let seen = measured::certificate(&report);
    assert_eq!(seen.not_after, [end, None, end]);
    assert_eq!(seen.verdict, CertificateVerdict::Unparsable);
    assert_eq!(seen.detail, "not a certificate");
    assert_eq!(seen.subject, "CN=wsus.example.test");
}

#[test]
fn a_member_has_a_state_of_its_own() {
    let half = || report(vec![well(1), ill(2, Phase::Connect, Cause::Refused)]);
    let mut story = Story::new();
    story.go(&Round(works()));
    story.go(&Round(half()));
    assert_eq!(member(&story.view, 2).state.verdict, Verdict::Healthy);
    let folded = story.go(&Round(half()));
    assert_eq!(member(&story.view, 1).state.verdict, Verdict::Healthy);
    assert_eq!(member(&story.view, 2).state.verdict, Verdict::Down);
    let told: Vec<_> =
        folded.changes.iter().map(|change| (change.member, change.from, change.to)).collect();
    assert_eq!(
        told,
        [
            (None, Verdict::Healthy, Verdict::Degraded),
            (Some(address(2)), Verdict::Healthy, Verdict::Down),
        ]
    );
}

#[test]
fn services_of_a_silent_member_are_not_claimed() {
    let service = |story: &Story, last| member(&story.view, last).services[0].clone();
    let mut story = Story::new();
    story.go(&Round(works()));
    story.go(&Check(no_content()));
    assert_eq!(service(&story, 1).works, Some(true));
    let quiet = report(vec![ill(1, Phase::Connect, Cause::Timeout), well(2)]);
    story.go(&Check(quiet));
    assert_eq!(service(&story, 1).works, None);
    assert_eq!(&*service(&story, 1).text, "not seen: as observed");
    assert_eq!(service(&story, 2).works, Some(true));
    assert_eq!(
        story.view.finding_codes(),
        [FindingCode::ContentFailed],
        "what was seen stays until it is seen otherwise"
    );
    story.go(&Check(nameless(Cause::Timeout)));
    assert_eq!(service(&story, 2).works, None);
    assert_eq!(&*service(&story, 2).text, "not seen: as the resolver said");
}

#[test]
fn services_have_three_values_and_no_place_for_what_does_not_exist() {
    let outcomes = [
        (Service::Client, ServiceOutcome::Pass),
        (Service::Content, ServiceOutcome::Fail(Failure::new(Phase::Wsus, Cause::Http404, "404"))),
        (Service::Reporting, ServiceOutcome::Unknown("a page".to_owned())),
        (Service::Inventory, ServiceOutcome::NotApplicable("none".to_owned())),
    ];
    let services = outcomes.map(|(service, outcome)| ServiceReport { service, outcome });
    let mut story = Story::new();
    story.go(&Round(works()));
    story.go(&Check(report(vec![MemberReport { services: services.to_vec(), ..well(1) }])));
    let seen = member(&story.view, 1).services.iter();
    let seen: Vec<_> = seen.map(|one| (one.service, one.works, &*one.text)).collect();
    assert_eq!(
        seen,
        [
            (Service::Client, Some(true), ""),
            (Service::Content, Some(false), "404"),
            (Service::Reporting, None, "a page"),
        ]
    );
}

#[test]
fn a_scan_that_saw_nothing_leaves_the_former_one() {
    let scanned = |support| {
        let version = VersionReport {
            protocol: Protocol::Tls10,
            support,
            certain: true,
            attempts: Vec::new(),
        };
        let scan = TlsScan { versions: vec![version], ..TlsScan::default() };
        let findings = vec![warning(FindingCode::OldTlsAccepted)];
        let findings = if support == Support::Supported { findings } else { Vec::new() };
        report(vec![MemberReport { tls_scan: Some(scan), findings, ..well(1) }])
    };
    let mut story = Story::new();
    story.go(&Round(report(vec![well(1)])));
    for (support, known, codes) in [
        (Support::Unknown, Support::Unknown, vec![]),
        (Support::Supported, Support::Supported, vec![FindingCode::OldTlsAccepted]),
        (Support::Unknown, Support::Supported, vec![FindingCode::OldTlsAccepted]),
        (Support::NotSupported, Support::NotSupported, vec![]),
    ] {
        let report = scanned(support);
        let finished = Finished {
            report: &report,
            at: fixture::now(),
            elapsed: Duration::ZERO,
            trace: Arc::from(""),
        };
        scan(&mut story.view, &finished);
        let tls = member(&story.view, 1).tls.clone().unwrap();
        assert_eq!(tls.versions, [(Protocol::Tls10, known)]);
        assert_eq!(story.view.finding_codes(), codes);
    }
    assert!(story.view.last_scan.is_some());
}

#[test]
fn a_member_whose_tls_nobody_has_seen_is_to_be_scanned() {
    let seen = |support| {
        let tls = TlsView { versions: vec![(Protocol::Tls12, support)], clients: Vec::new() };
        Some(Arc::new(tls))
    };
    let asked = |story: &mut Story, report| story.go(&Round(report)).scan_now;
    let mut story = Story::new();
    assert!(!asked(&mut story, silent()) && !asked(&mut story, refused()), "a scan sees no more");
    assert!(asked(&mut story, works()), "it is heard");
    story.view.members.iter_mut().for_each(|member| member.tls = seen(Support::Unknown));
    assert!(asked(&mut story, works()), "the scan saw nothing");
    let stands_then_fails = || report(vec![ill(1, Phase::Tls, Cause::Alert), well(2)]);
    story.view.members[1].tls = seen(Support::Supported);
    assert!(asked(&mut story, stands_then_fails()), "which versions it has tells why it fails");
    story.view.members[0].tls = seen(Support::NotSupported);
    assert!(!asked(&mut story, works()), "everything is known");
    assert!(asked(&mut story, report(vec![well(2), well(3)])), "a new one");
    Arc::make_mut(&mut story.view.endpoint).url.scheme = Scheme::Http;
    assert!(!asked(&mut story, works()), "there is no TLS");
}

#[test]
fn a_warning_of_a_scan_degrades_what_works() {
    let mut story = Story::new();
    story.go(&Round(works()));
    let noted = Noted { finding: Arc::new(warning(FindingCode::TlsVersionMissing)), by: Job::Scan };
    story.view.members[0].findings.push(noted);
    story.go(&Check(works()));
    story.go(&Round(works()));
    assert_eq!(story.view.state.verdict, Verdict::Degraded);
    assert_eq!(member(&story.view, 1).state.verdict, Verdict::Degraded);
    assert_eq!(member(&story.view, 2).state.verdict, Verdict::Healthy);
}

#[test]
fn findings_of_a_round_stay_while_this_machine_sees_nothing() {
    let mut ending = well(1);
    ending.findings = vec![warning(FindingCode::CertificateExpiresSoon)];
    let mut story = Story::new();
    story.go(&Round(report(vec![ending])));
    let silent = || report(vec![ill(1, Phase::Connect, Cause::Timeout)]);
    story.go(&Blamed(silent(), Blame::Local));
    assert_eq!(story.view.finding_codes(), [FindingCode::CertificateExpiresSoon]);
    assert_eq!(story.view.rtt, None, "nothing was measured");
    story.go(&Round(silent()));
    assert_eq!(story.view.finding_codes(), []);
}
