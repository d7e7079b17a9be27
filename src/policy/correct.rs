//! Settings without their mistakes.
//!
//! Corrected is what has one right answer. Everything else stays as it is and is told; so do the
//! values of others, of which nothing is known.

mod draft;
mod pairs;
mod values;

use self::draft::Draft;
use crate::model::client::{ClientFinding, Weight};
use crate::model::endpoint::Endpoint;
use crate::model::registry::{Document, Format, Remark, RemarkKind};
use crate::model::text::shown;
use crate::policy::audit;
use crate::policy::audit::removed::Removed;
use crate::policy::desired::Desired;
use crate::policy::effective::Effective;
use crate::policy::setting::Setting;

/// Corrected settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// What should stand there.
    pub desired: Desired,
    /// How its numbers were written.
    pub written_in: Format,
    /// What was changed, one line each.
    pub changed: Vec<String>,
    /// What the sources hold that cannot be read: it is not in `desired`, or only as far as it could
    /// be made out. Each line says which.
    pub lost: Vec<String>,
    /// Settings that the sources set and then remove: whether that is meant, a person has to say.
    pub removed: Vec<Removal>,
}

/// A setting that is set and then removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Which.
    pub setting: Setting,
    /// What happens, and what to do if that is not meant. One line.
    pub text: String,
}

impl Corrected {
    /// What a person has to decide beside what is removed.
    pub fn left(&self) -> Vec<ClientFinding> {
        left(&self.desired, self.written_in, &[])
    }
}

/// Takes the settings of the sources and corrects what has one right answer.
pub fn corrected(documents: &[Document]) -> Corrected {
    let (mut changed, mut lost) = (Vec::new(), Vec::new());
    for remark in documents.iter().flat_map(|document| &document.remarks) {
        match form(remark.kind) {
            Some(Form::Mended(words)) => changed.push(format!("{}: {words}", remark.at)),
            Some(Form::Respelled(words)) => changed.push(told(remark, words)),
            Some(Form::Lost(words)) => lost.push(told(remark, words)),
            None => {}
        }
    }
    let removed = audit::removed::removed(documents, &Effective::of(documents));
    let mut draft = Draft::read(documents);
    let removed: Vec<Removal> = removed
        .into_iter()
        .filter(|removed| draft.remove(removed))
        .map(|removed| removal(&removed))
        .collect();
    values::correct(&mut draft);
    pairs::complete(&mut draft);
    changed.append(&mut draft.changed);
    let desired = draft.finish();
    let written_in = written_in(documents);
    Corrected { desired, written_in, changed, lost, removed }
}

fn removal(removed: &Removed) -> Removal {
    let name = removed.setting.as_str();
    let value = match (removed.data.number(), removed.data.text()) {
        (Some(number), _) => number.to_string(),
        (None, Some(text)) => text.to_owned(),
        (None, None) => "VALUE".to_owned(),
    };
    let how = if removed.gone.value.is_some() { "removes it" } else { "removes all of its key" };
    let text = format!(
        "{name} is set ({}), and what comes later {how} ({}): it is removed; if it is to stay, add \
         --set {}",
        removed.set.at,
        removed.gone.at,
        shown(&format!("{name}={value}"))
    );
    Removal { setting: removed.setting, text }
}

/// What is wrong with settings and has no single right answer, one line each; beside the endpoints
/// that are known. Only where the numbers were written in hexadecimal is asked whether they were
/// meant in decimal.
pub fn remaining(desired: &Desired, written_in: Format, known: &[Endpoint]) -> Vec<String> {
    let left = left(desired, written_in, known).into_iter();
    left.map(|f| format!("{}: {} ({})", f.observed, f.action, f.code.as_str())).collect()
}

fn left(desired: &Desired, written_in: Format, known: &[Endpoint]) -> Vec<ClientFinding> {
    let document = Document { format: written_in, ..desired.document() };
    let mut findings = audit::findings_beside(&[document], known);
    findings.retain(|finding| finding.weight > Weight::Note);
    findings
}

/// The format that says how the numbers were written: with one source that is no text, not all of
/// them were in hexadecimal.
fn written_in(documents: &[Document]) -> Format {
    let mut formats = documents.iter().map(|document| document.format);
    formats.find(|format| !format.is_text()).unwrap_or(Format::Reg5)
}

enum Form {
    Mended(&'static str),
    /// Mended, and told with what stood there.
    Respelled(&'static str),
    Lost(&'static str),
}

/// What becomes of something odd about the form of a source.
const fn form(kind: RemarkKind) -> Option<Form> {
    Some(match kind {
        RemarkKind::SeveralOnOneLine => Form::Mended("each value has a line of its own now"),
        RemarkKind::NoHeader => Form::Mended("has the first line of a registry file now"),
        RemarkKind::BadBrackets | RemarkKind::BadRoot => {
            Form::Respelled("the key is written as it is meant now; it was")
        }
        RemarkKind::BadEncoding => Form::Mended("is in an encoding that Windows imports now"),
        RemarkKind::SetTwice => Form::Mended("set more than once; the last one stays"),
        RemarkKind::UnknownRoot => {
            Form::Lost("a key whose root is unknown, and is left out with all its values")
        }
        RemarkKind::UnreadableLine => Form::Lost("cannot be read, and is left out"),
        RemarkKind::ValueWithoutKey => Form::Lost("a value without a key, and is left out"),
        RemarkKind::BadData => Form::Lost("the data cannot be read, and is left out"),
        RemarkKind::DoubtfulData => Form::Lost(
            "the data is not written as importers read it; what it seems to mean is kept: check it",
        ),
        RemarkKind::BadBytes => {
            Form::Lost("what these bytes mean is not certain; they are kept as they were read")
        }
        RemarkKind::CutShort => Form::Lost("ends in the middle, and is left out"),
        RemarkKind::BadRecord => Form::Lost("a record that is not as it says, and is left out"),
        // Data of such a type is kept as it is.
        RemarkKind::UnknownType => return None,
    })
}

fn told(remark: &Remark, words: &str) -> String {
    let text = if remark.text.is_empty() { String::new() } else { format!(": {}", remark.text) };
    format!("{}: {words}{text}", remark.at)
}

#[cfg(test)]
mod tests;
