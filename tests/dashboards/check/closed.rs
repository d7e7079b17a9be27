//! Lists of label values that the exporter closes: queries name no others, and value mappings name
//! all of them.

use promql_parser::label::{MatchOp, Matcher};
use serde_json::Value;
use wsus_probe::metrics::table::{endpoint, fleet};
use wsus_probe::model::failure::{Cause, Phase};
use wsus_probe::model::finding::{FindingCode, Severity};
use wsus_probe::model::monitor::choice::ChangeReason;
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::report::Verdict;
use wsus_probe::model::service::Service;
use wsus_probe::model::windows_client::WindowsClient;

use super::macros::ANYTHING;
use super::parsed::parsed;
use super::queries::selectors;
use super::{Board, Finding, Findings, list, properties, text};

/// The states, in the order in which they get worse.
const VERDICTS: [Verdict; 4] =
    [Verdict::Healthy, Verdict::Degraded, Verdict::Down, Verdict::Unknown];

/// Every list, by the label whose values it has.
fn lists() -> Vec<(&'static str, Vec<&'static str>)> {
    fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().copied().map(name).collect()
    }
    vec![
        ("state", names(&VERDICTS, Verdict::as_str)),
        ("phase", names(&Phase::ALL, Phase::as_str)),
        ("cause", names(Cause::ALL, Cause::as_str)),
        ("severity", names(&[Severity::Note, Severity::Warning], Severity::as_str)),
        ("code", names(FindingCode::ALL, FindingCode::as_str)),
        ("version", names(Protocol::ALL, Protocol::as_str)),
        ("release", names(WindowsClient::ALL, WindowsClient::as_str)),
        ("check", names(Service::ALL, Service::as_str)),
        ("reason", names(ChangeReason::ALL, ChangeReason::as_str)),
        ("alertstate", vec!["pending", "firing"]),
    ]
}

/// Every value of every list.
pub(crate) fn all_values() -> Vec<&'static str> {
    lists().into_iter().flat_map(|(_, values)| values).collect()
}

/// What the label of that series can be, where that is a closed list.
fn values(series: &str, label: &str) -> Option<Vec<&'static str>> {
    let of_alerts = series.starts_with("ALERTS");
    let ours = endpoint::STATES.iter().chain(endpoint::HISTORIES).chain(fleet::FLEET);
    let ours = ours.map(|family| family.name).any(|name| series.starts_with(name));
    if !ours && !of_alerts {
        return None;
    }
    if of_alerts && label == "severity" {
        return Some(vec!["page", "urgent", "ticket"]);
    }
    lists().into_iter().find(|(of, _)| *of == label).map(|(_, values)| values)
}

/// The values that the matcher names and the label never has.
pub(super) fn strangers(series: &str, matcher: &Matcher) -> Vec<String> {
    let Some(values) = values(series, &matcher.name) else { return Vec::new() };
    let named: Vec<&str> = match &matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => vec![matcher.value.as_str()],
        MatchOp::Re(_) | MatchOp::NotRe(_) => matcher.value.split('|').collect(),
    };
    let pattern = |value: &str| value.contains(ANYTHING) || value.contains(['(', '[', '+', '.']);
    let known = |value: &str| value.is_empty() || values.contains(&value);
    let plain = named.into_iter().filter(|value| !pattern(value) || values.contains(value));
    plain.filter(|value| !known(value)).map(str::to_owned).collect()
}

/// Value mappings that name some of a list name all of it: what is left out would be shown raw, in
/// a colour that means nothing.
pub(super) fn check(board: &Board<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    for panel in board.panels() {
        let mut found = Findings::at(board.place(panel));
        for mappings in properties(panel, "mappings") {
            complete(mappings, panel, &mut found);
        }
        all.append(&mut found.list);
    }
    all
}

fn complete(mappings: &Value, panel: &Value, found: &mut Findings) {
    let objects = list(mappings).filter(|mapping| mapping["type"] == "value");
    let objects = objects.filter_map(|mapping| mapping["options"].as_object());
    let keys: Vec<&str> = objects.flat_map(|options| options.keys().map(String::as_str)).collect();
    // Numbers stand for whatever the query makes of them.
    if keys.iter().all(|key| key.parse::<f64>().is_ok()) {
        return;
    }
    // A key may have the value of another label before it.
    let is_named = |value: &str| keys.iter().any(|key| key.split(' ').next_back() == Some(value));
    // The list that is meant is the one of which the least is missing.
    let meant = lists()
        .into_iter()
        .filter(|(_, values)| values.iter().any(|value| is_named(value)))
        .map(|(label, values)| {
            let mut missing = selected(panel, label, values);
            missing.retain(|value| !is_named(value));
            (label, missing)
        })
        .min_by_key(|(_, missing)| missing.len());
    match meant {
        None => found.add("C01", format!("a mapping names {keys:?}: no label has these values")),
        Some((label, missing)) if !missing.is_empty() => {
            found.add("C01", format!("a mapping of `{label}` leaves out {missing:?}: add them"));
        }
        Some(_) => {}
    }
}

/// Of the values those that the panel's queries select, where all of them say which.
fn selected(panel: &Value, label: &str, values: Vec<&'static str>) -> Vec<&'static str> {
    let parsed: Vec<_> =
        list(&panel["targets"]).map(|target| parsed(text(&target["expr"]))).collect();
    let selectors: Vec<_> = parsed
        .iter()
        .flat_map(|query| query.as_ref().as_ref().map_or(Vec::new(), selectors))
        .collect();
    let families = || endpoint::STATES.iter().chain(endpoint::HISTORIES).chain(fleet::FLEET);
    let has_label =
        |name: &str| families().any(|family| family.name == name && family.labels.contains(&label));
    let selectors =
        selectors.iter().filter(|selector| selector.name.as_deref().is_some_and(has_label));
    let selects: Vec<_> = selectors
        .map(|selector| {
            let matchers = selector.matchers.matchers.iter();
            matchers.filter(|matcher| matcher.name == label).collect::<Vec<_>>()
        })
        .collect();
    if selects.is_empty() {
        return values;
    }
    let is_selected = |value: &&str| {
        selects.iter().any(|matchers| matchers.iter().all(|matcher| matcher.is_match(value)))
    };
    values.into_iter().filter(is_selected).collect()
}
