//! From a policy file to its steps.

use super::{
    DELETE_ALL_VALUES, DELETE_KEYS, DELETE_VALUE, DELETE_VALUES, MAX_DATA, ORDER, SECURE_KEY,
    SEPARATOR, SIGNATURE, SOFT, VERSION,
};
use crate::model::registry::{Document, Format, KeyPath, Operation, Place, ReadError, RemarkKind};
use crate::wire::registry_build::Build;
use crate::wire::registry_data;

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let Some(rest) = bytes.strip_prefix(&SIGNATURE) else {
        return Err(unreadable(
            0,
            "the first four bytes are not PReg, the signature of a policy file",
        ));
    };
    let Some((version, rest)) = rest.split_first_chunk::<4>() else {
        return Err(unreadable(bytes.len(), "the policy file ends within its header"));
    };
    let version = u32::from_le_bytes(*version);
    if version != VERSION {
        return Err(unreadable(SIGNATURE.len(), &format!("unknown version {version}")));
    }
    let mut build = Build::default();
    let mut input = Input { rest, total: bytes.len() };
    while !input.rest.is_empty() {
        let place = input.place();
        match record(&mut input) {
            Ok(record) => apply(&mut build, Place::Byte(place), &record),
            Err((kind, text)) => {
                build.remark(Place::Byte(place), kind, &text);
                break;
            }
        }
    }
    Ok(build.finish(Format::PolicyFile))
}

fn unreadable(byte: usize, text: &str) -> ReadError {
    ReadError {
        at: Place::Byte(byte),
        text: text.to_owned(),
        remedy: "Windows passes over such a file; copy it again, or save the policy anew"
            .to_owned(),
    }
}

type Problem = (RemarkKind, String);

/// What is still to be read.
struct Input<'a> {
    rest: &'a [u8],
    total: usize,
}

impl<'a> Input<'a> {
    fn place(&self) -> usize {
        self.total - self.rest.len()
    }

    fn bytes(&mut self, count: usize, what: &str) -> Result<&'a [u8], Problem> {
        let left = self.rest.len();
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            let text = format!("{what}: {count} bytes said, {left} left");
            return Err((RemarkKind::CutShort, text));
        };
        self.rest = rest;
        Ok(taken)
    }

    fn mark(&mut self, mark: char, what: &str) -> Result<(), Problem> {
        let place = self.place();
        if self.bytes(2, what)? == registry_data::utf16(mark.encode_utf8(&mut [0; 4]), 0) {
            Ok(())
        } else {
            Err((RemarkKind::BadRecord, format!("no '{mark}' at byte {place}: {what}")))
        }
    }

    fn number(&mut self, what: &str) -> Result<u32, Problem> {
        let bytes = self.bytes(4, what)?.try_into().unwrap_or_default();
        Ok(u32::from_le_bytes(bytes))
    }

    /// A name up to its NUL, and whether it is good UTF-16.
    fn name(&mut self, what: &str) -> Result<(String, bool), Problem> {
        let (pairs, _) = self.rest.as_chunks::<2>();
        let Some(end) = pairs.iter().position(|pair| *pair == [0, 0]) else {
            return Err((RemarkKind::CutShort, format!("{what} without an end")));
        };
        let units = pairs.iter().take(end).copied().map(u16::from_le_bytes);
        let name: String =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.bytes(2 * end + 2, what)?;
        let good = !name.contains(char::REPLACEMENT_CHARACTER);
        Ok((name, good))
    }
}

struct Record<'a> {
    key: KeyPath,
    value: String,
    /// Whether both names are good UTF-16.
    good: bool,
    kind: u32,
    data: &'a [u8],
}

fn record<'a>(input: &mut Input<'a>) -> Result<Record<'a>, Problem> {
    input.mark('[', "the beginning of a record")?;
    let (path, good_key) = input.name("the key")?;
    input.mark(';', "after the key")?;
    let (value, good_value) = input.name("the value's name")?;
    input.mark(';', "after the value's name")?;
    let kind = input.number("the type")?;
    input.mark(';', "after the type")?;
    let size = input.number("the size")?;
    input.mark(';', "after the size")?;
    let data = input.bytes(usize::try_from(size).unwrap_or(usize::MAX), "the data")?;
    input.mark(']', "after the data")?;
    let key = KeyPath::machine(path.trim_matches('\\'));
    Ok(Record { key, value, good: good_key && good_value, kind, data })
}

fn apply(build: &mut Build, at: Place, record: &Record<'_>) {
    let Record { key, value, good, kind, data } = record;
    if !good {
        build.remark(at, RemarkKind::BadBytes, &format!("a name that is not UTF-16: {value}"));
    }
    if data.len() > MAX_DATA {
        let text = format!("{value}: {} bytes of data, {MAX_DATA} are allowed", data.len());
        build.remark(at, RemarkKind::BadRecord, &text);
    }
    let key = || key.clone();
    let lower = value.to_lowercase();
    let name_after = |order: &str| value.get(order.len()..).unwrap_or_default().to_owned();
    let mut push = |operation| build.push(at, operation, true);
    if value.is_empty() && (*kind == 0 || data.is_empty()) {
        push(Operation::Key(key()));
    } else if lower.starts_with(DELETE_VALUE) {
        push(Operation::DeleteValue { key: key(), name: name_after(DELETE_VALUE) });
    } else if lower.starts_with(DELETE_VALUES) {
        names(data).for_each(|name| push(Operation::DeleteValue { key: key(), name }));
    } else if lower.starts_with(DELETE_ALL_VALUES) {
        push(Operation::DeleteValues(key()));
    } else if lower.starts_with(DELETE_KEYS) {
        names(data).for_each(|name| push(Operation::DeleteKey(below(&key(), &name))));
    } else if lower.starts_with(SECURE_KEY) {
        push(Operation::Key(key()));
    } else if lower.starts_with(SOFT) {
        let data = registry_data::data(*kind, data);
        push(Operation::Set { key: key(), name: name_after(SOFT), data, soft: true });
    } else if lower.starts_with(ORDER) {
        build.remark(at, RemarkKind::BadRecord, &format!("an order that is not known: {value}"));
    } else {
        let data = registry_data::data(*kind, data);
        push(Operation::Set { key: key(), name: value.clone(), data, soft: false });
    }
}

/// The names of a list.
fn names(data: &[u8]) -> impl Iterator<Item = String> {
    let list = registry_data::from_utf16(data).unwrap_or_default();
    let names: Vec<String> = list
        .trim_end_matches('\0')
        .split(SEPARATOR)
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    names.into_iter()
}

fn below(key: &KeyPath, name: &str) -> KeyPath {
    let path = format!("{}\\{}", key.path, name.trim_matches('\\'));
    KeyPath { path: path.trim_matches('\\').to_owned(), ..key.clone() }
}
