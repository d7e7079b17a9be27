//! The form of the sources, and what they undo themselves.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Location, Weight};
use crate::model::registry::{Document, Operation, Place, RemarkKind};
use crate::model::text::shown;
use crate::policy::audit::facts::{Facts, Removed, SERVER, list, names, plain};
use crate::policy::setting::Setting;

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let documents = facts.documents.iter().enumerate();
    let of_remarks = documents.flat_map(|(source, document)| {
        RemarkKind::ALL.iter().filter_map(move |kind| of_kind(source, document, *kind))
    });
    of_remarks.chain(removed(facts)).collect()
}

/// Whether a source is in such a state that little can be said of what it sets.
pub(super) fn is_unreadable(document: &Document) -> bool {
    let is_set = |operation: &Operation| matches!(operation, Operation::Set { .. });
    !document.remarks.is_empty() && !document.entries.iter().any(|entry| is_set(&entry.operation))
}

/// All remarks of one kind as one finding.
fn of_kind(source: usize, document: &Document, kind: RemarkKind) -> Option<ClientFinding> {
    let remarks: Vec<_> = document.remarks.iter().filter(|remark| remark.kind == kind).collect();
    let first = remarks.first()?;
    if kind == RemarkKind::SeveralOnOneLine {
        let lines: Vec<Place> = remarks.iter().map(|remark| remark.at).collect();
        return Some(several_on_one_line(source, document, &lines));
    }
    let words = words(kind);
    let weight = if is_unreadable(document) { Weight::Error } else { words.weight };
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
        meaning: words.meaning.to_owned(),
        action: words.action.to_owned(),
    })
}

fn of_source(source: usize, at: Place) -> Location {
    Location { source, at, key: None, value: None }
}

/// Such a line is lost as a whole: the importer of Wine passes over it, and Wine's tests record the
/// same of Windows.
fn several_on_one_line(source: usize, document: &Document, lines: &[Place]) -> ClientFinding {
    let lost_of_line = |line: &Place| {
        let on_line = document.entries.iter().filter(|entry| entry.at == *line);
        let set = on_line.filter_map(|entry| match &entry.operation {
            Operation::Set { key, name, .. } => Some((key, name.as_str())),
            Operation::Key(_)
            | Operation::DeleteKey(_)
            | Operation::DeleteValue { .. }
            | Operation::DeleteValues(_) => None,
        });
        set.collect::<Vec<_>>()
    };
    let lost: Vec<_> = lines.iter().flat_map(lost_of_line).collect();
    let needed: Vec<String> = lost
        .iter()
        .filter(|(key, name)| Setting::at(key, name).is_some_and(|it| SERVER.contains(&it)))
        .map(|(_, name)| plain(name))
        .collect();
    let lost: Vec<String> = lost.iter().map(|(_, name)| plain(name)).collect();
    let weight = if needed.is_empty() { Weight::Warning } else { Weight::Error };
    let consequence = if needed.is_empty() {
        String::new()
    } else {
        format!("; without {} the server is not used", list(&needed))
    };
    let what = if lost.is_empty() { "its values".to_owned() } else { list(&lost) };
    ClientFinding {
        code: Code::SeveralValuesOnOneLine,
        weight,
        places: lines.iter().map(|line| of_source(source, *line)).collect(),
        observed: match lines.len() {
            1 => "several values stand on one line".to_owned(),
            more => format!("several values stand on one line, on {more} lines"),
        },
        meaning: format!(
            "an importer passes over such a line as a whole and loses {what}{consequence}"
        ),
        action: "write each value on a line of its own; client render --fix does".to_owned(),
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
const REPAIR: &str = "correct it, or write the file anew with client render --fix";

fn words(kind: RemarkKind) -> Words {
    let unreadable = |observed, meaning| Words {
        code: Code::Unreadable,
        weight: Weight::Warning,
        observed,
        meaning,
        action: REPAIR,
    };
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
        RemarkKind::SeveralOnOneLine | RemarkKind::UnreadableLine => {
            unreadable("a line is neither a key, a value nor a comment", PASSED_OVER)
        }
        RemarkKind::ValueWithoutKey => {
            unreadable("a value stands before any key", "it is set nowhere")
        }
        RemarkKind::BadRoot => unreadable(
            "the root of a key is abbreviated or unknown",
            "an importer passes over the key and all values under it",
        ),
        RemarkKind::BadData => unreadable("the data of a value cannot be read", PASSED_OVER),
        RemarkKind::BadBytes => unreadable(
            "bytes that are not text in the file's encoding",
            "what Windows makes of them is not known",
        ),
        RemarkKind::CutShort => unreadable(
            "the file ends in the middle of something",
            "the end is missing, and what it would have set with it",
        ),
        RemarkKind::BadRecord => unreadable(
            "a record of the policy file is not what it says",
            "from there on nothing can be relied on",
        ),
        RemarkKind::UnknownType => {
            unreadable("a type of data that registries do not have", "what reads it is not known")
        }
    }
}

/// What is set and removed again, by the place that removes it.
fn removed(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let mut left: Vec<&Removed> = facts.removed.iter().collect();
    let mut found = Vec::new();
    while let Some(first) = left.first().copied() {
        let together: Vec<&Removed> = left.extract_if(.., |lost| lost.gone == first.gone).collect();
        let settings: Vec<Setting> = together.iter().map(|lost| lost.setting).collect();
        let weights = settings.iter().map(|setting| facts.weight_of_loss(*setting));
        let mut places = vec![first.gone.clone()];
        places.extend(together.iter().map(|lost| lost.set.clone()));
        found.push(ClientFinding {
            code: Code::SetTwice,
            weight: weights.max().unwrap_or(Weight::Warning),
            places,
            observed: format!("{} set and removed again further on", are(&settings)),
            meaning: "what is read last counts: afterwards it is not set".to_owned(),
            action: "let what is removed stand before what is set".to_owned(),
        });
    }
    found
}

fn are(settings: &[Setting]) -> String {
    let verb = if settings.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names(settings))
}
