//! How often it fails, and how much of that is allowed.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;

use super::members::bars;
use super::{COUNTED, FROM, HERE, HERE_OF_ALL, here};
use crate::grafana::panel::{Panel, color, steps};
use crate::grafana::query::Query;

/// What may go wrong, recorded in one place.
const BUDGET: &str = "scalar(wsus_probe:error_budget:ratio)";

/// Burn rates at which somebody is paged, by the windows of the alerts: fast and slow.
const PAGED_AT: [f64; 2] = [14.4, 6.0];

pub(super) fn panels() -> Vec<Panel> {
    vec![budget_left(), failures(), not_counted(), error_ratio(), burn_rate()]
}

fn budget_left() -> Panel {
    let left = format!(
        "clamp_min(1 - max(endpoint:wsus_probe_errors:ratio_rate30d{{{HERE_OF_ALL}}}) / {BUDGET}, -1)"
    );
    Panel::stat(
        "Budget left, 30 d",
        "The error budget: what is left of the failures that the objective allows in 30 days, seen \
         from the vantage point that saw fewest. Below 0: the objective is missed; put reliability \
         before changes. With less than 30 days of data it is about the time that there is, so one \
         fault in the first hours is far below 0; less than -100 % is shown as -100 %.",
    )
    .size(4, 8)
    .query(Query::instant(left).legend("left"))
    .unit("percentunit")
    .thresholds(color::BAD, [(0.0, color::WARN), (0.25, color::GOOD)])
}

fn failures() -> Panel {
    let count = format!("sum by (phase) (increase({}[$__interval]))", here(&table::FAILURES, ""));
    bars(
        "Failed rounds by phase",
        "Rounds that showed that the endpoint is down, over all vantage points, by the phase that \
         failed. resolve: DNS. connect: network or a stopped web service. tls: versions, suites or \
         the certificate. wsus: the application behind a web server that answers.",
    )
    .query(Query::range(count).legend("{{phase}}").min_step(COUNTED))
    .size(10, 8)
}

fn not_counted() -> Panel {
    let kinds = [
        (&table::TAINTED, "slept through by the exporter"),
        (&table::LOCAL, "failed because of the exporter's machine"),
        (&table::UNKNOWN, "did not show anything"),
    ];
    let panel = bars(
        "Rounds that do not count",
        "Neither success nor failure of the endpoint: rounds that the exporter slept through, that \
         failed for reasons of its own machine, or that did not show whether Windows clients can \
         use the endpoint. Many of the first: the exporter's machine is starved.",
    )
    .size(10, 8);
    kinds.into_iter().fold(panel, |panel, (family, legend)| {
        let count = format!("sum(increase({}[$__interval]))", here(family, ""));
        panel.query(Query::range(count).legend(legend).min_step(COUNTED))
    })
}

fn error_ratio() -> Panel {
    Panel::lines(
        "Failed part of the rounds, by vantage point",
        "Over 5 minutes. One line up: the path from there. All up: the endpoint. A gap: no round \
         counted.",
    )
    .when_empty("No round showed whether it works")
    .query(Query::range(format!("site:wsus_probe_errors:ratio_rate5m{{{HERE}}}")).legend(FROM))
    .unit("percentunit")
    .default("min", json!(0))
    .default("max", json!(1))
}

fn burn_rate() -> Panel {
    let [fast, slow] = PAGED_AT;
    let panel = Panel::lines(
        "Burn rate",
        "How many times faster than allowed the error budget is spent: at 1 it lasts exactly 30 \
         days. The upper line pages with the window of 1 h, the lower one with that of 6 h. From \
         the vantage point that saw fewest failures.",
    )
    .when_empty("Nobody could tell whether it works, or the recording rules are not loaded")
    .unit("none")
    .default("min", json!(0))
    .default("thresholds", steps("transparent", &[(slow, color::WARN), (fast, color::BAD)]))
    .custom([("thresholdsStyle", json!({"mode": "line"}))]);
    ["1h", "6h", "3d"].iter().fold(panel, |panel, window| {
        let burn =
            format!("endpoint:wsus_probe_errors:ratio_rate{window}{{{HERE_OF_ALL}}} / {BUDGET}");
        panel.query(Query::range(burn).legend(&format!("{window} {{{{dc}}}}")))
    })
}
