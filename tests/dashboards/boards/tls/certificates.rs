//! When certificates end, and whether clients accept them.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;

use super::{ROWS, TO_ENDPOINT, WORST, endpoint_column, of};
use crate::boards::columns;
use crate::grafana::panel::{Panel, color};
use crate::grafana::query::Query;

/// Days left from which on nothing is to be done, and below which it is urgent.
const FINE: f64 = 21.0;
const URGENT: f64 = 7.0;

pub(super) fn panels() -> Vec<Panel> {
    vec![days_left(), each()]
}

fn days_left() -> Panel {
    let first = format!("min by (endpoint) ({})", of(&table::CERTIFICATE_NOT_AFTER, ""));
    Panel::bars(
        "Days left, fewest first",
        "Until the first certificate of any chain that the endpoint presents ends, whether or not \
         it is trusted; negative where it has ended. The 25 with the fewest days.",
    )
    .when_empty("No certificate was seen")
    .query(
        Query::instant(format!("sort(bottomk({WORST}, ({first} - time()) / 86400))"))
            .legend("{{endpoint}}"),
    )
    .option("text", json!({"titleSize": 14, "valueSize": 14}))
    .unit(columns::DAYS)
    .default("decimals", json!(1))
    .default("min", json!(0))
    .default("max", json!(398))
    .thresholds(color::BAD, [(URGENT, color::WARN), (FINE, color::GOOD)])
    .size(8, 11)
    .link(
        "This endpoint",
        &TO_ENDPOINT.replace("__data.fields.Endpoint", "__field.labels.endpoint"),
    )
}

/// Whether the chain is accepted is said of a member, and therefore of each of its certificates.
fn each() -> Panel {
    let by = "endpoint, dc, member, position";
    let family = of(&table::CERTIFICATE_NOT_AFTER, "");
    let ends = format!(
        "(min by ({by}) ({family}) \
         and on (endpoint) bottomk({ROWS}, min by (endpoint) ({family})))"
    );
    let valid = format!(
        "{ends} * 0 + on (endpoint, dc, member) group_left min by (endpoint, dc, member) ({})",
        of(&table::CERTIFICATE_VALID, "")
    );
    let secured = of(&table::ENDPOINT_INFO, "url=~\"https://.*\"");
    let unseen = format!(
        "topk({ROWS}, group by (endpoint, dc, member) ({}) and on (endpoint) {secured} \
         unless on (endpoint, dc, member) {})",
        of(&table::MEMBER_STATE, ""),
        of(&table::CERTIFICATE_NOT_AFTER, "")
    );
    let panel = Panel::table(
        "Certificates",
        &format!(
            "Of every member. At most {ROWS} endpoints, those whose first certificate ends first, \
             and as many members without a known one. Position 0 is the server's own, the others \
             are issuers that it sends along. Refused from at least one vantage point: the finding \
             of that endpoint says why. Not known: nobody saw one, or could tell. The earliest end \
             where vantage points saw different chains."
        ),
    )
    .when_empty("No certificate was seen")
    .size(16, 11)
    .query(Query::table(format!("1000 * {ends}")))
    .query(Query::table(format!("({ends} - time()) / 86400")))
    .query(Query::table(valid))
    .query(Query::table(unseen))
    .transform("merge", json!({}))
    .unit("none")
    .column("Ends", [("unit", json!("dateTimeAsIso")), ("custom.width", json!(170))])
    .column("Position", [("unit", json!("string")), ("custom.width", json!(80))]);
    let panel = columns::days_left(panel, "Days left");
    let words = [("1", "accepted", color::GOOD), ("0", "refused", color::BAD)];
    let panel = columns::coloured(panel, "Clients", 110, &words).matching(
        "byRegexp",
        json!("/^(Clients|Days left)$/"),
        [("noValue", json!("not known"))],
    );
    let shown = [
        ("endpoint", "Endpoint"),
        ("dc", "Data center"),
        ("member", "Member"),
        ("position", "Position"),
        ("Value #A", "Ends"),
        ("Value #B", "Days left"),
        ("Value #C", "Clients"),
    ];
    columns::arrange(endpoint_column(panel), &shown, &["Time", "Value #D"])
        .option("sortBy", json!([{"displayName": "Days left", "desc": false}]))
}
