//! Tables with a query for each column.

use serde_json::{Map, Value, json};

use crate::grafana::panel::{Panel, ground, mapping, nothing};
use crate::grafana::query::Query;

/// A cell on a ground of its value's colour.
pub(super) fn coloured() -> (&'static str, Value) {
    ("custom.cellOptions", ground())
}

/// Texts and colours of values. Where there is none a cell has no colour: that of the lowest
/// threshold, which Grafana gives it otherwise, is for values.
pub(super) fn mapped(values: &[(&str, &str, &str)]) -> (&'static str, Value) {
    ("mappings", json!([nothing("", "transparent", 0), mapping(values)]))
}

/// The narrowest that a column may become.
pub(super) fn at_least(pixels: u32) -> (&'static str, Value) {
    ("custom.minWidth", json!(pixels))
}

/// A column's width.
pub(super) fn width(pixels: u32) -> (&'static str, Value) {
    ("custom.width", json!(pixels))
}

/// What a table is joined from.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// The label that every query is by; a row for each of its values.
    pub(super) key: &'static str,
    /// Titles and queries. The first decides which rows there are.
    pub(super) queries: Vec<(&'static str, String)>,
    /// Titles of labels, the key among them.
    pub(super) labels: Vec<(&'static str, &'static str)>,
    /// The columns that come first: labels, and titles of queries.
    pub(super) first: Vec<&'static str>,
    /// Titles whose values tell nothing beside their labels.
    pub(super) hidden: Vec<&'static str>,
}

impl Columns {
    /// The panel with these queries and columns.
    pub(super) fn of(self, panel: Panel) -> Panel {
        let renamed: Map<String, Value> = self
            .queries
            .iter()
            .map(|(title, _)| (value_of(title), json!(title)))
            .chain(self.labels.iter().map(|(label, title)| ((*label).to_owned(), json!(title))))
            .collect();
        let hidden: Map<String, Value> =
            self.hidden.iter().map(|title| (value_of(title), json!(true))).collect();
        let titles = self.queries.iter().map(|(title, _)| *title);
        let first = self.first.iter().copied();
        let rest = titles.clone().filter(|title| !self.first.contains(title));
        let order: Map<String, Value> = (0..)
            .zip(first.chain(rest))
            .map(|(place, name)| {
                let is_title = titles.clone().any(|title| title == name);
                (if is_title { value_of(name) } else { name.to_owned() }, json!(place))
            })
            .collect();
        let decides = self.queries.first().map(|(title, _)| value_of(title));
        let panel = self.queries.into_iter().fold(panel, |panel, (title, expr)| {
            panel.query(Query::table(expr).named(&name(title)))
        });
        panel
            .transform("filterFieldsByName", json!({"exclude": {"names": ["Time"]}}))
            .transform("joinByField", json!({"byField": self.key, "mode": "outer"}))
            .transform(
                "filterByValue",
                json!({"type": "include", "match": "all", "filters": [
                    {"fieldName": decides, "config": {"id": "isNotNull", "options": {}}}]}),
            )
            .transform(
                "organize",
                json!({"renameByName": renamed, "excludeByName": hidden, "indexByName": order}),
            )
    }
}

/// What Grafana calls the values of the query with that title.
fn value_of(title: &str) -> String {
    format!("Value #{}", name(title))
}

fn name(title: &str) -> String {
    title.to_lowercase().replace(' ', "_")
}
