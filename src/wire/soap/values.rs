//! From element paths and texts to the fields of an answer.

use super::MAX_QUOTE;
use crate::model::text::one_line;
use crate::model::wsus::{AuthPlugin, ServerConfig, SoapFault};

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

/// Adds an entry when one of the answer's lists opens one.
pub(super) fn open_entry(config: &mut ServerConfig, path: &[&str]) -> Result<(), String> {
    let count = match path {
        ["AuthInfo", "AuthPlugInInfo"] => {
            config.auth_plugins.push(AuthPlugin { id: String::new(), service_url: String::new() });
            config.auth_plugins.len()
        }
        ["Properties", "ConfigurationProperty"] => {
            config.properties.push((String::new(), String::new()));
            config.properties.len()
        }
        _ => 0,
    };
    if count > MAX_ENTRIES { Err(format!("more than {MAX_ENTRIES} list entries")) } else { Ok(()) }
}

/// Keeps a value of MS-WUSP 2.2.2.2.1.
pub(super) fn config_value(
    config: &mut ServerConfig,
    path: &[&str],
    value: &Value,
) -> Result<(), String> {
    let text = value.text.trim();
    let slot = match path {
        ["LastChange"] => {
            config.last_change = (!text.is_empty()).then(|| text.to_owned());
            None
        }
        ["IsRegistrationRequired"] => {
            config.registration_required = boolean(text);
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
