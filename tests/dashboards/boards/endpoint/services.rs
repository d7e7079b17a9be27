//! What every part of the WSUS server does, and what was found.

use serde_json::json;
use wsus_probe::metrics::table::endpoint as table;
use wsus_probe::model::finding::FindingCode;

use super::{FROM, VANTAGE, here};
use crate::boards::{advice, columns};
use crate::grafana::panel::{Panel, color, ground, mapping};
use crate::grafana::query::Query;

/// Words and colours of severities.
pub(in crate::boards) const SEVERITIES: [(&str, &str, &str); 2] =
    [("warning", "warning", color::WARN), ("note", "note", color::PLAIN)];

pub(super) fn panels() -> Vec<Panel> {
    vec![matrix(), last_check(), findings()]
}

fn matrix() -> Panel {
    let worst = format!("min by (member, check) ({})", here(&table::WSUS_CHECK, ""));
    let values = [("1", "works", color::GOOD), ("0", "does not", color::BAD)];
    Panel::table(
        "Services of each member",
        "By the last checks; does not, if it does not from at least one vantage point. client: \
         scans. simple_auth: authorization of clients. content: downloads. self_update: agents up \
         to Windows 8.1. reporting: reports of clients. server_sync, dss_auth: downstream servers. \
         api_remoting: remote consoles. inventory: reports of inventory. Not known where nobody \
         could tell or there is nothing to ask.",
    )
    .size(20, 6)
    .query(Query::table(worst))
    .transform(
        "groupingToMatrix",
        json!({"columnField": "check", "rowField": "member", "valueField": "Value",
               "emptyValue": "null"}),
    )
    .transform(
        "organize",
        json!({"excludeByName": {}, "indexByName": {}, "includeByName": {},
                                  "renameByName": {"member\\check": "Member"}}),
    )
    .unit("none")
    .thresholds(color::UNKNOWN, [])
    .when_empty("No check told whether any service works")
    .default("mappings", json!([mapping(&values), columns::not_known()]))
    .custom([("cellOptions", ground()), ("align", json!("center"))])
    .custom([("minWidth", json!(80))])
    .column(
        "Member",
        [
            ("custom.cellOptions", json!({"type": "auto"})),
            ("custom.align", json!("left")),
            ("custom.width", json!(140)),
        ],
    )
    .option("sortBy", json!([{"displayName": "Member", "desc": false}]))
}

fn last_check() -> Panel {
    let age = format!("time() - max by ({VANTAGE}) ({})", here(&table::LAST_CHECK, ""));
    Panel::stat(
        "Age of the last check",
        "Services and findings are as old as that. Checks come every five minutes unless \
         configured otherwise, and at once when something changes.",
    )
    .query(Query::instant(age).legend(FROM))
    .unit("s")
    .thresholds(color::GOOD, [(1800.0, color::WARN)])
    .option("textMode", json!("value_and_name"))
    .size(4, 6)
}

fn findings() -> Panel {
    let found = format!("count by (code, severity, member) ({})", here(&table::FINDING, ""));
    let panel = Panel::table(
        "Findings and what to do",
        "Warnings first. Without a member it is about the name. Seen from: how many vantage points \
         say so. With numbers and evidence: the exporter's own page of this endpoint. Reasons, \
         and what to do next: wsus-probe explain FINDING.",
    )
    .query(Query::table(format!(
        "label_join(label_join({found}, \"what\", \"\", \"code\"), \"todo\", \"\", \"code\")"
    )))
    .unit("none")
    .when_empty("No finding is reported: nothing was found, or nothing answered")
    .column("Member", [("noValue", json!("the name"))]);
    let panel = columns::wide(panel, &[("Member", 140)]);
    findings_table(panel, FindingCode::ALL, &[("member", "Member")])
}

/// Columns of findings: severity, code, where, what it is, what to do, seen from how many.
pub(in crate::boards) fn findings_table(
    panel: Panel,
    codes: &[FindingCode],
    places: &[(&str, &str)],
) -> Panel {
    let panel = columns::coloured(panel, "Severity", 90, &SEVERITIES);
    let panel = columns::wide(panel, &[("Finding", 170), ("What it is", 270), ("Seen from", 85)]);
    let what = advice::of_findings_what(codes);
    let panel =
        panel.column("What it is", [("custom.wrapText", json!(true)), ("mappings", json!([what]))]);
    let todo = advice::of_findings_todo(codes);
    let panel = columns::prose(panel, "What to do first", 640, Some(todo));
    let mut shown = vec![("severity", "Severity")];
    shown.extend(places);
    shown.extend([("code", "Finding"), ("what", "What it is"), ("todo", "What to do first")]);
    shown.push(("Value", "Seen from"));
    columns::arrange(panel, &shown, &["Time"])
        .option("sortBy", json!([{"displayName": "Severity", "desc": true}]))
}
