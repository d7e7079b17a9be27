//! How much failed, and how much may.

use serde_json::{Value, json};
use wsus_probe::metrics::table::endpoint as table;

use super::super::standing::{STEP, of};
use super::super::{SELECTED_ENDPOINT, to_endpoint};
use crate::grafana::panel::{Panel, color, steps};
use crate::grafana::query::Query;

/// Lines that can be told apart.
const LINES: u32 = 10;

/// Bars that can be read.
const BARS: u32 = 15;

pub(super) fn panels() -> Vec<Panel> {
    vec![
        ratio(),
        burn("1h", 14.4, "the whole budget of 30 days in two days"),
        burn("6h", 6.0, "the whole budget of 30 days in five days"),
        phases(),
        left(),
    ]
}

fn ratio() -> Panel {
    let ratio = |window: &str, at: &str| {
        let rate = |family| format!("rate({}[{window}]{at})", of(family, ""));
        format!(
            "min by (endpoint) (sum without (phase) ({}) / ({} > 0))",
            rate(&table::FAILURES),
            rate(&table::ATTEMPTS)
        )
    };
    lines(
        "Error ratio",
        &format!(
            "Which part of the rounds failed, from the vantage point that saw fewest failures. \
             The {LINES} endpoints that failed most in this range."
        ),
    )
    .when_empty("Nobody could tell whether anything works, or the recording rules are not loaded")
    .size(8, 10)
    .query(
        Query::range(format!(
            "{} and on (endpoint) topk({LINES}, {})",
            ratio("$__rate_interval", ""),
            ratio("$__range", " @ end()")
        ))
        .legend("{{endpoint}}"),
    )
    .unit("percentunit")
    .default("max", json!(1))
}

/// `limit` is the rate from which on the alerts fire.
fn burn(window: &str, limit: f64, meaning: &str) -> Panel {
    let burn = |at: &str| {
        format!(
            "max by (endpoint) (endpoint:wsus_probe_errors:ratio_rate{window}{{{SELECTED_ENDPOINT}}}{at}) \
             / on () group_left () wsus_probe:error_budget:ratio{at}"
        )
    };
    let thresholds = steps("transparent", &[(limit, color::BAD)]);
    lines(
        &format!("Burn rate, {window}"),
        &format!(
            "How many times faster than it may be the error budget was used within {window}. \
             Above the line ({limit}) that is {meaning}. The {LINES} endpoints that are worst at \
             the end of the range. No data: the rules are not loaded."
        ),
    )
    .when_empty("Nobody could tell whether anything works, or the recording rules are not loaded")
    .size(8, 10)
    .query(
        Query::range(format!("{} and on (endpoint) topk({LINES}, {})", burn(""), burn(" @ end()")))
            .legend("{{endpoint}}"),
    )
    .unit("short")
    .default("thresholds", thresholds)
    .custom([("thresholdsStyle", json!({"mode": "line"}))])
}

fn lines(title: &str, description: &str) -> Panel {
    // Only tables are sorted.
    let legend = json!({"displayMode": "table", "placement": "bottom", "showLegend": true,
                        "calcs": ["max"], "sortBy": "Max", "sortDesc": true});
    Panel::lines(title, description)
        .option("legend", legend)
        .default("min", json!(0))
        .default("color", json!({"mode": "palette-classic"}))
        .link("Open the endpoint", &to_endpoint("__field.labels.endpoint"))
}

fn phases() -> Panel {
    let stacking: Value = json!({"mode": "normal", "group": "A"});
    Panel::lines(
        "Failures by phase",
        "Rounds that failed, by the phase that did, over all selected endpoints and vantage \
         points. All in resolve: DNS; in connect: network or server; in tls: certificates or \
         versions; in wsus: IIS and WSUS.",
    )
    .size(12, 9)
    .query(
        Query::range(format!(
            "sum by (phase) (increase({}[$__interval]))",
            of(&table::FAILURES, "")
        ))
        .legend("{{phase}}")
        .min_step(STEP),
    )
    .unit("short")
    .default("decimals", json!(0))
    .default("min", json!(0))
    .custom([("drawStyle", json!("bars")), ("fillOpacity", json!(80)), ("stacking", stacking)])
}

fn left() -> Panel {
    Panel::bars(
        "Error budget left",
        &format!(
            "Of what may fail in 30 days, the part that is left; empty when all is used. With less \
             than 30 days of data it is about the time that there is, so one fault in the first \
             hours is far below 0; less than -100 % is shown as -100 %. The \
             {BARS} endpoints with least. No data: the rules are not loaded."
        ),
    )
    .when_empty("Nobody could tell whether anything works, so there is nothing to count")
    .size(12, 9)
    .query(
        Query::instant(format!(
            "sort(clamp_min(bottomk({BARS}, 1 - max by (endpoint) \
             (endpoint:wsus_probe_errors:ratio_rate30d{{{SELECTED_ENDPOINT}}}) \
             / on () group_left () wsus_probe:error_budget:ratio), -1))"
        ))
        .legend("{{endpoint}}"),
    )
    .unit("percentunit")
    .default("decimals", json!(1))
    .default("min", json!(0))
    .default("max", json!(1))
    .thresholds(color::BAD, [(0.0, color::WARN), (0.25, color::GOOD)])
    .link("Open the endpoint", &to_endpoint("__field.labels.endpoint"))
}
