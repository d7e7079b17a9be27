//! How values are shown: with a unit, with colours that mean something, and with gaps.

use serde_json::Value;

use super::panels::has_data;
use super::{Board, Finding, Findings, list, properties, text};
use crate::grafana::panel::color;

pub(super) fn check(board: &Board<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    for panel in board.panels().into_iter().filter(|panel| has_data(panel)) {
        let mut found = Findings::at(board.place(panel));
        unit(panel, &mut found);
        thresholds(panel, &mut found);
        gaps(panel, &mut found);
        empty_cells(panel, &mut found);
        state_colours(panel, &mut found);
        all.append(&mut found.list);
    }
    all
}

fn shows_names(panel: &Value) -> bool {
    panel["options"]["textMode"] == "name"
}

/// Whether its values are shown as words. That one for no value says nothing of the others.
fn has_mappings(panel: &Value) -> bool {
    let mut all = list(&panel["fieldConfig"]["defaults"]["mappings"]);
    all.any(|mapping| mapping["type"] != "special")
}

fn unit(panel: &Value, found: &mut Findings) {
    let unit = match text(&panel["type"]) {
        "heatmap" => &panel["options"]["yAxis"]["unit"],
        "stat" | "gauge" | "bargauge" | "timeseries" => &panel["fieldConfig"]["defaults"]["unit"],
        _ => return,
    };
    let exempt = shows_names(panel) || has_mappings(panel);
    let text = "no unit: is it seconds, a ratio, or a count (`short`)?";
    found.check(exempt || !self::text(unit).is_empty(), "S24", text);
}

fn thresholds(panel: &Value, found: &mut Findings) {
    let steps: Vec<&Value> =
        list(&panel["fieldConfig"]["defaults"]["thresholds"]["steps"]).collect();
    if matches!(text(&panel["type"]), "stat" | "gauge" | "bargauge") {
        let exempt = shows_names(panel) || has_mappings(panel);
        let text = "no thresholds: Grafana's own begin to be red at 80, whatever is shown";
        found.check(exempt || !steps.is_empty(), "S25", text);
    }
    if let Some(first) = steps.first() {
        let values: Vec<f64> =
            steps[1..].iter().map(|step| step["value"].as_f64().unwrap_or(f64::NAN)).collect();
        let rising = values.windows(2).all(|pair| pair[0] < pair[1]);
        let fine = first["value"].is_null() && rising && values.iter().all(|value| !value.is_nan());
        found.check(fine, "S34", "thresholds: the first is null, the others rise");
    }
}

/// Words of states, and the colour of each where any other would be misread. Only those that work
/// are green.
const STATES: [(&str, &str); 2] = [("down", color::BAD), ("unknown", color::UNKNOWN)];
const WORKING: [&str; 3] = ["healthy", "work", "works"];

/// Mappings of states, which have the word in the text or in the value.
fn state_colours(panel: &Value, found: &mut Findings) {
    for mapping in properties(panel, "mappings").into_iter().flat_map(list) {
        let Some(options) = mapping["options"].as_object().filter(|_| mapping["type"] == "value")
        else {
            continue;
        };
        let all = || options.iter().map(|(value, shown)| (words(value, shown), &shown["color"]));
        // Without a colour it is a text and no state.
        let has = |state: &str| {
            all().any(|(words, color)| !color.is_null() && words.contains(&state.to_owned()))
        };
        if !STATES.iter().any(|(state, _)| has(state)) {
            continue;
        }
        for (words, shown) in all() {
            for (state, color) in STATES {
                let fine = !words.contains(&state.to_owned()) || shown == color;
                found.check(fine, "S39", &format!("`{state}` is {shown}, and {color} everywhere"));
            }
            let works = words.iter().any(|word| WORKING.contains(&word.as_str()));
            let fine = works || !text(shown).contains("green");
            found.check(fine, "S39", &format!("{words:?} is green, and only what works is good"));
        }
    }
}

/// What a mapping calls a value, in small letters.
fn words(value: &str, shown: &Value) -> [String; 2] {
    [value.to_lowercase(), text(&shown["text"]).to_lowercase()]
}

/// Whether the list has a mapping of what is not there.
fn maps_nothing(mappings: &Value) -> bool {
    list(mappings).any(|mapping| {
        mapping["type"] == "special" && text(&mapping["options"]["match"]).starts_with("null")
    })
}

/// An empty cell on a coloured ground has the colour of the lowest value, which often is the best,
/// unless a mapping says what nothing looks like.
fn empty_cells(panel: &Value, found: &mut Findings) {
    if panel["type"] != "table" {
        return;
    }
    let words = "coloured cells need a mapping of `null+nan`: an empty one looks like a low value";
    let is_coloured = |options: &Value| text(&options["type"]).starts_with("color-");
    let defaults = &panel["fieldConfig"]["defaults"];
    let all_coloured = is_coloured(&defaults["custom"]["cellOptions"]);
    found.check(!all_coloured || maps_nothing(&defaults["mappings"]), "S37", words);
    let overrides: Vec<&Value> = list(&panel["fieldConfig"]["overrides"]).collect();
    for entry in &overrides {
        // Columns have several.
        let same = overrides.iter().filter(|other| other["matcher"] == entry["matcher"]);
        let properties: Vec<&Value> = same.flat_map(|entry| list(&entry["properties"])).collect();
        let last = |id: &str| {
            let last = properties.iter().rfind(|property| property["id"] == id);
            last.map(|property| &property["value"])
        };
        let coloured = last("custom.cellOptions").map_or(all_coloured, is_coloured);
        let mappings = last("mappings").unwrap_or_else(|| &defaults["mappings"]);
        found.check(!coloured || maps_nothing(mappings), "S37", words);
    }
}

/// What was not measured is neither drawn, nor called 0, nor coloured as if it were good.
fn gaps(panel: &Value, found: &mut Findings) {
    let spans = properties(panel, "custom.spanNulls");
    let connected = spans.into_iter().any(|value| !value.is_null() && value != false);
    found.check(!connected, "S35", "spanNulls draws what was not measured: a gap is a gap");
    let replacements = properties(panel, "noValue");
    let in_legend =
        panel["type"] == "state-timeline" && replacements.iter().any(|value| !value.is_null());
    let legend = "noValue of a timeline is in its legend too: `Empty where` in the description";
    found.check(!in_legend, "S38", legend);
    let number = |value: &Value| text(value).starts_with(|c: char| c.is_ascii_digit());
    let zero = replacements.into_iter().any(number);
    found.check(!zero, "S37", "noValue is a number: what is not known is not 0");
    for mapping in properties(panel, "mappings").into_iter().flat_map(list) {
        let empty = mapping["type"] == "special"
            && matches!(text(&mapping["options"]["match"]), "null" | "nan" | "null+nan" | "empty");
        let good = text(&mapping["options"]["result"]["color"]).contains("green");
        found.check(!(empty && good), "S37", "no value is green: what is not known is not good");
    }
}
