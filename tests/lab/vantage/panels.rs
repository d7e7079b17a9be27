//! The queries of a dashboard's panels, with every variable at a value that a test can ask for.

use serde_json::Value;

use super::snippets::faster;

/// The dashboard that is looked at.
const FLEET: &str = include_str!("../../../dashboards/wsus-fleet.json");

/// What stands for the variables: everything, and spans that suit the pace of the lab. The longer
/// names come first, because the others are beginnings of them.
const VALUES: [(&str, &str); 9] = [
    ("$__rate_interval", "5m"),
    ("$__range_ms", "1800000"),
    ("$__range_s", "1800"),
    ("$__interval", "1m"),
    ("$__range", "30m"),
    ("$job", "wsus"),
    ("$site", ".*"),
    ("$dc", ".*"),
    ("$endpoint", ".*"),
];

/// A query of a panel, as it is sent.
#[derive(Debug)]
pub(super) struct PanelQuery {
    /// Title and reference.
    pub(super) panel: String,
    pub(super) expression: String,
}

/// Every query of the fleet dashboard, those in folded rows too.
pub(super) fn queries() -> Vec<PanelQuery> {
    let board: Value = serde_json::from_str(FLEET).expect("the dashboard is JSON");
    let mut found = Vec::new();
    collect(&board["panels"], &mut found);
    assert!(!found.is_empty(), "the dashboard has no query");
    found
}

fn collect(panels: &Value, found: &mut Vec<PanelQuery>) {
    for panel in panels.as_array().into_iter().flatten() {
        let title = panel["title"].as_str().unwrap_or_default();
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = with_values(target["expr"].as_str().expect("an expression"));
            let panel = format!("{title} {}", target["refId"].as_str().unwrap_or_default());
            found.push(PanelQuery { panel, expression });
        }
        collect(&panel["panels"], found);
    }
}

fn with_values(expression: &str) -> String {
    let braced = |text: String, (name, value): &(&str, &str)| {
        let inner = name.trim_start_matches('$');
        text.replace(&format!("${{{inner}}}"), value).replace(name, value)
    };
    let text = VALUES.iter().fold(expression.to_owned(), braced);
    // What `label_replace` refers to is a number.
    let is_variable = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
    assert!(!text.split('$').skip(1).any(is_variable), "a variable not known here: {text}");
    faster(&text)
}
