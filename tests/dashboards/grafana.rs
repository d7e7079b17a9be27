//! Grafana's classic dashboard model, as far as the dashboards need it: every part gives its JSON.

pub(crate) mod board;
pub(crate) mod panel;
pub(crate) mod query;
pub(crate) mod variable;

use serde_json::{Value, json};

/// The data source that every panel and every query asks: the one chosen in the variable.
pub(crate) fn datasource() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}

/// Sets one field of an object, however deep; objects on the way are made.
pub(crate) fn set(object: &mut Value, path: &[&str], value: Value) {
    let mut at = object;
    for name in path {
        at = &mut at[*name];
    }
    *at = value;
}
