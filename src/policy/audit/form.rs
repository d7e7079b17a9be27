//! The form of the sources, and what they undo themselves.

use std::collections::BTreeSet;

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Location, Weight};
use crate::model::registry::{Document, Operation, Place, Remark, RemarkKind};
use crate::model::text::shown;
use crate::policy::audit::facts::{Facts, SERVER, list, names, plain};
use crate::policy::audit::{lost, removed};
use crate::policy::setting::Setting;

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let documents = facts.documents.iter().enumerate();
    let of_remarks = documents.flat_map(|(source, document)| {
        RemarkKind::ALL.iter().filter_map(move |kind| of_kind(facts, source, document, *kind))
    });
    of_remarks.chain(removed::findings(facts)).collect()
}

/// Whether a source is in such a state that little can be said of what it sets.
pub(super) fn is_unreadable(document: &Document) -> bool {
    let is_set = |operation: &Operation| matches!(operation, Operation::Set { .. });
    !document.remarks.is_empty() && !document.entries.iter().any(|entry| is_set(&entry.operation))
}

/// All remarks of one kind as one finding.
fn of_kind(
    facts: &Facts<'_>,
    source: usize,
    document: &Document,
    kind: RemarkKind,
) -> Option<ClientFinding> {
    let remarks: Vec<_> = document.remarks.iter().filter(|remark| remark.kind == kind).collect();
    let first = remarks.first()?;
    if kind == RemarkKind::SeveralOnOneLine {
        let lines: Vec<Place> = remarks.iter().map(|remark| remark.at).collect();
        return Some(several_on_one_line(facts, source, document, &lines));
    }
    let words = words(kind);
    let needed = lost_of_server(facts, document, &remarks);
    let is_error = is_unreadable(document) || !needed.is_empty();
    let weight = if is_error { Weight::Error } else { words.weight };
    let count = match remarks.len() {
        1 => String::new(),
        more => format!(" ({more} times)"),
    };
    let text =
        if first.text.is_empty() { String::new() } else { format!(": {}", shown(&first.text)) };
    Some(ClientFinding {
        code: words.code,
        weight,
        places: remarks.iter().map(|remark| of_source(source, remark.at)).collect(),
        observed: format!("{}{count}{text}", words.observed),
        meaning: format!("{}{}", words.meaning, consequence(&needed)),
        action: words.action.to_owned(),
    })
}

fn of_source(source: usize, at: Place) -> Location {
    Location { source, at, key: None, value: None }
}

/// Such a line is lost as a whole: the importer of Wine passes over it, and Wine's tests record the
/// same of Windows.
fn several_on_one_line(
    facts: &Facts<'_>,
    source: usize,
    document: &Document,
    lines: &[Place],
) -> ClientFinding {
    let lost = lost::values(document, lines);
    let needed = missed(facts, lost.iter().filter_map(|lost| lost.setting));
    let lost: Vec<String> = lost.iter().map(|lost| plain(lost.name)).collect();
    let what = if lost.is_empty() { "its values".to_owned() } else { list(&lost) };
    ClientFinding {
        code: Code::SeveralValuesOnOneLine,
        weight: if needed.is_empty() { Weight::Warning } else { Weight::Error },
        places: lines.iter().map(|line| of_source(source, *line)).collect(),
        observed: match lines.len() {
            1 => "several values stand on one line".to_owned(),
            more => format!("several values stand on one line, on {more} lines"),
        },
        meaning: format!(
            "an importer passes over such a line as a whole and loses {what}{}",
            consequence(&needed)
        ),
        action: "write each value on a line of its own; client render --fix does".to_owned(),
    }
}

/// The settings that are needed to use a server, and that do not reach the registry because of the
/// form of what stands at these places.
fn lost_of_server(facts: &Facts<'_>, document: &Document, remarks: &[&Remark]) -> Vec<Setting> {
    let at: Vec<Place> = remarks
        .iter()
        .filter(|remark| is_passed_over(remark.kind))
        .map(|remark| remark.at)
        .collect();
    let values = lost::values(document, &at);
    let unread = lost::names(document, remarks);
    let unset = unread.into_iter().filter(|setting| facts.effective.held(*setting).is_none());
    missed(facts, values.iter().filter_map(|lost| lost.setting).chain(unset))
}

/// Those of the lost settings that are needed, and that no other line sets which importers read; each
/// once.
fn missed(facts: &Facts<'_>, lost: impl Iterator<Item = Setting>) -> Vec<Setting> {
    let needed: BTreeSet<Setting> = lost.filter(|setting| SERVER.contains(setting)).collect();
    needed.into_iter().filter(|setting| !is_sound(facts, *setting)).collect()
}

/// Whether a line that importers read sets it.
fn is_sound(facts: &Facts<'_>, setting: Setting) -> bool {
    let is_set = |operation: &Operation| match operation {
        Operation::Set { key, name, .. } => Setting::at(key, name) == Some(setting),
        Operation::Key(_)
        | Operation::DeleteKey(_)
        | Operation::DeleteValue { .. }
        | Operation::DeleteValues(_) => false,
    };
    let mut entries = facts.documents.iter().flat_map(|document| &document.entries);
    entries.any(|entry| entry.certain && is_set(&entry.operation))
}

/// What is lost with settings that are needed.
fn consequence(needed: &[Setting]) -> String {
    if needed.is_empty() {
        String::new()
    } else {
        format!("; without {} the server is not used", names(needed))
    }
}

/// Whether importers pass over the line, or over all that is under the key on it.
const fn is_passed_over(kind: RemarkKind) -> bool {
    match kind {
        RemarkKind::SeveralOnOneLine
        | RemarkKind::UnreadableLine
        | RemarkKind::ValueWithoutKey
        | RemarkKind::BadRoot
        | RemarkKind::BadBrackets
        | RemarkKind::UnknownRoot
        | RemarkKind::BadData
        | RemarkKind::DoubtfulData => true,
        RemarkKind::NoHeader
        | RemarkKind::BadEncoding
        | RemarkKind::BadBytes
        | RemarkKind::CutShort
        | RemarkKind::BadRecord
        | RemarkKind::UnknownType
        | RemarkKind::SetTwice => false,
    }
}

struct Words {
    code: Code,
    weight: Weight,
    observed: &'static str,
    meaning: &'static str,
    action: &'static str,
}

const NOT_IMPORTED: &str = "Windows imports nothing of this file";
const PASSED_OVER: &str = "an importer passes over it, so that what it says is not set";
const KEY_PASSED_OVER: &str = "an importer passes over the key and all values under it";
const REPAIR: &str = "correct it; client render --fix leaves out what it cannot read";

const fn unreadable(observed: &'static str, meaning: &'static str, action: &'static str) -> Words {
    Words { code: Code::Unreadable, weight: Weight::Warning, observed, meaning, action }
}

fn words(kind: RemarkKind) -> Words {
    match kind {
        RemarkKind::NoHeader => Words {
            code: Code::RegistryHeaderMissing,
            weight: Weight::Error,
            observed: "the first line that makes a text a registry file is missing",
            meaning: NOT_IMPORTED,
            action: "begin the file with the line: Windows Registry Editor Version 5.00",
        },
        RemarkKind::BadEncoding => Words {
            code: Code::EncodingNotImported,
            weight: Weight::Error,
            observed: "the file is in an encoding that the registry editor does not import",
            meaning: NOT_IMPORTED,
            action: "save it as UTF-16LE with a byte order mark, as the registry editor exports",
        },
        RemarkKind::SetTwice => Words {
            code: Code::SetTwice,
            weight: Weight::Warning,
            observed: "the same value is set more than once, and differently",
            meaning: "the last one stays",
            action: "keep the one that is meant and remove the others",
        },
        RemarkKind::SeveralOnOneLine | RemarkKind::UnreadableLine => unreadable(
            "a line is neither a key, a value nor a comment as importers read them",
            PASSED_OVER,
            REPAIR,
        ),
        RemarkKind::ValueWithoutKey => {
            unreadable("a value stands before any key", "it is set nowhere", REPAIR)
        }
        RemarkKind::BadBrackets => unreadable(
            "a key with a blank before it or without its closing bracket",
            "an importer passes over this line only: the values below it go to the key before it, \
             if there is one",
            "write it as in [HKEY_LOCAL_MACHINE\\SOFTWARE]; client render --fix does",
        ),
        RemarkKind::BadRoot => unreadable(
            "a key whose root is abbreviated or misspelled",
            KEY_PASSED_OVER,
            "write it in full, as in [HKEY_LOCAL_MACHINE\\SOFTWARE]; client render --fix does",
        ),
        RemarkKind::UnknownRoot => unreadable(
            "the root of a key is none that Windows has",
            KEY_PASSED_OVER,
            "write the root that is meant, most likely HKEY_LOCAL_MACHINE; client render --fix can \
             only leave the key out",
        ),
        RemarkKind::BadData => {
            unreadable("the data of a value cannot be read", PASSED_OVER, REPAIR)
        }
        RemarkKind::DoubtfulData => unreadable(
            "the data of a value is not written as importers read it",
            PASSED_OVER,
            "correct it; client render --fix keeps what it seems to mean: check that",
        ),
        RemarkKind::BadBytes => unreadable(
            "bytes that are not text in the file's encoding",
            "what Windows makes of them is not known",
            "write the file anew, as UTF-16LE with a byte order mark",
        ),
        RemarkKind::CutShort => unreadable(
            "the file ends in the middle of something",
            "the end is missing, and what it would have set with it",
            "copy or export it again; client render --fix can only leave the rest out",
        ),
        RemarkKind::BadRecord => unreadable(
            "a record of the policy file is not what it says",
            "from there on nothing can be relied on",
            "save the policy anew; client render --fix can only leave the rest out",
        ),
        RemarkKind::UnknownType => unreadable(
            "a type of data that registries do not have",
            "what reads it is not known",
            "set it with a type that registries have, or remove it",
        ),
    }
}
