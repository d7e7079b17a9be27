//! For programs.
//!
//! | key | what |
//! |---|---|
//! | `schema_version` | number |
//! | `operations` | what to do, in order |
//! | `operations[].action` | `set`, `remove`, `remove_all_values` (of the key), `remove_key`, `make_key` |
//! | `operations[].key` | with its root, as `HKEY_LOCAL_MACHINE\…` |
//! | `operations[].name` | of the value; empty is the key's default value; `null` where it is about a key |
//! | `operations[].type` | `REG_SZ` and so on, or the number of another type as `REG_5`; `null` where nothing is set |
//! | `operations[].data` | a string, a number, or a list of strings; `null` where `data_hex` has it |
//! | `operations[].data_hex` | of `REG_BINARY` and other types: its bytes |
//! | `operations[].only_if_missing` | a value that is there stays |
//! | `changed` | what was corrected, in sentences |
//! | `left` | what a person has to decide, in sentences |

use serde::Serialize;

use super::{Rendered, Settings};
use crate::model::registry::{Data, KeyPath, Operation};
use crate::model::text::hex;
use crate::output::json::SCHEMA_VERSION;
use crate::output::text::json_document;

/// The document, with a line feed at its end.
///
/// # Errors
/// When serialisation fails, which these types give no cause for.
pub fn document(
    settings: &Settings<'_>,
    changed: &[String],
    left: &[String],
) -> serde_json::Result<Rendered> {
    let operations = settings.operations.iter().map(OperationJson::from).collect();
    let document = DocumentJson { schema_version: SCHEMA_VERSION, operations, changed, left };
    Ok(Rendered { bytes: json_document(&document)?.into_bytes(), left_out: Vec::new() })
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    schema_version: u32,
    operations: Vec<OperationJson<'a>>,
    changed: &'a [String],
    left: &'a [String],
}

#[derive(Serialize)]
struct OperationJson<'a> {
    action: &'static str,
    key: String,
    name: Option<&'a str>,
    #[serde(rename = "type")]
    kind: Option<String>,
    data: Option<DataJson<'a>>,
    data_hex: Option<String>,
    only_if_missing: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum DataJson<'a> {
    Text(&'a str),
    Number(u64),
    Texts(&'a [String]),
}

impl<'a> From<&'a Operation> for OperationJson<'a> {
    fn from(operation: &'a Operation) -> Self {
        match operation {
            Operation::Key(key) => Self::about("make_key", key, None),
            Operation::DeleteKey(key) => Self::about("remove_key", key, None),
            Operation::DeleteValues(key) => Self::about("remove_all_values", key, None),
            Operation::DeleteValue { key, name } => Self::about("remove", key, Some(name)),
            Operation::Set { key, name, data, soft } => Self {
                kind: Some(kind(data)),
                data: shown(data),
                data_hex: bytes(data).map(|bytes| hex(bytes, "")),
                only_if_missing: *soft,
                ..Self::about("set", key, Some(name))
            },
        }
    }
}

impl<'a> OperationJson<'a> {
    fn about(action: &'static str, key: &KeyPath, name: Option<&'a str>) -> Self {
        let key = key.to_string();
        Self { action, key, name, kind: None, data: None, data_hex: None, only_if_missing: false }
    }
}

fn kind(data: &Data) -> String {
    let known = match data {
        Data::String(_) => "REG_SZ",
        Data::ExpandString(_) => "REG_EXPAND_SZ",
        Data::MultiString(_) => "REG_MULTI_SZ",
        Data::Dword(_) => "REG_DWORD",
        Data::Qword(_) => "REG_QWORD",
        Data::Binary(_) => "REG_BINARY",
        Data::Other { kind, .. } => return format!("REG_{kind}"),
    };
    known.to_owned()
}

fn shown(data: &Data) -> Option<DataJson<'_>> {
    match data {
        Data::String(text) | Data::ExpandString(text) => Some(DataJson::Text(text)),
        Data::MultiString(texts) => Some(DataJson::Texts(texts)),
        Data::Dword(number) => Some(DataJson::Number(u64::from(*number))),
        Data::Qword(number) => Some(DataJson::Number(*number)),
        Data::Binary(_) | Data::Other { .. } => None,
    }
}

fn bytes(data: &Data) -> Option<&[u8]> {
    match data {
        Data::Binary(bytes) | Data::Other { bytes, .. } => Some(bytes),
        Data::String(_)
        | Data::ExpandString(_)
        | Data::MultiString(_)
        | Data::Dword(_)
        | Data::Qword(_) => None,
    }
}
