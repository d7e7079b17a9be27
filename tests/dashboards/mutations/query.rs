//! Breaks what the queries ask for.

use serde_json::{Value, json};

use super::{Mutation, in_query, mutation, target, variable};

/// Gives the first query that has this its place: a broken one.
fn replace(board: &mut Value, having: &str, broken: &str) -> Option<()> {
    let has = |query: &Value| query["expr"].as_str().is_some_and(|text| text.contains(having));
    target(board, |_, query| has(query))?["expr"] = json!(broken);
    Some(())
}

/// The same with the first query over a range.
fn range(board: &mut Value, expr: &str) -> Option<()> {
    let query = target(board, |_, query| query["range"] == true && query["interval"].is_null())?;
    query["expr"] = json!(expr);
    Some(())
}

pub(super) const ALL: &[Mutation] = &[
    mutation("S13", "a macro that is a variable that is not there", |board| {
        in_query(board, "$__rate_interval", "$rate_interval")
    }),
    mutation("S30", "a fixed window", |board| in_query(board, "$__rate_interval", "5m")),
    mutation("S30", "the whole range at every point", |board| {
        in_query(board, "$__rate_interval", "$__range")
    }),
    mutation("S31", "a rate over the step", |board| {
        range(board, "rate(wsus_probe_attempts_total[$__interval])")
    }),
    mutation("S31", "bars without a shortest step", |board| {
        range(board, "increase(wsus_probe_attempts_total[$__interval])")
    }),
    mutation("S33", "several values compared as one", |board| {
        variable(board, "endpoint").filter(|variable| variable["multi"] == true)?;
        in_query(board, "endpoint=~\"$endpoint\"", "endpoint=\"$endpoint\"")
    }),
    mutation("S36", "a counter without rate", |board| {
        range(board, "sum by (endpoint) (wsus_probe_failures_total)")
    }),
    mutation("S36", "a ratio of counters", |board| {
        range(
            board,
            "wsus_probe_phase_duration_seconds_sum / wsus_probe_phase_duration_seconds_count",
        )
    }),
    mutation("S36", "a rate of a state", |board| {
        range(board, "rate(wsus_probe_endpoint_state[$__rate_interval])")
    }),
    mutation("K01", "a misspelled metric", |board| {
        in_query(board, "wsus_probe_endpoint_state", "wsus_probe_endpoint_status")
    }),
    mutation("K01", "a misspelled metric hidden by 0", |board| {
        replace(board, "wsus_probe_endpoint_state", "count(wsus_probe_up == 0) or vector(0)")
    }),
    mutation("K01", "a misspelled recorded series", |board| {
        range(board, "endpoint:wsus_probe_errors:ratio_rate5min")
    }),
    mutation("K01", "a histogram without suffix", |board| {
        range(board, "wsus_probe_phase_duration_seconds")
    }),
    mutation("K02", "a label that the metric does not have", |board| {
        in_query(board, "site=~\"$site\"", "region=~\"$site\"")
    }),
    mutation("K02", "a label lost by recording", |board| {
        range(board, "endpoint:wsus_probe_vote:max{site=~\"$site\"}")
    }),
    mutation("K03", "grouping by a label that is not there", |board| {
        range(board, "max by (cluster) (wsus_probe_endpoint_state)")
    }),
    mutation("K03", "grouping by a label that was summed away", |board| {
        range(board, "sum by (site) (max by (endpoint) (wsus_probe_endpoint_state))")
    }),
    mutation("K03", "matching on a label that one side lacks", |board| {
        range(board, "wsus_probe_endpoint_state * on (member) wsus_probe_rtt_seconds")
    }),
    mutation("K03", "a quantile without its buckets", |board| {
        range(
            board,
            "histogram_quantile(0.9, sum by (endpoint) \
             (rate(wsus_probe_phase_duration_seconds_bucket[$__rate_interval])))",
        )
    }),
    mutation("K04", "a legend with a label that is not there", |board| {
        target(board, |_, query| query["range"] == true)?["legendFormat"] = json!("{{host}}");
        Some(())
    }),
    mutation("K04", "a legend with a label that was summed away", |board| {
        let query = target(board, |_, query| query["range"] == true)?;
        query["expr"] = json!("sum by (endpoint) (wsus_probe_endpoint_state)");
        query["legendFormat"] = json!("{{state}}");
        Some(())
    }),
    mutation("K05", "a bracket too few", |board| in_query(board, "(", "((")),
    mutation("K05", "a function that is not there", |board| {
        range(board, "avarage(wsus_probe_endpoint_state)")
    }),
    mutation("K06", "a state that there is not", |board| {
        range(board, "wsus_probe_endpoint_state{state=\"up\"}")
    }),
    mutation("K06", "a misspelled state among others", |board| {
        in_query(board, "healthy|degraded", "healty|degraded")
    }),
    mutation("K06", "a severity of findings among alerts", |board| {
        range(board, "ALERTS{severity=\"warning\"}")
    }),
];
