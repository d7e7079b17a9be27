//! What is wrong, and what to do about it.

use serde_json::json;
use wsus_probe::decide::explain::article::{self, Kind};
use wsus_probe::metrics::table::endpoint as table;
use wsus_probe::model::failure::Phase;

use super::super::advice::{of_any, todo_at};
use super::super::columns::not_known;
use super::super::standing::{Over, VIEW, of, quality};
use super::super::to_endpoint;
use super::columns::{at_least, coloured, width};
use crate::grafana::panel::{Panel, color, link, mapping};
use crate::grafana::query::Query;

/// More rows than this nobody reads; the worst come first.
const ROWS: u32 = 200;

pub(super) fn panel() -> Panel {
    let texts = texts();
    let texts: Vec<(&str, &str, &str)> =
        texts.iter().map(|(code, text)| (code.as_str(), text.as_str(), "text")).collect();
    let hidden = json!({"Time": true});
    let order = json!({"Value": 0, "endpoint": 1, "dc": 2, "member": 3, "code": 4, "todo": 5});
    let titles = json!({"Value": "Severity", "endpoint": "Endpoint", "dc": "Data center",
                        "member": "Member", "code": "Code", "todo": "What to do first"});
    Panel::table(
        "Findings, and what to do",
        &format!(
            "Why endpoints are down, and what does not work as it should, from all vantage points \
             together, the worst first, at most {ROWS}. An empty member: it is about the name. \
             HOST and PORT are those of the endpoint's URL. `wsus-probe explain CODE` tells more \
             of each code, offline."
        ),
    )
    .size(24, 11)
    .query(Query::table(expr()))
    .unit("short")
    .transform(
        "organize",
        json!({"excludeByName": hidden, "indexByName": order, "renameByName": titles}),
    )
    .column(
        "Severity",
        [
            coloured(),
            width(80),
            (
                "mappings",
                json!([
                    mapping(&[
                        ("3", "Down", color::BAD),
                        ("2", "Warning", color::WARN),
                        ("1", "Note", color::PLAIN),
                    ]),
                    not_known()
                ]),
            ),
        ],
    )
    .column(
        "Endpoint",
        [width(150), ("links", json!([link("Open the endpoint", &to_endpoint("__value.raw"))]))],
    )
    .column("Data center", [width(90)])
    .column("Member", [width(110)])
    .column("Code", [width(160)])
    .column(
        "What to do first",
        [
            at_least(640),
            ("mappings", json!([mapping(&texts)])),
            ("custom.inspect", json!(true)),
            ("custom.cellOptions", json!({"type": "auto", "wrapText": true})),
        ],
    )
    // Room for two lines.
    .option("cellHeight", json!("md"))
    .option("sortBy", json!([{"displayName": "Severity", "desc": true}]))
}

/// The value is the rank of the severity. `todo` is what [`texts`] has a text for.
fn expr() -> String {
    let told = format!("({} and on ({VIEW}) {})", of(&table::FAILURE_INFO, ""), quality(Over::Now));
    let warnings = of(&table::FINDING, "severity=\"warning\"");
    let notes = of(&table::FINDING, "severity=\"note\"");
    let with_code =
        |ranked: &str| format!("label_replace({ranked}, \"todo\", \"$1\", \"code\", \"(.*)\")");
    format!(
        "topk({ROWS}, max by (dc, endpoint, member, code, todo) (\
         label_replace(label_join(3 * {told}, \"todo\", \" \", \"phase\", \"cause\"), \
         \"code\", \"$1\", \"cause\", \"(.*)\") or {} or {}))",
        with_code(&format!("2 * {warnings}")),
        with_code(&format!("1 * {notes}")),
    )
}

/// The first action for the code of each finding, and for each phase and cause of a failure.
fn texts() -> Vec<(String, String)> {
    let articles = article::all();
    let mut texts = Vec::new();
    for article in &articles {
        match article.kind {
            Kind::Finding => {
                texts.extend(
                    article.actions.first().map(|text| (article.code.clone(), of_any(text))),
                );
            }
            Kind::Cause => {
                texts.extend(Phase::ALL.iter().filter_map(|phase| todo_at(article, *phase)));
            }
            Kind::WindowsUpdate | Kind::Setting | Kind::Alert => {}
        }
    }
    texts
}

#[test]
fn every_finding_and_every_cause_has_a_text() {
    let texts = texts();
    for article in article::all() {
        let has = match article.kind {
            Kind::Finding => texts.iter().any(|(code, _)| *code == article.code),
            Kind::Cause => texts
                .iter()
                .any(|(code, _)| code.split_once(' ').is_some_and(|(_, c)| c == article.code)),
            Kind::WindowsUpdate | Kind::Setting | Kind::Alert => continue,
        };
        assert!(has, "{}", article.code);
    }
    assert!(texts.iter().all(|(_, text)| !text.contains("example")
        && !text.contains("port 8531")
        && !text.starts_with("at ")));
}
