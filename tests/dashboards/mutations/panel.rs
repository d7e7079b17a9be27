//! Breaks what panels are and how they look.

use serde_json::{Value, json};

use super::{Mutation, mutation, of_kind, panel, target};

/// Some panel with queries.
fn some(board: &mut Value) -> Option<&mut Value> {
    panel(board, |panel| panel["targets"][0].is_object())
}

/// The texts of the first panel that has one for a state.
fn texts(board: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    let number = |panel: &Value| {
        let mappings = panel["fieldConfig"]["defaults"]["mappings"].as_array()?;
        mappings.iter().position(|mapping| mapping["options"].get("down").is_some())
    };
    let panel = panel(board, |panel| number(panel).is_some())?;
    let number = number(panel)?;
    panel["fieldConfig"]["defaults"]["mappings"][number]["options"].as_object_mut()
}

/// The options of the first mapping that calls a value so.
fn mapping_of<'a>(
    board: &'a mut Value,
    word: &str,
) -> Option<&'a mut serde_json::Map<String, Value>> {
    let number = |panel: &Value| {
        let mappings = panel["fieldConfig"]["defaults"]["mappings"].as_array()?;
        mappings.iter().position(|mapping| calls(mapping, word).is_some())
    };
    let panel = panel(board, |panel| number(panel).is_some())?;
    let number = number(panel)?;
    panel["fieldConfig"]["defaults"]["mappings"][number]["options"].as_object_mut()
}

/// The value that the mapping calls so.
fn calls(mapping: &Value, word: &str) -> Option<String> {
    let mut all = mapping["options"].as_object().filter(|_| mapping["type"] == "value")?.iter();
    let named = |shown: &Value| shown["text"].as_str().is_some_and(|it| it.to_lowercase() == word);
    all.find(|(_, shown)| named(shown)).map(|(value, _)| value.clone())
}

/// What the first mapping that calls a value so says of it.
fn state<'a>(board: &'a mut Value, word: &str) -> Option<&'a mut Value> {
    let options = mapping_of(board, word)?;
    let named = |shown: &Value| shown["text"].as_str().is_some_and(|it| it.to_lowercase() == word);
    options.values_mut().find(|shown| named(shown))
}

/// A number with colours by thresholds.
fn colored(panel: &Value) -> bool {
    let defaults = &panel["fieldConfig"]["defaults"];
    let mut mappings = defaults["mappings"].as_array().into_iter().flatten();
    let words = mappings.any(|mapping| mapping["type"] != "special");
    panel["type"] == "stat"
        && !words
        && panel["options"]["textMode"] != "name"
        && !defaults["thresholds"].is_null()
}

/// Moves the second of two panels of one grid onto the first.
fn overlap(panels: &mut Value) -> Option<()> {
    let panels = panels.as_array_mut()?;
    let place = panels.first()?["gridPos"].clone();
    panels.get_mut(1)?["gridPos"] = place;
    Some(())
}

pub(super) const ALL: &[Mutation] = &[
    mutation("S16", "two panels at one place", |board| overlap(&mut board["panels"])),
    mutation("S16", "two panels at one place in a closed row", |board| {
        overlap(&mut panel(board, |panel| panel["collapsed"] == true)?["panels"])
    }),
    mutation("S17", "a panel beyond the right edge", |board| {
        some(board)?["gridPos"]["x"] = json!(23);
        Some(())
    }),
    mutation("S17", "a panel without height", |board| {
        some(board)?["gridPos"]["h"] = json!(0);
        Some(())
    }),
    mutation("S20", "a kind that was removed", |board| {
        some(board)?["type"] = json!("graph");
        Some(())
    }),
    mutation("S21", "a misspelled kind", |board| {
        some(board)?["type"] = json!("time-series");
        Some(())
    }),
    mutation("S21", "a plugin", |board| {
        some(board)?["type"] = json!("flant-statusmap-panel");
        Some(())
    }),
    mutation("S22", "no title", |board| {
        some(board)?["title"] = json!("");
        Some(())
    }),
    mutation("S23", "no description of a panel", |board| {
        some(board)?.as_object_mut()?.remove("description");
        Some(())
    }),
    mutation("S24", "no unit", |board| {
        panel(board, colored)?["fieldConfig"]["defaults"].as_object_mut()?.remove("unit");
        Some(())
    }),
    mutation("S24", "no unit of an axis", |board| {
        of_kind(board, "heatmap")?["options"]["yAxis"].as_object_mut()?.remove("unit");
        Some(())
    }),
    mutation("S25", "no thresholds", |board| {
        panel(board, colored)?["fieldConfig"]["defaults"].as_object_mut()?.remove("thresholds");
        Some(())
    }),
    mutation("S26", "a panel of a fixed source", |board| {
        some(board)?["datasource"] = json!("Prometheus");
        Some(())
    }),
    mutation("S26", "a query of a fixed source", |board| {
        some(board)?["targets"][0]["datasource"]["uid"] = json!("prometheus");
        Some(())
    }),
    mutation("S27", "no query", |board| {
        some(board)?["targets"] = json!([]);
        Some(())
    }),
    mutation("S27", "an empty query", |board| {
        some(board)?["targets"][0]["expr"] = json!(" ");
        Some(())
    }),
    mutation("S28", "no refId", |board| {
        some(board)?["targets"][0].as_object_mut()?.remove("refId");
        Some(())
    }),
    mutation("S28", "a refId twice", |board| {
        let targets = some(board)?["targets"].as_array_mut()?;
        targets.push(targets.first()?.clone());
        Some(())
    }),
    mutation("S29", "neither instant nor a range", |board| {
        some(board)?["targets"][0]["instant"] = json!(false);
        some(board)?["targets"][0]["range"] = json!(false);
        Some(())
    }),
    mutation("S32", "the last value of a range", |board| {
        let query =
            target(board, |panel, query| panel["type"] == "stat" && query["instant"] == true)?;
        query["instant"] = json!(false);
        query["range"] = json!(true);
        Some(())
    }),
    mutation("S32", "a table of a range", |board| {
        let query =
            target(board, |panel, query| panel["type"] == "table" && query["instant"] == true)?;
        query["instant"] = json!(false);
        query["range"] = json!(true);
        Some(())
    }),
    mutation("S34", "thresholds in the wrong order", |board| {
        let steps = &mut panel(board, colored)?["fieldConfig"]["defaults"]["thresholds"]["steps"];
        steps.as_array_mut()?.reverse();
        (steps.as_array()?.len() > 1).then_some(())
    }),
    mutation("S35", "gaps that are drawn over", |board| {
        of_kind(board, "timeseries")?["fieldConfig"]["defaults"]["custom"]["spanNulls"] =
            json!(true);
        Some(())
    }),
    mutation("S35", "gaps of some that are drawn over", |board| {
        let entry = json!({"matcher": {"id": "byName", "options": "x"},
            "properties": [{"id": "custom.spanNulls", "value": 3_600_000}]});
        let panel = of_kind(board, "state-timeline")?;
        panel["fieldConfig"]["overrides"].as_array_mut()?.push(entry);
        Some(())
    }),
    mutation("S37", "no value as 0", |board| {
        some(board)?["fieldConfig"]["defaults"]["noValue"] = json!("0");
        Some(())
    }),
    mutation("S37", "no value in green", |board| {
        let mapping = json!({"type": "special",
            "options": {"match": "null", "result": {"text": "up", "color": "green"}}});
        some(board)?["fieldConfig"]["defaults"]["mappings"] = json!([mapping]);
        Some(())
    }),
    mutation("S37", "an empty cell in the colour of the lowest value", |board| {
        let entry = json!({"matcher": {"id": "byName", "options": "x"}, "properties": [
            {"id": "custom.cellOptions", "value": {"type": "color-background"}},
            {"id": "mappings", "value": []}]});
        let panel = of_kind(board, "table")?;
        panel["fieldConfig"]["overrides"].as_array_mut()?.push(entry);
        Some(())
    }),
    mutation("S37", "all empty cells in the colour of the lowest value", |board| {
        let defaults = &mut of_kind(board, "table")?["fieldConfig"]["defaults"];
        defaults["custom"]["cellOptions"] = json!({"type": "color-background"});
        defaults["mappings"] = Value::Null;
        Some(())
    }),
    mutation("S39", "a state that is down in grey", |board| {
        state(board, "down")?["color"] = json!("#808080");
        Some(())
    }),
    mutation("S39", "an unknown state in green", |board| {
        state(board, "unknown")?["color"] = json!("green");
        Some(())
    }),
    mutation("S39", "a state of another name in green", |board| {
        let mut other = state(board, "down")?.clone();
        (other["text"], other["color"]) = (json!("Stale"), json!("dark-green"));
        mapping_of(board, "down")?.insert("17".to_owned(), other);
        Some(())
    }),
    mutation("S38", "words for no data in the legend of a timeline", |board| {
        of_kind(board, "state-timeline")?["fieldConfig"]["defaults"]["noValue"] = json!("None");
        Some(())
    }),
    mutation("C01", "a state without a colour", |board| texts(board)?.remove("unknown").map(drop)),
    mutation("C01", "a state that there is not", |board| {
        let options = texts(board)?;
        let down = options.remove("down")?;
        options.insert("dead".into(), down);
        Some(())
    }),
];
