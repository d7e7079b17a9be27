//! What every alert has.

use std::path::Path;

use super::read::{self, Rule};
use crate::boards;

const SEVERITIES: [&str; 3] = ["page", "urgent", "ticket"];

/// What each section of the runbook tells, in this order.
const PARTS: [&str; 6] = [
    "**What it means.**",
    "**Who is hurt.**",
    "**Confirm.**",
    "**What to do.**",
    "**When it is a false alarm.**",
    "**Silence.**",
];

fn alerts() -> Vec<(String, Rule)> {
    let rules = read::rules().into_iter();
    rules.filter_map(|rule| Some((rule.alert.clone()?, rule))).collect()
}

#[test]
fn every_alert_says_how_urgent_it_is_and_where_to_go_on() {
    let uids: Vec<_> = boards::all().into_iter().map(|board| board.uid.to_owned()).collect();
    for (name, alert) in alerts() {
        assert!(name.starts_with("Wsus"), "{name}");
        assert!(SEVERITIES.contains(&alert.label("severity")), "{name}");
        for text in ["summary", "description"] {
            let text = alert.annotation(text);
            assert!(!text.is_empty() && !text.contains("  "), "{name}: {text}");
        }
        let runbook = format!("http://localhost:18530/runbook/{name}");
        assert_eq!(alert.annotation("runbook_url"), runbook, "{name}");
        let url = alert.annotation("dashboard_url");
        let board = url.strip_prefix("http://localhost:3000/d/").unwrap_or_default();
        let uid = board.split('?').next().unwrap();
        assert!(uids.iter().any(|known| *known == uid), "{name}: {url}");
        // A label that the alert does not have would show everything instead.
        for label in ["job", "endpoint", "site"] {
            let template = format!("var-{label}={{{{ $labels.{label} | urlquery }}}}");
            assert_eq!(url.contains(label), url.contains(&template), "{name}: {url}");
        }
    }
}

#[test]
fn every_alert_was_seen_to_fire_and_to_keep_quiet() {
    let cases = read::cases();
    for (name, _) in alerts() {
        for firing in [true, false] {
            let tested = cases.iter().any(|case| case.expects(&name, firing));
            assert!(tested, "{name}: no test where firing is {firing}");
        }
    }
}

#[test]
fn the_runbook_has_a_whole_section_for_each_alert_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbook.md");
    let text = std::fs::read_to_string(path).unwrap();
    let sections = text.split("\n## ").skip(1);
    let mut sections: Vec<_> = sections.map(|all| all.split_once('\n').unwrap()).collect();
    let mut names: Vec<_> = alerts().into_iter().map(|(name, _)| name).collect();
    names.dedup();
    let order: Vec<_> = sections.iter().map(|(name, _)| *name).collect();
    assert_eq!(order, names, "one section each, in the order of the rules");
    for (name, section) in sections.drain(..) {
        let mut rest = section;
        for part in PARTS {
            let found = rest.split_once(part);
            rest = found.unwrap_or_else(|| panic!("{name}: no {part} in its place")).1;
        }
        // It is served by itself.
        assert!(!section.contains("above") && !section.contains("below"), "{name}");
    }
}
