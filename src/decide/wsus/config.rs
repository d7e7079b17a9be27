//! Whether a configuration is one that a WSUS server may send.

use super::{failure, quote};
use crate::model::failure::{Cause, Failure};
use crate::model::wsus::{SchemaFault, ServerConfig};

/// The only plug-in that WSUS servers name (MS-WUSP 2.2.2.2.1); Microsoft's public service
/// names others.
const WSUS_PLUGIN: &str = "SimpleTargeting";

/// The property that every protocol version demands.
const MAX_UPDATES: &str = "MaxExtendedUpdatesPerRequest";

/// The property that names the server's protocol version; absent before 3.0.
const VERSION: &str = "ProtocolVersion";

/// Properties that came with the protocol version below.
const LATER_PROPERTIES: [&str; 3] =
    ["PackageServerShare", "IsInventoryRequired", "ClientReportingLevel"];

/// The first major protocol version with other properties than [`MAX_UPDATES`].
const LATER_MAJOR: u16 = 3;

/// Applies the rules of MS-WUSP 2.2.2.2.1, the ones that tell another kind of server first.
///
/// What is only a SHOULD there (`ProtocolVersion` 3.2, `ClientReportingLevel` 2) is not a rule:
/// what clients make of other values is not documented.
pub(super) fn check(config: &ServerConfig) -> Result<(), Failure> {
    plugins(config)?;
    if config.properties.is_empty() {
        return Err(failure(Cause::NotWsus, "no configuration properties"));
    }
    schema(config)?;
    max_updates(config)?;
    version(config)?;
    match config.property("IsInventoryRequired") {
        None | Some("0") => Ok(()),
        Some(value) => Err(bad("IsInventoryRequired", value, "is not 0")),
    }
}

/// Exactly one plug-in, and it is [`WSUS_PLUGIN`].
fn plugins(config: &ServerConfig) -> Result<(), Failure> {
    let ids: Vec<&str> = config.auth_plugins.iter().map(|plugin| plugin.id.as_str()).collect();
    match ids.as_slice() {
        [] => Err(failure(Cause::NoAuthPlugin, "AuthInfo names no authorization plug-in")),
        [WSUS_PLUGIN] => Ok(()),
        [..] => {
            let named = quote(&ids.join(", "));
            let detail = format!("authorization plug-in \"{named}\", not {WSUS_PLUGIN} alone");
            Err(failure(Cause::NotWsus, detail))
        }
    }
}

/// The elements that clients cannot do without, each once and of its type.
///
/// Which of two values of a property a client takes is not known. Of properties without a rule
/// it does not matter.
fn schema(config: &ServerConfig) -> Result<(), Failure> {
    let has_rule =
        |name: &str| name == MAX_UPDATES || name == VERSION || LATER_PROPERTIES.contains(&name);
    for fault in &config.schema_faults {
        let (cause, detail) = match fault {
            SchemaFault::Malformed(what) => {
                (Cause::BadXml, format!("{} is not of its type", quote(what)))
            }
            SchemaFault::Repeated(name) => {
                let detail = format!("{} is there more than once", quote(name));
                match config.property(name).is_some() {
                    true if has_rule(name) => (Cause::BadProperty, detail),
                    true => continue,
                    false => (Cause::BadXml, detail),
                }
            }
        };
        return Err(failure(cause, detail));
    }
    let missing = [
        ("LastChange", config.last_change.is_none()),
        ("IsRegistrationRequired", config.registration_required.is_none()),
    ];
    match missing.iter().find(|(_, is_missing)| *is_missing) {
        Some((name, _)) => Err(failure(Cause::BadXml, format!("{name} is missing"))),
        None => Ok(()),
    }
}

fn max_updates(config: &ServerConfig) -> Result<(), Failure> {
    match config.property(MAX_UPDATES) {
        None => Err(failure(Cause::MissingProperty, format!("{MAX_UPDATES} is missing"))),
        Some(value) if value.parse::<u32>().is_ok_and(|count| count > 0) => Ok(()),
        Some(value) => Err(bad(MAX_UPDATES, value, "is not a positive number")),
    }
}

/// A version that can be read and may be named, and no property that is younger.
fn version(config: &ServerConfig) -> Result<(), Failure> {
    let Some(value) = config.property(VERSION) else {
        let later = LATER_PROPERTIES.iter().find(|name| config.property(name).is_some());
        return match later {
            None => Ok(()),
            // The value is left out: one of them names an internal machine.
            Some(name) => {
                let detail = format!("{name} without {VERSION}: both came with version 3.0");
                Err(failure(Cause::BadProperty, detail))
            }
        };
    };
    match major(value) {
        None => Err(bad(VERSION, value, "is not of the form 3.2")),
        Some(major) if major < LATER_MAJOR => {
            Err(bad(VERSION, value, "is older than the property itself"))
        }
        Some(_) => Ok(()),
    }
}

/// The first of two decimal numbers with a dot between them.
fn major(value: &str) -> Option<u16> {
    let number = |part: &str| {
        let is_decimal = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| is_decimal)
    };
    let (major, minor) = value.split_once('.')?;
    number(minor).and_then(|_| number(major))
}

fn bad(name: &str, value: &str, rule: &str) -> Failure {
    failure(Cause::BadProperty, format!("{name} \"{}\" {rule}", quote(value)))
}
