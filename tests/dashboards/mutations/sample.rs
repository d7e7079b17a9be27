//! A dashboard that has one of everything that can be broken.

use serde_json::{Value, json};
use wsus_probe::metrics::table::endpoint as table;
use wsus_probe::metrics::table::fleet;

use crate::boards::{SELECTED, SELECTED_SITE, others, variables};
use crate::grafana::board::{Board, Row, events};
use crate::grafana::panel::{Panel, color, mapping};
use crate::grafana::query::Query;

/// To the dashboard of one endpoint, with what is chosen.
const LINK: &str = "/d/wsus-endpoint?${datasource:queryparam}&${job:queryparam}\
                    &${__url_time_range}&var-endpoint=${__field.labels.endpoint}";

fn stat() -> Panel {
    let state = table::ENDPOINT_STATE.name;
    let up = format!(
        "sum by (endpoint) (max by (endpoint, state) ({state}{{{SELECTED},state=~\"healthy|degraded\"}}))"
    );
    Panel::stat("Up", "Which endpoints work.")
        .query(Query::instant(up).legend("{{endpoint}}"))
        .unit("short")
        .thresholds(color::BAD, [(1.0, color::GOOD)])
        .link("Endpoint", LINK)
}

fn states() -> Value {
    mapping(&[
        ("healthy", "Healthy", color::GOOD),
        ("degraded", "Degraded", color::WARN),
        ("down", "Down", color::BAD),
        ("unknown", "Unknown", color::UNKNOWN),
    ])
}

fn timeline() -> Panel {
    let state = format!("{}{{{SELECTED}}}", table::ENDPOINT_STATE.name);
    Panel::timeline("States", "How each endpoint was.")
        .query(
            Query::range(format!("max by (endpoint, state) ({state}) == 1")).legend("{{endpoint}}"),
        )
        .default("mappings", json!([states()]))
}

fn table() -> Panel {
    let state = format!("{}{{{SELECTED}}}", table::ENDPOINT_STATE.name);
    Panel::table("Endpoints", "What each is.")
        .query(Query::table(format!("max by (endpoint, dc, state) ({state}) == 1")))
        .column("state", [("mappings", json!([states()]))])
        .transform("organize", json!({"renameByName": {"endpoint": "Endpoint"}}))
}

fn lines() -> Panel {
    let bucket = format!("{}_bucket{{{SELECTED},phase=\"tls\"}}", table::PHASE_DURATION.name);
    let p95 = format!(
        "histogram_quantile(0.95, sum by (endpoint, le) (rate({bucket}[$__rate_interval])))"
    );
    Panel::lines("Handshakes", "How long they take.")
        .query(Query::range(p95).legend("{{endpoint}}"))
        .unit("s")
}

fn bars() -> Panel {
    let failures = format!("{}{{{SELECTED}}}", table::FAILURES.name);
    let events = format!("sum by (phase) (increase({failures}[$__interval]))");
    Panel::lines("Failures", "How many there were.")
        .query(Query::range(events).legend("{{phase}}").min_step("2m"))
        .unit("short")
}

fn heatmap() -> Panel {
    let bucket = format!("{}_bucket{{{SELECTED}}}", table::PHASE_DURATION.name);
    Panel::heatmap("Durations", "How they spread.")
        .query(Query::heatmap(format!("sum by (le) (increase({bucket}[$__rate_interval]))")))
}

pub(crate) fn board() -> Value {
    let changes = format!("{}{{{SELECTED_SITE}}}", fleet::NEAREST_CHANGES.name);
    let changes = format!("sum by (site, reason) (increase({changes}[5m])) > 0");
    Board {
        uid: "sample",
        title: "Sample",
        description: "Has one of everything.",
        from: "now-6h",
        variables: variables(true),
        annotations: vec![events("Nearest", color::PLAIN, &changes, "{{site}}", "{{reason}}")],
        links: others("sample"),
        rows: vec![
            Row::open("Now", [stat(), timeline()]),
            Row::closed("More", [table(), lines(), bars(), heatmap()]),
        ],
    }
    .json()
}
