//! One row for each endpoint, with what is known of it.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;

use super::super::columns::{DAYS, urgency};
use super::super::standing::{Over, STANDINGS, VIEW, availability, of, quality, standing};
use super::super::to_endpoint;
use super::columns::{Columns, at_least, coloured, mapped, width};
use crate::grafana::panel::{Panel, color, link, steps};

/// More rows than this nobody reads; the worst come first.
const ROWS: u32 = 100;

pub(super) fn panel() -> Panel {
    let panel = Panel::table(
        "Endpoints",
        &format!(
            "The worst first, at most {ROWS}. Works from: vantage points from which it works, of \
             those that can tell. Availability is over the range shown, from the vantage point \
             that saw it best. RTT is the smallest of all vantage points. Days left: until the \
             first certificate ends. An empty cell: not known or not configured. The name leads to \
             the endpoint's own dashboard."
        ),
    )
    .size(24, 11);
    let panel = Columns {
        key: "endpoint",
        queries: queries(),
        labels: vec![
            ("endpoint", "Endpoint"),
            ("dc", "Data center"),
            ("phase", "Failed at"),
            ("cause", "Cause"),
        ],
        first: vec!["endpoint", "dc", "State", "phase", "cause"],
        hidden: vec!["Failure"],
    }
    .of(panel);
    look(panel).option("sortBy", json!([{"displayName": "State", "desc": false}]))
}

fn queries() -> Vec<(&'static str, String)> {
    let quality = quality(Over::Now);
    let is_told = format!("and on ({VIEW}) {quality}");
    let of = |family, matcher| of(family, matcher);
    let up = of(&table::MEMBER_STATE, "state=~\"healthy|degraded\"");
    vec![
        ("State", format!("bottomk({ROWS}, {})", standing(Over::Now, "dc, endpoint"))),
        (
            "Failure",
            format!(
                "topk by (endpoint) (1, count by (endpoint, phase, cause) ({} {is_told}))",
                of(&table::FAILURE_INFO, "")
            ),
        ),
        ("Works from", format!("sum by (endpoint) ({quality} > bool 0)")),
        ("Can tell", format!("count by (endpoint) ({quality})")),
        ("Availability", availability()),
        ("RTT", format!("min by (endpoint) ({})", of(&table::ENDPOINT_RTT, ""))),
        ("Members up", format!("max by (endpoint) (sum without (member, state) ({up} {is_told}))")),
        ("Members", format!("max by (endpoint) ({})", of(&table::MEMBERS, ""))),
        (
            "Days left",
            format!(
                "min by (endpoint) ({} - time()) / 86400",
                of(&table::CERTIFICATE_NOT_AFTER, "")
            ),
        ),
        (
            "Warnings",
            format!(
                "count by (endpoint) (group by (endpoint, code) ({}))",
                of(&table::FINDING, "severity=\"warning\"")
            ),
        ),
        ("Nearest for", format!("sum by (endpoint) ({})", of(&table::NEAREST, ""))),
        ("Patch window", format!("max by (endpoint) ({})", of(&table::PATCH_WINDOW, ""))),
    ]
}

fn look(panel: Panel) -> Panel {
    panel
        .unit("short")
        .column(
            "Endpoint",
            [
                at_least(190),
                ("links", json!([link("Open the endpoint", &to_endpoint("__value.raw"))])),
            ],
        )
        .column("Data center", [width(110)])
        .column("State", [coloured(), width(120), mapped(&STANDINGS)])
        .column("Failed at", [width(80)])
        .column("Cause", [at_least(130)])
        .column("Works from", [width(85)])
        .column("Can tell", [width(70)])
        .column(
            "Availability",
            [
                mapped(&[]),
                ("unit", json!("percentunit")),
                ("decimals", json!(2)),
                width(85),
                coloured(),
                ("thresholds", steps(color::BAD, &[(0.95, color::WARN), (0.995, color::GOOD)])),
            ],
        )
        .column("RTT", [("unit", json!("s")), width(90)])
        .column("Members up", [width(95)])
        .column("Members", [width(75)])
        .column(
            "Days left",
            [
                mapped(&[]),
                ("unit", json!(DAYS)),
                ("decimals", json!(1)),
                width(85),
                coloured(),
                ("thresholds", urgency()),
            ],
        )
        .column("Warnings", [width(80)])
        .column("Nearest for", [width(90)])
        .column(
            "Patch window",
            [
                width(105),
                mapped(&[("0", "closed", "text"), ("1", "open", color::PLAIN)]),
                ("custom.cellOptions", json!({"type": "color-text"})),
            ],
        )
}
