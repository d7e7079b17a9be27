//! From the answers to hellos to which versions are accepted.

use crate::model::protocol::Protocol;
use crate::model::tls_scan::{Attempt, HelloShape, VersionReport};

/// The hello to try next, after these attempts at one version; `None` when the answer is clear or
/// every shape was tried.
pub fn next_shape(protocol: Protocol, attempts: &[Attempt]) -> Option<HelloShape> {
    let _ = (protocol, attempts);
    None
}

/// Judges all versions of one member together: the same refusal tells more where the server
/// accepts another version.
pub fn judge(attempts: Vec<(Protocol, Vec<Attempt>)>) -> Vec<VersionReport> {
    let _ = attempts;
    Vec::new()
}
