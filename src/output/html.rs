//! The status pages: complete documents without external parts, readable without scripts.

use std::time::SystemTime;

use crate::model::monitor::{EndpointView, Reload, Snapshot};

/// What is told beside the fleet.
#[derive(Debug, Clone)]
pub struct Surround<'a> {
    /// The version of this program.
    pub version: &'a str,
    /// When the process started.
    pub started: SystemTime,
    /// How reading the configuration went.
    pub reload: &'a Reload,
}

/// The value of the `Content-Security-Policy` header for these pages.
pub fn content_security_policy() -> String {
    "default-src 'none'".to_owned()
}

/// The page of the whole fleet.
pub fn fleet(_snapshot: &Snapshot, _surround: &Surround<'_>) -> String {
    String::new()
}

/// The page of one endpoint.
pub fn endpoint(_snapshot: &Snapshot, _view: &EndpointView, _surround: &Surround<'_>) -> String {
    String::new()
}

/// The sentence on top: how many are healthy, which is the nearest, and what is worst.
pub fn headline(_snapshot: &Snapshot) -> String {
    String::new()
}
