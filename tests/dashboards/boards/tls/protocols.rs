//! Who accepts which version, and which Windows releases can connect.

use serde_json::json;
use wsus_probe::decide::compat::table as compat;
use wsus_probe::metrics::table::endpoint as table;
use wsus_probe::model::protocol::Protocol;
use wsus_probe::model::windows_client::WindowsClient;

use super::{ROWS, of};
use crate::boards::columns;
use crate::grafana::panel::{Panel, color, ground, mapping};
use crate::grafana::query::Query;

/// The heading of rows.
const SERVER: &str = "Endpoint and member";

pub(super) fn panels() -> Vec<Panel> {
    vec![versions(), clients()]
}

/// The old versions as the one says that accepts most, the new ones as the one that accepts least.
fn versions() -> Panel {
    let by = "endpoint, member, version";
    let old = of(&table::TLS_PROTOCOL, "version=~\"ssl3|1.0|1.1\"");
    let new = of(&table::TLS_PROTOCOL, "version!~\"ssl3|1.0|1.1\"");
    let accepted = format!("max by (endpoint, version) ({old})");
    let worst = format!("sum by (endpoint) ({accepted} or 0 * max by (endpoint, version) ({new}))");
    let both = format!(
        "(max by ({by}) ({old}) or min by ({by}) ({new})) and on (endpoint) topk({ROWS}, {worst})"
    );
    let versions =
        Protocol::ALL.iter().map(|version| (version.as_str(), version.words().to_owned()));
    let said = |yes: &str, no: &str| {
        let values = [("1", "accepted", yes), ("0", "refused", no)];
        json!([mapping(&values), columns::not_known()])
    };
    let panel = Panel::table(
        "TLS versions",
        &format!(
            "By the last scans. Red: a version that nobody should accept any more is accepted. \
         Green: as it should be. Blue: refused, which is no fault of TLS 1.3 on servers before \
         Windows Server 2022. Grey: not known; silence proves nothing. Where vantage points \
         differ, the worse is shown. At most {ROWS} endpoints, those that accept most old \
         versions. Before TLS 1.0 is forbidden see the findings: a downstream server of generation \
         3.2 needs it (KB2938066)."
        ),
    )
    .when_empty("No scan told whether any version is accepted")
    .size(24, 11)
    .default("mappings", json!([columns::not_known()]));
    let panel = matrix(panel, &both, "version", versions)
        .matching(
            "byRegexp",
            json!("/^(SSL 3.0|TLS 1.[01])$/"),
            [("mappings", said(color::BAD, color::GOOD))],
        )
        .matching("byRegexp", json!("/^TLS 1.2$/"), [("mappings", said(color::GOOD, color::WARN))])
        .matching(
            "byRegexp",
            json!("/^TLS 1.3$/"),
            [("mappings", said(color::GOOD, color::PLAIN))],
        );
    named(panel)
}

fn clients() -> Panel {
    let flags = of(&table::WINDOWS_CLIENT, "");
    let worst = format!(
        "min by (endpoint, member, release) ({flags}) \
         and on (endpoint) bottomk({ROWS}, avg by (endpoint) ({flags}))"
    );
    let releases = WindowsClient::ALL.iter().map(|client| {
        let words = compat::row(*client).words;
        (
            client.as_str(),
            words.replace("Windows ", "").replace("Server ", "").replace(" with ", " + "),
        )
    });
    let values = [("1", "yes", color::GOOD), ("0", "no", color::WARN)];
    let panel = Panel::table(
        "Which Windows releases can connect by their defaults",
        &format!(
            "Computed from what the server accepts and what Microsoft documents of each release \
         (clients / servers, oldest first). No: no version or suite in common, or a certificate \
         that all refuse. Grey: what was seen does not tell. At most {ROWS} endpoints, those that \
         shut out most. What is not certain and why: wsus-probe tls."
        ),
    )
    .size(24, 11)
    // All releases beside each other on a usual screen.
    .custom([("width", json!(92))])
    .default("mappings", json!([mapping(&values), columns::not_known()]));
    named(matrix(panel, &worst, "release", releases))
}

/// Rows of endpoint and member, a column for each value of a label, in that order and under these
/// names.
fn matrix(
    panel: Panel,
    values: &str,
    label: &str,
    columns: impl Iterator<Item = (&'static str, String)>,
) -> Panel {
    let mut names = serde_json::Map::new();
    let mut order = serde_json::Map::new();
    let first = format!("server\\{label}");
    names.insert(first.clone(), json!(SERVER));
    order.insert(first, json!(0));
    for (at, (value, words)) in (1..).zip(columns) {
        names.insert(value.to_owned(), json!(words));
        order.insert(value.to_owned(), json!(at));
    }
    let joined = format!("label_join(({values}), \"server\", \" \", \"endpoint\", \"member\")");
    panel
        .query(Query::table(joined))
        .unit("none")
        .thresholds(color::UNKNOWN, [])
        .custom([("cellOptions", ground()), ("align", json!("center"))])
        .custom([("minWidth", json!(70)), ("wrapHeaderText", json!(true))])
        .transform(
            "groupingToMatrix",
            json!({"columnField": label, "rowField": "server", "valueField": "Value",
                   "emptyValue": "null"}),
        )
        .transform(
            "organize",
            json!({"excludeByName": {}, "includeByName": {}, "indexByName": order,
                   "renameByName": names}),
        )
        .option("sortBy", json!([{"displayName": SERVER, "desc": false}]))
}

/// The column of names is no cell of the matrix.
fn named(panel: Panel) -> Panel {
    panel.column(
        SERVER,
        [
            ("custom.cellOptions", json!({"type": "auto"})),
            ("custom.align", json!("left")),
            ("custom.width", json!(380)),
            ("mappings", json!([])),
        ],
    )
}
