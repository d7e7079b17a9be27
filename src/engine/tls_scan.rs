//! Which TLS versions, suites and Windows releases one member accepts.

pub mod asker;
mod chains;
mod clients;
mod suites;
mod versions;

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::{join, join_all};
use tokio::time::Instant;

use crate::decide::compat;
use crate::engine::event::Sight;
use crate::engine::ports::{Ports, Target};
use crate::engine::tls_scan::asker::Asker;
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{Answer, TlsScan};

/// How long a scan of one member may take where nobody says otherwise: hellos that get no answer
/// are sent again, in other shapes, one after another.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// What a scan looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanPlan {
    /// When a member is scanned.
    pub when: When,
    /// The versions to try, beside those of which the endpoint's configuration expects something.
    pub protocols: Vec<Protocol>,
    /// Enumerate the suites and groups of each accepted version.
    pub suites: bool,
    /// Ask for what Windows releases offer, where it does not follow from the rest. Without it, the
    /// releases are judged by the rest alone.
    pub clients: bool,
    /// Connections at once for suites and clients, at least one. The versions are asked all at
    /// once.
    pub concurrency: u32,
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
///
/// `report` is told of the first connections, one for each version, as samples, and of what is
/// known before the longer parts begin. Dropping the future closes its connections.
pub async fn scan(
    target: &Target,
    ports: &Ports,
    plan: &ScanPlan,
    address: SocketAddr,
    deadline: Instant,
    report: &(dyn Fn(Sight) + Sync),
) -> TlsScan {
    let asker = Asker::new(target, ports, address, deadline, plan.concurrency, report);
    let expected = &target.endpoint.tls;
    let expected = expected.require.iter().chain(&expected.forbid);
    let protocols: Vec<Protocol> = plan.protocols.iter().chain(expected).copied().collect();
    let only = plan.when == When::Only;
    let find = async {
        let versions = versions::find(&asker, &protocols).await;
        (versions, asker.elapsed())
    };
    let guess = async {
        if only && protocols.contains(&Protocol::Tls12) {
            Some(chains::guess(&asker).await)
        } else {
            None
        }
    };
    let ((versions, versions_elapsed), guess) = join(find, guess).await;
    let connected = versions
        .iter()
        .flat_map(|version| &version.attempts)
        .any(|attempt| !matches!(attempt.answer, Answer::NotConnected(_)));
    let versions_elapsed = versions_elapsed.filter(|_| connected);
    let by_address = target.endpoint.tls_name().parse::<IpAddr>().is_ok();
    let mut scan = TlsScan { versions, versions_elapsed, by_address, ..TlsScan::default() };
    scan.chains = chains::find(&asker, &mut scan.versions, guess, only).await;
    scan.clients = compat::judge(&scan);
    if plan.suites || plan.clients {
        report(Sight::Scanned(Box::new(counted(&asker, scan.clone()))));
    }
    if plan.suites {
        let found = scan.versions.iter().map(|version| suites::enumerate(&asker, version));
        scan.suites = join_all(found).await.into_iter().flatten().collect();
    }
    if plan.clients || plan.when == When::Incompatible {
        clients::ask(&asker, &mut scan, plan.clients).await;
        scan.clients = compat::judge(&scan);
    }
    counted(&asker, scan)
}

/// With the connections and the time so far.
fn counted(asker: &Asker<'_>, scan: TlsScan) -> TlsScan {
    let connections = asker.connections.load(Ordering::Relaxed);
    TlsScan { connections, elapsed: asker.elapsed(), ..scan }
}
