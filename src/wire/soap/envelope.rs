//! One pass over the XML of an answer.

use quick_xml::errors::{Error as QuickXmlError, SyntaxError};
use quick_xml::events::{BytesDecl, BytesRef, Event};
use quick_xml::reader::Reader;

use super::values::{Value, config_value, fault_value, open_entry};
use super::{MAX_QUOTE, problem};
use crate::model::text::one_line;
use crate::model::wsus::{ServerConfig, SoapFault, SoapReply, XmlProblem};

/// How deep elements may nest. The deepest ones that are read are seven deep; the rest is room
/// for foreign fault details.
const MAX_DEPTH: usize = 32;

/// Reads a whole document; offsets are byte positions in `text`.
pub(super) fn parse(text: &str) -> Result<SoapReply, XmlProblem> {
    if let Some((offset, character)) = text.char_indices().find(|(_, c)| !is_xml_character(*c)) {
        return Err(problem(forbidden(character), offset));
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut document = Document::default();
    loop {
        let start = offset(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(describe(&error, offset(reader.error_position()))),
        };
        if matches!(event, Event::Eof) {
            return document.finish(text.len());
        }
        document.take(event).map_err(|what| problem(what, start))?;
    }
}

/// What has been read so far. Errors are the `what` of an [`XmlProblem`].
#[derive(Default)]
struct Document {
    /// Local names of the open elements, outermost first.
    path: Vec<String>,
    /// Text of the innermost open element so far.
    value: Value,
    /// The root element has been opened.
    has_root: bool,
    /// Path to the first element that belongs to no known answer.
    other: Option<String>,
    config: Option<ServerConfig>,
    fault: Option<SoapFault>,
}

impl Document {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(element) => self.open(element.local_name().as_ref()),
            Event::End(_) => self.close(),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = resolve(&reference)?;
                self.text(character.encode_utf8(&mut [0; 4]))
            }
            Event::Decl(declaration) => check_encoding(&declaration),
            Event::DocType(_) => Err("document type declaration, which SOAP forbids".into()),
            // `expand_empty_elements` turns empty elements into a start and an end.
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn open(&mut self, name: &str) -> Result<(), String> {
        if self.path.is_empty() && self.has_root {
            return Err("a second root element".into());
        }
        if self.path.len() == MAX_DEPTH {
            return Err(format!("elements nested deeper than {MAX_DEPTH}"));
        }
        self.has_root = true;
        self.value = Value { leaf: true, ..Value::default() };
        self.path.push(name.to_owned());
        let names: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["Envelope"] | ["Envelope", "Header" | "Body"] => {}
            ["Envelope", "Body", "GetConfigResponse"] => {
                self.config.get_or_insert_default();
            }
            ["Envelope", "Body", "Fault"] => {
                self.fault.get_or_insert_default();
            }
            ["Envelope", "Body", "GetConfigResponse", "GetConfigResult", rest @ ..] => {
                open_entry(self.config.get_or_insert_default(), rest)?;
            }
            [_] | ["Envelope", "Body", _] => {
                self.other.get_or_insert_with(|| one_line(&names.join("/"), MAX_QUOTE));
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if self.path.is_empty() {
            let blank = text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
            return if blank { Ok(()) } else { Err("not XML: text outside of an element".into()) };
        }
        self.value.push(text);
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let value = std::mem::take(&mut self.value);
        if value.leaf {
            let names: Vec<&str> = self.path.iter().map(String::as_str).collect();
            match (names.as_slice(), &mut self.config, &mut self.fault) {
                (
                    ["Envelope", "Body", "GetConfigResponse", "GetConfigResult", rest @ ..],
                    Some(config),
                    _,
                ) => config_value(config, rest, &value)?,
                (["Envelope", "Body", "Fault", rest @ ..], _, Some(fault)) => {
                    fault_value(fault, rest, value.text.trim());
                }
                _ => {}
            }
        }
        self.path.pop();
        Ok(())
    }

    fn finish(self, end: usize) -> Result<SoapReply, XmlProblem> {
        if let Some(open) = self.path.last() {
            let name = one_line(open, MAX_QUOTE);
            return Err(problem(format!("truncated: <{name}> is not closed"), end));
        }
        match self {
            Self { fault: Some(fault), .. } => Ok(SoapReply::Fault(fault)),
            Self { config: Some(config), .. } => Ok(SoapReply::Config(config)),
            Self { other: Some(path), .. } => Ok(SoapReply::Other(path)),
            Self { has_root: true, .. } => Ok(SoapReply::Other("Envelope".into())),
            Self { .. } if end == 0 => Err(problem("empty body", end)),
            Self { .. } => Err(problem("no XML element", end)),
        }
    }
}

/// A character reference, or one of the five entities that XML 1.0 section 4.6 predefines.
fn resolve(reference: &BytesRef<'_>) -> Result<char, String> {
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
fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), String> {
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
fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

fn forbidden(character: char) -> String {
    format!("character U+{:04X}, which XML forbids", u32::from(character))
}

/// Says whether the document ended too early or is wrong in itself.
fn describe(error: &QuickXmlError, offset: usize) -> XmlProblem {
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
fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
