//! The TLS dashboard: versions, Windows clients and certificates, for those who answer for
//! security. What is not known is never counted as good: a number is there only where a scan or a
//! handshake told something, and the first row says for how many endpoints none did.

mod certificates;
mod counts;
mod findings;
mod protocols;
mod sessions;

use wsus_probe::metrics::table::Family;

use super::{SELECTED, TLS, others, variables};
use crate::grafana::board::{Board, Row};
use crate::grafana::panel::Panel;

/// The way to one endpoint, from a table with a column of that heading.
const TO_ENDPOINT: &str = "/d/wsus-endpoint?${datasource:queryparam}&${job:queryparam}\
    &${site:queryparam}&${dc:queryparam}&${__url_time_range}\
    &var-endpoint=${__data.fields.Endpoint}";

/// How much of the lists is shown: the worst.
const WORST: u32 = 25;

/// Endpoints in tables: more rows nobody reads.
const ROWS: u32 = 100;

pub(super) fn board() -> Board {
    Board {
        uid: TLS.0,
        title: TLS.1,
        description: "Certificates and TLS of all endpoints: what is accepted that should not be, \
                      who cannot connect, what ends soon, and what to do.",
        from: "now-24h",
        variables: variables(true),
        annotations: Vec::new(),
        links: others(TLS.0),
        rows: vec![
            Row::open("Compliance", counts::panels()),
            Row::open("Versions and Windows clients", protocols::panels()),
            Row::open("Certificates", certificates::panels()),
            Row::open("Handshakes", sessions::panels()),
            Row::open("Findings and scans", findings::panels()),
        ],
    }
}

/// The selected series of the family, with one more matcher or none.
fn of(family: &Family, matcher: &str) -> String {
    part(family, "", matcher)
}

/// The same of a part of a histogram or summary, such as `_bucket`.
fn part(family: &Family, suffix: &str, matcher: &str) -> String {
    let comma = if matcher.is_empty() { "" } else { "," };
    format!("{}{suffix}{{{SELECTED}{comma}{matcher}}}", family.name)
}

/// The column of endpoints leads to the endpoint.
fn endpoint_column(panel: Panel) -> Panel {
    let links = serde_json::json!([crate::grafana::panel::link("This endpoint", TO_ENDPOINT)]);
    panel.column("Endpoint", [("links", links), ("custom.width", serde_json::json!(160))])
}
