//! Which release of WSUS a server may be, and what that leaves open.

use crate::model::exchange::Exchange;
use crate::model::finding::Finding;
use crate::model::generation::Generation;
use crate::model::tls::TlsSession;

/// Everything that narrows the release down; `None` when nothing does.
pub fn estimate(_exchanges: &[Exchange], _session: Option<&TlsSession>) -> Option<Generation> {
    None
}

/// What the releases in question leave to look up on the server itself.
pub fn findings(_generation: Option<&Generation>, _exchanges: &[Exchange]) -> Vec<Finding> {
    Vec::new()
}
