//! Policy files (`Registry.pol`, MS-GPREG).
//!
//! Four bytes of signature, a version, then records `[key;value;type;size;data]` to the end: the
//! brackets, semicolons and names in UTF-16, names with a NUL at their end, numbers of 32 bits, all
//! in little-endian order. The key is below the root that the file is for. Some names of values are
//! orders: `**del.NAME` removes a value and `**DeleteValues` a list of them, `**delvals.` removes
//! all values of a key, `**DeleteKeys` removes a list of keys below it, `**soft.NAME` sets a value
//! only where there is none, `**SecureKey` sets rights.
//!
//! What Windows does after a record that is none is not specified. It cannot know where the next
//! one begins, so what follows is left out here, with a remark.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

use crate::model::registry::{Document, Operation, ReadError};

/// The first bytes of every policy file.
pub const SIGNATURE: [u8; 4] = *b"PReg";

/// The only version there is.
const VERSION: u32 = 1;

/// The largest size of data that the specification allows.
const MAX_DATA: usize = 0xffff;

const DELETE_VALUE: &str = "**del.";
const DELETE_VALUES: &str = "**deletevalues";
const DELETE_ALL_VALUES: &str = "**delvals";
const DELETE_KEYS: &str = "**deletekeys";
const SECURE_KEY: &str = "**securekey";
const SOFT: &str = "**soft.";
const ORDER: &str = "**";

/// What separates the names of a list.
const SEPARATOR: char = ';';

/// Reads a policy file of the machine.
///
/// # Errors
/// It has not the form of one: Windows passes over such a file as a whole.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    reader::read(bytes)
}

/// Whether what is none was probably meant to be one: three of the signature's letters, or what
/// follows it.
pub fn is_like(bytes: &[u8]) -> bool {
    let pairs = bytes.iter().zip(&SIGNATURE);
    let alike = pairs.filter(|(one, other)| one == other).count();
    let after = bytes.get(SIGNATURE.len()..).unwrap_or_default();
    let after = after.strip_prefix(&VERSION.to_le_bytes());
    alike + 1 >= SIGNATURE.len() || after.is_some_and(|records| records.starts_with(b"[\0"))
}

/// A policy file that does these steps, all under `HKEY_LOCAL_MACHINE`.
///
/// Left out is what such a file cannot say: steps under other roots, names with a NUL, names of
/// values that would be taken for orders, the removal of keys with a semicolon in their names, and
/// data of more than 65,535 bytes.
pub fn write(operations: &[Operation]) -> Vec<u8> {
    writer::write(operations)
}

/// Why [`write()`] leaves a step out; `None` where it does not.
pub fn refusal(operation: &Operation) -> Option<&'static str> {
    writer::refusal(operation)
}
