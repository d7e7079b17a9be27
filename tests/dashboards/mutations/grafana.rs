//! Breaks what only Grafana's own code can tell. The rules are the names of its checks.

use serde_json::{Value, json};

use super::{Mutation, mutation, of_kind};

/// The defaults of the fields of the first panel of that kind.
fn defaults<'a>(board: &'a mut Value, kind: &str) -> Option<&'a mut Value> {
    Some(&mut of_kind(board, kind)?["fieldConfig"]["defaults"])
}

/// Adds an override to the table.
fn table_override(board: &mut Value, matcher: &str, id: &str, value: &Value) -> Option<()> {
    let entry = json!({"matcher": {"id": matcher, "options": "state"},
                       "properties": [{"id": id, "value": value}]});
    of_kind(board, "table")?["fieldConfig"]["overrides"].as_array_mut()?.push(entry);
    Some(())
}

/// Sets the transformations of the table.
fn transformations(board: &mut Value, list: Value) -> Option<()> {
    of_kind(board, "table")?["transformations"] = list;
    Some(())
}

pub(crate) const ALL: &[Mutation] = &[
    mutation("schema", "a field that a dashboard does not have", |board| {
        board["autoRefresh"] = json!("1m");
        Some(())
    }),
    mutation("schema", "a text where a number belongs", |board| {
        of_kind(board, "stat")?["gridPos"]["w"] = json!("6");
        Some(())
    }),
    mutation("schema", "an option that the kind does not have", |board| {
        of_kind(board, "stat")?["options"]["cellHeight"] = json!("sm");
        Some(())
    }),
    mutation("schema", "a value that an option does not have", |board| {
        of_kind(board, "stat")?["options"]["colorMode"] = json!("ground");
        Some(())
    }),
    mutation("schema", "an option that is needed", |board| {
        of_kind(board, "heatmap")?["options"].as_object_mut()?.remove("yAxis").map(drop)
    }),
    mutation("schema", "a field property of another kind", |board| {
        defaults(board, "state-timeline")?["custom"]["drawStyle"] = json!("line");
        Some(())
    }),
    mutation("schema", "a misspelled override", |board| {
        table_override(board, "byName", "custom.cellOption", &json!({"type": "auto"}))
    }),
    mutation("schema", "an override of a value that there is not", |board| {
        table_override(board, "byName", "custom.align", &json!("middle"))
    }),
    mutation("schema", "a misspelled field of a query", |board| {
        of_kind(board, "stat")?["targets"][0]["legend"] = json!("x");
        Some(())
    }),
    mutation("schema", "a mapping without its kind", |board| {
        let mapping = &mut defaults(board, "state-timeline")?["mappings"][0];
        mapping.as_object_mut()?.remove("type").map(drop)
    }),
    mutation("schema", "a variable of no kind", |board| {
        board["templating"]["list"][1]["type"] = json!("label");
        Some(())
    }),
    mutation("schema", "a panel of another kind", |board| {
        of_kind(board, "stat")?["type"] = json!("table");
        Some(())
    }),
    mutation("ids", "a unit that there is not", |board| {
        defaults(board, "stat")?["unit"] = json!("secs");
        Some(())
    }),
    mutation("ids", "a unit of a column that there is not", |board| {
        table_override(board, "byName", "unit", &json!("percents"))
    }),
    mutation("ids", "a transformation that there is not", |board| {
        transformations(board, json!([{"id": "organise", "options": {}}]))
    }),
    mutation("ids", "a calculation that there is not", |board| {
        of_kind(board, "stat")?["options"]["reduceOptions"]["calcs"] = json!(["latest"]);
        Some(())
    }),
    mutation("ids", "a matcher that there is not", |board| {
        table_override(board, "byTitle", "unit", &json!("s"))
    }),
    mutation("ids", "a colour scheme that there is not", |board| {
        defaults(board, "stat")?["color"] = json!({"mode": "threshold"});
        Some(())
    }),
    mutation("tables", "an override for no column", |board| {
        let overrides = &mut of_kind(board, "table")?["fieldConfig"]["overrides"];
        overrides[0]["matcher"]["options"] = json!("State");
        Some(())
    }),
    mutation("tables", "a misspelled column to be renamed", |board| {
        transformations(
            board,
            json!([{"id": "organize",
            "options": {"renameByName": {"host": "Endpoint"}}}]),
        )
    }),
    mutation("tables", "a join by no column", |board| {
        transformations(board, json!([{"id": "joinByField", "options": {"byField": "Endpoint"}}]))
    }),
    mutation("tables", "a matrix of no column", |board| {
        let options = json!({"columnField": "version", "rowField": "endpoint",
                             "valueField": "Value"});
        transformations(board, json!([{"id": "groupingToMatrix", "options": options}]))
    }),
    mutation("tables", "a misspelled column of a matrix", |board| {
        let matrix = json!({"columnField": "state", "rowField": "endpoint",
                            "valueField": "Value"});
        let names = json!({"healthy": "Works", "healty": "Works"});
        of_kind(board, "table")?["fieldConfig"]["overrides"] = json!([]);
        transformations(
            board,
            json!([
            {"id": "groupingToMatrix", "options": matrix},
            {"id": "organize", "options": {"renameByName": names}}]),
        )
    }),
    mutation("tables", "sorted by no column", |board| {
        of_kind(board, "table")?["options"]["sortBy"] = json!([{"displayName": "Status"}]);
        Some(())
    }),
    mutation("tables", "a link with no column", |board| {
        let link = json!([{"title": "x", "url": "/d/x?var-endpoint=${__data.fields.host}"}]);
        defaults(board, "table")?["links"] = link;
        Some(())
    }),
    mutation("tables", "a filter that leaves nothing", |board| {
        let config = json!({"id": "equal", "options": {"value": "gone"}});
        let filters = json!([{"fieldName": "state", "config": config}]);
        transformations(
            board,
            json!([{"id": "filterByValue",
            "options": {"filters": filters, "match": "all", "type": "include"}}]),
        )
    }),
    mutation("tables", "a table that nobody asked for", |board| {
        of_kind(board, "table")?["id"] = json!(99);
        Some(())
    }),
];
