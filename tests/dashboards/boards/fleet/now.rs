//! What is so now, in a number each.

use wsus_probe::metrics::table::{endpoint as table, fleet};

use super::super::columns::DAYS;
use super::super::standing::{
    MEMORY, Over, VANTAGE, VIEW, at, in_state, lately, of, quality, remembered, stale,
};
use super::super::{SELECTED_ENDPOINT, SELECTED_SITE, to_endpoint};
use crate::grafana::panel::{Panel, color, steps};
use crate::grafana::query::Query;

pub(super) fn panels() -> Vec<Panel> {
    vec![
        down(),
        some(),
        unknown(),
        works(),
        vantage_points(),
        alerts(),
        members(),
        probers(),
        certificate(),
        budget(),
    ]
}

fn stat(title: &str, description: &str, query: String) -> Panel {
    Panel::stat(title, description).size(4, 4).query(Query::instant(query)).unit("short")
}

/// How many endpoints; 0 only where something of that kind is known.
fn count(endpoints: &str, known: &str) -> String {
    format!("count({endpoints}) or 0 * count({known})")
}

fn down() -> Panel {
    let quality = quality(Over::Now);
    stat(
        "Down",
        "Endpoints that do not work from any vantage point that can tell: clients are hurt. Start \
         with the table of endpoints below, which has the reason.",
        count(&format!("max by (endpoint) ({quality}) == 0"), &quality),
    )
    .thresholds(color::GOOD, [(1.0, color::BAD)])
}

fn some() -> Panel {
    let quality = quality(Over::Now);
    stat(
        "Partly",
        "Endpoints that work from some vantage points and not from others: the path is the first \
         suspect, not the server. Compare the vantage points below.",
        count(
            &format!(
                "(max by (endpoint) ({quality}) > 0) unless (min by (endpoint) ({quality}) > 0)"
            ),
            &quality,
        ),
    )
    .thresholds(color::GOOD, [(1.0, color::WARN)])
}

fn unknown() -> Panel {
    let known = remembered();
    stat(
        "Unknown",
        &format!(
            "Endpoints of which no vantage point can tell whether they work: not probed yet, the \
             prober is in trouble itself or hangs, or it reported within the last {MEMORY} and has \
             fallen silent. Not knowing is not the same as working: look at the vantage points."
        ),
        count(
            &format!("group by (endpoint) ({known}) unless on (endpoint) {}", quality(Over::Now)),
            &known,
        ),
    )
    .thresholds(color::GOOD, [(1.0, color::UNKNOWN)])
}

fn works() -> Panel {
    let quality = quality(Over::Now);
    stat(
        "Work",
        "Endpoints that work from every vantage point that can tell, with or without warnings.",
        count(&format!("min by (endpoint) ({quality}) > 0"), &quality),
    )
    .thresholds(color::BAD, [(1.0, color::GOOD)])
}

fn vantage_points() -> Panel {
    let up = format!("up{{{SELECTED_SITE}}}");
    // Of other jobs, as Prometheus' own, nothing depends here.
    let known = format!("{}{{job=~\"$job\",state=\"unknown\"}}", table::ENDPOINT_STATE.name);
    let jobs = format!("and on (job) {}", lately(&format!("group by (job) ({known})")));
    let silent = format!(
        "count((({} unless on ({VANTAGE}) {up} == 1) or {up} == 0) {jobs}) or vector(0)",
        lately(&format!("group by ({VANTAGE}) ({up})"))
    );
    Panel::stat(
        "Probers",
        &format!(
            "Scrape targets of the exporters, by their jobs, that answer, and those that do not: \
             silent ones fail, or were there within the last {MEMORY} and are gone. While one is \
             silent, its view is missing everywhere below."
        ),
    )
    .size(4, 4)
    .query(Query::instant(format!("count({up} == 1 {jobs}) or vector(0)")).legend("reporting"))
    .query(Query::instant(silent).legend("silent"))
    .unit("short")
    .thresholds(color::BAD, [(1.0, color::GOOD)])
    .column("silent", [("thresholds", steps(color::GOOD, &[(1.0, color::WARN)]))])
}

/// Where the rules are not loaded there is no recorded series either, and nothing is shown.
fn alerts() -> Panel {
    stat(
        "Alerts",
        "Alerts of the rules for this exporter that fire now, whatever is selected above. No data: \
         the rules are not loaded.",
        "count(ALERTS{alertname=~\"Wsus.*\",alertstate=\"firing\"}) \
         or 0 * max(wsus_probe:error_budget:ratio)"
            .to_owned(),
    )
    .thresholds(color::GOOD, [(1.0, color::BAD)])
}

fn members() -> Panel {
    let down = of(&table::MEMBER_STATE, "state=\"down\"");
    let quality = quality(Over::Now);
    stat(
        "Members down",
        "Addresses that do not work although the endpoint's name does: some clients are hurt, or \
         only the redundancy is gone. The findings below name them.",
        format!(
            "count(group by (endpoint, member) (({down} == 1) and on ({VIEW}) ({quality} > 0))) \
             or 0 * count({quality})"
        ),
    )
    .size(6, 3)
    .thresholds(color::GOOD, [(1.0, color::WARN)])
}

fn probers() -> Panel {
    let trouble = at(&fleet::LOCAL_TROUBLE, "");
    stat(
        "Probers in trouble",
        "Exporters that report, but whose word does not count: everything fails in a way that \
         points to their own machine, or a last round is too long ago. See to the machine first.",
        format!(
            "count(group by ({VANTAGE}) ({trouble} == 1 or {})) or 0 * count({})",
            stale(),
            in_state("unknown")
        ),
    )
    .size(6, 3)
    .thresholds(color::GOOD, [(1.0, color::WARN)])
}

fn certificate() -> Panel {
    let ends = of(&table::CERTIFICATE_NOT_AFTER, "");
    Panel::stat(
        "First certificate: days left",
        "The endpoint with the certificate that ends first, any of its chain and on any member, \
         and how many days that is from now; negative when it has ended.",
    )
    .size(6, 3)
    .query(
        Query::instant(format!("bottomk(1, (min by (endpoint) ({ends}) - time()) / 86400)"))
            .legend("{{endpoint}}"),
    )
    .unit(DAYS)
    .default("decimals", serde_json::json!(1))
    .option("textMode", serde_json::json!("value_and_name"))
    .thresholds(color::BAD, [(7.0, color::WARN), (21.0, color::GOOD)])
    .link("Open the endpoint", &to_endpoint("__field.labels.endpoint"))
}

fn budget() -> Panel {
    let errors = format!("endpoint:wsus_probe_errors:ratio_rate30d{{{SELECTED_ENDPOINT}}}");
    Panel::stat(
        "Least error budget left",
        "The endpoint that has used most of what may fail in 30 days, and what is left of that; \
         negative when more has failed than may. With less than 30 days of data it is about the \
         time that there is, so one fault in the first hours is far below 0; less than -100 % is \
         shown as -100 %. No data: the rules are not loaded.",
    )
    .size(6, 3)
    .query(
        Query::instant(format!(
            "clamp_min(bottomk(1, 1 - max by (endpoint) ({errors}) \
             / on () group_left () wsus_probe:error_budget:ratio), -1)"
        ))
        .legend("{{endpoint}}"),
    )
    .unit("percentunit")
    .default("decimals", serde_json::json!(0))
    .option("textMode", serde_json::json!("value_and_name"))
    .thresholds(color::BAD, [(0.0, color::WARN), (0.25, color::GOOD)])
    .link("Open the endpoint", &to_endpoint("__field.labels.endpoint"))
}
