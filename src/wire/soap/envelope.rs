//! One pass over the XML of an answer.

use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, Prefix, ResolveResult};
use quick_xml::reader::NsReader;

use super::values::{Contents, Value, fault_value};
use super::xml::{check_encoding, describe, forbidden, is_xml_character, offset, resolve};
use super::{MAX_QUOTE, problem};
use crate::model::text::one_line;
use crate::model::wsus::{SoapFault, SoapFlavour, SoapMessage, SoapReply, SoapVersion, XmlProblem};

/// How deep elements may nest. The deepest ones that are read are seven deep; the rest is room
/// for foreign fault details.
const MAX_DEPTH: usize = 32;

/// Namespaces of envelopes (SOAP 1.1 section 3, SOAP 1.2 part 1 section 5.1).
const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// Namespace of the client service (MS-WUSP 2.2.1).
const CLIENT: &str = "http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService";

/// Namespace of the server synchronization service (MS-WSUSSS 2.2.1).
const SERVER_SYNC: &str = "http://www.microsoft.com/SoftwareDistribution";

/// Reads a whole document; offsets are byte positions in `text`.
pub(super) fn parse(text: &str) -> Result<SoapMessage, XmlProblem> {
    if let Some((offset, character)) = text.char_indices().find(|(_, c)| !is_xml_character(*c)) {
        return Err(problem(forbidden(character), offset));
    }
    let mut reader = NsReader::from_str(text);
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
        document.take(event, reader.resolver()).map_err(|what| problem(what, start))?;
    }
}

/// What has been read so far. Errors are the `what` of an [`XmlProblem`].
#[derive(Default)]
struct Document {
    /// Local names of the open elements, outermost first.
    path: Vec<String>,
    /// Text of the innermost open element so far.
    value: Value,
    flavour: SoapFlavour,
    /// The root element has been opened.
    has_root: bool,
    /// The first element in a namespace that it should not be in.
    foreign: Option<String>,
    /// Path to the first element that belongs to no known answer.
    other: Option<String>,
    /// The first answer, and whether it is one of the server synchronization service.
    answer: Option<(Contents, bool)>,
    fault: Option<SoapFault>,
}

impl Document {
    fn take(&mut self, event: Event<'_>, spaces: &NamespaceResolver) -> Result<(), String> {
        match event {
            Event::Start(element) => self.open(&element, spaces),
            Event::End(_) => self.close(),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = resolve(&reference)?;
                self.text(character.encode_utf8(&mut [0; 4]))
            }
            Event::Decl(declaration) => self.declare(&declaration),
            Event::DocType(_) => Err("document type declaration, which SOAP forbids".into()),
            // `expand_empty_elements` turns empty elements into a start and an end.
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn declare(&mut self, declaration: &BytesDecl<'_>) -> Result<(), String> {
        self.flavour.declaration = true;
        check_encoding(declaration)
    }

    fn open(&mut self, element: &BytesStart<'_>, spaces: &NamespaceResolver) -> Result<(), String> {
        if self.path.is_empty() && self.has_root {
            return Err("a second root element".into());
        }
        if self.path.len() == MAX_DEPTH {
            return Err(format!("elements nested deeper than {MAX_DEPTH}"));
        }
        self.has_root = true;
        self.value = Value { leaf: true, ..Value::default() };
        self.path.push(element.local_name().as_ref().to_owned());
        let path = std::mem::take(&mut self.path);
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let opened = self.enter(&names, element, spaces);
        self.path = path;
        opened
    }

    fn enter(
        &mut self,
        names: &[&str],
        element: &BytesStart<'_>,
        spaces: &NamespaceResolver,
    ) -> Result<(), String> {
        // Only few are compared, so that long namespaces cost little.
        let (resolved, _) = spaces.resolve_element(element.name());
        let namespace = match resolved {
            ResolveResult::Bound(Namespace(name)) => name,
            ResolveResult::Unbound => "",
            ResolveResult::Unknown(prefix) => {
                return Err(format!("undeclared prefix {}", one_line(&prefix, MAX_QUOTE)));
            }
        };
        match names {
            ["Envelope"] => {
                self.flavour.version = version(namespace);
                let prefix = element.name().prefix().map(Prefix::into_inner);
                self.flavour.prefix = one_line(prefix.unwrap_or_default(), MAX_QUOTE);
                self.expect(self.flavour.version.is_some(), names, namespace);
            }
            ["Envelope", "Header" | "Body"] => {
                self.expect(version(namespace) == self.flavour.version, names, namespace);
            }
            ["Envelope", "Body", "Fault"] => {
                self.fault.get_or_insert_default();
            }
            ["Envelope", "Body", "GetConfigResponse"] => {
                self.expect(namespace == CLIENT, names, namespace);
                self.begin(false);
            }
            ["Envelope", "Body", "GetAuthConfigResponse"] => {
                self.expect(namespace == SERVER_SYNC, names, namespace);
                self.begin(true);
            }
            ["Envelope", "Body", response, result, rest @ ..] if is_result(response, result) => {
                if let Some((contents, _)) = &mut self.answer {
                    contents.open(rest)?;
                }
            }
            [_] | ["Envelope", "Body", _] => {
                self.other.get_or_insert_with(|| one_line(&names.join("/"), MAX_QUOTE));
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes the first element whose namespace is not as it should be.
    fn expect(&mut self, is_right: bool, names: &[&str], namespace: &str) {
        if is_right || self.foreign.is_some() {
            return;
        }
        let namespace = match namespace {
            "" => "no namespace".to_owned(),
            name => format!("namespace \"{name}\""),
        };
        self.foreign = Some(one_line(&format!("{} in {namespace}", names.join("/")), MAX_QUOTE));
    }

    /// Begins an answer. There can only be one.
    fn begin(&mut self, of_server_sync: bool) {
        match &mut self.answer {
            Some((contents, _)) => contents.repeated("Response"),
            None => self.answer = Some((Contents::default(), of_server_sync)),
        }
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
            match (names.as_slice(), &mut self.answer, &mut self.fault) {
                (["Envelope", "Body", response, result, rest @ ..], Some((contents, _)), _)
                    if is_result(response, result) =>
                {
                    contents.value(rest, &value)?;
                }
                (["Envelope", "Body", "Fault", rest @ ..], _, Some(fault)) => {
                    fault_value(fault, rest, value.text.trim());
                }
                _ => {}
            }
        }
        self.path.pop();
        Ok(())
    }

    fn finish(self, end: usize) -> Result<SoapMessage, XmlProblem> {
        if let Some(open) = self.path.last() {
            let name = one_line(open, MAX_QUOTE);
            return Err(problem(format!("truncated: <{name}> is not closed"), end));
        }
        let reply = match self {
            Self { foreign: Some(place), .. } => SoapReply::Foreign(place),
            Self { fault: Some(fault), .. } => SoapReply::Fault(fault),
            Self { answer: Some((contents, true)), .. } => {
                SoapReply::AuthConfig(contents.finish().auth_plugins)
            }
            Self { answer: Some((contents, false)), .. } => SoapReply::Config(contents.finish()),
            Self { other: Some(path), .. } => SoapReply::Other(path),
            Self { has_root: true, .. } => SoapReply::Other("Envelope".into()),
            Self { .. } if end == 0 => return Err(problem("empty body", end)),
            Self { .. } => return Err(problem("no XML element", end)),
        };
        Ok(SoapMessage { reply, flavour: self.flavour })
    }
}

fn is_result(response: &str, result: &str) -> bool {
    matches!(
        (response, result),
        ("GetConfigResponse", "GetConfigResult") | ("GetAuthConfigResponse", "GetAuthConfigResult")
    )
}

fn version(namespace: &str) -> Option<SoapVersion> {
    match namespace {
        SOAP_11 => Some(SoapVersion::V11),
        SOAP_12 => Some(SoapVersion::V12),
        _ => None,
    }
}
