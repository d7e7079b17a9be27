//! Values that a mistake of form keeps from the registry.

use std::collections::BTreeSet;

use crate::model::registry::{Document, KeyPath, Operation, Place, Remark, RemarkKind};
use crate::policy::audit::facts::SERVER;
use crate::policy::setting::Setting;

/// A value that an importer passes over although it can be seen what is meant.
pub(super) struct Lost<'a> {
    /// As it is written.
    pub name: &'a str,
    /// The setting that it would be.
    pub setting: Option<Setting>,
}

/// What the lines at these places set, and the sections that begin there.
pub(super) fn values<'a>(document: &'a Document, places: &[Place]) -> Vec<Lost<'a>> {
    let places: BTreeSet<Place> = places.iter().copied().collect();
    let (mut lost, mut is_lost_section) = (Vec::new(), false);
    for entry in &document.entries {
        let is_lost = places.contains(&entry.at);
        match &entry.operation {
            Operation::Key(_) | Operation::DeleteKey(_) => is_lost_section = is_lost,
            Operation::Set { key, name, .. } if is_lost || is_lost_section => {
                lost.push(Lost { name, setting: Setting::at(key, name) });
            }
            Operation::Set { .. } | Operation::DeleteValue { .. } | Operation::DeleteValues(_) => {}
        }
    }
    lost
}

/// The settings that these remarks name, of which no more than that can be read.
pub(super) fn names(document: &Document, remarks: &[&Remark]) -> Vec<Setting> {
    if remarks.is_empty() {
        return Vec::new();
    }
    let sections = document.entries.iter().filter_map(|entry| match &entry.operation {
        Operation::Key(key) => Some((entry.at, key)),
        Operation::Set { .. }
        | Operation::DeleteKey(_)
        | Operation::DeleteValue { .. }
        | Operation::DeleteValues(_) => None,
    });
    let sections: Vec<(Place, &KeyPath)> = sections.collect();
    remarks.iter().filter_map(|remark| of_remark(remark, &sections)).collect()
}

/// The setting that a line means which cannot be read.
fn of_remark(remark: &Remark, sections: &[(Place, &KeyPath)]) -> Option<Setting> {
    let name = remark.text.trim_start().strip_prefix('"')?.split_once('"')?.0;
    let is_name = |setting: &Setting| setting.value_name().eq_ignore_ascii_case(name);
    match remark.kind {
        // Of those without a key, only these are sure to be meant.
        RemarkKind::ValueWithoutKey => SERVER.into_iter().find(is_name),
        RemarkKind::BadData | RemarkKind::DoubtfulData | RemarkKind::UnreadableLine => {
            let next = sections.partition_point(|(at, _)| *at <= remark.at);
            let (_, key) = sections.get(next.checked_sub(1)?)?;
            Setting::at(key, name)
        }
        RemarkKind::SeveralOnOneLine
        | RemarkKind::NoHeader
        | RemarkKind::BadRoot
        | RemarkKind::BadBrackets
        | RemarkKind::UnknownRoot
        | RemarkKind::BadEncoding
        | RemarkKind::BadBytes
        | RemarkKind::CutShort
        | RemarkKind::BadRecord
        | RemarkKind::UnknownType
        | RemarkKind::SetTwice => None,
    }
}
