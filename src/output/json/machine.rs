//! The part of a `nearest` document that is about the machine itself.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::registry::Data;
use crate::output::machine::{Applied, Current, shown};
use crate::policy::desired::Desired;

#[derive(Serialize)]
pub(super) struct CurrentJson {
    url: String,
    source: &'static str,
}

impl From<&Current> for CurrentJson {
    fn from(current: &Current) -> Self {
        Self { url: current.url.to_string(), source: current.source.as_str() }
    }
}

#[derive(Serialize)]
pub(super) struct AppliedJson {
    state: &'static str,
    text: String,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
    backup_file: Option<String>,
}

impl From<&Applied> for AppliedJson {
    fn from(applied: &Applied) -> Self {
        Self {
            state: applied.state.as_str(),
            text: applied.text.clone(),
            before: applied.before.as_ref().map(values),
            after: applied.after.as_ref().map(values),
            backup_file: applied.backup.clone(),
        }
    }
}

fn values(values: &Desired) -> Map<String, Value> {
    let named = values.values.iter();
    named.map(|(setting, data)| (setting.value_name().to_owned(), value(data.as_ref()))).collect()
}

/// A number, a text or `null`; what has another type is a text that says so.
fn value(data: Option<&Data>) -> Value {
    let Some(held) = data else { return Value::Null };
    held.number().map_or_else(|| shown(data).into(), Value::from)
}
