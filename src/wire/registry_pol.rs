//! Policy files (`Registry.pol`, MS-GPREG).

use crate::model::registry::{Document, Operation, Place, ReadError};

/// The first bytes of every policy file.
pub const SIGNATURE: [u8; 4] = *b"PReg";

/// Reads a policy file of the machine.
///
/// # Errors
/// It has not the form of one: Windows passes over such a file as a whole.
pub fn read(_bytes: &[u8]) -> Result<Document, ReadError> {
    Err(ReadError {
        at: Place::Whole,
        text: "policy files cannot be read yet".to_owned(),
        remedy: "wait".to_owned(),
    })
}

/// A policy file that does these steps, all under `HKEY_LOCAL_MACHINE`.
pub fn write(_operations: &[Operation]) -> Vec<u8> {
    Vec::new()
}
