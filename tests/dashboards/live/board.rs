//! A dashboard as its file says: what it asks for.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

/// A dashboard.
pub(crate) struct Board {
    pub(crate) uid: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) panels: Vec<Panel>,
}

/// A variable whose values Prometheus tells.
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) multi: bool,
    /// What stands for all values in place of their list.
    pub(crate) all: Option<String>,
}

/// A panel, or the annotations, which ask in the same way.
pub(crate) struct Panel {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) targets: Vec<Target>,
    /// It has words of its own for having no data, so it may have none for particular values.
    pub(crate) explains_emptiness: bool,
}

/// A query.
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) expr: String,
    pub(crate) format: String,
    pub(crate) instant: bool,
    pub(crate) legend: String,
    pub(crate) min_step: Option<Duration>,
}

impl Board {
    /// Reads what the file says.
    ///
    /// # Errors
    ///
    /// What the live check does not know, which it would not check.
    pub(crate) fn read(json: &Value) -> Result<Self, String> {
        let variables = list(&json["templating"]["list"]).filter(|variable| {
            // Which Prometheus is asked is given.
            variable["type"] != "datasource"
        });
        let mut panels = Vec::new();
        for panel in list(&json["panels"]) {
            let inside = list(&panel["panels"]);
            for panel in std::iter::once(panel).chain(inside) {
                panels.extend(Panel::read(panel)?);
            }
        }
        panels.push(annotations(json)?);
        Ok(Self {
            uid: text(json, "uid"),
            variables: variables.map(Variable::read).collect::<Result<_, _>>()?,
            panels,
        })
    }
}

impl Variable {
    fn read(json: &Value) -> Result<Self, String> {
        let name = text(json, "name");
        if json["type"] != "query" || !text(json, "regex").is_empty() {
            return Err(format!("variable {name}: only queries without a regex are checked"));
        }
        let query = text(&json["query"], "query");
        let all = json["allValue"].as_str().filter(|value| !value.is_empty()).map(str::to_owned);
        Ok(Self { name, query, multi: json["multi"] == true, all })
    }
}

impl Panel {
    /// Nothing for a row, whose panels are read apart.
    fn read(json: &Value) -> Result<Option<Self>, String> {
        let title = text(json, "title");
        if json["repeat"].is_string() {
            return Err(format!("panel {title:?}: repeated panels and rows are not checked"));
        }
        if ["row", "text"].iter().any(|kind| json["type"] == *kind) {
            return Ok(None);
        }
        let targets = list(&json["targets"]).map(Target::read).collect::<Result<_, _>>()?;
        let defaults = &json["fieldConfig"]["defaults"];
        let of_null = |mapping: &Value| {
            mapping["type"] == "special"
                && mapping["options"]["match"].as_str().is_some_and(|what| what.starts_with("null"))
        };
        Ok(Some(Self {
            id: json["id"].as_u64().ok_or("a panel without a number")?,
            title,
            targets,
            // What a timeline has for no data is in its legend too.
            explains_emptiness: (json["type"] == "state-timeline"
                && text(json, "description").split(". ").any(|it| it.starts_with("Empty where")))
                || defaults["noValue"].as_str().is_some_and(|text| !text.is_empty())
                || list(&defaults["mappings"]).any(of_null),
        }))
    }
}

impl Target {
    fn read(json: &Value) -> Result<Self, String> {
        let min_step = json["interval"].as_str().filter(|text| !text.is_empty());
        let min_step = min_step.map(|text| {
            humantime::parse_duration(text)
                .map_err(|error| format!("minimum step {text:?}: {error}"))
        });
        Ok(Self {
            name: text(json, "refId"),
            expr: text(json, "expr"),
            format: text(json, "format"),
            instant: json["instant"] == true,
            legend: text(json, "legendFormat"),
            min_step: min_step.transpose()?,
        })
    }
}

/// The queries of annotations as a panel of number 0. Events may be rare, so some may be missing.
fn annotations(json: &Value) -> Result<Panel, String> {
    let queries = list(&json["annotations"]["list"]).filter(|query| query["builtIn"] != 1);
    let target = |query: &Value| {
        let step = text(query, "step");
        let mut target =
            Target::read(&serde_json::json!({"expr": query["expr"], "interval": step}))?;
        target.name = text(query, "name");
        target.legend = format!("{} {}", text(query, "titleFormat"), text(query, "textFormat"));
        Ok::<_, String>(target)
    };
    Ok(Panel {
        id: 0,
        title: "annotations".to_owned(),
        targets: queries.map(target).collect::<Result<_, _>>()?,
        explains_emptiness: true,
    })
}

/// The labels that a legend names.
pub(crate) fn legend_labels(legend: &str) -> BTreeSet<String> {
    let parts = legend.split("{{").skip(1);
    parts.filter_map(|part| Some(part.split_once("}}")?.0.trim().to_owned())).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(json: &Value, key: &str) -> String {
    json[key].as_str().unwrap_or_default().to_owned()
}
