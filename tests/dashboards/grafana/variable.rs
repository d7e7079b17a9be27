//! Variables of dashboards.

use serde_json::{Value, json};

use super::datasource;

/// The data source, by which every panel works wherever Prometheus is called what.
pub(crate) fn source() -> Value {
    json!({
        "type": "datasource",
        "name": "datasource",
        "label": "Data source",
        "description": "The Prometheus, or what speaks its language, that has the metrics.",
        "query": "prometheus",
        "regex": "",
        "current": {"selected": false, "text": "default", "value": "default"},
        "hide": 0,
        "includeAll": false,
        "multi": false,
        "options": [],
        "refresh": 1,
        "skipUrlSync": false,
    })
}

/// The values of a label of what `selector` selects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Labels<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) description: &'a str,
    /// The label whose values are listed.
    pub(crate) of: &'a str,
    /// A metric, with matchers that may use the variables before this one.
    pub(crate) selector: &'a str,
    /// Several values, or all, can be chosen.
    pub(crate) multi: bool,
}

impl Labels<'_> {
    pub(crate) fn json(self) -> Value {
        let Self { name, label, description, of, selector, multi } = self;
        let query = format!("label_values({selector}, {of})");
        let mut json = json!({
            "type": "query",
            "name": name,
            "label": label,
            "description": description,
            "datasource": datasource(),
            "definition": query,
            "query": {"qryType": 1, "query": query,
                      "refId": "PrometheusVariableQueryEditor-VariableQuery"},
            "regex": "",
            "current": {},
            "hide": 0,
            "includeAll": multi,
            "multi": multi,
            "options": [],
            // At every change of the time range: what has come since is there.
            "refresh": 2,
            "skipUrlSync": false,
            "sort": 1,
        });
        if multi {
            // Also series that do not have the label at all.
            json["allValue"] = json!(".*");
            json["current"] = json!({"selected": true, "text": ["All"], "value": ["$__all"]});
        }
        json
    }
}
