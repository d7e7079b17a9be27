//! What is said of members that differ, by tables.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use super::*;
use crate::model::certificate::{
    Certificate, CertificateProblem, CertificateReport, CertificateVerdict, PublicKey,
    SignatureAlgorithm,
};
use crate::model::exchange::{Content, HttpReply};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::service::{Outcome, Service, ServiceReport};
use crate::model::tls::{TlsSession, TlsVersion};
use crate::model::wsus::{
    AuthPlugin, SoapFlavour, SoapMessage, SoapReply, SoapVersion, WsusAnswer,
};

mod scan;

/// No finding may ever hold these: they are in the values of `PackageServerShare`.
const SECRET: &str = "sekret";

fn server(machine: u32, last_change: &str) -> ServerConfig {
    let properties = [
        ("MaxExtendedUpdatesPerRequest", "50".to_owned()),
        ("PackageServerShare", format!(r"\\{SECRET}{machine}\UpdateServicesPackages")),
        ("ProtocolVersion", "3.2".to_owned()),
    ];
    ServerConfig {
        last_change: Some(last_change.to_owned()),
        registration_required: Some(true),
        auth_plugins: vec![AuthPlugin {
            id: "SimpleTargeting".into(),
            service_url: "SimpleAuthWebService/SimpleAuth.asmx".into(),
        }],
        properties: properties.map(|(name, value)| (name.to_owned(), value)).into(),
        ..ServerConfig::default()
    }
}

fn certificate(fingerprint: &str, verdict: CertificateVerdict) -> CertificateReport {
    let leaf = Certificate {
        subject: String::new(),
        issuer: String::new(),
        common_name: None,
        alternative_names: Vec::new(),
        not_before: SystemTime::UNIX_EPOCH,
        not_after: SystemTime::UNIX_EPOCH + Duration::from_hours(24),
        key: PublicKey { algorithm: "RSA".into(), bits: Some(2048) },
        signature: SignatureAlgorithm { name: String::new(), weak: false },
        is_ca: false,
        self_signed: false,
        allows_server_auth: true,
        has_issuer_url: false,
        sct_count: None,
        must_staple: false,
        serial: "01".into(),
        sha256: fingerprint.repeat(16),
    };
    let problem = CertificateProblem { verdict, position: Some(0), detail: String::new() };
    let problems = if verdict == CertificateVerdict::Ok { Vec::new() } else { vec![problem] };
    CertificateReport { chain: vec![leaf], problems, ..CertificateReport::default() }
}

/// Three members that are alike, at 192.0.2.1 to 192.0.2.3, each another machine.
fn alike() -> Vec<MemberReport> {
    let service = |service| ServiceReport { service, outcome: Outcome::Pass };
    (1..=3)
        .map(|number: u8| MemberReport {
            tls: Some(TlsSession {
                version: TlsVersion::Tls12,
                suite: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384".into(),
                group: None,
                alpn: None,
                legacy_suite: false,
            }),
            certificate: Some(certificate("abcd", CertificateVerdict::Ok)),
            wsus: Some(WsusAnswer {
                config: server(number.into(), "2026-10-04T13:17:07.59Z"),
                server_header: Some("Microsoft-IIS/10.0".into()),
                aspnet_header: Some("4.0.30319".into()),
                hsts: false,
                flavour: SoapFlavour {
                    version: Some(SoapVersion::V11),
                    prefix: "s".into(),
                    declaration: false,
                },
            }),
            services: Service::ALL.iter().copied().map(service).collect(),
            ..MemberReport::unprobed(SocketAddr::from(([192, 0, 2, number], 8531)))
        })
        .collect()
}

type Change = fn(&mut MemberReport);

fn answer(member: &mut MemberReport) -> &mut WsusAnswer {
    member.wsus.as_mut().unwrap()
}

fn session(member: &mut MemberReport) -> &mut TlsSession {
    member.tls.as_mut().unwrap()
}

fn outcome(member: &mut MemberReport, outcome: Outcome) {
    member.services[3].outcome = outcome;
}

fn assert_no_secret(findings: &[Finding]) {
    assert!(!format!("{findings:?}").contains(SECRET), "{findings:?}");
}

#[test]
fn what_is_alike_is_no_difference() {
    assert_eq!(compare(&[]), []);
    assert_eq!(compare(&alike()[..1]), []);
    assert_eq!(compare(&alike()), [], "several machines with one database");
    let mut members = alike();
    members[1] = MemberReport::unprobed(members[1].address);
    assert_eq!(compare(&members), [], "a member of which nothing is known");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn the_odd_member_is_named() {
    use Severity::{Note, Warning};
    let cases: [(Severity, Change, &str); 17] = [
        (
            Warning,
            |m| session(m).version = TlsVersion::Tls13,
            "TLS 1.3 at 192.0.2.2, 1.2 elsewhere",
        ),
        (
            Note,
            |m| session(m).suite = "X".into(),
            "TLS suite X at 192.0.2.2, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 elsewhere",
        ),
        (
            Note,
            |m| m.certificate = Some(certificate("1234", CertificateVerdict::Ok)),
            "certificate 123412341234… until 1970-01-02 at 192.0.2.2, abcdabcdabcd… until \
             1970-01-02 elsewhere",
        ),
        (
            Warning,
            |m| m.certificate = Some(certificate("abcd", CertificateVerdict::Expired)),
            "certificate verdict expired at 192.0.2.2, ok elsewhere",
        ),
        (
            Warning,
            |m| answer(m).server_header = Some("Microsoft-IIS/8.5".into()),
            "Server Microsoft-IIS/8.5 at 192.0.2.2, Microsoft-IIS/10.0 elsewhere",
        ),
        (
            Note,
            |m| answer(m).server_header = Some("nginx".into()),
            "Server nginx at 192.0.2.2, Microsoft-IIS/10.0 elsewhere",
        ),
        (
            Note,
            |m| answer(m).server_header = None,
            "Server none at 192.0.2.2, Microsoft-IIS/10.0 elsewhere",
        ),
        (
            Note,
            |m| answer(m).aspnet_header = None,
            "X-AspNet-Version none at 192.0.2.2, 4.0.30319 elsewhere",
        ),
        (
            Note,
            |m| answer(m).flavour.declaration = true,
            "SOAP 1.1 with prefix \"s\" with declaration at 192.0.2.2, 1.1 with prefix \"s\" \
             without declaration elsewhere",
        ),
        (
            Note,
            |m| answer(m).hsts = true,
            "Strict-Transport-Security sent at 192.0.2.2, not sent elsewhere",
        ),
        (
            Warning,
            |m| answer(m).config.properties[2].1 = "3.0".into(),
            "property ProtocolVersion 3.0 at 192.0.2.2, 3.2 elsewhere",
        ),
        (
            Warning,
            |m| {
                answer(m).config.properties.remove(0);
            },
            "property MaxExtendedUpdatesPerRequest none at 192.0.2.2, 50 elsewhere",
        ),
        (
            Warning,
            |m| answer(m).config.properties.push(("Other".into(), SECRET.into())),
            "property Other differs at 192.0.2.2",
        ),
        (
            Warning,
            |m| answer(m).config.registration_required = None,
            "IsRegistrationRequired none at 192.0.2.2, true elsewhere",
        ),
        (
            Warning,
            |m| answer(m).config.auth_plugins[0].service_url = SECRET.into(),
            "authorization plug-in differs at 192.0.2.2",
        ),
        (
            Warning,
            |m| {
                let failure = Failure::new(Phase::Wsus, Cause::Http503, "");
                outcome(m, Outcome::Fail(failure));
            },
            "self_update fails (http_503) at 192.0.2.2, passes elsewhere",
        ),
        (
            Warning,
            |m| {
                session(m).version = TlsVersion::Tls13;
                session(m).suite = "X".into();
                answer(m).hsts = true;
            },
            "TLS 1.3 at 192.0.2.2, 1.2 elsewhere; Strict-Transport-Security sent at 192.0.2.2, \
             not sent elsewhere",
        ),
    ];
    for (severity, change, observed) in cases {
        let mut members = alike();
        change(&mut members[1]);
        let found = compare(&members);
        let seen: Vec<_> =
            found.iter().map(|f| (f.code, f.severity, f.observed.as_str())).collect();
        assert_eq!(seen, [(FindingCode::MembersDiffer, severity, observed)]);
        assert_no_secret(&found);
    }
}

#[test]
fn what_is_unknown_is_no_difference() {
    let cases: [Change; 5] = [
        |m| outcome(m, Outcome::Unknown(String::new())),
        |m| outcome(m, Outcome::NotApplicable(String::new())),
        |m| m.services.clear(),
        |m| m.tls = None,
        |m| m.certificate = None,
    ];
    for (number, change) in cases.into_iter().enumerate() {
        let mut members = alike();
        change(&mut members[1]);
        assert_eq!(compare(&members), [], "{number}");
    }
}

#[test]
fn two_members_are_both_named_and_a_dead_one_is_not_compared() {
    let mut members = alike();
    members.truncate(2);
    session(&mut members[1]).version = TlsVersion::Tls13;
    assert_eq!(compare(&members)[0].observed, "TLS 1.2 at 192.0.2.1, 1.3 at 192.0.2.2");
    let mut members = alike();
    members[1].wsus = None;
    outcome(&mut members[1], Outcome::Fail(Failure::new(Phase::Wsus, Cause::Http503, "")));
    assert_eq!(compare(&members), []);
}

#[test]
fn databases_are_told_apart_by_the_moment_of_the_last_change() {
    use Severity::{Note, Warning};
    const FIRST: &str = "2026-10-04T13:17:07.59Z";
    let cases = [
        (Some(FIRST), 2, None),
        (Some("2026-10-04T13:17:07.5900000Z"), 2, None),
        (Some("2026-10-04T15:17:07.59+02:00"), 2, None),
        (Some("2026-10-04T13:17:07.59"), 2, None),
        (Some(" 2026-10-04T13:17:07.59Z "), 2, None),
        (None, 2, None),
        (Some("2026-10-04T13:17:07.6Z"), 2, Some(Warning)),
        (Some("yesterday"), 2, Some(Warning)),
        // The same machine by another address, for example the other family's.
        (Some("2026-10-04T13:17:07.6Z"), 1, Some(Note)),
    ];
    for (second, machine, expected) in cases {
        let mut members = alike();
        members.truncate(2);
        answer(&mut members[1]).config = server(machine, "");
        answer(&mut members[1]).config.last_change = second.map(str::to_owned);
        let found = compare(&members);
        let seen: Vec<_> = found.iter().map(|f| (f.code, f.severity)).collect();
        let wanted: Vec<_> =
            expected.map(|s| (FindingCode::DatabasesDiffer, s)).into_iter().collect();
        assert_eq!(seen, wanted, "{second:?}");
        assert_no_secret(&found);
    }
}

fn exchange(
    request: Request,
    status: u16,
    headers: &[(&str, &str)],
    config: ServerConfig,
) -> Exchange {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let message = SoapMessage { reply: SoapReply::Config(config), flavour: SoapFlavour::default() };
    let answer = Answer {
        reply: HttpReply { status, headers, ..HttpReply::default() },
        content: Content::Soap(Ok(message)),
        ..Answer::default()
    };
    Exchange { request, outcome: Ok(answer) }
}

#[test]
fn machines_behind_one_address_are_told_apart() {
    use FindingCode::{DatabasesDiffer, SeveralMachines};
    use Severity::{Note, Warning};
    const FIRST: &str = "2026-10-04T13:17:07.59Z";
    const LATER: &str = "2026-10-05T13:17:07.59Z";
    const IIS: &[(&str, &str)] = &[("server", "Microsoft-IIS/10.0")];
    let cases = [
        ("one machine", 200, IIS, server(1, FIRST), None),
        ("another database", 200, IIS, server(2, LATER), Some((DatabasesDiffer, Warning))),
        ("changed meanwhile", 200, IIS, server(1, LATER), Some((DatabasesDiffer, Note))),
        ("another machine", 200, IIS, server(2, FIRST), Some((SeveralMachines, Note))),
        ("a proxy", 200, &[("server", "nginx")], server(1, FIRST), Some((SeveralMachines, Note))),
        ("not a success", 500, IIS, server(2, LATER), None),
    ];
    for (case, status, headers, config, expected) in cases {
        let exchanges = [
            exchange(Request::GetConfig, 200, IIS, server(1, FIRST)),
            exchange(Request::CleartextConfig, status, headers, config),
        ];
        let found = behind_one_address(&exchanges);
        let seen: Vec<_> = found.iter().map(|f| (f.code, f.severity)).collect();
        assert_eq!(seen, expected.into_iter().collect::<Vec<_>>(), "{case}");
        assert_no_secret(&found);
        assert_eq!(behind_one_address(&exchanges[..1]), [], "{case}");
    }
}
