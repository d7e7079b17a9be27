//! From element paths and texts to the fields of an answer.

use jiff::fmt::temporal::Pieces;

use super::MAX_QUOTE;
use crate::model::text::one_line;
use crate::model::wsus::{AuthPlugin, SchemaFault, ServerConfig, SoapFault};

/// The longest value that is kept, in bytes. The longest of a real server is a UNC path, which
/// Windows limits to 32,767 characters in theory and to 260 in practice.
const MAX_VALUE: usize = 4 * 1024;

/// The most entries of either list in an answer. Real servers send one authorization plug-in and
/// five properties.
const MAX_ENTRIES: usize = 64;

/// The text of one element, cut at [`MAX_VALUE`].
#[derive(Default)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) cut: bool,
    /// No child element was seen: elements with children have no value.
    pub(super) leaf: bool,
}

impl Value {
    pub(super) fn push(&mut self, text: &str) {
        for character in text.chars() {
            if self.text.len() + character.len_utf8() > MAX_VALUE {
                self.cut = true;
                break;
            }
            self.text.push(character);
        }
    }
}

/// The contents of a `GetConfigResult` (MS-WUSP 2.2.2.2.1) or a `GetAuthConfigResult` (MS-WSUSSS
/// 3.1.4.1), while they are read.
#[derive(Default)]
pub(super) struct Contents {
    config: ServerConfig,
    /// Names that may occur only once and have: of the result's children, and of the children of
    /// the list entry that is open.
    seen: Vec<&'static str>,
    seen_in_entry: Vec<&'static str>,
}

/// Children of the result that may occur only once.
const ONCE: [&str; 4] = ["LastChange", "IsRegistrationRequired", "AuthInfo", "Properties"];

/// Children of a list entry that may occur only once.
const ONCE_IN_ENTRY: [&str; 4] = ["PlugInID", "ServiceUrl", "Name", "Value"];

impl Contents {
    /// Takes note of an element, by its path below the result.
    pub(super) fn open(&mut self, path: &[&str]) -> Result<(), String> {
        let count = match path {
            [] => {
                self.once("Result", false);
                0
            }
            ["AuthInfo", "AuthPlugInInfo"] => {
                self.seen_in_entry.clear();
                self.config.auth_plugins.push(AuthPlugin::default());
                self.config.auth_plugins.len()
            }
            ["Properties", "ConfigurationProperty"] => {
                self.seen_in_entry.clear();
                self.config.properties.push((String::new(), String::new()));
                self.config.properties.len()
            }
            [name] => {
                if let Some(once) = ONCE.iter().find(|once| *once == name) {
                    self.once(once, false);
                }
                0
            }
            ["AuthInfo", "AuthPlugInInfo", name]
            | ["Properties", "ConfigurationProperty", name] => {
                if let Some(once) = ONCE_IN_ENTRY.iter().find(|once| *once == name) {
                    self.once(once, true);
                }
                0
            }
            _ => 0,
        };
        if count > MAX_ENTRIES {
            return Err(format!("more than {MAX_ENTRIES} list entries"));
        }
        Ok(())
    }

    fn once(&mut self, name: &'static str, in_entry: bool) {
        let seen = if in_entry { &mut self.seen_in_entry } else { &mut self.seen };
        if seen.contains(&name) {
            self.repeated(name);
        } else {
            seen.push(name);
        }
    }

    /// Takes note of something that is there more than once.
    pub(super) fn repeated(&mut self, name: &str) {
        let fault = SchemaFault::Repeated(one_line(name, MAX_QUOTE));
        if !self.config.schema_faults.contains(&fault) {
            self.config.schema_faults.push(fault);
        }
    }

    /// Keeps the value of an element without children.
    pub(super) fn value(&mut self, path: &[&str], value: &Value) -> Result<(), String> {
        let text = value.text.trim();
        let config = &mut self.config;
        let slot = match path {
            ["LastChange"] => {
                config.last_change = (!text.is_empty()).then(|| text.to_owned());
                self.check("LastChange", text, is_date_time(text));
                None
            }
            ["IsRegistrationRequired"] => {
                config.registration_required = boolean(text);
                self.check("IsRegistrationRequired", text, boolean(text).is_some());
                None
            }
            ["AuthInfo", "AuthPlugInInfo", name] => {
                config.auth_plugins.last_mut().and_then(|plugin| match *name {
                    "PlugInID" => Some(&mut plugin.id),
                    "ServiceUrl" => Some(&mut plugin.service_url),
                    _ => None,
                })
            }
            ["Properties", "ConfigurationProperty", name] => {
                config.properties.last_mut().and_then(|(key, value)| match *name {
                    "Name" => Some(key),
                    "Value" => Some(value),
                    _ => None,
                })
            }
            _ => return Ok(()),
        };
        if value.cut {
            return Err(format!("a value longer than {MAX_VALUE} bytes"));
        }
        if let Some(slot) = slot {
            text.clone_into(slot);
        }
        Ok(())
    }

    fn check(&mut self, name: &str, text: &str, is_valid: bool) {
        if !is_valid && self.config.schema_faults.len() < MAX_ENTRIES {
            let fault = one_line(&format!("{name} \"{text}\""), MAX_QUOTE);
            self.config.schema_faults.push(SchemaFault::Malformed(fault));
        }
    }

    /// The configuration, when all of it has been read.
    pub(super) fn finish(mut self) -> ServerConfig {
        let names: Vec<String> =
            self.config.properties.iter().map(|(name, _)| name.clone()).collect();
        for (index, name) in names.iter().enumerate() {
            if names.iter().skip(index + 1).any(|later| later == name) {
                self.repeated(name);
            }
        }
        self.config
    }
}

/// Keeps a value of a fault: SOAP 1.1 (`faultcode`, `faultstring`, `detail`), SOAP 1.2 (`Code`,
/// `Reason`, `Detail`), and the detail entries of MS-WUSP 2.2.2.4.
pub(super) fn fault_value(fault: &mut SoapFault, path: &[&str], text: &str) {
    let first_line = text.lines().next().unwrap_or_default();
    match path {
        ["faultcode"] | ["Code", "Value"] => {
            let local = text.rsplit(':').next().unwrap_or_default();
            fault.code = one_line(local, MAX_QUOTE);
        }
        ["faultstring"] | ["Reason", "Text"] => fault.reason = one_line(first_line, MAX_QUOTE),
        ["detail" | "Detail", "ErrorCode"] => fault.error_code = Some(one_line(text, MAX_QUOTE)),
        ["detail" | "Detail", "Message"] => fault.message = Some(one_line(first_line, MAX_QUOTE)),
        _ => {}
    }
}

/// `xs:boolean`.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// `xs:dateTime`, whose zone may be missing.
fn is_date_time(text: &str) -> bool {
    Pieces::parse(text).is_ok_and(|pieces| pieces.time().is_some())
}
