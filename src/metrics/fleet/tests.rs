//! What is written, and above all what is not.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::decide::monitor::patch_window;
use crate::metrics::parser::{Sample, parse};
use crate::metrics::table::{endpoint, fleet};
use crate::model::endpoint::EndpointName;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::monitor::member::MemberView;
use crate::model::monitor::{EndpointView, Job, LocalTrouble, Noted, fixture};
use crate::model::report::Verdict;
use crate::model::resolvers::{Agreement, ResolverView};
use crate::model::timing::Timed;

fn text(snapshot: &Snapshot, buckets: bool) -> String {
    let mut out = String::new();
    // As one part.
    Parts::new(snapshot, Detail { buckets }).fill(&mut out, usize::MAX);
    out
}

fn families() -> Vec<&'static Family> {
    fleet::FLEET.iter().chain(endpoint::STATES).chain(endpoint::HISTORIES).collect()
}

fn samples(snapshot: &Snapshot) -> Vec<Sample> {
    parse(&text(snapshot, true), &families())
}

/// The samples of a family about an endpoint.
fn of<'a>(samples: &'a [Sample], family: &Family, endpoint: &str) -> Vec<&'a Sample> {
    let name = |sample: &&Sample| sample.name == family.name;
    samples.iter().filter(name).filter(|s| s.label("endpoint") == endpoint).collect()
}

/// The fixture's fleet with `change` made to its first endpoint.
fn changed(change: impl FnOnce(&mut EndpointView)) -> Snapshot {
    let mut snapshot = fixture::snapshot();
    change(Arc::make_mut(&mut snapshot.endpoints[0]));
    snapshot
}

#[test]
fn a_certificate_that_has_ended_since_it_was_seen_is_not_valid() {
    let mut snapshot = fixture::snapshot();
    let valid = |snapshot: &Snapshot| {
        let samples = samples(snapshot);
        let of = of(&samples, &endpoint::CERTIFICATE_VALID, "dfw");
        of.iter().map(|sample| sample.value).collect::<Vec<_>>()
    };
    assert_eq!(valid(&snapshot), [1.0, 1.0]);
    snapshot.at += Duration::from_hours(24 * 40);
    assert_eq!(valid(&snapshot), [0.0, 0.0]);
}

#[test]
fn the_whole_exposition() {
    let text = text(&fixture::snapshot(), false);
    let pinned = text.lines().filter(|line| !line.contains(endpoint::PATCH_WINDOW.name));
    insta::assert_snapshot!(pinned.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_family_is_written_and_with_and_without_buckets() {
    let snapshot = changed(|view| {
        let endpoint = Arc::make_mut(&mut view.endpoint);
        endpoint.expected_members = vec![[10, 77, 1, 1].into()];
        view.resolvers = vec![resolver("system", Some(Agreement::Same))];
    });
    for buckets in [true, false] {
        let samples = parse(&text(&snapshot, buckets), &families());
        let written: BTreeSet<&str> = samples.iter().map(|sample| sample.name.as_str()).collect();
        for family in families() {
            let suffix = if family.name == endpoint::PHASE_DURATION.name { "_sum" } else { "" };
            // See the test of its own.
            let depends = family.name == endpoint::PATCH_WINDOW.name;
            assert!(depends || written.contains(format!("{}{suffix}", family.name).as_str()));
        }
        assert_eq!(text(&snapshot, buckets).contains("_bucket"), buckets);
    }
}

fn resolver(name: &str, agreement: Option<Agreement>) -> ResolverView {
    ResolverView {
        name: name.into(),
        is_up: Some(agreement.is_some()),
        time: agreement.map(|_| Timed::kernel(Duration::from_millis(2))),
        addresses: agreement.map(|_| 2),
        ttl: agreement.map(|_| Duration::from_mins(5)),
        agreement,
    }
}

#[test]
fn resolvers_have_what_they_said_and_nothing_else() {
    let snapshot = changed(|view| {
        view.resolvers = vec![
            resolver("system", Some(Agreement::Same)),
            resolver("10.0.0.1:53", Some(Agreement::Part)),
            resolver("10.0.0.2:53", None),
            resolver("10.0.0.3:53", Some(Agreement::Split)),
        ];
    });
    let samples = samples(&snapshot);
    let values = |family| -> Vec<(String, f64)> {
        let of = of(&samples, family, "dfw").into_iter();
        of.map(|one| (one.label("resolver").to_owned(), one.value)).collect()
    };
    let [own, part, silent, split] =
        ["system", "10.0.0.1:53", "10.0.0.2:53", "10.0.0.3:53"].map(str::to_owned);
    let up = vec![(own.clone(), 1.0), (part.clone(), 1.0), (silent, 0.0), (split, 1.0)];
    assert_eq!(values(&endpoint::RESOLVER_UP), up);
    let agrees = vec![(own, 1.0), (part, 0.0)];
    assert_eq!(values(&endpoint::RESOLVER_AGREES), agrees);
    for family in [&endpoint::RESOLVER_DURATION, &endpoint::RESOLVER_TTL] {
        assert_eq!(values(family).len(), 3, "{}", family.name);
    }
    assert!(of(&samples, &endpoint::RESOLVER_UP, "ord").is_empty());
}

#[test]
fn every_set_of_states_has_exactly_one() {
    let samples = samples(&fixture::snapshot());
    let mut sets: BTreeMap<Vec<&str>, (u32, f64)> = BTreeMap::new();
    for sample in &samples {
        if [endpoint::ENDPOINT_STATE.name, endpoint::MEMBER_STATE.name]
            .contains(&sample.name.as_str())
        {
            let shared = sample.labels.iter().filter(|(name, _)| name != "state");
            let key = shared.map(|(_, value)| value.as_str()).collect();
            let set = sets.entry(key).or_default();
            *set = (set.0 + 1, set.1 + sample.value);
        }
    }
    assert_eq!(sets.len(), 4 + 5);
    assert!(sets.values().all(|set| *set == (4, 1.0)), "{sets:?}");
}

#[test]
fn nothing_is_written_of_what_nobody_measured() {
    let samples = samples(&fixture::snapshot());
    let zeros = [&endpoint::ENDPOINT_RTT, &endpoint::RTT, &endpoint::DNS_TTL];
    let unwatched: BTreeSet<&str> = samples
        .iter()
        .filter(|s| s.labels.first().is_some_and(|(_, value)| value == "lon"))
        .map(|s| s.name.trim_start_matches("wsus_probe_"))
        .collect();
    let known = [
        "attempts_total",
        "endpoint_info",
        "endpoint_state",
        "failures_total",
        "nearest",
        "round_interval_seconds",
        "rounds_local_total",
        "rounds_tainted_total",
        "rounds_unknown_total",
    ];
    let known_more = unwatched.iter().filter(|name| **name != "patch_window_active");
    assert_eq!(known_more.copied().collect::<Vec<_>>(), known);
    for family in zeros {
        assert!(of(&samples, family, "syd").iter().all(|sample| sample.value > 0.0));
    }
    // TLS 1.0 and Windows 11 are not known in the fixture, the second certificate is unreadable.
    let labels = |family, label| -> BTreeSet<&str> {
        of(&samples, family, "dfw").iter().map(|sample| sample.label(label)).collect()
    };
    assert_eq!(labels(&endpoint::TLS_PROTOCOL, "version"), ["1.2", "1.3"].into());
    assert_eq!(labels(&endpoint::WINDOWS_CLIENT, "release"), ["7_2008_r2", "10_1607_2016"].into());
    assert_eq!(labels(&endpoint::CERTIFICATE_NOT_AFTER, "position"), ["0"].into());
}

#[test]
fn the_patch_window_is_that_of_each_endpoint() {
    let snapshot = fixture::snapshot();
    let samples = samples(&snapshot);
    for view in &snapshot.endpoints {
        let open = patch_window::is_open(&view.endpoint, snapshot.at);
        let told = of(&samples, &endpoint::PATCH_WINDOW, &view.endpoint.name.0);
        let told: Vec<f64> = told.iter().map(|sample| sample.value).collect();
        let expected: Vec<f64> = open.map(|open| f64::from(u8::from(open))).into_iter().collect();
        assert_eq!(told, expected, "{}", view.endpoint.name);
    }
}

#[test]
fn a_failure_shows_only_while_it_lasts() {
    let samples = samples(&fixture::snapshot());
    let causes = |endpoint: &str| -> Vec<String> {
        let whole = of(&samples, &endpoint::FAILURE_INFO, endpoint);
        let members = of(&samples, &endpoint::MEMBER_FAILURE_INFO, endpoint);
        whole.into_iter().chain(members).map(|s| s.label("cause").to_owned()).collect()
    };
    assert_eq!(causes("syd"), ["certificate_expired", "certificate_expired", "refused"]);
    let mut snapshot = fixture::snapshot();
    for verdict in [Verdict::Unknown, Verdict::Degraded, Verdict::Healthy] {
        Arc::make_mut(&mut snapshot.endpoints[2]).state.verdict = verdict;
        let after = parse(&text(&snapshot, true), &families());
        assert!(of(&after, &endpoint::FAILURE_INFO, "syd").is_empty(), "{verdict:?}");
    }
}

#[test]
fn what_is_gone_leaves_nothing() {
    let mut snapshot = fixture::snapshot();
    Arc::make_mut(&mut snapshot.endpoints[0]).members.pop();
    snapshot.endpoints.remove(2);
    let text = text(&snapshot, true);
    for gone in ["10.77.1.2", "syd", "SYD"] {
        assert!(!text.contains(gone), "{gone}");
    }
}

#[test]
fn a_code_is_told_once_with_its_worst_severity() {
    let noted = |severity, by| Noted {
        finding: Arc::new(Finding {
            code: FindingCode::ServiceUnknown,
            severity,
            observed: String::new(),
            meaning: String::new(),
            windows_update_code: None,
            action: String::new(),
        }),
        by,
    };
    let snapshot = changed(|view| {
        let twice = vec![noted(Severity::Note, Job::Round), noted(Severity::Warning, Job::Check)];
        view.members[0].findings.clone_from(&twice);
        view.findings = twice;
    });
    let samples = samples(&snapshot);
    let found = of(&samples, &endpoint::FINDING, "dfw");
    let told: Vec<_> = found.iter().map(|s| (s.label("member"), s.label("severity"))).collect();
    assert_eq!(told, [("", "warning"), ("10.77.1.1", "warning")]);
}

#[test]
fn members_differ_is_known_only_where_two_work_and_were_checked() {
    for (working, checked, expected) in [(2, true, true), (1, true, false), (2, false, false)] {
        let snapshot = changed(|view| {
            for dead in view.members.iter_mut().skip(working) {
                dead.state.verdict = Verdict::Down;
            }
            if !checked {
                view.last_check = None;
            }
        });
        let samples = samples(&snapshot);
        let found = of(&samples, &endpoint::MEMBERS_DIFFER, "dfw");
        assert_eq!(!found.is_empty(), expected, "{working} {checked}");
    }
}

#[test]
fn the_nearest_is_absent_before_the_first_choice_and_0_while_nothing_works() {
    let mut snapshot = fixture::snapshot();
    let sum = |snapshot: &Snapshot| {
        let samples = samples(snapshot);
        let nearest = samples.iter().filter(|s| s.name == endpoint::NEAREST.name);
        nearest.fold((0, 0.0), |(n, sum), sample| (n + 1, sum + sample.value))
    };
    assert_eq!(sum(&snapshot), (4, 1.0));
    snapshot.choice.selected = None;
    snapshot.trouble = Some(LocalTrouble { since: snapshot.at, evidence: Vec::new() });
    assert_eq!(sum(&snapshot), (4, 0.0));
    snapshot.choice.changed_at = None;
    assert_eq!(sum(&snapshot), (0, 0.0));
    assert!(text(&snapshot, false).contains("\nwsus_probe_local_trouble 1\n"));
}

#[test]
fn hostile_configuration_stays_inside_its_labels() {
    let hostile = format!("a\\\"}} 1\n# TYPE x counter\r\t\u{202e}é{}", "x".repeat(250));
    let snapshot = changed(|view| {
        let endpoint = Arc::make_mut(&mut view.endpoint);
        endpoint.name = EndpointName(hostile.clone());
        endpoint.dc = Some(hostile.clone());
        endpoint.region = Some(hostile.clone());
        let address: SocketAddr = "[2001:db8::1]:8531".parse().unwrap();
        view.members.push(MemberView::new(address, fixture::now() - Duration::from_secs(1)));
    });
    let samples = samples(&snapshot);
    let info = of(&samples, &endpoint::ENDPOINT_INFO, &hostile);
    assert_eq!((info[0].label("dc"), info[0].label("region")), (&*hostile, &*hostile));
    let states = of(&samples, &endpoint::MEMBER_STATE, &hostile);
    assert_eq!(states.last().unwrap().label("member"), "2001:db8::1");
}

#[test]
fn parts_are_bounded_and_make_up_the_whole() {
    let mut snapshot = fixture::snapshot();
    for _ in 0..8 {
        snapshot.endpoints.extend_from_within(..);
    }
    for buckets in [true, false] {
        let detail = Detail { buckets };
        let parts: Vec<String> = Parts::new(&snapshot, detail).collect();
        assert!(parts.len() > 3, "{}", parts.len());
        assert!(parts.iter().all(|part| part.ends_with('\n') && part.len() < PART + PART / 4));
        assert!(parts.concat() == text(&snapshot, buckets));
    }
}
