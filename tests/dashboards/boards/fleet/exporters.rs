//! The exporters themselves: can their word be trusted.

use serde_json::json;
use wsus_probe::metrics::table::{Family, endpoint as table, own, process};

use super::super::SELECTED_SITE;
use super::super::standing::{STEP, at, of};
use super::columns::{Columns, at_least, coloured, mapped, width};
use super::vantage::named;
use crate::grafana::panel::{Panel, color};
use crate::grafana::query::Query;

/// How a vantage point is called.
const LEGEND: &str = "{{site}} {{instance}}";

pub(super) fn panels() -> Vec<Panel> {
    vec![table(), lag(), uncounted(), dropped(), stalled(), cpu(), memory(), requests()]
}

fn table() -> Panel {
    let by = |expr: &str| format!("max by (vantage) ({})", named(expr));
    let state = |family| by(&at(family, ""));
    let panel = Panel::table(
        "Exporters",
        "One row for each that answers. Configuration refused: the last attempt to read it, or the \
         web configuration, failed and the one before stays in force; the log and the status page \
         say why. Panics are defects of the exporter: report them.",
    )
    .size(24, 7);
    // Both files, where there are both.
    let read = format!(
        "(label_replace({}, \"file\", \"web\", \"\", \"\") or {})",
        at(&own::WEB_RELOAD_SUCCESSFUL, ""),
        at(&own::RELOAD_SUCCESSFUL, "")
    );
    let version = format!("group by (vantage, version) ({})", named(&at(&own::BUILD_INFO, "")));
    Columns {
        key: "vantage",
        queries: vec![
            ("Build", version),
            ("Runs for", by(&format!("(time() - {})", at(&process::START_TIME, "")))),
            ("Configuration", format!("min by (vantage) ({})", named(&read))),
            ("Read ago", by(&format!("(time() - {})", at(&own::RELOAD_SUCCESS_TIME, "")))),
            ("Under way", state(&own::IN_FLIGHT)),
            ("Limit", state(&own::IN_FLIGHT_LIMIT)),
            ("Panics", state(&own::PANICS)),
            ("Longest stall", state(&own::LONGEST_STALL)),
        ],
        labels: vec![("vantage", "Exporter"), ("version", "Version")],
        first: vec!["vantage", "version"],
        hidden: vec!["Build"],
    }
    .of(panel)
    .unit("short")
    .column("Exporter", [at_least(200)])
    .column("Runs for", [("unit", json!("s")), width(110)])
    .column(
        "Configuration",
        [
            coloured(),
            width(120),
            mapped(&[("0", "refused", color::BAD), ("1", "read", color::GOOD)]),
        ],
    )
    .column("Read ago", [("unit", json!("s")), width(110)])
    .column("Under way", [width(110)])
    .column("Limit", [width(100)])
    .column("Panics", [width(100)])
    .column("Longest stall", [("unit", json!("s")), width(120)])
}

fn lines(title: &str, description: &str, query: Query) -> Panel {
    small(title, description).query(query)
}

fn small(title: &str, description: &str) -> Panel {
    let legend = json!({"displayMode": "list", "placement": "bottom", "showLegend": true,
                        "calcs": []});
    Panel::lines(title, description).size(8, 7).option("legend", legend).default("min", json!(0))
}

fn rate(family: &Family) -> String {
    format!("rate({}[$__rate_interval])", at(family, ""))
}

fn lag() -> Panel {
    let buckets = format!("{}_bucket{{{SELECTED_SITE}}}", own::SCHEDULE_LAG.name);
    let rate = format!("sum by (le, site, instance) (rate({buckets}[$__rate_interval]))");
    lines(
        "Schedule lag, 99th percentile",
        "How much later than planned rounds were started. Seconds: the machine or its CPU quota \
         is too small for what it probes; spread the endpoints over more exporters.",
        Query::range(format!("histogram_quantile(0.99, {rate})")).legend(LEGEND),
    )
    .unit("s")
}

fn uncounted() -> Panel {
    let kind = |family, legend: &str| {
        let expr = format!("sum(increase({}[$__interval]))", of(family, ""));
        Query::range(expr).legend(legend).min_step(STEP)
    };
    bars(
        "Rounds that did not count",
        "Local: they failed for reasons of the exporter's machine. Tainted: the exporter slept \
         through them. Unknown: they did not show whether clients can use the endpoint. None of \
         them is an error of an endpoint.",
    )
    .query(kind(&table::LOCAL, "local"))
    .query(kind(&table::TAINTED, "tainted"))
    .query(kind(&table::UNKNOWN, "unknown"))
}

fn bars(title: &str, description: &str) -> Panel {
    small(title, description)
        .unit("short")
        .default("decimals", json!(0))
        .custom([("drawStyle", json!("bars")), ("fillOpacity", json!(80))])
}

fn dropped() -> Panel {
    let expr =
        format!("sum by (site, instance) (increase({}[$__interval]))", at(&own::DROPPED, ""));
    bars(
        "Rounds left out",
        "Because the one before had not ended, too many were under way, or the exporter did not \
         get to run. More than a few: raise the limit or the interval, or add an exporter.",
    )
    .query(Query::range(expr).legend(LEGEND).min_step(STEP))
}

fn stalled() -> Panel {
    lines(
        "Time without running",
        "Which part of the time the exporter did not get to run, suspension included. Above 0 for \
         long: the machine is overloaded.",
        Query::range(rate(&own::STALLED)).legend(LEGEND),
    )
    .unit("percentunit")
}

/// Only of exporters: every program of the job's targets has such series.
fn ours(series: &str) -> String {
    format!("{series} and on (job, instance) {}", at(&own::BUILD_INFO, ""))
}

fn cpu() -> Panel {
    lines(
        "CPU",
        "Cores that the exporter keeps busy.",
        Query::range(ours(&rate(&process::CPU))).legend(LEGEND),
    )
    .unit("short")
}

fn memory() -> Panel {
    lines(
        "Memory",
        "Resident memory of the exporter. It should level off within minutes.",
        Query::range(ours(&at(&process::RESIDENT, ""))).legend(LEGEND),
    )
    .unit("bytes")
}

fn requests() -> Panel {
    let expr = format!("sum by (route, code) ({})", rate(&own::HTTP_REQUESTS));
    lines(
        "Requests answered",
        "By route and status code, from all exporters. 429 and 503: somebody asks for more than \
         the exporter gives.",
        Query::range(expr).legend("{{route}} {{code}}"),
    )
    .size(24, 7)
    .unit("reqps")
}
