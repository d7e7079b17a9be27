//! Variables: each defined once, before it is used, by what follows the data source, and used.

use serde_json::Value;

use super::head::follows_variable;
use super::macros::{references, texts};
use super::{Board, Finding, Findings, text};

/// Refresh at every change of the time range.
const ON_TIME_RANGE: u64 = 2;

pub(super) fn check(board: &Board<'_>) -> Vec<Finding> {
    let mut found = Findings::at(board.uid);
    let first = board.variables().next();
    let source = first.is_some_and(|first| first["type"] == "datasource");
    let named = first.is_some_and(|first| first["name"] == "datasource");
    let text = "the first variable is `datasource`, of that type: all others ask it";
    found.check(source && named, "S11", text);
    defined(board, &mut found);
    let mut earlier: Vec<&str> = Vec::new();
    for variable in board.variables() {
        one(variable, &earlier, &mut found);
        earlier.push(self::text(&variable["name"]));
    }
    found.list
}

/// Of the variables those that are used, and of those used all that are there.
fn defined(board: &Board<'_>, found: &mut Findings) {
    // A pattern of a transformation or of a mapping may have a dollar of its own.
    let all = texts(board.json, &["transformations", "mappings", "regex"]);
    let used: Vec<&str> = all.into_iter().flat_map(references).map(|used| used.name).collect();
    for variable in board.variables() {
        let name = text(&variable["name"]);
        let is_used = used.contains(&name);
        found.check(is_used, "S12", &format!("variable `{name}` changes nothing: remove it"));
    }
    for name in used {
        let grafana_own = name.starts_with("__") || name == "timeFilter";
        let known = grafana_own || board.variable(name).is_some();
        found.check(known, "S13", &format!("`${name}` is no variable of this dashboard"));
    }
}

fn one(variable: &Value, earlier: &[&str], found: &mut Findings) {
    let name = text(&variable["name"]);
    let said = !text(&variable["label"]).is_empty();
    found.check(said, "S15", &format!("variable `{name}` needs a label that people read"));
    if variable["type"] != "query" {
        return;
    }
    let fresh = variable["refresh"] == ON_TIME_RANGE;
    found.check(fresh, "S14", &format!("variable `{name}`: refresh 2, or new values stay unseen"));
    let source = follows_variable(&variable["datasource"]);
    found.check(source, "S26", &format!("variable `{name}` does not ask `${{datasource}}`"));
    let several = variable["multi"] == true || variable["includeAll"] == true;
    let all = !several || variable["allValue"] == ".*";
    let text = format!("variable `{name}`: allValue `.*`, or series without the label are lost");
    found.check(all, "S18", &text);
    for used in references(self::text(&variable["query"]["query"])) {
        let text = format!("variable `{name}` uses `{}`, which comes later or never", used.name);
        found.check(earlier.contains(&used.name), "S19", &text);
    }
}
