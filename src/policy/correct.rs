//! Settings without their mistakes.
//!
//! Corrected is what has one right answer. Everything else stays as it is and is told; so do the
//! values of others, of which nothing is known.

mod draft;
mod pairs;
mod values;

use self::draft::Draft;
use crate::model::client::Weight;
use crate::model::registry::{Document, Format, Remark, RemarkKind};
use crate::policy::audit;
use crate::policy::desired::Desired;

/// Corrected settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// What should stand there.
    pub desired: Desired,
    /// How its numbers were written.
    pub written_in: Format,
    /// What was changed, one line each.
    pub changed: Vec<String>,
    /// What the sources hold that cannot be read, and is therefore not in `desired`.
    pub lost: Vec<String>,
    /// What a person has to decide, one line each.
    pub left: Vec<String>,
}

/// Takes the settings of the sources and corrects what has one right answer.
pub fn corrected(documents: &[Document]) -> Corrected {
    let (mut changed, mut lost) = (Vec::new(), Vec::new());
    for remark in documents.iter().flat_map(|document| &document.remarks) {
        match form(remark.kind) {
            Some(Form::Mended(words)) => changed.push(format!("{}: {words}", remark.at)),
            Some(Form::Lost(words)) => lost.push(told(remark, words)),
            None => {}
        }
    }
    let mut draft = Draft::read(documents);
    values::correct(&mut draft);
    pairs::complete(&mut draft);
    changed.append(&mut draft.changed);
    let desired = draft.finish();
    let written_in = written_in(documents);
    let left = remaining(&desired, written_in);
    Corrected { desired, written_in, changed, lost, left }
}

/// What is wrong with settings and has no single right answer, one line each. Only
/// where the numbers were written in hexadecimal is asked whether they were meant in decimal.
pub fn remaining(desired: &Desired, written_in: Format) -> Vec<String> {
    let document = Document { format: written_in, ..desired.document() };
    let findings = audit::findings(&[document]);
    let serious = findings.into_iter().filter(|finding| finding.weight > Weight::Note);
    serious.map(|f| format!("{}: {} ({})", f.observed, f.action, f.code.as_str())).collect()
}

/// The format that says how the numbers were written: with one source that is no text, not all of
/// them were in hexadecimal.
fn written_in(documents: &[Document]) -> Format {
    let mut formats = documents.iter().map(|document| document.format);
    formats.find(|format| !format.is_text()).unwrap_or(Format::Reg5)
}

enum Form {
    Mended(&'static str),
    Lost(&'static str),
}

/// What becomes of something odd about the form of a source.
const fn form(kind: RemarkKind) -> Option<Form> {
    Some(match kind {
        RemarkKind::SeveralOnOneLine => Form::Mended("each value has a line of its own now"),
        RemarkKind::NoHeader => Form::Mended("has the first line of a registry file now"),
        RemarkKind::BadRoot => Form::Mended("the root of the key is written out now"),
        RemarkKind::BadEncoding => Form::Mended("is in an encoding that Windows imports now"),
        RemarkKind::SetTwice => Form::Mended("set more than once; the last one stays"),
        RemarkKind::UnreadableLine => Form::Lost("cannot be read"),
        RemarkKind::ValueWithoutKey => Form::Lost("a value without a key"),
        RemarkKind::BadData => Form::Lost("the data cannot be read"),
        RemarkKind::BadBytes => Form::Lost("bytes that are no text"),
        RemarkKind::CutShort => Form::Lost("ends in the middle"),
        RemarkKind::BadRecord => Form::Lost("a record that is not as it says"),
        // Data of such a type is kept as it is.
        RemarkKind::UnknownType => return None,
    })
}

fn told(remark: &Remark, words: &str) -> String {
    let text = if remark.text.is_empty() { String::new() } else { format!(": {}", remark.text) };
    format!("{}: {words}, and is left out{text}", remark.at)
}

#[cfg(test)]
mod tests;
