//! Defects put into a dashboard that works: the rules must catch each.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::asked::Asked;
use super::board::Board;
use super::rules::{Rule, check};

use Rule::{
    LegendLabel, PanelDead, QueryFails, SelectorEmpty, TargetEmpty, VariableEmpty, VariableFails,
};

/// A query that works, whatever is chosen.
const WORKS: &str = r#"sum by (endpoint) (wsus_probe_endpoint_state{job=~"$job",site=~"$site",dc=~"$dc",endpoint=~"$endpoint"})"#;

/// A defect, where it is put, and the rules that must catch it, no more and no fewer.
type Mutation = (&'static str, Place, &'static str, &'static [Rule]);

/// What of the dashboard is changed.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// The only query of the only panel.
    Query,
    /// The legend of that query.
    Legend,
    /// A second query.
    Second,
    /// The query of the variable for data centers.
    Variable,
}

const MUTATIONS: [Mutation; 19] = [
    ("nothing", Place::Query, WORKS, &[]),
    (
        "misspelled metric behind a constant",
        Place::Query,
        "sum(wsus_probe_endpoints_state) or vector(0)",
        &[SelectorEmpty],
    ),
    (
        "misspelled value of a label behind a constant",
        Place::Query,
        r#"count(wsus_probe_endpoint_state{state="healty"} == 1) or vector(0)"#,
        &[SelectorEmpty],
    ),
    (
        "misspelled metric in a subquery",
        Place::Query,
        "sum(wsus_probe_endpoint_state) unless max_over_time(wsus_probe_local_troubles[5m:1m])",
        &[SelectorEmpty],
    ),
    (
        "label that does not exist",
        Place::Query,
        r#"sum(wsus_probe_endpoint_state{region="Dallas"})"#,
        &[TargetEmpty, PanelDead, SelectorEmpty],
    ),
    (
        "regular expression that matches nothing",
        Place::Query,
        r#"sum(wsus_probe_endpoint_state{state=~"up|degrade"})"#,
        &[TargetEmpty, PanelDead, SelectorEmpty],
    ),
    (
        "recorded series that nobody records",
        Place::Query,
        "endpoint:wsus_probe_vote:mean",
        &[TargetEmpty, PanelDead, SelectorEmpty],
    ),
    (
        "recorded series of another level",
        Place::Query,
        "sum(site:wsus_probe_errors:ratio_rate3d) or vector(0)",
        &[SelectorEmpty],
    ),
    (
        "window that no two scrapes are in",
        Place::Query,
        "sum(rate(wsus_probe_attempts_total[1s]))",
        &[TargetEmpty, PanelDead],
    ),
    (
        "not a number",
        Place::Query,
        "sum(wsus_probe_local_trouble) * 0 / 0",
        &[TargetEmpty, PanelDead],
    ),
    ("syntax error", Place::Query, "sum(wsus_probe_endpoint_state", &[QueryFails, PanelDead]),
    (
        "join of many with many",
        Place::Query,
        "wsus_probe_endpoint_state * on (endpoint) wsus_probe_endpoint_state",
        &[QueryFails, PanelDead],
    ),
    (
        "variable that does not exist",
        Place::Query,
        r#"sum(wsus_probe_endpoint_state{site=~"$vantage"})"#,
        &[QueryFails, PanelDead],
    ),
    (
        "dead for all endpoints but one",
        Place::Query,
        r#"sum(wsus_probe_endpoint_state{endpoint=~"$endpoint",endpoint="dfw"})"#,
        &[PanelDead],
    ),
    ("second query that brings nothing", Place::Second, "sum(up == 2)", &[TargetEmpty]),
    ("label that a legend does not get", Place::Legend, "{{endpoint}} {{dc}}", &[LegendLabel]),
    (
        "variable of a metric that does not exist",
        Place::Variable,
        "label_values(wsus_probe_endpoint_status, dc)",
        &[VariableEmpty],
    ),
    (
        "syntax error in a variable",
        Place::Variable,
        "label_values(wsus_probe_endpoint_state{, dc)",
        &[VariableFails],
    ),
    (
        "variable before the one that it needs",
        Place::Variable,
        r#"label_values(wsus_probe_endpoint_state{endpoint="$endpoint"}, dc)"#,
        &[VariableFails],
    ),
];

/// The mutations that are not caught by the rules that should.
pub(crate) fn survivors(asked: &Asked<'_>, dashboard: &Value) -> Vec<String> {
    let caught = |(defect, place, text, expected): &Mutation| {
        let json = mutated(dashboard, *place, text);
        let findings = check(asked, &Board::read(&json).unwrap());
        let found: BTreeSet<Rule> = findings.iter().map(|finding| finding.rule).collect();
        let right = found == expected.iter().copied().collect();
        (!right).then(|| format!("{defect}: caught by {found:?} and not by {expected:?}"))
    };
    MUTATIONS.iter().filter_map(caught).collect()
}

/// The dashboard's variables and one panel that works, with one thing in another way.
fn mutated(dashboard: &Value, place: Place, text: &str) -> Value {
    let mut json = dashboard.clone();
    let query = |name: &str, expr: &str| json!({"refId": name, "expr": expr, "instant": true, "legendFormat": "{{endpoint}}"});
    let mut panel =
        json!({"id": 1, "type": "stat", "title": "One", "targets": [query("A", WORKS)]});
    json["annotations"]["list"] = json!([]);
    let variables = json["templating"]["list"].as_array_mut().unwrap().iter_mut();
    match place {
        Place::Query => {
            panel["targets"][0]["expr"] = json!(text);
            panel["targets"][0]["legendFormat"] = json!("");
        }
        Place::Legend => panel["targets"][0]["legendFormat"] = json!(text),
        Place::Second => panel["targets"] = json!([query("A", WORKS), query("B", text)]),
        Place::Variable => {
            for variable in variables.filter(|variable| variable["name"] == "dc") {
                variable["query"]["query"] = json!(text);
            }
        }
    }
    json["panels"] = json!([panel]);
    json
}
