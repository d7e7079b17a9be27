//! What every panel has: a kind that Grafana has, words, queries.

use serde_json::Value;

use super::head::follows_variable;
use super::{Board, Finding, Findings, list, text};

/// Kinds that Grafana had once and has removed, or has replaced by another one.
const REMOVED: &[&str] = &[
    "graph",
    "singlestat",
    "table-old",
    "grafana-piechart-panel",
    "grafana-worldmap-panel",
    "grafana-singlestat-panel",
    "heatmap-old",
    "natel-discrete-panel",
];

/// Kinds that every Grafana from 9 on has without plugins.
const KINDS: &[&str] = &[
    "bargauge",
    "gauge",
    "heatmap",
    "row",
    "stat",
    "state-timeline",
    "status-history",
    "table",
    "text",
    "timeseries",
];

/// Whether it shows what queries bring.
pub(super) fn has_data(panel: &Value) -> bool {
    !matches!(text(&panel["type"]), "row" | "text")
}

pub(super) fn check(board: &Board<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    for panel in board.panels() {
        let mut found = Findings::at(board.place(panel));
        kind(panel, &mut found);
        found.check(!text(&panel["title"]).is_empty(), "S22", "give a title");
        if panel["type"] != "row" {
            let described = !text(&panel["description"]).is_empty();
            let text = "give a description: what is to be seen, what it means, what to do";
            found.check(described, "S23", text);
        }
        if has_data(panel) {
            targets(panel, &mut found);
        }
        all.append(&mut found.list);
    }
    let mut found = Findings::at(board.uid);
    for annotation in list(&board.json["annotations"]["list"]) {
        let own = annotation["builtIn"] == 1;
        let text = format!("annotation {} does not ask `${{datasource}}`", annotation["name"]);
        found.check(own || follows_variable(&annotation["datasource"]), "S26", &text);
    }
    all.append(&mut found.list);
    all
}

fn kind(panel: &Value, found: &mut Findings) {
    let kind = text(&panel["type"]);
    if REMOVED.contains(&kind) {
        found.add("S20", "Grafana has removed this kind of panel: use its successor");
    } else if !KINDS.contains(&kind) {
        found.add("S21", "not a kind of panel that every Grafana from 9 on has");
    }
}

fn targets(panel: &Value, found: &mut Findings) {
    let source = "does not ask `${datasource}`: it fails where Prometheus has another name";
    found.check(follows_variable(&panel["datasource"]), "S26", source);
    let targets: Vec<&Value> = list(&panel["targets"]).collect();
    found.check(!targets.is_empty(), "S27", "no query: nothing can be shown");
    let mut names: Vec<&str> = targets.iter().map(|target| text(&target["refId"])).collect();
    names.sort_unstable();
    let unique = names.windows(2).all(|pair| pair[0] != pair[1]);
    let given = names.first().is_none_or(|name| !name.is_empty());
    found.check(unique && given, "S28", "refId: each query needs its own");
    for target in targets {
        found.check(follows_variable(&target["datasource"]), "S26", source);
        found.check(!text(&target["expr"]).trim().is_empty(), "S27", "a query is empty");
        instant(panel, target, found);
    }
}

/// What shows one value of each series must ask for the value now.
fn instant(panel: &Value, target: &Value, found: &mut Findings) {
    let single = matches!(text(&panel["type"]), "stat" | "gauge" | "bargauge" | "table");
    // A curve behind the number needs the range, and then the number is that of the end.
    let calcs: Vec<&Value> = list(&panel["options"]["reduceOptions"]["calcs"]).collect();
    let skips_gaps = calcs.is_empty() || calcs.iter().any(|calc| *calc == "lastNotNull");
    if single && skips_gaps && target["instant"] != true {
        let text = "the last value of a range stays when its series has ended: make it instant";
        found.add("S32", text);
    }
    if target["instant"] == target["range"] {
        found.add("S29", "a query is either instant or a range");
    }
}
