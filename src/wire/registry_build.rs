//! What all readers of registry settings collect.

use std::collections::HashMap;

use crate::model::registry::{
    Data, Document, Entry, Format, KeyPath, Operation, Place, Remark, RemarkKind,
};
use crate::model::text::one_line;

/// Remarks of one kind that are kept; a file of something else would otherwise have one for each
/// of its lines.
const MAX_REMARKS: usize = 1_000;

/// Characters of the source that a remark shows.
const SHOWN: usize = 80;

/// The number of the last type that registries have, `REG_QWORD`.
const LAST_KIND: u32 = 11;

/// A document that grows.
#[derive(Default)]
pub(super) struct Build {
    entries: Vec<Entry>,
    remarks: Vec<Remark>,
    counts: HashMap<RemarkKind, usize>,
    /// For every value that is set, by key and name in lower case: the entry that set it last.
    set: HashMap<(String, String), usize>,
}

impl Build {
    pub(super) fn remark(&mut self, at: Place, kind: RemarkKind, text: &str) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= MAX_REMARKS {
            self.remarks.push(Remark { at, kind, text: one_line(text, SHOWN) });
        }
    }

    pub(super) fn push(&mut self, at: Place, operation: Operation, certain: bool) {
        match &operation {
            Operation::Set { key, name, data, .. } => self.note(at, key, name, data),
            Operation::DeleteValue { key, name } => {
                self.set.remove(&lower(key, name));
            }
            // Rare, and what they leave is not worth finding out: forget all.
            Operation::DeleteKey(_) | Operation::DeleteValues(_) => self.set.clear(),
            Operation::Key(_) => {}
        }
        self.entries.push(Entry { at, operation, certain });
    }

    fn note(&mut self, at: Place, key: &KeyPath, name: &str, data: &Data) {
        if data.kind() > LAST_KIND {
            self.remark(at, RemarkKind::UnknownType, &format!("{name}: type {}", data.kind()));
        }
        let Some(earlier) = self.set.insert(lower(key, name), self.entries.len()) else { return };
        let earlier = self.entries.get(earlier).map(|entry| &entry.operation);
        if matches!(earlier, Some(Operation::Set { data: before, .. }) if before != data) {
            self.remark(at, RemarkKind::SetTwice, name);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The document. Where remarks were left out, the last of the kind says so.
    pub(super) fn finish(mut self, format: Format) -> Document {
        for (kind, count) in self.counts {
            let Some(more) = count.checked_sub(MAX_REMARKS).filter(|more| *more > 0) else {
                continue;
            };
            if let Some(last) = self.remarks.iter_mut().rfind(|remark| remark.kind == kind) {
                last.text = format!("{}; and {more} more like it", last.text);
            }
        }
        Document { format, entries: self.entries, remarks: self.remarks }
    }
}

fn lower(key: &KeyPath, name: &str) -> (String, String) {
    (key.to_string().to_lowercase(), name.to_lowercase())
}
