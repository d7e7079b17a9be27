//! Settings of Windows clients as files: for one machine, for a domain, for Ansible, for programs.
//!
//! What a format cannot hold is left out of it and told, never bent.

pub mod ansible;
pub mod json;
pub mod lgpo;
pub mod pol;
pub mod powershell;
pub mod reg;
#[cfg(test)]
mod tests;

use crate::model::registry::{Data, KeyPath, Operation};
use crate::policy::setting::Setting;

/// What is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Where the settings are from, for comments. Any text: renderers make it harmless.
    pub origin: &'a [String],
    /// The steps that make a machine have them.
    pub operations: &'a [Operation],
}

/// A file's contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What this format cannot hold, one line each.
    pub left_out: Vec<String>,
}

impl Rendered {
    /// What is left out although it is a setting that this program knows: the others may count
    /// only together with it.
    pub fn lost_settings(&self, operations: &[Operation]) -> Vec<&str> {
        let place = |operation: &Operation| match operation {
            Operation::Set { key, name, .. } | Operation::DeleteValue { key, name } => {
                Setting::at(key, name).map(|_| format!("{}: ", place(key, name)))
            }
            Operation::Key(_) | Operation::DeleteKey(_) | Operation::DeleteValues(_) => None,
        };
        let places: Vec<String> = operations.iter().filter_map(place).collect();
        let lines = self.left_out.iter().map(String::as_str);
        lines.filter(|line| places.iter().any(|place| line.starts_with(place))).collect()
    }
}

/// A step that concerns one value.
enum Step<'a> {
    Set { key: &'a KeyPath, name: &'a str, data: &'a Data },
    Remove { key: &'a KeyPath, name: &'a str },
}

impl<'a> Step<'a> {
    const fn place(&self) -> (&'a KeyPath, &'a str) {
        match self {
            Self::Set { key, name, .. } | Self::Remove { key, name } => (key, name),
        }
    }
}

/// The steps about values, for formats that know no other, and what else there was.
fn values(operations: &[Operation]) -> (Vec<Step<'_>>, Vec<String>) {
    let (mut steps, mut left_out) = (Vec::new(), Vec::new());
    for (index, operation) in operations.iter().enumerate() {
        match operation {
            Operation::Set { key, name, data, soft: false } => {
                steps.push(Step::Set { key, name, data });
            }
            Operation::Set { key, name, soft: true, .. } => {
                left_out.push(format!("{}: set only where there is none yet", place(key, name)));
            }
            Operation::DeleteValue { key, name } => steps.push(Step::Remove { key, name }),
            Operation::DeleteValues(key) => left_out.push(format!("{key}: all its values go")),
            Operation::DeleteKey(key) => left_out.push(format!("{key}: the key goes")),
            Operation::Key(key) => {
                if !has_values(key, operations.get(index.saturating_add(1))) {
                    left_out.push(format!("{key}: the key is made, without values"));
                }
            }
        }
    }
    (steps, left_out)
}

fn has_values(key: &KeyPath, next: Option<&Operation>) -> bool {
    match next {
        Some(Operation::Set { key: other, .. } | Operation::DeleteValue { key: other, .. }) => {
            other.is(key)
        }
        Some(Operation::Key(_) | Operation::DeleteKey(_) | Operation::DeleteValues(_)) | None => {
            false
        }
    }
}

/// What a step is about.
fn subject(operation: &Operation) -> String {
    match operation {
        Operation::Key(key) | Operation::DeleteKey(key) | Operation::DeleteValues(key) => {
            key.to_string()
        }
        Operation::Set { key, name, .. } | Operation::DeleteValue { key, name } => place(key, name),
    }
}

/// A value as people write its place.
fn place(key: &KeyPath, name: &str) -> String {
    let name = if name.is_empty() { "(default)" } else { name };
    format!("{key}\\{name}")
}
