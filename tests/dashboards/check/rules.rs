//! The recording and alerting rules: what they use, and where they lead.

use std::collections::BTreeMap;

use serde_json::Value;

use super::known::Known;
use super::links::of_alert;
use super::queries::result;
use super::{Board, Finding, Findings};
use crate::rules::read::{Rule, rules};

/// Every finding in the rules; the alerts link to these dashboards.
pub(super) fn check(dashboards: &[Value], known: &Known) -> Vec<Finding> {
    let boards: Vec<Board<'_>> = dashboards.iter().map(Board::new).collect();
    let mut found = Vec::new();
    for rule in rules() {
        found.extend(one(&rule, &boards, known));
    }
    found
}

fn one(rule: &Rule, boards: &[Board<'_>], known: &Known) -> Vec<Finding> {
    let name = rule.record.as_deref().or(rule.alert.as_deref()).unwrap_or("rule without name");
    let mut found = Findings::at(name);
    match result(&rule.expr, known, false) {
        Ok((labels, problems)) => {
            for (rule, text) in problems {
                found.add(rule, text);
            }
            for (annotation, text) in &rule.annotations {
                for label in named(text) {
                    let set = labels.contains(label) || rule.labels.contains_key(label);
                    let text = format!("{annotation} names `{label}`, which the alert never has");
                    found.check(set, "K04", &text);
                }
            }
        }
        Err(error) => found.add("K05", format!("not PromQL: {error}")),
    }
    if let Some(url) = rule.annotations.get("dashboard_url") {
        of_alert(url, boards, &mut found);
    }
    found.list
}

/// The labels that a template names: `{{ $labels.NAME }}`.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let rests = text.split("$labels.").skip(1);
    let other = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    rests.map(move |rest| rest.split(other).next().unwrap_or_default())
}

#[test]
fn broken_rules_are_found() {
    let rule = |expr: &str, url: &str| Rule {
        record: None,
        alert: Some("WsusTest".into()),
        expr: expr.into(),
        labels: BTreeMap::new(),
        annotations: [("dashboard_url".into(), url.into())].into(),
    };
    let dashboards = super::committed();
    let boards: Vec<Board<'_>> = dashboards.iter().map(Board::new).collect();
    let known = Known::read();
    let rules = |rule: &Rule| -> Vec<&'static str> {
        one(rule, &boards, &known).iter().map(|finding| finding.rule).collect()
    };
    let down = "endpoint:wsus_probe_vote:max == 0";
    let url = "http://x/d/wsus-endpoint?var-endpoint={{ $labels.endpoint }}";
    assert!(rules(&rule(down, url)).is_empty());
    assert_eq!(rules(&rule("endpoint:wsus_probe_vote:maximum == 0", url)), ["K01", "K04"]);
    assert_eq!(rules(&rule("max(wsus_probe_nearest) == 0", url)), ["K04"]);
    assert_eq!(rules(&rule("max by (", url)), ["K05"]);
    assert_eq!(rules(&rule("wsus_probe_attempts_total > 1", url)), ["S36"]);
    assert_eq!(rules(&rule(down, &url.replace("wsus-endpoint", "wsus"))), ["D01"]);
    assert_eq!(rules(&rule(down, &url.replace("var-endpoint", "var-end"))), ["D02"]);
}
