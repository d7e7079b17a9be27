//! What a dashboard says about itself.

use serde_json::Value;

use super::{Board, Finding, Findings, list, text};

/// The last classic version; Grafana migrates it by itself where that is not its newest.
const SCHEMA_VERSION: u64 = 42;

/// What Grafana's database takes.
const LONGEST_UID: usize = 40;

/// The tag by which the dashboards find each other.
const TAG: &str = "wsus";

pub(super) fn check(board: &Board<'_>) -> Vec<Finding> {
    let json = board.json;
    let mut found = Findings::at(board.uid);
    found.check(json["schemaVersion"] == SCHEMA_VERSION, "S01", "schemaVersion is not 42");
    let uid = text(&json["uid"]);
    let safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let fine = (1..=LONGEST_UID).contains(&uid.len()) && uid.chars().all(safe);
    found.check(fine, "S02", "uid: give 1 to 40 of letters, digits, - and _");
    let portable = "an id belongs to one Grafana: leave it out";
    found.check(json["id"].is_null(), "S03", portable);
    for name in ["__inputs", "__requires", "__elements"] {
        let text = format!("{name} works only when somebody imports by hand: use the variable");
        found.check(json.get(name).is_none(), "S04", &text);
    }
    found.check(!text(&json["description"]).is_empty(), "S05", "give a description");
    found.check(!text(&json["title"]).is_empty(), "S05", "give a title");
    let tagged = list(&json["tags"]).any(|tag| tag == TAG);
    found.check(tagged, "S06", "without the tag `wsus` the others do not find it");
    let zone = matches!(text(&json["timezone"]), "browser" | "utc");
    found.check(zone, "S07", "timezone: browser, so that everybody reads their own time");
    let refresh = text(&json["refresh"]).ends_with(['s', 'm']);
    found.check(refresh, "S08", "refresh: without it a screen on the wall shows yesterday");
    let from = text(&json["time"]["from"]).starts_with("now-");
    found.check(from && json["time"]["to"] == "now", "S09", "time: from now-… to now");
    ids(board, &mut found);
    found.list
}

fn ids(board: &Board<'_>, found: &mut Findings) {
    let panels = board.panels();
    let mut ids: Vec<Option<u64>> = panels.iter().map(|panel| panel["id"].as_u64()).collect();
    ids.sort_unstable();
    for pair in ids.windows(2) {
        if pair[0] == pair[1] {
            let id = pair[0].map_or_else(|| "none".into(), |id| id.to_string());
            found.add("S10", format!("id {id} is on two panels: give each its own"));
        }
    }
    found.check(ids.first() != Some(&None), "S10", "a panel has no id");
}

/// A source of data that follows the variable.
pub(super) fn follows_variable(source: &Value) -> bool {
    source["type"] == "prometheus" && source["uid"] == "${datasource}"
}
