//! Which Windows releases can connect.

use crate::model::protocol::Protocol;
use crate::model::suite::{Group, Suite};
use crate::model::tls_scan::TlsScan;
use crate::model::windows_client::ClientReport;

/// The suites and groups of one Windows release with one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The version that the release and the server would agree on.
    pub protocol: Protocol,
    /// What the release offers with it, in its order.
    pub suites: Vec<Suite>,
    /// The groups it offers.
    pub groups: Vec<Group>,
}

/// The offers whose answer does not follow from what is known, each once.
pub fn questions(scan: &TlsScan) -> Vec<Offer> {
    let _ = scan;
    Vec::new()
}

/// Whether each group of releases can connect, as far as it is known.
pub fn judge(scan: &TlsScan) -> Vec<ClientReport> {
    let _ = scan;
    Vec::new()
}
