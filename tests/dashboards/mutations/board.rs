//! Breaks what a dashboard says about itself, its variables and its links.

use serde_json::{Value, json};

use super::{Mutation, in_query, mutation, panel, variable};

/// Sets a field of the dashboard.
fn set(board: &mut Value, name: &str, value: Value) -> Option<()> {
    board.as_object_mut()?.insert(name.to_owned(), value);
    Some(())
}

/// A link to a dashboard, from where the first panel has one.
fn link(board: &mut Value) -> Option<&mut Value> {
    let has = |panel: &Value| {
        panel["fieldConfig"]["defaults"]["links"][0]["url"]
            .as_str()
            .is_some_and(|url| url.contains("/d/"))
    };
    let panel = panel(board, has)?;
    Some(&mut panel["fieldConfig"]["defaults"]["links"][0]["url"])
}

/// Replaces in the first link.
fn in_link(board: &mut Value, from: &str, to: &str) -> Option<()> {
    let url = link(board)?;
    let text = url.as_str()?;
    let broken = text.replacen(from, to, 1);
    if broken == text {
        return None;
    }
    *url = broken.into();
    Some(())
}

/// Replaces in the first way to another dashboard.
fn in_way(board: &mut Value, from: &str, to: &str) -> Option<()> {
    let url = &mut board["links"][0]["url"];
    *url = url.as_str()?.replacen(from, to, 1).into();
    Some(())
}

/// The way to the dashboard of one endpoint.
fn way_to_one(board: &mut Value) -> Option<&mut Value> {
    let mut ways = board["links"].as_array_mut()?.iter_mut();
    ways.find(|way| way["url"].as_str().is_some_and(|url| url.contains("/d/wsus-endpoint")))
}

pub(super) const ALL: &[Mutation] = &[
    mutation("S01", "an older schema", |board| set(board, "schemaVersion", json!(36))),
    mutation("S02", "no uid", |board| set(board, "uid", json!(""))),
    mutation("S02", "a uid with a space", |board| set(board, "uid", json!("wsus fleet"))),
    mutation("S02", "a uid that is too long", |board| set(board, "uid", json!("w".repeat(41)))),
    mutation("S03", "an id of some Grafana", |board| set(board, "id", json!(17))),
    mutation("S04", "inputs", |board| set(board, "__inputs", json!([]))),
    mutation("S05", "no description", |board| set(board, "description", json!(""))),
    mutation("S05", "no title", |board| set(board, "title", Value::Null)),
    mutation("S06", "no tag", |board| set(board, "tags", json!([]))),
    mutation("S07", "no time zone", |board| set(board, "timezone", json!(""))),
    mutation("S08", "no refresh", |board| set(board, "refresh", json!(""))),
    mutation("S09", "a fixed time range", |board| {
        set(board, "time", json!({"from": "2026-01-01", "to": "2026-01-02"}))
    }),
    mutation("S10", "an id twice", |board| {
        let id = board["panels"][0]["id"].clone();
        let other = panel(board, |panel| panel["id"] != id)?;
        other["id"] = id;
        Some(())
    }),
    mutation("S11", "the data source not first", |board| {
        board["templating"]["list"].as_array_mut()?.swap(0, 1);
        Some(())
    }),
    mutation("S11", "a data source of another name", |board| {
        variable(board, "datasource")?["name"] = json!("ds");
        Some(())
    }),
    mutation("S12", "a variable that nothing uses", |board| {
        let mut more = variable(board, "job")?.clone();
        more["name"] = json!("cluster");
        board["templating"]["list"].as_array_mut()?.push(more);
        Some(())
    }),
    mutation("S13", "a variable that is not there", |board| {
        in_query(board, "\"$endpoint\"", "\"$target\"")
    }),
    mutation("S13", "a variable in braces that is not there", |board| {
        panel(board, |panel| panel["type"] != "row")?["title"] = json!("Now in ${region}");
        Some(())
    }),
    mutation("S14", "a variable that is never read again", |board| {
        variable(board, "endpoint")?["refresh"] = json!(1);
        Some(())
    }),
    mutation("S15", "a variable without label", |board| {
        variable(board, "dc")?["label"] = json!("");
        Some(())
    }),
    mutation("S18", "All as a list of values", |board| {
        variable(board, "site")?["allValue"] = Value::Null;
        Some(())
    }),
    mutation("S19", "variables in the wrong order", |board| {
        board["templating"]["list"].as_array_mut()?.swap(1, 3);
        Some(())
    }),
    mutation("S26", "a variable of a fixed source", |board| {
        variable(board, "job")?["datasource"]["uid"] = json!("P1809F7CD0C75ACF3");
        Some(())
    }),
    mutation("S26", "an annotation of a fixed source", |board| {
        let all = board["annotations"]["list"].as_array_mut()?;
        let own = all.iter_mut().find(|annotation| annotation["builtIn"] != 1)?;
        own["datasource"]["uid"] = json!("prometheus");
        Some(())
    }),
    mutation("K01", "a variable of a metric that is not there", |board| {
        variable(board, "job")?["query"]["query"] = json!("label_values(wsus_probe_up, job)");
        Some(())
    }),
    mutation("K02", "a variable of a label that is not there", |board| {
        let query = "label_values(wsus_probe_endpoint_state, cluster)";
        variable(board, "job")?["query"]["query"] = json!(query);
        Some(())
    }),
    mutation("D01", "a link to no dashboard", |board| in_link(board, "/d/wsus-", "/d/wsus_")),
    mutation("D01", "a way to the others by tag", |board| {
        board["links"][0] = json!({"type": "dashboards", "tags": ["wsus"], "includeVars": true,
                                   "keepTime": true, "url": ""});
        Some(())
    }),
    mutation("D01", "a way to no dashboard", |board| in_way(board, "/d/wsus-", "/d/wsus_")),
    mutation("D02", "a link that sets no variable", |board| {
        in_link(board, "var-endpoint=", "var-host=")
    }),
    mutation("D03", "a link that loses the time", |board| {
        in_link(board, "${__url_time_range}", "x")
    }),
    mutation("D03", "a way to the others that loses the variables", |board| {
        in_way(board, "${site:queryparam}&", "")
    }),
    mutation("D03", "a way to the others that loses the time", |board| {
        board["links"][0]["keepTime"] = json!(false);
        Some(())
    }),
    mutation("D05", "several endpoints taken to the dashboard of one", |board| {
        let one = way_to_one(board)?;
        one["url"] = format!("{}&${{endpoint:queryparam}}", one["url"].as_str()?).into();
        Some(())
    }),
    mutation("D05", "all variables taken to the dashboard of one endpoint", |board| {
        way_to_one(board)?["includeVars"] = json!(true);
        Some(())
    }),
    mutation("D04", "a link with a label that is not there", |board| {
        in_link(board, "${__field.labels.endpoint}", "${__field.labels.host}")
    }),
];
