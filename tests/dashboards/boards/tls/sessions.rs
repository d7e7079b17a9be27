//! What handshakes agree on, how long they take, and how often they fail.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;

use super::{ROWS, endpoint_column, of, part};
use crate::boards::columns;
use crate::grafana::panel::Panel;
use crate::grafana::query::Query;

pub(super) fn panels() -> Vec<Panel> {
    vec![negotiated(), durations(), failures()]
}

fn negotiated() -> Panel {
    let info = of(&table::TLS_INFO, "");
    let count = format!(
        "count by (endpoint, dc, member, version, suite, group, alpn) ({info}) \
         and on (endpoint) topk({ROWS}, count by (endpoint) \
         (group by (endpoint, member, version, suite, group, alpn) ({info})))"
    );
    let panel = Panel::table(
        "Negotiated with this program",
        &format!(
            "What the last handshakes of rounds agreed on. Members without a row completed none. \
             Seen from: at how many vantage points; two rows for a member: something in between \
             answers. At most {ROWS} endpoints, those with most rows."
        ),
    )
    .when_empty("No handshake was completed")
    .size(24, 8)
    .query(Query::table(count))
    .unit("none")
    .column("TLS", [("unit", json!("string"))]);
    let panel = columns::wide(panel, &[("TLS", 70), ("Seen from", 100), ("Data center", 110)]);
    let shown = [
        ("endpoint", "Endpoint"),
        ("dc", "Data center"),
        ("member", "Member"),
        ("version", "TLS"),
        ("suite", "Suite"),
        ("group", "Group"),
        ("alpn", "ALPN"),
        ("Value", "Seen from"),
    ];
    columns::arrange(endpoint_column(panel), &shown, &["Time"])
        .option("sortBy", json!([{"displayName": "Endpoint", "desc": false}]))
}

/// The slowest endpoint of each data center: one that is down takes no part, and is among the
/// failures beside it.
fn durations() -> Panel {
    let rates = format!(
        "sum by (dc, endpoint, le) (rate({}[$__rate_interval]))",
        part(&table::PHASE_DURATION, "_bucket", "phase=\"tls\"")
    );
    Panel::lines(
        "TLS handshake, p95 of the slowest endpoint by data center",
        "Only completed handshakes. Up with an equal round-trip time: the server's processor, or a \
         longer chain of certificates. Empty where the exporter was told to write no buckets (very \
         large fleets).",
    )
    .when_empty("No handshake was completed")
    .query(
        Query::range(named(&format!("max by (dc) (histogram_quantile(0.95, {rates}))")))
            .legend("{{dc}}"),
    )
    .unit("s")
    .default("min", json!(0))
}

/// Endpoints without a data center have a name too.
fn named(by_dc: &str) -> String {
    format!("label_replace({by_dc}, \"dc\", \"none\", \"dc\", \"\")")
}

fn failures() -> Panel {
    let rate = |family, matcher| {
        format!("sum by (dc) (rate({}[$__rate_interval]))", part(family, "", matcher))
    };
    let failed = rate(&table::FAILURES, "phase=\"tls\"");
    let all = rate(&table::ATTEMPTS, "");
    Panel::lines(
        "Rounds that failed at TLS, by data center",
        "The part of the rounds in which the endpoint was down because of versions, suites or its \
         certificate. A step: somebody changed SChannel or a certificate at that time.",
    )
    .when_empty("No round showed whether anything works")
    .query(Query::range(named(&format!("{failed} / ({all} > 0)"))).legend("{{dc}}"))
    .unit("percentunit")
    .default("min", json!(0))
    .default("max", json!(1))
}
