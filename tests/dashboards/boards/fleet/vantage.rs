//! What the vantage points see differently.

use serde_json::json;
use wsus_probe::metrics::table::{endpoint as table, fleet};

use super::super::standing::{STEP, VIEW, at, in_state, of, stale};
use super::columns::{Columns, at_least, coloured, mapped, width};
use crate::grafana::panel::{Panel, color, nothing};
use crate::grafana::query::Query;

/// Endpoints that are compared.
const ENDPOINTS: u32 = 30;

/// Rows of the timeline.
const ROWS: u32 = 12;

pub(super) fn panels() -> Vec<Panel> {
    vec![now(), nearest(), distances(), changes()]
}

/// With a label `vantage`: the site and the instance, or the instance alone.
pub(super) fn named(expr: &str) -> String {
    format!(
        "label_replace(label_join({expr}, \"vantage\", \" \", \"site\", \"instance\"), \
         \"vantage\", \"$1\", \"vantage\", \" (.*)\")"
    )
}

fn now() -> Panel {
    let nearest = format!("({} == 1)", of(&table::NEAREST, ""));
    let rtt = format!("({} and on ({VIEW}) {nearest})", of(&table::ENDPOINT_RTT, ""));
    let by = |function: &str, expr: &str| format!("{function} by (vantage) ({})", named(expr));
    let stale = format!("({} or 0 * {})", stale_or_nothing(), in_state("unknown"));
    let panel = Panel::table(
        "Vantage points now",
        "Which endpoint each exporter takes for the nearest, how far it is from there, since when, \
         and how often that changed in the range shown. Local trouble: everything fails in a way \
         that points to that machine, so what it says does not count. Silent vantage points are \
         not here.",
    )
    .size(24, 7);
    Columns {
        key: "vantage",
        queries: vec![
            ("Trouble", by("max", &at(&fleet::LOCAL_TROUBLE, ""))),
            ("Chosen", format!("group by (vantage, endpoint) ({})", named(&nearest))),
            ("RTT", by("min", &rtt)),
            ("Since", by("max", &format!("(time() - {})", at(&fleet::NEAREST_LAST_CHANGE, "")))),
            (
                "Changes",
                by("sum", &format!("increase({}[$__range])", at(&fleet::NEAREST_CHANGES, ""))),
            ),
            ("Down from here", by("sum", &in_state("down"))),
            ("Unknown from here", by("sum", &in_state("unknown"))),
            ("Stale", by("sum", &stale)),
            ("Endpoints", by("max", &at(&fleet::ENDPOINTS, ""))),
        ],
        labels: vec![("vantage", "Vantage point"), ("endpoint", "Nearest")],
        first: vec!["vantage", "Trouble", "endpoint"],
        hidden: vec!["Chosen"],
    }
    .of(panel)
    .unit("short")
    .column("Vantage point", [at_least(200)])
    .column(
        "Trouble",
        [
            width(110),
            coloured(),
            mapped(&[("0", "none", color::GOOD), ("1", "local", color::WARN)]),
        ],
    )
    .column("Nearest", [at_least(130)])
    .column("RTT", [("unit", json!("s")), width(100)])
    .column("Since", [("unit", json!("s")), width(120)])
    .column("Changes", [("decimals", json!(0)), width(100)])
    .column("Down from here", [width(130)])
    .column("Unknown from here", [width(150)])
    .column("Stale", [width(80)])
    .column("Endpoints", [width(100)])
    .option("sortBy", json!([{"displayName": "Vantage point", "desc": false}]))
}

/// 1 for each endpoint whose last round is too long ago.
fn stale_or_nothing() -> String {
    format!("({} > bool 0)", stale())
}

fn nearest() -> Panel {
    let nearest = of(&table::NEAREST, "");
    Panel::timeline(
        "Nearest endpoint by vantage point",
        &format!(
            "A row for each vantage point and each endpoint that was the nearest from there in \
             this range, coloured while it was. At most {ROWS} rows, those that were it longest. \
             Bars that alternate: two endpoints are equally far, or one fails now and then. \
             Empty where none of these is the nearest of any vantage point."
        ),
    )
    .size(24, ROWS)
    .query(
        Query::range(format!(
            "max by (site, instance, endpoint) ({nearest} == 1) \
             and on (site, instance, endpoint) \
             topk({ROWS}, max by (site, instance, endpoint) \
             (avg_over_time({nearest}[$__range] @ end())) > 0)"
        ))
        .legend("{{site}} {{instance}} \u{2192} {{endpoint}}"),
    )
    .unit("short")
    .values([("1", "Nearest", color::PLAIN)])
}

fn distances() -> Panel {
    let rtt = of(&table::ENDPOINT_RTT, "");
    // Without it no time at all would have the colour of the shortest.
    let not_measured = nothing("not measured", color::UNKNOWN, 0);
    Panel::table(
        "Round-trip times",
        &format!(
            "Of the last round, from each vantage point to each endpoint. Slow in one row: the \
             endpoint; slow in one column: that vantage point's path. Grey: not measured, as \
             while it is down. At most {ENDPOINTS} endpoints, those farthest from some vantage \
             point."
        ),
    )
    .when_empty("Nothing was reached, so there is no distance")
    .size(12, 10)
    .query(Query::table(format!(
        "max by (endpoint, vantage) ({}) and on (endpoint) \
         topk({ENDPOINTS}, max by (endpoint) ({rtt}))",
        named(&rtt)
    )))
    .transform(
        "groupingToMatrix",
        json!({"columnField": "vantage", "rowField": "endpoint", "valueField": "Value",
               "emptyValue": "null"}),
    )
    .unit("s")
    .default("min", json!(0))
    .default("max", json!(0.3))
    .default("color", json!({"mode": "continuous-GrYlRd"}))
    .custom([("minWidth", json!(130))])
    .default("mappings", json!([not_measured]))
    .matching("byType", json!("number"), [coloured()])
}

fn changes() -> Panel {
    let changes = at(&fleet::NEAREST_CHANGES, "");
    Panel::lines(
        "Changes of the nearest endpoint",
        "How often each exporter changed its choice, by reason. Many in a row: see which endpoint \
         fails now and then, or let the margin for moving be larger.",
    )
    .size(12, 10)
    .query(
        Query::range(format!(
            "sum by (site, instance, reason) (increase({changes}[$__interval])) > 0"
        ))
        .legend("{{site}} {{instance}}: {{reason}}")
        .min_step(STEP),
    )
    .unit("short")
    .default("min", json!(0))
    .default("decimals", json!(0))
    .custom([("drawStyle", json!("bars")), ("fillOpacity", json!(80))])
}
