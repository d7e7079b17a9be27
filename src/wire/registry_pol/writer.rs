//! From steps to a policy file.

use super::{
    DELETE_ALL_VALUES, DELETE_VALUE, MAX_DATA, ORDER, SEPARATOR, SIGNATURE, SOFT, VERSION,
};
use crate::model::registry::{Data, KeyPath, Operation, Root};
use crate::wire::registry_data;

/// The type and data that Group Policy's editor gives to orders without data.
const NOTHING: &str = " ";

pub(super) fn write(operations: &[Operation]) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    for operation in operations {
        bytes.extend(record_of(operation).unwrap_or_default());
    }
    bytes
}

/// Why a policy file cannot say a step; `None` where it can.
pub(super) fn refusal(operation: &Operation) -> Option<&'static str> {
    record_of(operation).err()
}

fn record_of(operation: &Operation) -> Result<Vec<u8>, &'static str> {
    let nothing = Data::String(NOTHING.to_owned());
    match operation {
        Operation::Key(key) => record(key, "", &Data::Other { kind: 0, bytes: Vec::new() }),
        Operation::DeleteKey(key) => {
            let (above, name) = key.path.rsplit_once('\\').unwrap_or(("", &key.path));
            if name.contains(SEPARATOR) {
                return Err("its name has a semicolon in it, which separates names there");
            }
            let above = KeyPath { root: key.root, path: above.to_owned() };
            record(&above, "**DeleteKeys", &Data::String(name.to_owned()))
        }
        Operation::Set { key, name, data, soft: true } => {
            record(key, &format!("{SOFT}{name}"), data)
        }
        Operation::Set { key, name, data, soft: false } => {
            if name.starts_with(ORDER) {
                return Err("its name would be taken for an order");
            }
            record(key, name, data)
        }
        Operation::DeleteValue { key, name } => {
            record(key, &format!("{DELETE_VALUE}{name}"), &nothing)
        }
        Operation::DeleteValues(key) => record(key, &format!("{DELETE_ALL_VALUES}."), &nothing),
    }
}

fn record(key: &KeyPath, value: &str, data: &Data) -> Result<Vec<u8>, &'static str> {
    let kind = data.kind();
    let data = registry_data::bytes(data);
    let size = u32::try_from(data.len()).ok().filter(|_| data.len() <= MAX_DATA);
    let size = size.ok_or("its data is longer than a policy file can hold")?;
    if key.root != Root::LocalMachine {
        return Err("a policy file of the machine has no other root");
    }
    if key.path.contains('\0') || value.contains('\0') {
        return Err("its name has a NUL in it");
    }
    let mark = |mark| registry_data::utf16(mark, 0);
    Ok([
        mark("["),
        registry_data::utf16(&key.path, 1),
        mark(";"),
        registry_data::utf16(value, 1),
        mark(";"),
        kind.to_le_bytes().to_vec(),
        mark(";"),
        size.to_le_bytes().to_vec(),
        mark(";"),
        data,
        mark("]"),
    ]
    .concat())
}
