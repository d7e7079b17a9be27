//! Fleets in the states in which a page is looked at.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wsus_probe::model::certificate::CertificateVerdict;
use wsus_probe::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, PatchWindow, Scheme};
use wsus_probe::model::failure::{Cause, Failure, Phase};
use wsus_probe::model::finding::{Finding, FindingCode, Severity};
use wsus_probe::model::monitor::choice::Choice;
use wsus_probe::model::monitor::history::{History, Outcome, Point};
use wsus_probe::model::monitor::member::{CertificateView, MemberView, ServiceView, TlsView};
use wsus_probe::model::monitor::{
    Counts, EndpointView, Job, LocalTrouble, Noted, Pace, Ran, Reload, Snapshot, State,
};
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::report::{Phases, Verdict};
use wsus_probe::model::service::Service;
use wsus_probe::model::timing::Timed;
use wsus_probe::model::tls::{TlsSession, TlsVersion};
use wsus_probe::model::tls_scan::Support;
use wsus_probe::model::windows_client::WindowsClient;
use wsus_probe::output::html::Surround;

/// 2026-11-21 08:00:00 UTC.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_hours(498_680)
}

pub(super) fn reload(refused: Option<&str>) -> Reload {
    let in_force_since = now() - Duration::from_hours(30);
    Reload { in_force_since, refused: refused.map(str::to_owned) }
}

pub(super) fn surround(reload: &Reload) -> Surround<'_> {
    Surround {
        version: "0.1.0",
        started: now() - Duration::from_hours(30),
        reload,
        web_refused: None,
    }
}

/// Three healthy, one of each other state.
pub(super) fn mixed() -> Snapshot {
    snapshot(vec![
        healthy("dfw", "Dallas", "America/Chicago", 12.3),
        content_fails(healthy("ord", "Chicago", "America/Chicago", 31.8)),
        healthy("lon", "London", "Europe/London", 104.2),
        healthy("fra", "Frankfurt", "Europe/Berlin", 117.0),
        unknown(healthy("sin", "Singapore", "Asia/Singapore", 221.4)),
        expired(healthy("syd", "Sydney", "Australia/Sydney", 187.5)),
    ])
}

pub(super) fn all_healthy() -> Snapshot {
    let views = mixed().endpoints.into_iter().map(|view| {
        let endpoint = &view.endpoint;
        let zone = endpoint.time_zone.as_deref().unwrap();
        healthy(&endpoint.name.0, endpoint.region.as_deref().unwrap(), zone, 40.0)
    });
    snapshot(views.collect())
}

/// Every endpoint is silent, and so the trouble is this machine's.
pub(super) fn all_down() -> Snapshot {
    let views = all_healthy().endpoints.into_iter().map(|view| silent(view.as_ref().clone()));
    let mut snapshot = snapshot(views.collect());
    snapshot.trouble = Some(LocalTrouble {
        since: now() - Duration::from_mins(3),
        evidence: vec![
            "no endpoint has answered for 3 rounds".to_owned(),
            "the resolver 10.0.0.53 does not answer".to_owned(),
            "there is a default route through eth0".to_owned(),
        ],
    });
    snapshot.choice = Choice { text: "nothing works".to_owned(), ..Choice::default() };
    snapshot
}

pub(super) fn starting() -> Snapshot {
    let views = mixed()
        .endpoints
        .into_iter()
        .map(|view| EndpointView::new(Arc::clone(&view.endpoint), view.pace, 120, now()));
    let mut snapshot = snapshot(views.collect());
    snapshot.choice = Choice::default();
    snapshot
}

pub(super) fn empty() -> Snapshot {
    Snapshot { choice: Choice::default(), ..snapshot(Vec::new()) }
}

/// So many, a few of which are in trouble.
pub(super) fn large(number: usize) -> Snapshot {
    let models = mixed().endpoints;
    let views = (0..number).map(|number| {
        let model = if number % 40 < 36 { 0 } else { number % models.len() };
        let mut view = models[model].as_ref().clone();
        let endpoint = Arc::make_mut(&mut view.endpoint);
        endpoint.name = EndpointName(format!("site-{number:03}"));
        endpoint.dc = None;
        view
    });
    let mut snapshot = snapshot(views.collect());
    snapshot.choice.selected = Some(EndpointName("site-000".to_owned()));
    snapshot
}

fn snapshot(views: Vec<EndpointView>) -> Snapshot {
    Snapshot {
        at: now(),
        endpoints: views.into_iter().map(Arc::new).collect(),
        choice: Choice {
            selected: Some(EndpointName("dfw".to_owned())),
            text: "DFW is healthy and the nearest, 19.5 ms before ORD".to_owned(),
            changed_at: Some(now() - Duration::from_hours(26)),
            ..Choice::default()
        },
        trouble: None,
        ready: true,
    }
}

fn healthy(name: &str, region: &str, zone: &str, rtt: f64) -> EndpointView {
    let host = Host::Name(format!("msupdate.{name}.example.test"));
    let url = EndpointUrl { scheme: Scheme::Https, host, port: 443 };
    let mut endpoint = Endpoint::bare(EndpointName(name.to_owned()), url);
    endpoint.dc = Some(name.to_uppercase());
    endpoint.region = Some(region.to_owned());
    endpoint.time_zone = Some(zone.to_owned());
    let (start, end) = (Duration::from_hours(1), Duration::from_hours(5));
    endpoint.patch_window = Some(PatchWindow::Nightly { start, end });
    let pace = Pace {
        round: Duration::from_secs(30),
        check: Duration::from_mins(5),
        scan: Duration::from_hours(6),
    };
    let mut view =
        EndpointView::new(Arc::new(endpoint), pace, 240, now() - Duration::from_hours(30));
    view.state =
        State { verdict: Verdict::Healthy, ..State::unknown(now() - Duration::from_hours(29)) };
    view.rtt = Some(timed(rtt));
    view.members = [1, 2].map(|last| member([10, 77, 1, last], rtt + f64::from(last) - 1.0)).into();
    let ran = Ran { at: now() - Duration::from_secs(12), elapsed: Duration::from_millis(58) };
    (view.last_round, view.last_check, view.last_scan) = (Some(ran), Some(ran), Some(ran));
    view.next_round = Some(now() + Duration::from_secs(18));
    view.counts = Counts { attempts: 3_590, tainted: 4, ..Counts::default() };
    rounds(&mut view, |number| match number {
        60..64 => (Outcome::Tainted, false, None),
        _ => (Outcome::Healthy, true, None),
    });
    view.trace = Arc::from(
        "[    0.0 ms] round of 10.77.1.1 and 10.77.1.2\n\
         [    2.1 ms] A 10.77.1.1, 10.77.1.2 in 2.10 ms (kernel clock)\n\
         [   14.4 ms] 10.77.1.1: connected in 12.3 ms (kernel clock)\n\
         [   27.9 ms] 10.77.1.1: TLS 1.2, ECDHE-RSA-AES256-GCM in 13.4 ms (kernel clock)\n\
         [   41.0 ms] 10.77.1.1: GetConfig answered 200 in 13.1 ms\n",
    );
    view
}

/// Fills the history; each round has an outcome, whether it measured, and what failed.
fn rounds(view: &mut EndpointView, of: impl Fn(u32) -> (Outcome, bool, Option<(Phase, Cause)>)) {
    let base = view.rtt.map_or(Duration::from_millis(20), |rtt| rtt.duration);
    view.history = History::new(240);
    for number in 0..180_u32 {
        let (outcome, measured, failure) = of(number);
        let jitter = base * (number * 7 % 13) / 100;
        let spike = if number % 47 == 40 { base } else { Duration::ZERO };
        let at = now() - Duration::from_secs(30) * (180 - number);
        let rtt = measured.then_some(base + jitter + spike);
        view.history.push(Point::new(at, rtt, outcome, failure));
    }
}

fn content_fails(mut view: EndpointView) -> EndpointView {
    view.state =
        State { verdict: Verdict::Degraded, since: now() - Duration::from_mins(14), ..view.state };
    let finding = Finding {
        code: FindingCode::ContentFailed,
        severity: Severity::Warning,
        observed: "http://msupdate.ord.example.test/Content/: connect refused".to_owned(),
        meaning: "clients find updates but cannot download them".to_owned(),
        windows_update_code: None,
        action: "start the site's binding on port 80, or open the firewall for it".to_owned(),
    };
    let note = Finding {
        code: FindingCode::HardeningNotVisible,
        severity: Severity::Note,
        observed: "the server's version does not tell its hardening updates".to_owned(),
        meaning: "whether they are installed cannot be seen from outside".to_owned(),
        windows_update_code: None,
        action: "look at the server itself".to_owned(),
    };
    view.findings.push(Noted { finding: note.into(), by: Job::Check });
    // Both members' words on one version, at their longest.
    if let Some(scan) = view.members.first_mut().and_then(|member| member.tls.as_mut()) {
        Arc::make_mut(scan)
            .versions
            .iter_mut()
            .for_each(|(_, support)| *support = Support::Unknown);
    }
    for member in &mut view.members {
        member.state.verdict = Verdict::Degraded;
        member.findings.push(Noted { finding: finding.clone().into(), by: Job::Check });
        let text = "connect: Connection refused (os error 111)".into();
        let content = ServiceView { service: Service::Content, works: Some(false), text };
        member.services.insert(1, content);
    }
    rounds(&mut view, |number| match number {
        150.. => (Outcome::Degraded, true, None),
        _ => (Outcome::Healthy, true, None),
    });
    view
}

fn unknown(mut view: EndpointView) -> EndpointView {
    let detail = "alert handshake_failure (40) to a ClientHello of TLS 1.2 and 1.3";
    let failure = Failure::new(Phase::Tls, Cause::NoCommonSuite, detail);
    view.state.verdict = Verdict::Unknown;
    view.state.failure = Some(failure.clone());
    view.state.contrary = Some((Verdict::Down, 1));
    for member in &mut view.members {
        member.state = State { failure: Some(failure.clone()), ..State::unknown(now()) };
        (member.phases.tls, member.phases.wsus, member.session) = (None, None, None);
        member.services.clear();
    }
    rounds(&mut view, |number| match number {
        100..110 => (Outcome::Local, false, None),
        _ => (Outcome::Unknown, true, Some((Phase::Tls, Cause::NoCommonSuite))),
    });
    view
}

fn expired(mut view: EndpointView) -> EndpointView {
    let detail = "ended 2026-11-19 08:00:00 UTC, 2 days ago";
    let failure = Failure::new(Phase::Tls, Cause::CertificateExpired, detail);
    view.state = State {
        verdict: Verdict::Down,
        since: now() - Duration::from_hours(48),
        failure: Some(failure.clone()),
        ..view.state
    };
    view.counts.failures = [2, 11, 2_760, 0];
    for member in &mut view.members {
        member.state = State { failure: Some(failure.clone()), ..view.state.clone() };
        member.phases.wsus = None;
        member.services.clear();
        member.certificate = Some(Arc::new(CertificateView {
            verdict: CertificateVerdict::Expired,
            detail: detail.to_owned(),
            subject: "CN=msupdate.syd.example.test".to_owned(),
            used_until: Some(now() - Duration::from_hours(48)),
            not_after: vec![Some(now() - Duration::from_hours(48)), Some(now() + YEAR)],
        }));
    }
    rounds(&mut view, |_| (Outcome::Down, true, Some((Phase::Tls, Cause::CertificateExpired))));
    view
}

fn silent(mut view: EndpointView) -> EndpointView {
    let failure = Failure::new(Phase::Resolve, Cause::Timeout, "no answer from 10.0.0.53 in 2 s");
    view.state = State {
        verdict: Verdict::Down,
        since: now() - Duration::from_mins(9),
        failure: Some(failure),
        ..view.state
    };
    view.members.clear();
    view.rtt = None;
    view.counts.local = 6;
    rounds(&mut view, |number| match number {
        174.. => (Outcome::Local, false, Some((Phase::Resolve, Cause::Timeout))),
        162.. => (Outcome::Down, false, Some((Phase::Resolve, Cause::Timeout))),
        _ => (Outcome::Healthy, true, None),
    });
    view
}

const YEAR: Duration = Duration::from_hours(365 * 24);

fn member(ip: [u8; 4], rtt: f64) -> MemberView {
    let address = SocketAddr::new(IpAddr::from(ip), 443);
    let mut member = MemberView::new(address, now() - Duration::from_hours(30));
    member.state =
        State { verdict: Verdict::Healthy, ..State::unknown(now() - Duration::from_hours(29)) };
    member.rtt = Some(timed(rtt));
    member.phases = Phases {
        resolve: Some(timed(2.1)),
        connect: Some(timed(rtt)),
        tls: Some(timed(rtt + 1.1)),
        wsus: Some(Timed::user(Duration::from_secs_f64((rtt + 0.8) / 1e3))),
    };
    member.syn_retransmits = Some(3);
    member.session = Some(Arc::new(TlsSession {
        version: TlsVersion::Tls12,
        suite: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384".to_owned(),
        group: Some("secp256r1".to_owned()),
        alpn: Some("http/1.1".to_owned()),
        legacy_suite: false,
    }));
    member.certificate = Some(Arc::new(CertificateView {
        verdict: CertificateVerdict::Ok,
        detail: String::new(),
        subject: "CN=msupdate.example.test".to_owned(),
        used_until: Some(now() + Duration::from_hours(24 * 40)),
        not_after: vec![Some(now() + Duration::from_hours(24 * 40)), Some(now() + YEAR)],
    }));
    let works = [Service::Client, Service::SimpleAuth, Service::SelfUpdate, Service::Reporting];
    member.services =
        works.map(|service| ServiceView { service, works: Some(true), text: "".into() }).into();
    let text = "the answer came too late".into();
    member.services.push(ServiceView { service: Service::ServerSync, works: None, text });
    let clients = WindowsClient::ALL.iter().map(|client| match client {
        WindowsClient::Vista | WindowsClient::Seven => {
            (*client, Some(false), "it offers TLS 1.0 only, which is not accepted".to_owned())
        }
        WindowsClient::Ten1507 => {
            (*client, None, "the server's suites were not all seen".to_owned())
        }
        WindowsClient::SevenUpdated
        | WindowsClient::Eight
        | WindowsClient::EightUpdated
        | WindowsClient::EightOne
        | WindowsClient::Ten1607
        | WindowsClient::Ten1809
        | WindowsClient::Ten22H2
        | WindowsClient::Eleven
        | WindowsClient::Eleven24H2 => (*client, Some(true), "TLS 1.2".to_owned()),
    });
    member.tls = Some(Arc::new(TlsView {
        versions: vec![
            (Protocol::Ssl3, Support::NotSupported),
            (Protocol::Tls10, Support::NotSupported),
            (Protocol::Tls11, Support::Unknown),
            (Protocol::Tls12, Support::Supported),
            (Protocol::Tls13, Support::NotSupported),
        ],
        clients: clients.collect(),
    }));
    member
}

fn timed(ms: f64) -> Timed {
    Timed::kernel(Duration::from_secs_f64(ms / 1e3))
}
