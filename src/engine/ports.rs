//! What the engine needs from outside, as values: so that tests run it without a network.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use crate::model::certificate::CertificateReport;
use crate::model::endpoint::Endpoint;
use crate::model::failure::Failure;
use crate::model::timing::Timed;
use crate::model::tls::Presented;
use crate::model::wsus::WsusAnswer;
use crate::net::dns::Resolve;
use crate::net::tcp::Dial;

/// One endpoint to probe, with everything that may differ between endpoints.
#[derive(Clone)]
pub struct Target {
    /// What to probe.
    pub endpoint: Arc<Endpoint>,
    /// Who resolves its name.
    pub resolver: Arc<dyn Resolve>,
    /// Who judges its certificates.
    pub judge: Arc<dyn Judge>,
    /// How long each step may take.
    pub limits: Limits,
}

/// How long each step may take at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One member, everything included; also bounds the WSUS check from its first packet on.
    pub deadline: Duration,
    /// One question for addresses.
    pub resolve: Duration,
    /// One connection attempt.
    pub connect: Duration,
    /// One handshake.
    pub tls: Duration,
    /// The WSUS request once its connection stands.
    pub wsus: Duration,
}

/// Judges certificate chains.
pub trait Judge: Send + Sync {
    /// Judges a chain for a server's name. May wait for the trusted roots to be loaded.
    fn judge<'a>(
        &'a self,
        presented: &'a Presented,
        server_name: &'a str,
    ) -> BoxFuture<'a, CertificateReport>;
}

/// What a WSUS check brought.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The answer and the time from request to response head, or why there is none.
    pub outcome: Result<(WsusAnswer, Option<Timed>), Failure>,
    /// The chain seen on the check's own connection, if the handshake came that far.
    pub presented: Option<Presented>,
}

/// Checks the WSUS protocol.
pub trait Check: Send + Sync {
    /// Asks one member for its configuration over a connection of its own. Always ends within
    /// `limits.deadline`. Dropping the future abandons the check.
    fn get_config<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        member: SocketAddr,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Checked>;
}

/// The ports that all targets of a round share.
#[derive(Clone)]
pub struct Ports {
    /// Opens connections.
    pub dialer: Arc<dyn Dial>,
    /// Checks the WSUS protocol.
    pub check: Arc<dyn Check>,
    /// A permit for each socket that may be open at once.
    pub sockets: Arc<Semaphore>,
}
