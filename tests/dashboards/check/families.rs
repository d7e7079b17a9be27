//! Every family that the exporter has is there for somebody.

use std::collections::BTreeSet;

use serde_json::Value;
use wsus_probe::metrics::table::{self, Kind};

use super::Finding;
use super::macros::texts;
use super::parsed::parsed;
use super::queries::selectors;
use crate::rules::read::rules;

/// Families that neither dashboards nor rules use, and who does.
const ELSEWHERE: &[(&str, &str)] = &[
    ("wsus_probe_ready", "for who starts exporters, and asks /-/ready or this"),
    ("wsus_probe_resolver_up", COMPARED),
    ("wsus_probe_resolver_duration_seconds", COMPARED),
    ("wsus_probe_resolver_addresses", COMPARED),
    ("wsus_probe_resolver_ttl_seconds", COMPARED),
    ("wsus_probe_resolver_agrees", COMPARED),
];

/// Few configurations have it, and what hurts is a finding, which dashboards show.
const COMPARED: &str = "for who compares resolvers, to look back at what each of them said";

/// Exported families that nothing uses, and allowances that are not needed.
pub(super) fn unused(dashboards: &[Value]) -> Vec<Finding> {
    let mut queries: Vec<String> = rules().into_iter().map(|rule| rule.expr).collect();
    // Whatever can be parsed and has a selector: panels, annotations, variables.
    for dashboard in dashboards {
        queries.extend(texts(dashboard, &["description", "title"]).into_iter().map(|text| {
            let selector =
                text.strip_prefix("label_values(").and_then(|text| text.rsplit_once(','));
            selector.map_or(text, |(selector, _)| selector).to_owned()
        }));
    }
    let all = queries.iter().map(|query| parsed(query));
    let selectors = all.flat_map(|query| query.as_ref().as_ref().map_or(Vec::new(), selectors));
    let used: BTreeSet<String> = selectors.filter_map(|selector| selector.name).collect();
    let mut found = Vec::new();
    for family in table::exported() {
        let is_used = match family.kind {
            Kind::Counter | Kind::Gauge => used.contains(family.name),
            Kind::Histogram => ["bucket", "sum", "count"]
                .iter()
                .any(|suffix| used.contains(&format!("{}_{suffix}", family.name))),
        };
        let allowed = ELSEWHERE.iter().any(|(name, _)| *name == family.name);
        let text = match (is_used, allowed) {
            (false, false) => "no dashboard and no rule uses it: show it, or say who reads it",
            (true, true) => "is used, so it needs no allowance: remove that",
            (true, false) | (false, true) => continue,
        };
        found.push(Finding { rule: "F01", place: family.name.into(), text: text.into() });
    }
    found
}

#[test]
fn without_dashboards_nearly_everything_is_unused() {
    let found = unused(&[]);
    let is_found = |name: &str| found.iter().any(|finding| finding.place == name);
    assert!(is_found(table::endpoint::PHASE_DURATION.name));
    assert!(!is_found(table::endpoint::ENDPOINT_STATE.name), "a recording rule uses it");
    assert!(ELSEWHERE.iter().all(|(_, reason)| !reason.is_empty()));
}
