//! Whether a configuration is one that a WSUS server may send.

use super::{failure, quote};
use crate::model::failure::{Cause, Failure};
use crate::model::wsus::ServerConfig;

/// The only plug-in that WSUS servers name (MS-WUSP 2.2.2.2.1); Microsoft's public service
/// names others.
const WSUS_PLUGIN: &str = "SimpleTargeting";

/// Applies the rules of MS-WUSP 2.2.2.2.1, the ones that tell another kind of server first.
pub(super) fn check(config: &ServerConfig) -> Result<(), Failure> {
    if config.auth_plugins.is_empty() {
        return Err(failure(Cause::NoAuthPlugin, "AuthInfo names no authorization plug-in"));
    }
    if !config.auth_plugins.iter().any(|plugin| plugin.id == WSUS_PLUGIN) {
        let ids: Vec<&str> = config.auth_plugins.iter().map(|plugin| plugin.id.as_str()).collect();
        let detail =
            format!("authorization plug-in \"{}\", not {WSUS_PLUGIN}", quote(&ids.join(", ")));
        return Err(failure(Cause::NotWsus, detail));
    }
    if config.properties.is_empty() {
        return Err(failure(Cause::NotWsus, "no configuration properties"));
    }
    // Demanded of every protocol version, the only one that is.
    match config.property("MaxExtendedUpdatesPerRequest") {
        None => {
            let detail = "MaxExtendedUpdatesPerRequest is missing";
            return Err(failure(Cause::MissingProperty, detail));
        }
        Some(value) if value.parse::<u32>().is_ok_and(|count| count > 0) => {}
        Some(value) => {
            return Err(bad("MaxExtendedUpdatesPerRequest", value, "is not a positive number"));
        }
    }
    match config.property("IsInventoryRequired") {
        None | Some("0") => {}
        Some(value) => return Err(bad("IsInventoryRequired", value, "is not 0")),
    }
    // Absent on WSUS 2.0.
    match config.property("ProtocolVersion") {
        Some(value) if !is_version(value) => {
            Err(bad("ProtocolVersion", value, "is not of the form 3.2"))
        }
        None | Some(_) => Ok(()),
    }
}

/// Two decimal numbers with a dot between them.
fn is_version(value: &str) -> bool {
    let number =
        |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u16>().is_ok();
    value.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor))
}

fn bad(name: &str, value: &str, rule: &str) -> Failure {
    failure(Cause::BadProperty, format!("{name} \"{}\" {rule}", quote(value)))
}
