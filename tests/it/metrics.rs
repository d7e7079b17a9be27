//! What is exported pleases the judge that operators use: `promtool check metrics`.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wsus_probe::engine::once::Once;
use wsus_probe::metrics::fleet::{self, Detail};
use wsus_probe::metrics::own::Own;
use wsus_probe::metrics::probe;
use wsus_probe::model::certificate::CertificateVerdict;
use wsus_probe::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, PatchWindow, Scheme};
use wsus_probe::model::exchange::{Answer, Exchange, HttpReply};
use wsus_probe::model::failure::{Cause, Failure, Phase};
use wsus_probe::model::finding::{Finding, FindingCode, Severity};
use wsus_probe::model::monitor::choice::Choice;
use wsus_probe::model::monitor::member::{CertificateView, MemberView, ServiceView, TlsView};
use wsus_probe::model::monitor::{DnsView, EndpointView, Job, Noted, Pace, Ran, Reload, Snapshot};
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::report::{EndpointReport, MemberReport, Phases, Verdict};
use wsus_probe::model::request::Request;
use wsus_probe::model::service::Service;
use wsus_probe::model::timing::Timed;
use wsus_probe::model::tls::{TlsSession, TlsVersion};
use wsus_probe::model::tls_scan::Support;
use wsus_probe::model::windows_client::WindowsClient;

/// Demands that promtool has nothing to say.
fn promtool(text: &str) {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool, of the Debian package prometheus");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{text}");
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_hours(498_680)
}

fn endpoint(name: &str) -> Arc<Endpoint> {
    let url = EndpointUrl {
        scheme: Scheme::Https,
        host: Host::Name("wsus.example.test".into()),
        port: 8531,
    };
    let mut endpoint = Endpoint::bare(EndpointName(name.to_owned()), url);
    endpoint.region = Some(name.to_owned());
    endpoint.time_zone = Some("America/Chicago".to_owned());
    let [start, end] = [1, 5].map(Duration::from_hours);
    endpoint.patch_window = Some(PatchWindow::Nightly { start, end });
    endpoint.expected_members = vec![[192, 0, 2, 1].into()];
    Arc::new(endpoint)
}

fn session() -> TlsSession {
    TlsSession {
        version: TlsVersion::Tls12,
        suite: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384".to_owned(),
        group: None,
        alpn: None,
        legacy_suite: false,
    }
}

/// A member with something of everything, and one of which nothing is known.
fn members() -> Vec<MemberView> {
    let mut member = MemberView::new("192.0.2.1:8531".parse().unwrap(), now());
    member.state.verdict = Verdict::Down;
    member.state.failure = Some(Failure::new(Phase::Wsus, Cause::Http503, "503"));
    member.rtt = Some(Timed::kernel(Duration::from_micros(12_345)));
    member.syn_retransmits = Some(3);
    member.session = Some(Arc::new(session()));
    member.certificate = Some(Arc::new(CertificateView {
        verdict: CertificateVerdict::Expired,
        detail: String::new(),
        subject: String::new(),
        used_until: Some(now()),
        not_after: vec![Some(now()), None, Some(UNIX_EPOCH - Duration::from_millis(1))],
    }));
    let service = |service, works| ServiceView { service, works, text: "".into() };
    member.services = vec![
        service(Service::Client, Some(true)),
        service(Service::Content, Some(false)),
        service(Service::Inventory, None),
    ];
    member.tls = Some(Arc::new(TlsView {
        versions: Protocol::ALL.iter().map(|version| (*version, Support::Supported)).collect(),
        clients: WindowsClient::ALL.iter().map(|c| (*c, Some(false), String::new())).collect(),
    }));
    vec![member, MemberView::new("[2001:db8::1]:8531".parse().unwrap(), now())]
}

fn view(name: &str) -> EndpointView {
    let every = Duration::from_secs(30);
    let pace = Pace { round: every, check: every, scan: every };
    let mut view = EndpointView::new(endpoint(name), pace, 10, now());
    view.members = members();
    view.state = view.members[0].state.clone();
    view.rtt = view.members[0].rtt;
    view.dns = Some(DnsView { ttl: Some(every), resends: Some(1), failures: Vec::new() });
    view.findings = FindingCode::ALL
        .iter()
        .map(|code| Noted {
            finding: Arc::new(Finding {
                code: *code,
                severity: Severity::Warning,
                observed: String::new(),
                meaning: String::new(),
                windows_update_code: None,
                action: String::new(),
            }),
            by: Job::Check,
        })
        .collect();
    for phase in &mut view.phases {
        phase.observe(Duration::from_micros(12_345));
        phase.observe(Duration::from_secs(7));
    }
    let ran = Ran { at: now(), elapsed: every };
    (view.last_round, view.last_check, view.last_scan) = (Some(ran), Some(ran), Some(ran));
    view
}

fn snapshot(names: &[String]) -> Snapshot {
    let selected = names.first().map(|name| EndpointName(name.clone()));
    Snapshot {
        at: now(),
        endpoints: names.iter().map(|name| Arc::new(view(name))).collect(),
        choice: Choice {
            changed_at: selected.as_ref().map(|_| now()),
            selected,
            ..Choice::default()
        },
        trouble: None,
        ready: true,
    }
}

/// Names that would break out of a label, or out of the reader's patience.
fn hostile() -> Vec<String> {
    let texts = ["dfw", "", "\"", "\\", "\n", "a\"} 1\nb{c=\"", "\\n", "é\u{202e}\u{0}\r\t", "{}="];
    let long = "x".repeat(250);
    texts.into_iter().map(str::to_owned).chain([long]).collect()
}

#[test]
fn promtool_has_nothing_to_say_about_metrics() {
    let own = Own::new(Arc::default(), now()).unwrap();
    own.answered("/metrics", 200);
    let reload = Reload { in_force_since: now(), refused: None };
    for names in [Vec::new(), hostile()] {
        for buckets in [true, false] {
            let mut text = String::new();
            own.write(&mut text, &reload);
            text.extend(fleet::Parts::new(&snapshot(&names), Detail { buckets }));
            promtool(&text);
        }
    }
}

#[test]
fn promtool_has_nothing_to_say_about_a_probe() {
    let mut member = MemberReport::unprobed("192.0.2.1:8531".parse().unwrap());
    let ms = Some(Timed::kernel(Duration::from_millis(9)));
    member.phases = Phases { resolve: ms, connect: ms, tls: ms, wsus: ms };
    member.tls = Some(session());
    let reply = HttpReply {
        status: 200,
        headers: vec![("content-length".to_owned(), "9\" 1".to_owned())],
        ..HttpReply::default()
    };
    let outcome = Ok(Answer { reply, transfer: ms, ..Answer::default() });
    member.exchanges = vec![Exchange { request: Request::GetConfig, outcome }];
    for members in [Vec::new(), vec![member]] {
        for name in hostile() {
            let report = EndpointReport {
                endpoint: endpoint(&name),
                verdict: Verdict::Unknown,
                rtt: None,
                lookups: Vec::new(),
                resolvers: Vec::new(),
                members: members.clone(),
                failure: None,
                findings: Vec::new(),
            };
            let elapsed = Duration::from_millis(51);
            let once = Once { report, trace: String::new(), elapsed };
            let mut text = String::new();
            probe::write(&mut text, &once, Duration::from_secs(4));
            promtool(&text);
        }
    }
}
