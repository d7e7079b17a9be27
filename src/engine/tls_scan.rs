//! Which TLS versions, suites and Windows releases one member accepts.

pub mod asker;
mod suites;

use std::net::SocketAddr;

use tokio::time::Instant;

use crate::engine::event::Sight;
use crate::engine::ports::{Ports, Target};
use crate::model::protocol::Protocol;
use crate::model::tls_scan::TlsScan;

/// What a scan looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanPlan {
    /// When a member is scanned.
    pub when: When,
    /// The versions to try.
    pub protocols: Vec<Protocol>,
    /// Enumerate the suites and groups of each accepted version.
    pub suites: bool,
    /// Ask for what Windows releases offer, where it does not follow from the rest.
    pub clients: bool,
    /// Connections at once for suites and clients, at least one. The versions are asked all at
    /// once.
    pub concurrency: usize,
}

/// When a member is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In place of everything else.
    Only,
    /// Beside samples, handshake and WSUS check.
    Beside,
    /// After a handshake that failed because this program and the server have nothing in common,
    /// or may have.
    Incompatible,
}

/// Scans one member. Ends soon after `deadline` at the latest, with what is known by then.
/// Tells `report` of its first connection. Dropping the future closes its connections.
pub async fn scan(
    target: &Target,
    ports: &Ports,
    plan: &ScanPlan,
    address: SocketAddr,
    deadline: Instant,
    report: &(dyn Fn(Sight) + Sync),
) -> TlsScan {
    let _ = (target, ports, plan, address, deadline, report);
    TlsScan::default()
}
