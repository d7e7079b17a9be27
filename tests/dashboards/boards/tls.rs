//! TODO(helper): the tls dashboard.

use wsus_probe::metrics::table::endpoint as table;

use super::{SELECTED, variables};
use crate::grafana::board::{Board, Row};
use crate::grafana::panel::{Panel, color};
use crate::grafana::query::Query;

pub(super) fn board() -> Board {
    let up = format!(
        "sum(max by (endpoint) ({}{{{SELECTED},state=~\"healthy|degraded\"}}))",
        table::ENDPOINT_STATE.name
    );
    let panel = Panel::stat("Endpoints up", "Endpoints that work for clients.")
        .query(Query::instant(up))
        .unit("short")
        .thresholds(color::BAD, [(1.0, color::GOOD)]);
    Board {
        uid: "wsus-tls",
        title: "WSUS tls",
        description: "To be written.",
        from: "now-6h",
        variables: variables(true),
        annotations: Vec::new(),
        rows: vec![Row::open("Now", [panel])],
    }
}
