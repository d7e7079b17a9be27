//! A small fleet in many states, for the tests of renderers.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::choice::{ChangeReason, Choice};
use super::history::{Outcome, Point};
use super::member::{CertificateView, MemberView, ServiceView, TlsView};
use super::{Counts, DnsView, EndpointView, Job, Noted, Pace, Ran, Snapshot, State};
use crate::model::certificate::CertificateVerdict;
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, PatchWindow, Scheme};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::protocol::Protocol;
use crate::model::report::{Phases, Verdict};
use crate::model::service::Service;
use crate::model::timing::Timed;
use crate::model::tls::{TlsSession, TlsVersion};
use crate::model::tls_scan::Support;
use crate::model::windows_client::WindowsClient;

/// 2026-11-21 08:00:00 UTC.
pub(crate) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_hours(498_680)
}

/// `dfw` is healthy and the nearest, `ord` degraded, `syd` down with a member each of two kinds,
/// `lon` not looked at yet.
pub(crate) fn snapshot() -> Snapshot {
    let endpoints = vec![healthy(), degraded(), down(), view("lon", "London", "Europe/London")];
    let mut changes = [0; ChangeReason::ALL.len()];
    changes[0] = 1;
    Snapshot {
        at: now(),
        endpoints: endpoints.into_iter().map(Arc::new).collect(),
        choice: Choice {
            selected: Some(EndpointName("dfw".to_owned())),
            text: "12.1 ms, the nearest healthy endpoint".to_owned(),
            changed_at: Some(now() - Duration::from_mins(10)),
            changes,
        },
        trouble: None,
        ready: false,
    }
}

/// An endpoint of which nothing is known but its configuration.
pub(crate) fn view(name: &str, region: &str, time_zone: &str) -> EndpointView {
    let url = EndpointUrl {
        scheme: Scheme::Https,
        host: Host::Name(format!("msupdate.{name}.example.test")),
        port: 443,
    };
    let mut endpoint = Endpoint::bare(EndpointName(name.to_owned()), url);
    endpoint.dc = Some(name.to_uppercase());
    endpoint.region = Some(region.to_owned());
    endpoint.time_zone = Some(time_zone.to_owned());
    endpoint.patch_window =
        Some(PatchWindow::Nightly { start: Duration::from_hours(1), end: Duration::from_hours(5) });
    let pace = Pace {
        round: Duration::from_secs(30),
        check: Duration::from_mins(5),
        scan: Duration::from_hours(6),
    };
    EndpointView::new(Arc::new(endpoint), pace, 100, now() - Duration::from_hours(1))
}

fn healthy() -> EndpointView {
    let mut view = ran(view("dfw", "Dallas", "America/Chicago"), Verdict::Healthy);
    view.rtt = Some(ms(12.1));
    view.members = vec![member([10, 77, 1, 1], 12.1), member([10, 77, 1, 2], 12.4)];
    view.counts.attempts = 120;
    for phase in &mut view.phases {
        phase.observe(Duration::from_micros(12_100));
    }
    view
}

fn degraded() -> EndpointView {
    let mut view = ran(view("ord", "Chicago", "America/Chicago"), Verdict::Degraded);
    view.rtt = Some(ms(35.0));
    let mut member = member([10, 77, 2, 1], 35.0);
    member.state.verdict = Verdict::Degraded;
    member.findings = vec![noted(FindingCode::ContentFailed, Severity::Warning, Job::Check)];
    member.services.push(ServiceView {
        service: Service::Content,
        works: Some(false),
        text: "connect refused: <b>Connection refused</b>".into(),
    });
    view.members = vec![member];
    view.counts = Counts { attempts: 120, tainted: 1, ..Counts::default() };
    view
}

fn down() -> EndpointView {
    let mut view = ran(view("syd", "Sydney", "Australia/Sydney"), Verdict::Down);
    let expired = Failure::new(
        Phase::Tls,
        Cause::CertificateExpired,
        "ended 2026-11-19 08:00:00 UTC, 2 days ago",
    );
    let refused = Failure::new(Phase::Connect, Cause::Refused, "Connection refused (os error 111)");
    let mut first = member([10, 77, 5, 1], 190.0);
    first.state = State { verdict: Verdict::Down, failure: Some(expired.clone()), ..first.state };
    first.phases.wsus = None;
    first.services.clear();
    first.certificate = Some(Arc::new(CertificateView {
        verdict: CertificateVerdict::Expired,
        detail: expired.detail.clone(),
        subject: "CN=msupdate.syd.example.test".to_owned(),
        not_after: vec![Some(now() - Duration::from_hours(48))],
        used_until: Some(now() - Duration::from_hours(48)),
    }));
    let mut second = MemberView::new(SocketAddr::new(IpAddr::from([10, 77, 5, 2]), 443), now());
    second.state.verdict = Verdict::Down;
    second.state.failure = Some(refused);
    view.state.failure = Some(expired);
    view.members = vec![first, second];
    view.counts = Counts { attempts: 120, failures: [0, 1, 3, 0], ..Counts::default() };
    view
}

fn ran(mut view: EndpointView, verdict: Verdict) -> EndpointView {
    let ran = Ran { at: now() - Duration::from_secs(12), elapsed: Duration::from_millis(51) };
    view.state = State { verdict, since: now() - Duration::from_mins(50), ..view.state };
    (view.last_round, view.last_check, view.last_scan) = (Some(ran), Some(ran), Some(ran));
    view.next_round = Some(now() + Duration::from_secs(18));
    let resends = Some(0);
    view.dns = Some(DnsView { ttl: Some(Duration::from_mins(5)), resends, failures: Vec::new() });
    for number in 0..60_u32 {
        let at = now() - Duration::from_secs(30) * (60 - number);
        let (outcome, rtt, failure) = match (number % 10, verdict) {
            (7, _) => (Outcome::Tainted, None, None),
            (_, Verdict::Down) => (Outcome::Down, None, Some((Phase::Tls, Cause::Timeout))),
            (_, Verdict::Degraded) => (Outcome::Degraded, Some(35), None),
            (_, Verdict::Healthy | Verdict::Unknown) => (Outcome::Healthy, Some(12), None),
        };
        let rtt = rtt.map(|ms| Duration::from_millis(ms + u64::from(number % 3)));
        view.history.push(Point::new(at, rtt, outcome, failure));
    }
    view.trace = Arc::from("[      2.1 ms] a: A 10.77.1.1 in 2.10 ms (kernel clock)\n");
    view
}

fn member(ip: [u8; 4], rtt: f64) -> MemberView {
    let address = SocketAddr::new(IpAddr::from(ip), 443);
    let mut member = MemberView::new(address, now() - Duration::from_hours(1));
    member.state.verdict = Verdict::Healthy;
    member.rtt = Some(ms(rtt));
    member.phases = Phases {
        resolve: Some(ms(2.2)),
        connect: Some(ms(rtt)),
        tls: Some(ms(rtt + 1.0)),
        wsus: Some(ms(rtt + 0.5)),
    };
    member.syn_retransmits = Some(0);
    member.session = Some(Arc::new(TlsSession {
        version: TlsVersion::Tls13,
        suite: "TLS13_AES_256_GCM_SHA384".to_owned(),
        group: Some("X25519".to_owned()),
        alpn: Some("http/1.1".to_owned()),
        legacy_suite: false,
    }));
    member.certificate = Some(Arc::new(CertificateView {
        verdict: CertificateVerdict::Ok,
        detail: String::new(),
        subject: "CN=msupdate.example.test".to_owned(),
        not_after: vec![Some(now() + Duration::from_hours(24 * 40)), None],
        used_until: Some(now() + Duration::from_hours(24 * 40)),
    }));
    member.services =
        vec![ServiceView { service: Service::Client, works: Some(true), text: "".into() }];
    member.tls = Some(Arc::new(TlsView {
        versions: vec![
            (Protocol::Tls10, Support::Unknown),
            (Protocol::Tls12, Support::Supported),
            (Protocol::Tls13, Support::NotSupported),
        ],
        clients: vec![
            (WindowsClient::Seven, Some(false), "it offers TLS 1.0 only".to_owned()),
            (WindowsClient::Ten1607, Some(true), "TLS 1.2".to_owned()),
            (WindowsClient::Eleven, None, "not seen".to_owned()),
        ],
    }));
    member
}

fn noted(code: FindingCode, severity: Severity, by: Job) -> Noted {
    let finding = Finding {
        code,
        severity,
        observed: "the content port refuses connections".to_owned(),
        meaning: "clients find updates but cannot download them".to_owned(),
        windows_update_code: None,
        action: "start the site's binding on port 80".to_owned(),
    };
    Noted { finding: Arc::new(finding), by }
}

fn ms(ms: f64) -> Timed {
    Timed::kernel(Duration::from_secs_f64(ms / 1000.0))
}
