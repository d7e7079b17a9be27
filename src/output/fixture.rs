//! One hand-made fleet with every kind of state, for the snapshots of all renderers.

pub(super) mod resolvers;
pub(super) mod scan;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::model::certificate::{
    Certificate, CertificateProblem, CertificateReport, CertificateVerdict, PublicKey,
    SignatureAlgorithm,
};
use crate::model::endpoint::{
    Endpoint, EndpointName, EndpointUrl, Family, Hierarchy, Host, Scheme,
};
use crate::model::exchange::{Answer, Exchange, HttpReply};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::generation::{Generation, Release, Signal};
use crate::model::protocol::TlsExpectations;
use crate::model::report::{
    Addresses, EndpointReport, Lookup, MemberReport, Phases, RecordType, Verdict,
};
use crate::model::request::Request;
use crate::model::selection::{
    CheckReport, Explained, NearestReport, ReasonCode, RejectionCode, Selection,
};
use crate::model::service::{Outcome, Service, ServiceReport};
use crate::model::timing::{Clock, Timed};
use crate::model::tls::{TlsSession, TlsVersion};
use crate::model::wsus::{AuthPlugin, ServerConfig, SoapFlavour, WsusAnswer};

const DAY: Duration = Duration::from_hours(24);

/// The moment at which all fixtures play.
pub(crate) fn now() -> SystemTime {
    "2026-11-21T03:00:00Z".parse::<jiff::Timestamp>().unwrap().into()
}

/// A `nearest` run over the fleet that chose the first endpoint.
pub(crate) fn nearest() -> NearestReport {
    let rejected = |code, text: &str| Some(Explained { code, text: text.into() });
    NearestReport {
        local_findings: Vec::new(),
        candidates: fleet(),
        selection: Selection {
            selected: Some(0),
            reason: Explained {
                code: ReasonCode::NearestHealthy,
                text: "the lowest round-trip time of 2 healthy endpoints: 12.1 ms, next is hkg \
                       with 190 ms"
                    .into(),
            },
            confidence: Some(0.99),
            rejected: vec![
                None,
                rejected(RejectionCode::Degraded, "works with a warning: one member is down"),
                rejected(RejectionCode::Down, "the certificate expired 3 days ago"),
                rejected(RejectionCode::FartherUnanswered, "no answer within 36.4 ms"),
                rejected(RejectionCode::Farther, "190 ms, 15.7 times as far"),
                rejected(RejectionCode::Down, "the name does not exist"),
            ],
        },
        elapsed: Duration::from_micros(49_321),
    }
}

/// A `nearest` run in which nothing works.
pub(crate) fn nearest_none() -> NearestReport {
    let candidates = vec![black_holed(), unresolvable()];
    let down = |text: &str| Some(Explained { code: RejectionCode::Down, text: text.into() });
    NearestReport {
        local_findings: Vec::new(),
        candidates,
        selection: Selection {
            selected: None,
            reason: Explained {
                code: ReasonCode::NoneHealthy,
                text: "none of 2 endpoints works".into(),
            },
            confidence: None,
            rejected: vec![down("no answer within 5 s"), down("the name does not exist")],
        },
        elapsed: Duration::from_secs(5),
    }
}

/// A `check` run over the fleet, and over servers of which only some services are broken.
pub(super) fn check() -> CheckReport {
    let mut endpoints = fleet();
    endpoints.extend([content_broken(), pool_stopped()]);
    CheckReport {
        endpoints,
        local_findings: Vec::new(),
        elapsed: Duration::from_millis(5_012),
        interrupted: false,
    }
}

fn fleet() -> Vec<EndpointReport> {
    vec![healthy(), degraded(), expired(), black_holed(), clear_text(), unresolvable()]
}

fn healthy() -> EndpointReport {
    let mut member = member("10.77.1.1:443", 12.1);
    member.tls = Some(session(TlsVersion::Tls13, "TLS13_AES_256_GCM_SHA384"));
    member.certificate = Some(chain("msupdate.dfw.example.test", 402));
    report("dfw", "Dallas", Scheme::Https, vec![member])
}

/// One dead member of two; the living one is reached by IPv6 and measured by this process' clock.
fn degraded() -> EndpointReport {
    let mut alive = member("[2001:db8:77:2:21a:4aff:fe16:1b2]:443", 35.0);
    for timed in [&mut alive.rtt, &mut alive.phases.connect, &mut alive.phases.tls] {
        *timed = timed.map(|timed| Timed { clock: Clock::User, ..timed });
    }
    alive.tls = Some(TlsSession {
        legacy_suite: true,
        ..session(TlsVersion::Tls12, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384")
    });
    alive.certificate = Some(chain("msupdate.ord.example.test", 21));
    let dead = dead_member(
        "10.77.2.2:443",
        Failure::new(Phase::Connect, Cause::Refused, "connection refused (RST to the SYN)"),
    );
    let mut report = report("ord", "Chicago", Scheme::Https, vec![dead, alive]);
    report.verdict = Verdict::Degraded;
    report.findings = vec![Finding {
        code: FindingCode::MemberDown,
        windows_update_code: None,
        severity: Severity::Warning,
        observed: "1 of 2 members is down: 10.77.2.2".into(),
        meaning: "every second client, or every second attempt of a client, fails".into(),
        action: "repair the member or take its address out of DNS".into(),
    }];
    report
}

fn expired() -> EndpointReport {
    let mut member = member("10.77.3.1:443", 48.25);
    member.tls = Some(session(TlsVersion::Tls13, "TLS13_AES_256_GCM_SHA384"));
    let mut certificate = chain("msupdate.iad.example.test", -3);
    certificate.problems = vec![CertificateProblem {
        verdict: CertificateVerdict::Expired,
        position: Some(0),
        detail: "msupdate.iad.example.test ended at 2026-11-18T03:00:00Z".into(),
    }];
    member.certificate = Some(certificate);
    member.verdict = Verdict::Down;
    let failure = Failure::new(
        Phase::Tls,
        Cause::CertificateExpired,
        "msupdate.iad.example.test ended at 2026-11-18T03:00:00Z",
    );
    member.failure = Some(failure.clone());
    let mut report = report("iad", "North Virginia", Scheme::Https, vec![member]);
    report.verdict = Verdict::Down;
    report.failure = Some(failure);
    report
}

fn black_holed() -> EndpointReport {
    let failure = Failure::new(Phase::Connect, Cause::Timeout, "no answer to 3 SYNs within 5 s");
    let mut member = dead_member("10.77.4.1:443", failure.clone());
    member.syn_retransmits = Some(2);
    let mut report = report("syd", "Sydney", Scheme::Https, vec![member]);
    report.verdict = Verdict::Down;
    report.failure = Some(failure);
    report
}

/// Clear text on WSUS' own port, behind a simulated link, and a hostile header.
fn clear_text() -> EndpointReport {
    let mut member = member("10.77.5.1:8530", 190.0);
    member.phases.tls = None;
    for timed in [&mut member.rtt, &mut member.phases.connect] {
        *timed = timed.map(|timed| Timed { clock: Clock::Simulated, ..timed });
    }
    if let Some(wsus) = &mut member.wsus {
        wsus.server_header = Some("Microsoft-IIS/8.5\u{1b}[2J".into());
    }
    let mut report = report("hkg", "Hong Kong", Scheme::Http, vec![member]);
    report.findings = vec![Finding {
        code: FindingCode::CleartextMetadata,
        windows_update_code: None,
        severity: Severity::Note,
        observed: "the endpoint's URL is http://".into(),
        meaning: "whoever is on the path can give clients forged update metadata".into(),
        action: "bind a certificate on the server and use its https port".into(),
    }];
    report
}

/// Works for the scan, not for downloads; what is known of its release fits two.
pub(super) fn content_broken() -> EndpointReport {
    let mut member = member("10.77.7.1:8531", 22.0);
    member.tls = Some(session(TlsVersion::Tls12, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
    member.certificate = Some(chain("msupdate.fra.example.test", 90));
    member.verdict = Verdict::Degraded;
    let forbidden = Failure::new(Phase::Wsus, Cause::Http403, "HTTP 403 from http port 8530");
    member.exchanges = vec![
        exchange(Request::GetConfig, 200, 1_150),
        exchange(Request::ServerVersion, 200, 120),
        exchange(Request::ContentHead, 403, 0),
        exchange(Request::SelfUpdate, 200, 29_812),
        Exchange {
            request: Request::Reporting,
            outcome: Err(Failure::new(Phase::Wsus, Cause::Timeout, "no answer within 4 s")),
        },
    ];
    member.services = [
        (Service::Client, Outcome::Pass),
        (Service::Content, Outcome::Fail(forbidden)),
        (Service::SelfUpdate, Outcome::Pass),
        (Service::Reporting, Outcome::Unknown("no answer within 4 s".into())),
        (Service::ServerSync, Outcome::NotApplicable("not asked by this profile".into())),
    ]
    .map(|(service, outcome)| ServiceReport { service, outcome })
    .into();
    let candidates = vec![Release::Server2016, Release::Server2019];
    member.generation = Some(Generation {
        candidates: candidates.clone(),
        signals: vec![Signal {
            observed: "Server: Microsoft-IIS/10.0".into(),
            tells: "Server 2016 or later, if no proxy wrote it".into(),
            candidates,
        }],
    });
    member.findings = vec![
        finding(FindingCode::ExposedFromHere, Severity::Note),
        finding(FindingCode::SelfUpdateUnsigned, Severity::Warning),
        finding(FindingCode::ContentFailed, Severity::Warning),
    ];
    let mut report = report("fra", "Frankfurt", Scheme::Https, vec![member]);
    report.verdict = Verdict::Degraded;
    report
}

/// The application pool is stopped, and that is known.
pub(super) fn pool_stopped() -> EndpointReport {
    let mut member = member("10.77.8.1:8530", 30.0);
    member.phases.tls = None;
    member.wsus = None;
    member.verdict = Verdict::Down;
    let failure = Failure::new(Phase::Wsus, Cause::Http503, "HTTP 503 Service Unavailable");
    member.failure = Some(failure.clone());
    member.exchanges = vec![exchange(Request::GetConfig, 503, 326)];
    member.services =
        vec![ServiceReport { service: Service::Client, outcome: Outcome::Fail(failure.clone()) }];
    member.generation = Some(Generation { candidates: Vec::new(), signals: Vec::new() });
    member.findings = vec![finding(FindingCode::WsusPoolStopped, Severity::Warning)];
    let mut report = report("sin", "Singapore", Scheme::Http, vec![member]);
    report.verdict = Verdict::Down;
    report.failure = Some(failure);
    report
}

fn finding(code: FindingCode, severity: Severity) -> Finding {
    Finding {
        code,
        severity,
        observed: format!("what was seen of {}", code.as_str()),
        meaning: format!("what {} means for those whom it concerns", code.as_str()),
        windows_update_code: None,
        action: "what an administrator does about it".into(),
    }
}

fn exchange(request: Request, status: u16, body_bytes: usize) -> Exchange {
    let answer = Answer {
        reply: HttpReply { status, ..HttpReply::default() },
        body_bytes,
        first_byte: Some(Timed::user(Duration::from_micros(22_480))),
        transfer: (body_bytes > 0).then(|| Timed::user(Duration::from_micros(310))),
        ..Answer::default()
    };
    Exchange { request, outcome: Ok(answer) }
}

fn unresolvable() -> EndpointReport {
    let failure = Failure::new(Phase::Resolve, Cause::NxDomain, "NXDOMAIN for A and AAAA");
    let mut report = report("lon", "London", Scheme::Https, Vec::new());
    report.lookups = vec![Lookup {
        record_type: RecordType::A,
        time: Some(timed(2.0)),
        resends: Some(0),
        answered_by: None,
        outcome: Err(failure.clone()),
    }];
    report.verdict = Verdict::Down;
    report.rtt = None;
    report.failure = Some(failure);
    report
}

fn report(name: &str, region: &str, scheme: Scheme, members: Vec<MemberReport>) -> EndpointReport {
    let addresses: Vec<IpAddr> = members.iter().map(|member| member.address.ip()).collect();
    EndpointReport {
        endpoint: Arc::new(endpoint(name, region, scheme)),
        verdict: Verdict::Healthy,
        rtt: members.iter().find_map(|member| member.rtt),
        lookups: vec![Lookup {
            record_type: RecordType::A,
            time: Some(timed(2.2)),
            resends: Some(0),
            answered_by: None,
            outcome: Ok(Addresses {
                addresses,
                ttl: Some(Duration::from_mins(5)),
                cname_chain: vec![format!("lb.{name}.example.test")],
            }),
        }],
        resolvers: Vec::new(),
        members,
        failure: None,
        findings: Vec::new(),
    }
}

pub(super) fn endpoint(name: &str, region: &str, scheme: Scheme) -> Endpoint {
    Endpoint {
        name: EndpointName(name.into()),
        dc: Some(name.to_uppercase()),
        region: Some(region.into()),
        url: EndpointUrl {
            scheme,
            host: Host::Name(format!("msupdate.{name}.example.test")),
            port: if scheme == Scheme::Http { 8530 } else { 443 },
        },
        server_name: None,
        priority: None,
        expected_members: Vec::new(),
        family: Family::Any,
        resolvers_may_differ: false,
        time_zone: None,
        patch_window: None,
        hierarchy: Hierarchy::default(),
        tls: TlsExpectations::default(),
    }
}

fn member(address: &str, rtt_ms: f64) -> MemberReport {
    let address = address.parse::<SocketAddr>().unwrap();
    MemberReport {
        verdict: Verdict::Healthy,
        rtt: Some(timed(rtt_ms)),
        samples: vec![Some(timed(rtt_ms)), None, Some(timed(rtt_ms + 0.4))],
        syn_retransmits: Some(0),
        phases: Phases {
            resolve: Some(timed(2.2)),
            connect: Some(timed(rtt_ms)),
            tls: Some(timed(rtt_ms + 0.9)),
            wsus: Some(timed(rtt_ms + 0.5)),
        },
        wsus: Some(answer()),
        ..MemberReport::unprobed(address)
    }
}

fn dead_member(address: &str, failure: Failure) -> MemberReport {
    MemberReport {
        verdict: Verdict::Down,
        rtt: None,
        samples: vec![None, None, None],
        phases: Phases { resolve: Some(timed(2.2)), ..Phases::default() },
        wsus: None,
        failure: Some(failure),
        ..member(address, 0.0)
    }
}

fn timed(milliseconds: f64) -> Timed {
    Timed::kernel(Duration::from_secs_f64(milliseconds / 1e3))
}

fn session(version: TlsVersion, suite: &str) -> TlsSession {
    TlsSession {
        version,
        suite: suite.into(),
        group: Some("X25519".into()),
        alpn: Some("http/1.1".into()),
        legacy_suite: false,
    }
}

fn chain(name: &str, days_left: i32) -> CertificateReport {
    let distance = DAY * days_left.unsigned_abs();
    let leaf = Certificate {
        subject: format!("CN={name}"),
        issuer: "CN=Example Issuing CA".into(),
        common_name: Some(name.into()),
        alternative_names: vec![name.into()],
        not_before: now() - DAY * 365,
        not_after: if days_left < 0 { now() - distance } else { now() + distance },
        key: PublicKey { algorithm: "RSA".into(), bits: Some(2048) },
        signature: SignatureAlgorithm { name: "sha256WithRSAEncryption".into(), weak: false },
        is_ca: false,
        self_signed: false,
        allows_server_auth: true,
        has_issuer_url: false,
        sct_count: None,
        must_staple: false,
        serial: "01".into(),
        sha256: "ab".repeat(32),
    };
    CertificateReport {
        verified: Some(vec![leaf.clone()]),
        chain: vec![leaf],
        ..CertificateReport::default()
    }
}

/// A leaf and the root above it, which is sent along and ends first.
pub(super) fn with_root_that_ends_first() -> CertificateReport {
    let mut report = chain("msupdate.dfw.example.test", 402);
    let mut root = chain("Example Issuing CA", 1).chain;
    for root in &mut root {
        root.self_signed = true;
    }
    report.chain.append(&mut root);
    report
}

fn answer() -> WsusAnswer {
    WsusAnswer {
        config: ServerConfig {
            last_change: Some("2026-10-04T13:17:07.59Z".into()),
            registration_required: Some(true),
            auth_plugins: vec![AuthPlugin {
                id: "SimpleTargeting".into(),
                service_url: "SimpleAuthWebService/SimpleAuth.asmx".into(),
            }],
            properties: vec![
                ("MaxExtendedUpdatesPerRequest".into(), "50".into()),
                ("PackageServerShare".into(), r"\\secret-host\UpdateServicesPackages".into()),
                ("ProtocolVersion".into(), "3.2".into()),
            ],
            ..ServerConfig::default()
        },
        server_header: Some("Microsoft-IIS/10.0".into()),
        aspnet_header: Some("4.0.30319".into()),
        hsts: false,
        flavour: SoapFlavour::default(),
    }
}
