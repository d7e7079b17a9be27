//! Answers to `/probe`, whole and in trouble.

use std::time::UNIX_EPOCH;

use super::*;
use crate::metrics::parser::parse;
use crate::metrics::table::{Family, blackbox as table, endpoint};
use crate::model::certificate::{
    Certificate, CertificateProblem, CertificateReport, CertificateVerdict, PublicKey,
    SignatureAlgorithm,
};
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, PatchWindow, Scheme};
use crate::model::exchange::{Answer, Exchange, HttpReply, HttpVersion};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::report::{
    Addresses, EndpointReport, Lookup, MemberReport, Phases, RecordType, Verdict,
};
use crate::model::request::Request;
use crate::model::timing::Timed;
use crate::model::tls::{TlsSession, TlsVersion};

fn ms(ms: u64) -> Timed {
    Timed::kernel(Duration::from_millis(ms))
}

fn certificate(ends: u64) -> Certificate {
    Certificate {
        subject: "CN=a".into(),
        issuer: "CN=\"issuer\"".into(),
        common_name: None,
        alternative_names: vec!["a".into(), "192.0.2.1".into()],
        not_before: UNIX_EPOCH,
        not_after: UNIX_EPOCH + Duration::from_secs(ends),
        key: PublicKey { algorithm: "RSA".into(), bits: Some(2048) },
        signature: SignatureAlgorithm { name: "sha256WithRSAEncryption".into(), weak: false },
        is_ca: false,
        self_signed: false,
        allows_server_auth: true,
        has_issuer_url: false,
        sct_count: None,
        must_staple: false,
        serial: "0f1e".into(),
        sha256: "ab".repeat(32),
    }
}

fn member(address: &str, rtt: u64, ends: u64) -> MemberReport {
    let chain = vec![certificate(ends)];
    let answer = Answer {
        reply: HttpReply {
            status: 200,
            headers: vec![("content-length".into(), "1150".into())],
            version: Some(HttpVersion::Http11),
            ..HttpReply::default()
        },
        body_bytes: 1150,
        first_byte: Some(ms(99)),
        transfer: Some(ms(1)),
        ..Answer::default()
    };
    MemberReport {
        verdict: Verdict::Healthy,
        rtt: Some(ms(rtt)),
        phases: Phases {
            resolve: Some(ms(2)),
            connect: Some(ms(rtt)),
            tls: Some(ms(rtt + 1)),
            wsus: Some(ms(rtt + 2)),
        },
        tls: Some(TlsSession {
            version: TlsVersion::Tls13,
            suite: "TLS13_AES_128_GCM_SHA256".into(),
            group: None,
            alpn: None,
            legacy_suite: false,
        }),
        certificate: Some(CertificateReport {
            verified: Some(chain.clone()),
            chain,
            ..CertificateReport::default()
        }),
        exchanges: vec![Exchange { request: Request::GetConfig, outcome: Ok(answer) }],
        ..MemberReport::unprobed(address.parse().unwrap())
    }
}

fn once(members: Vec<MemberReport>, verdict: Verdict, rtt: Option<Timed>) -> Once {
    let url = EndpointUrl { scheme: Scheme::Https, host: Host::Name("a".into()), port: 443 };
    let lookup = |record_type, time| Lookup {
        record_type,
        time,
        resends: Some(0),
        answered_by: None,
        outcome: Ok(Addresses::default()),
    };
    let lookups = vec![lookup(RecordType::A, Some(ms(2))), lookup(RecordType::Aaaa, Some(ms(3)))];
    let report = EndpointReport {
        endpoint: Arc::new(Endpoint::bare(EndpointName("a".into()), url)),
        verdict,
        rtt,
        lookups,
        resolvers: Vec::new(),
        members,
        failure: None,
        findings: Vec::new(),
    };
    Once { report, trace: String::new(), elapsed: Duration::from_millis(51) }
}

fn text(once: &Once) -> String {
    let mut out = String::new();
    write(&mut out, once, Duration::from_millis(4_500));
    let families: Vec<&Family> = table::BLACKBOX.iter().chain(endpoint::STATES).collect();
    parse(&out, &families);
    out
}

/// The part under the names of `blackbox_exporter`.
fn blackbox(once: &Once) -> String {
    let text = text(once);
    text.split_once("# HELP wsus_probe_").unwrap().0.to_owned()
}

#[test]
fn the_typical_member_is_told_and_the_earliest_certificate() {
    let far = member("192.0.2.1:443", 90, 2_000_000_000);
    let typical = member("192.0.2.2:443", 12, 1_900_000_000);
    let near = member("[2001:db8::3]:443", 3, 1_800_000_000);
    let once = once(vec![far, typical, near], Verdict::Healthy, Some(ms(12)));
    insta::assert_snapshot!(blackbox(&once));
}

#[test]
fn every_row_of_the_table_is_written_by_a_good_answer() {
    let once = once(vec![member("192.0.2.1:443", 9, 2)], Verdict::Degraded, Some(ms(9)));
    let text = text(&once);
    for family in table::BLACKBOX {
        assert!(text.contains(&format!("\n# TYPE {} gauge\n", family.name)), "{}", family.name);
    }
    assert!(text.contains("\nprobe_success 1\n"));
}

#[test]
fn a_patch_window_is_told_and_none_is_not() {
    let mut once = once(vec![member("192.0.2.1:443", 9, 2)], Verdict::Down, Some(ms(9)));
    let told = |once: &Once, hour: u64| {
        let mut out = String::new();
        let at = UNIX_EPOCH + Duration::from_hours(hour);
        fleet::write_states(&mut out, &snapshot(once, at));
        let samples = parse(&out, &endpoint::STATES.iter().collect::<Vec<_>>());
        let name = endpoint::PATCH_WINDOW.name;
        samples.iter().find(|sample| sample.name == name).map(|sample| sample.value)
    };
    assert_eq!(told(&once, 2), None);
    let hour = Duration::from_hours;
    let endpoint = Arc::make_mut(&mut once.report.endpoint);
    endpoint.time_zone = Some("Etc/UTC".to_owned());
    endpoint.patch_window = Some(PatchWindow::Nightly { start: hour(1), end: hour(5) });
    assert_eq!((told(&once, 2), told(&once, 12)), (Some(1.0), Some(0.0)));
}

#[test]
fn a_refused_certificate_is_told_and_what_did_not_happen_is_not() {
    let mut expired = member("192.0.2.1:443", 9, 1_700_000_000);
    expired.phases.wsus = None;
    expired.exchanges.clear();
    expired.verdict = Verdict::Down;
    expired.failure = Some(Failure::new(Phase::Tls, Cause::CertificateExpired, "ended"));
    let chain = expired.certificate.as_mut().unwrap();
    chain.verified = None;
    let verdict = CertificateVerdict::Expired;
    chain.problems =
        vec![CertificateProblem { verdict, position: Some(0), detail: "ended".into() }];
    let text = blackbox(&once(vec![expired], Verdict::Down, Some(ms(9))));
    assert!(text.contains("\nprobe_success 0\n"));
    assert!(text.contains("\nprobe_ssl_earliest_cert_expiry 1700000000\n"), "{text}");
    assert!(text.contains("\nprobe_ssl_last_chain_info{"));
    for absent in [
        "processing",
        "transfer",
        "status_code",
        "last_chain_expiry",
        "content_length",
        "http_version",
        "http_redirects",
    ] {
        assert!(!text.contains(absent), "{absent} in {text}");
    }
}

#[test]
fn without_a_member_there_is_only_the_lookup() {
    let text = text(&once(Vec::new(), Verdict::Unknown, None));
    assert!(text.starts_with("# Whether Windows clients can use the endpoint is not known\n"));
    let names: Vec<&str> = text.lines().filter(|line| line.starts_with("probe_")).collect();
    assert_eq!(
        names,
        [
            "probe_success 0",
            "probe_duration_seconds 0.051",
            "probe_timeout_seconds 4.5",
            "probe_failed_due_to_regex 0",
            "probe_dns_lookup_time_seconds 0.003",
        ]
    );
}

#[test]
fn of_members_without_a_round_trip_time_the_one_that_came_farthest_is_told() {
    let mut silent = MemberReport::unprobed("192.0.2.1:443".parse().unwrap());
    silent.phases.resolve = Some(ms(2));
    let mut reached = MemberReport::unprobed("[2001:db8::3]:443".parse().unwrap());
    reached.phases = Phases { resolve: Some(ms(2)), connect: Some(ms(5)), ..Phases::default() };
    let text = blackbox(&once(vec![silent, reached], Verdict::Down, None));
    assert!(text.contains("\nprobe_ip_protocol 6\n"), "{text}");
}
