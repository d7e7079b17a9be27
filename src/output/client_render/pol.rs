//! A policy file of the machine (`Registry.pol`).

use super::{LeftOut, Rendered, Settings};
use crate::model::registry::{Operation, Root};
use crate::wire::registry_pol;

/// The file. It is for `HKEY_LOCAL_MACHINE`, as which Group Policy reads it; there are no comments
/// in this format.
pub fn file(settings: &Settings<'_>) -> Rendered {
    let (mut steps, mut left_out) = (Vec::new(), Vec::new());
    for operation in settings.operations {
        match (registry_pol::refusal(operation), operation) {
            (None, _) => steps.push(operation.clone()),
            // What is to be below it is told.
            (Some(_), Operation::Key(key)) if key.root != Root::LocalMachine => {}
            (Some(why), _) => left_out.push(LeftOut::step(operation, why)),
        }
    }
    Rendered { bytes: registry_pol::write(&steps), left_out }
}
