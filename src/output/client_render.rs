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

use crate::model::registry::{Data, KeyPath, Operation, Root};
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
    /// What this format cannot hold.
    pub left_out: Vec<LeftOut>,
}

/// A step that a format cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The setting, if it is one that this program knows.
    pub setting: Option<Setting>,
    /// What the step is about, and why it is left out, in one line.
    pub text: String,
}

impl LeftOut {
    fn step(operation: &Operation, why: &str) -> Self {
        match operation {
            Operation::Key(key) | Operation::DeleteKey(key) | Operation::DeleteValues(key) => {
                Self { setting: None, text: format!("{key}: {why}") }
            }
            Operation::Set { key, name, .. } | Operation::DeleteValue { key, name } => {
                Self::value(key, name, why)
            }
        }
    }

    fn value(key: &KeyPath, name: &str, why: &str) -> Self {
        let shown = if name.is_empty() { "(default)" } else { name };
        Self { setting: Setting::at(key, name), text: format!("{key}\\{shown}: {why}") }
    }
}

impl Rendered {
    /// What is left out although it is a setting of the machine: the others may count only together
    /// with it. Those of a user stand by themselves.
    pub fn lost_settings(&self) -> Vec<&str> {
        let is_lost = |setting: Setting| setting.key().root == Root::LocalMachine;
        let lost = self.left_out.iter().filter(|left_out| left_out.setting.is_some_and(is_lost));
        lost.map(|left_out| left_out.text.as_str()).collect()
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
fn values(operations: &[Operation]) -> (Vec<Step<'_>>, Vec<LeftOut>) {
    let (mut steps, mut left_out) = (Vec::new(), Vec::new());
    for (index, operation) in operations.iter().enumerate() {
        match operation {
            Operation::Set { key, name, data, soft: false } => {
                steps.push(Step::Set { key, name, data });
            }
            Operation::Set { soft: true, .. } => left_out.push(LeftOut::step(operation, SOFT)),
            Operation::DeleteValue { key, name } => steps.push(Step::Remove { key, name }),
            Operation::DeleteValues(_) => left_out.push(LeftOut::step(operation, ALL_VALUES)),
            Operation::DeleteKey(_) => left_out.push(LeftOut::step(operation, "the key goes")),
            Operation::Key(key) => {
                if !has_values(key, operations.get(index.saturating_add(1))) {
                    left_out.push(LeftOut::step(operation, "the key is made, without values"));
                }
            }
        }
    }
    (steps, left_out)
}

/// The same for formats that an administrator runs: what they set for the current user, they set
/// for the administrator.
fn values_of_machine(operations: &[Operation]) -> (Vec<Step<'_>>, Vec<LeftOut>) {
    let (steps, mut left_out) = values(operations);
    let (of_user, steps): (Vec<_>, Vec<_>) =
        steps.into_iter().partition(|step| step.place().0.root == Root::CurrentUser);
    left_out.extend(of_user.iter().map(|step| {
        let (key, name) = step.place();
        LeftOut::value(key, name, OF_USER)
    }));
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

const SOFT: &str = "set only where there is none yet";
const ALL_VALUES: &str = "all its values go";
const OF_USER: &str = "it belongs to each user, and here it would be set for the administrator who \
                       runs this";
