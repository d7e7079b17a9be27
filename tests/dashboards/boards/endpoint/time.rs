//! Since when it has been so, and where the time goes.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;
use wsus_probe::model::failure::Phase;

use super::{FROM, VANTAGE, here, part, state};
use crate::grafana::panel::{Panel, color};
use crate::grafana::query::Query;

/// Quantiles of durations that are shown, and their names.
const QUANTILES: [(&str, &str); 3] = [("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99")];

/// Said of every panel that needs buckets.
const NEEDS_BUCKETS: &str =
    " Empty where the exporter was told to write no buckets (very large fleets): see the mean.";

pub(super) fn states() -> Vec<Panel> {
    let timeline = |title: &str, text: &str, query: Query| {
        Panel::timeline(title, text)
            .query(query)
            .unit("none")
            // By thresholds the words and their colours would not count.
            .default("color", json!({"mode": "fixed", "fixedColor": color::UNKNOWN}))
            .values(state::WORDS)
            .size(24, 7)
    };
    let members = state::of(&table::MEMBER_STATE, "member");
    vec![
        timeline(
            "State from each vantage point",
            "Red in one row: the path from there. Red in all rows: the server. Grey is not known, \
             a gap is an exporter that was not scraped: neither is good. A state changes when two \
             rounds in a row say so.",
            Query::range(state::from_each()).legend(FROM),
        ),
        timeline(
            "State of each member",
            "The best that any vantage point says of the address. A member that is red while \
             another is green: take it out of the load balancer, or repair it. A row that ends: \
             the address is not in DNS any more. Empty where no address is known behind the \
             name.",
            Query::range(members).legend("{{member}}"),
        ),
    ]
}

pub(super) fn durations() -> Vec<Panel> {
    let mut panels = vec![mean(), round_trips()];
    panels.push(heatmap(
        Phase::Connect,
        "One round trip: the path. Two bands: two paths or members.",
    ));
    panels.push(heatmap(Phase::Wsus, "One round trip and the server's own work on GetConfig."));
    panels.extend(Phase::ALL.map(quantiles));
    panels.push(from_each(Phase::Connect, "connecting", "a longer path from there"));
    panels.push(from_each(Phase::Wsus, "WSUS", "the path from there, or another member"));
    let nothing = "Nothing was completed in this time, so there is nothing to measure";
    panels.into_iter().map(|panel| panel.when_empty(nothing)).collect()
}

/// The words for a phase in titles.
const fn words(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "resolving the name",
        Phase::Connect => "connecting",
        Phase::Tls => "TLS handshake",
        Phase::Wsus => "WSUS answer",
    }
}

fn of_phase(suffix: &str, phase: Phase) -> String {
    part(&table::PHASE_DURATION, suffix, &format!("phase=\"{}\"", phase.as_str()))
}

/// One query for each phase keeps the order in which they happen.
fn mean() -> Panel {
    let panel = Panel::lines(
        "Mean round, by phase",
        "The mean of each phase, stacked in the order in which they happen. Only phases that were \
         completed: while nobody answers there is a gap, not 0. Over all vantage points chosen: \
         when a distant one drops out the mean falls; choose one vantage point to be sure.",
    )
    .unit("s")
    .default("min", json!(0))
    .custom([("fillOpacity", json!(40)), ("stacking", json!({"mode": "normal", "group": "A"}))]);
    Phase::ALL.iter().fold(panel, |panel, phase| {
        let rate = |suffix| format!("sum(rate({}[$__rate_interval]))", of_phase(suffix, *phase));
        let mean = format!("{} / ({} > 0)", rate("sum"), rate("count"));
        panel.query(Query::range(mean).legend(words(*phase)))
    })
}

fn round_trips() -> Panel {
    let rtt = format!("max by ({VANTAGE}) ({})", here(&table::ENDPOINT_RTT, ""));
    Panel::lines(
        "Round-trip time by vantage point",
        "Of each round. One line up: the path from there. All lines up: the endpoint's own \
         network. A gap: nobody answered.",
    )
    .query(Query::range(rtt).legend(FROM))
    .unit("s")
    .default("min", json!(0))
}

fn heatmap(phase: Phase, text: &str) -> Panel {
    let count = format!("sum by (le) (increase({}[$__rate_interval]))", of_phase("bucket", phase));
    let title = format!("How long: {}", words(phase));
    Panel::heatmap(&title, &format!("{text}{NEEDS_BUCKETS}")).query(Query::heatmap(count)).unit("s")
}

fn quantiles(phase: Phase) -> Panel {
    let title = format!("Quantiles: {}", words(phase));
    let text = format!(
        "Half, 95 % and 99 % of the completed phases were faster. Read from buckets, so a flat \
         line may be the edge of one.{NEEDS_BUCKETS}"
    );
    let legend =
        json!({"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []});
    let panel = Panel::lines(&title, &text)
        .size(6, 7)
        .unit("s")
        .default("min", json!(0))
        .option("legend", legend);
    let rates = format!("sum by (le) (rate({}[$__rate_interval]))", of_phase("bucket", phase));
    QUANTILES.iter().fold(panel, |panel, (quantile, name)| {
        let expr = format!("histogram_quantile({quantile}, {rates})");
        panel.query(Query::range(expr).legend(name))
    })
}

fn from_each(phase: Phase, what: &str, path: &str) -> Panel {
    let rates =
        format!("sum by ({VANTAGE}, le) (rate({}[$__rate_interval]))", of_phase("bucket", phase));
    Panel::lines(
        &format!("p95 of {what} by vantage point"),
        &format!("One line up: {path}. All lines up: the server.{NEEDS_BUCKETS}"),
    )
    .query(Query::range(format!("histogram_quantile(0.95, {rates})")).legend(FROM))
    .unit("s")
    .default("min", json!(0))
}
