//! The pages as documents: what the policy allows, what hostile texts become, how large they are.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::model::endpoint::EndpointName;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::monitor::history::{Outcome, Point};
use crate::model::monitor::{DnsView, Job, LocalTrouble, Noted, fixture};
use crate::model::report::Verdict;

fn reload(refused: Option<&str>) -> Reload {
    let in_force_since = fixture::now() - Duration::from_hours(1);
    Reload { in_force_since, refused: refused.map(str::to_owned) }
}

fn surround(reload: &Reload) -> Surround<'_> {
    let started = fixture::now() - Duration::from_hours(2);
    let web_refused = reload.refused.as_ref().map(|reason| format!("web.yml: {reason}").into());
    Surround { version: "1.2.3", started, reload, web_refused }
}

/// The page of the fleet, and that of each endpoint.
fn pages(snapshot: &Snapshot, reload: &Reload) -> Vec<String> {
    let around = surround(reload);
    let each = snapshot.endpoints.iter().map(|view| endpoint(snapshot, view, &around));
    std::iter::once(fleet(snapshot, &around)).chain(each).collect()
}

/// The texts between a start tag and its end tag.
fn inside<'a>(page: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    page.split(start).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}

#[test]
fn the_policy_allows_what_is_on_the_page_and_nothing_else() {
    let policy = content_security_policy();
    for page in pages(&fixture::snapshot(), &reload(None)) {
        for (tag, end, directive) in
            [("<style>", "</style>", "style-src"), ("<script>", "</script>", "script-src")]
        {
            let found = inside(&page, tag, end);
            assert_eq!(found.len(), 1, "{tag}");
            let hash = STANDARD.encode(Sha256::digest(found[0]));
            assert!(policy.contains(&format!("{directive} 'sha256-{hash}';")), "{policy}");
        }
        for forbidden in ["style=", "onclick", "onload", "javascript:", "src=", "<link rel=\"s"] {
            let main = page.replace(SCRIPT, "");
            assert!(!main.contains(forbidden), "{forbidden}");
        }
        assert!(page.contains("<noscript><meta http-equiv=\"refresh\""));
    }
}

/// Breaks out of text and attributes, and reorders what a person reads.
const HOSTILE: &str =
    "</script></style><script>alert(1)</script>\"'><img src=x>\u{202e}\u{1b}[31m\n";

fn hostile() -> Snapshot {
    let mut snapshot = fixture::snapshot();
    let text = HOSTILE.to_owned();
    let failure = Failure::new(Phase::Wsus, Cause::HtmlPage, HOSTILE);
    let finding = Finding {
        code: FindingCode::Intercepted,
        severity: Severity::Warning,
        observed: text.clone(),
        meaning: text.clone(),
        windows_update_code: None,
        action: text.clone(),
    };
    for view in &mut snapshot.endpoints {
        let view = Arc::make_mut(view);
        let endpoint = Arc::make_mut(&mut view.endpoint);
        endpoint.name = EndpointName(format!("{}{HOSTILE}", endpoint.name));
        endpoint.region = Some(text.clone());
        endpoint.time_zone = Some(text.clone());
        endpoint.dc = Some(text.clone());
        view.state.failure = Some(failure.clone());
        view.findings = vec![Noted { finding: Arc::new(finding.clone()), by: Job::Round }];
        view.dns = Some(DnsView { failures: vec![text.clone()], ..DnsView::default() });
        view.trace = Arc::from(HOSTILE);
        for member in &mut view.members {
            member.state.failure = Some(failure.clone());
            member.findings = vec![Noted { finding: Arc::new(finding.clone()), by: Job::Round }];
            for service in &mut member.services {
                service.text = HOSTILE.into();
            }
            if let Some(chain) = &mut member.certificate {
                let chain = Arc::make_mut(chain);
                (chain.subject, chain.detail) = (text.clone(), text.clone());
            }
            if let Some(session) = &mut member.session {
                let session = Arc::make_mut(session);
                session.suite = text.clone();
                (session.group, session.alpn) = (Some(text.clone()), Some(text.clone()));
            }
            if let Some(scan) = &mut member.tls {
                Arc::make_mut(scan).clients.iter_mut().for_each(|client| client.2 = text.clone());
            }
        }
    }
    snapshot.choice.text = text.clone();
    snapshot.choice.selected = Some(snapshot.endpoints[0].endpoint.name.clone());
    snapshot.trouble = Some(LocalTrouble { since: fixture::now(), evidence: vec![text] });
    snapshot
}

#[test]
fn foreign_text_stays_text() {
    for page in pages(&hostile(), &reload(Some(HOSTILE))) {
        assert_eq!(page.matches("<script>").count(), 1);
        assert!(!page.contains("<img"));
        let unsafe_text = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!page.contains(unsafe_text));
        assert!(page.contains("&lt;img src=x&gt;"));
    }
}

#[test]
fn identifiers_are_unique_and_links_lead_somewhere() {
    for snapshot in [fixture::snapshot(), hostile()] {
        for page in pages(&snapshot, &reload(None)) {
            let ids = inside(&page, " id=\"", "\"");
            let mut unique = ids.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), ids.len());
            for target in inside(&page, "href=\"#", "\"") {
                assert!(ids.contains(&target), "{target}");
            }
        }
    }
}

#[test]
fn what_can_be_open_or_focused_has_an_identifier() {
    for page in pages(&fixture::snapshot(), &reload(None)) {
        for tag in ["<details", "<summary", "<a"] {
            for start in inside(&page, &format!("{tag} "), ">") {
                assert!(start.contains("id="), "{tag} {start}");
            }
            assert!(!page.contains(&format!("{tag}>")));
        }
    }
}

#[test]
fn the_fleet_page_tells_of_every_state() {
    let page = fleet(&fixture::snapshot(), &surround(&reload(Some("line 3: no such key"))));
    for text in [
        "<title>1/4 healthy – wsus-probe</title>",
        "<pre>line 3: no such key",
        "<pre>web.yml: line 3: no such key",
        "2 members: 2 down",
        "certificate expired 2 days ago",
        "connect failed: refused</b> at 10.77.5.2",
        "connect refused: &lt;b&gt;Connection refused&lt;/b&gt;",
        "it offers TLS 1.0 only",
        "1.0 unknown",
        "Last 60 rounds: 54 healthy, 6 slept through",
        "no round yet",
        "54 of 54 rounds worked",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("Probably this machine"));
    assert!(!page.contains(" 0.00 ms"), "an unmeasured duration became a zero");
}

#[test]
fn the_endpoint_page_has_what_a_client_sees() {
    let snapshot = fixture::snapshot();
    let page = endpoint(&snapshot, snapshot.endpoint("syd").unwrap(), &surround(&reload(None)));
    for text in [
        "<title>down SYD – wsus-probe</title>",
        "0x80072F8F",
        "4: 1 at connect, 3 at TLS",
        "TLS timeout",
        "A 10.77.1.1 in 2.10 ms",
        "href=\"../endpoint/ord\"",
        "href=\"../endpoint/lon\"",
        "/api/v1/endpoints/syd/history",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn while_this_machine_is_at_fault_nobody_is_said_to_suffer() {
    let blamed = |snapshot: &Snapshot| {
        let page = endpoint(snapshot, snapshot.endpoint("syd").unwrap(), &surround(&reload(None)));
        ["for everybody", "0x80072F8F"].map(|text| page.contains(text))
    };
    let mut snapshot = fixture::snapshot();
    assert_eq!(blamed(&snapshot), [true, true]);
    snapshot.trouble = Some(LocalTrouble { since: fixture::now(), evidence: Vec::new() });
    assert_eq!(blamed(&snapshot), [false, false]);
    snapshot.trouble = None;
    let place = snapshot.endpoints.iter().position(|view| view.endpoint.name.0 == "syd").unwrap();
    for outcome in [Outcome::Local, Outcome::Tainted] {
        let view = Arc::make_mut(&mut snapshot.endpoints[place]);
        view.history.push(Point::new(fixture::now(), None, outcome, None));
        assert_eq!(blamed(&snapshot), [false, false], "{outcome:?}");
    }
}

/// So many endpoints in every state.
fn large(number: usize) -> Snapshot {
    let mut snapshot = fixture::snapshot();
    let models = snapshot.endpoints.clone();
    let views = models.iter().cycle().take(number).enumerate().map(|(number, view)| {
        let mut view = view.as_ref().clone();
        let endpoint = Arc::make_mut(&mut view.endpoint);
        endpoint.name = EndpointName(format!("{}{number}", endpoint.name));
        endpoint.dc = Some(format!("{}-{number}", endpoint.dc.as_deref().unwrap_or_default()));
        Arc::new(view)
    });
    snapshot.endpoints = views.collect();
    snapshot
}

#[test]
fn a_large_fleet_is_complete_and_light() {
    let snapshot = large(500);
    let page = fleet(&snapshot, &surround(&reload(None)));
    for view in &snapshot.endpoints {
        assert!(page.contains(&format!("id=\"e-{}\"", view.endpoint.name)));
    }
    assert!(page.len() < 1_500_000, "{} bytes", page.len());
    assert!(page.contains("data-refresh=\"25\""));
}

#[test]
fn what_is_in_trouble_is_not_hidden_among_the_others() {
    let healthy = "<h2 id=\"rows\">Healthy</h2>";
    let others = "<h2 id=\"rows\">The others</h2>";
    let limited = "Only the 50 worst are shown in full.";
    let mut snapshot = large(500);
    let mixed = fleet(&snapshot, &surround(&reload(None)));
    assert!(mixed.contains("<h2 id=\"more\">200 more in trouble</h2>") && mixed.contains(limited));
    assert!(mixed.contains(others));
    snapshot.endpoints.retain(|view| view.state.verdict == Verdict::Down);
    snapshot.endpoints.truncate(60);
    let down = fleet(&snapshot, &surround(&reload(None)));
    assert!(down.contains("<h2 id=\"more\">10 more in trouble</h2>") && down.contains(limited));
    assert!(!down.contains("id=\"rows\""));
    let mut snapshot = large(500);
    snapshot.endpoints.retain(|view| view.state.verdict == Verdict::Healthy);
    let well = fleet(&snapshot, &surround(&reload(None)));
    assert!(well.contains(healthy) && !well.contains("in trouble"));
}

#[test]
fn the_legend_claims_a_clock_only_where_it_is_marked() {
    let page = fleet(&fixture::snapshot(), &surround(&reload(None)));
    assert!(!page.contains("Durations are the kernel's, except"));
    assert!(page.contains("kept without their clock"));
}
