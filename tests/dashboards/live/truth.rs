//! Whether panels say what is known of the fleet.

use serde_json::Value;

use super::asked::Asked;
use super::board::{Board, Panel};
use super::fixture::{NEVER_REACHED, STATES};
use super::macros::{Chosen, Setting};
use super::{rules, settings};

/// Panels of the fleet dashboard whose number is the number of endpoints in one of these states.
const COUNTS: [(&str, &[&str]); 4] = [
    ("Down", &["down"]),
    ("Partly", &["partly"]),
    ("Work", &["healthy", "degraded"]),
    ("Unknown", &["unknown"]),
];

/// What else is known, and what is nobody's to know.
const FACTS: [(&str, Option<f64>); 12] = [
    ("count(wsus_probe_nearest == 1)", Some(2.0)),
    (r#"wsus_probe_nearest{site="london",endpoint="lon"}"#, Some(1.0)),
    (r#"endpoint:wsus_probe_vote:max{endpoint="dfw"}"#, Some(1.0)),
    (r#"endpoint:wsus_probe_vote:max{endpoint="hkg"}"#, Some(0.0)),
    // Unknown is neither.
    (r#"endpoint:wsus_probe_vote:max{endpoint="tls10-only"}"#, None),
    (r#"max(endpoint:wsus_probe_errors:ratio_rate5m{endpoint="hkg"})"#, Some(1.0)),
    (r#"max(endpoint:wsus_probe_errors:ratio_rate5m{endpoint="lon"})"#, Some(0.0)),
    (r#"max(endpoint:wsus_probe_errors:ratio_rate5m{endpoint="tls10-only"})"#, None),
    (r#"max(endpoint:wsus_probe_patch_window_active:max{endpoint="dfw"})"#, Some(1.0)),
    (r#"max(endpoint:wsus_probe_patch_window_active:max{endpoint="slow"})"#, None),
    (r#"max(wsus_probe_endpoint_rtt_seconds{endpoint="hkg"})"#, None),
    (r#"max(wsus_probe_tls_protocol_supported{endpoint="tls10-too",version="1.0"})"#, Some(1.0)),
];

/// What panels say otherwise than it is.
pub(crate) fn untrue(asked: &Asked<'_>, boards: &[Board]) -> Vec<String> {
    let fleet = &boards[0];
    assert_eq!(fleet.uid, "wsus-fleet");
    let mut untrue = counts(asked, fleet);
    for (expr, known) in FACTS {
        let value = value(&asked.instant(expr).body);
        if value.as_deref().and_then(|value| value.parse().ok()) != known {
            untrue.push(format!("{expr} is {value:?}, and not {known:?}"));
        }
    }
    untrue.extend(boards.iter().flat_map(|board| invented_times(asked, board)));
    untrue
}

/// Each count for the whole fleet, and for each endpoint alone.
fn counts(asked: &Asked<'_>, fleet: &Board) -> Vec<String> {
    let mut untrue = Vec::new();
    let (all, _) = settings::settings(asked, fleet, None);
    for (title, states) in COUNTS {
        let Some(panel) = fleet.panels.iter().find(|panel| panel.title == title) else {
            untrue.push(format!("there is no panel {title:?}"));
            continue;
        };
        let mut expect = |setting: &Setting, wanted: Option<usize>, who: &str| {
            let value = number(asked, panel, setting);
            if value != wanted.map(|number| number.to_string()) {
                untrue.push(format!("{title:?} of {who} says {value:?}, and it is {wanted:?}"));
            }
        };
        let counts = |state: &str| usize::from(states.contains(&state));
        let sum = STATES.iter().map(|(_, state)| counts(state)).sum();
        expect(&all[0], Some(sum), "the fleet");
        for (endpoint, state) in STATES {
            let mut setting = all[0].clone();
            setting.insert("endpoint".to_owned(), Chosen::One(endpoint.to_owned()));
            // Where nobody can tell, only that is known.
            let known = state != "unknown" || title == "Unknown";
            expect(&setting, known.then(|| counts(state)), endpoint);
        }
    }
    untrue
}

/// The number that a stat shows.
fn number(asked: &Asked<'_>, panel: &Panel, setting: &Setting) -> Option<String> {
    value(&rules::answer(asked, panel.targets.first()?, setting).unwrap().body)
}

/// The first number of an answer.
fn value(body: &Value) -> Option<String> {
    body["data"]["result"][0]["value"][1].as_str().map(str::to_owned)
}

/// Times of endpoints that nobody was ever connected to: 0 would make them the fastest of all.
fn invented_times(asked: &Asked<'_>, board: &Board) -> Vec<String> {
    let (settings, _) = settings::settings(asked, board, None);
    let mut invented = Vec::new();
    for panel in &board.panels {
        let timed = |expr: &str| ["rtt_seconds", "phase_duration"].iter().any(|n| expr.contains(n));
        for target in panel.targets.iter().filter(|target| timed(&target.expr)) {
            for setting in &settings {
                let Ok(answer) = rules::answer(asked, target, setting) else { continue };
                let dead = |labels: &&Value| {
                    NEVER_REACHED.iter().any(|name| labels["endpoint"] == *name)
                        || NEVER_REACHED.iter().any(|name| {
                            setting.get("endpoint") == Some(&Chosen::One((*name).to_owned()))
                        })
                };
                invented.extend(answer.series.iter().filter(dead).map(|labels| {
                    format!(
                        "{}, {:?} has a time for {labels}: {}",
                        board.uid, panel.title, target.expr
                    )
                }));
            }
        }
    }
    invented
}
