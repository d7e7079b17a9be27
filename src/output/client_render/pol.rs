//! A policy file of the machine (`Registry.pol`).

use super::{Rendered, Settings, place};
use crate::model::registry::{KeyPath, Operation, Root};
use crate::wire::registry_pol;

/// The file. It is for `HKEY_LOCAL_MACHINE`, as which Group Policy reads it; there are no comments
/// in this format.
pub fn file(settings: &Settings<'_>) -> Rendered {
    let (mut steps, mut left_out) = (Vec::new(), Vec::new());
    for operation in settings.operations {
        let key = key_of(operation);
        if key.root == Root::LocalMachine {
            steps.push(operation.clone());
            continue;
        }
        let what = match operation {
            Operation::Key(_) => continue,
            Operation::Set { name, .. } | Operation::DeleteValue { name, .. } => place(key, name),
            Operation::DeleteKey(_) | Operation::DeleteValues(_) => key.to_string(),
        };
        left_out.push(format!("{what}: a policy file of the machine has no other root"));
    }
    Rendered { bytes: registry_pol::write(&steps), left_out }
}

const fn key_of(operation: &Operation) -> &KeyPath {
    match operation {
        Operation::Key(key)
        | Operation::DeleteKey(key)
        | Operation::DeleteValues(key)
        | Operation::Set { key, .. }
        | Operation::DeleteValue { key, .. } => key,
    }
}
