//! What XML 1.0 allows, and what of it is read here.

use quick_xml::errors::{Error as QuickXmlError, SyntaxError};
use quick_xml::events::{BytesDecl, BytesRef};

use super::{MAX_QUOTE, problem};
use crate::model::text::one_line;
use crate::model::wsus::XmlProblem;

/// A character reference, or one of the five entities that XML 1.0 section 4.6 predefines.
pub(super) fn resolve(reference: &BytesRef<'_>) -> Result<char, String> {
    let resolved = match reference.resolve_char_ref() {
        Ok(Some(character)) => character,
        Ok(None) => match &**reference {
            "amp" => '&',
            "apos" => '\'',
            "gt" => '>',
            "lt" => '<',
            "quot" => '"',
            name => return Err(format!("undefined entity &{};", one_line(name, MAX_QUOTE))),
        },
        Err(_) => return Err("invalid character reference".into()),
    };
    if is_xml_character(resolved) { Ok(resolved) } else { Err(forbidden(resolved)) }
}

/// The body has been read as UTF-8 already: a declaration that says otherwise would mean that
/// the text was misread.
pub(super) fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), String> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name))
            if ["utf-8", "utf8", "us-ascii"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known)) =>
        {
            Ok(())
        }
        Some(Ok(name)) => Err(format!("unsupported encoding {}", one_line(&name, MAX_QUOTE))),
        Some(Err(_)) => Err("malformed XML declaration".into()),
    }
}

/// XML 1.0 section 2.2.
pub(super) fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

pub(super) fn forbidden(character: char) -> String {
    format!("character U+{:04X}, which XML forbids", u32::from(character))
}

/// Says whether the document ended too early or is wrong in itself.
pub(super) fn describe(error: &QuickXmlError, offset: usize) -> XmlProblem {
    let what = match error {
        QuickXmlError::Syntax(SyntaxError::InvalidBangMarkup) => "unknown markup after <!".into(),
        QuickXmlError::Syntax(unclosed) => format!("truncated: {unclosed}"),
        QuickXmlError::IllFormed(inner) => inner.to_string(),
        QuickXmlError::Io(_)
        | QuickXmlError::InvalidAttr(_)
        | QuickXmlError::Encoding(_)
        | QuickXmlError::Escape(_)
        | QuickXmlError::Namespace(_) => error.to_string(),
    };
    problem(one_line(&what, MAX_QUOTE), offset)
}

/// Bodies are limited to far less than what a `usize` can count.
pub(super) fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
