//! What the engine needs from outside, as values: so that tests run it without a network.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::engine::resolvers::Compared;
use crate::engine::tls_scan::ScanPlan;
use crate::model::certificate::CertificateReport;
use crate::model::endpoint::{Endpoint, Limits};
use crate::model::exchange::Exchange;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::tls::Presented;
use crate::net::dns::Resolve;
use crate::net::tcp::Dial;

/// Questions to resolvers that are out at once. More would overrun the receive buffer of a
/// small resolver, and the losses would be counted as its slowness.
const QUESTIONS_IN_FLIGHT: usize = 64;

/// One endpoint to probe, with everything that may differ between endpoints.
#[derive(Clone)]
pub struct Target {
    /// What to probe.
    pub endpoint: Arc<Endpoint>,
    /// Who resolves its name.
    pub resolver: Arc<dyn Resolve>,
    /// Who is asked for its addresses too, so that the answers can be compared, where
    /// [`Ports::compares`] says so.
    pub compared: Arc<[Compared]>,
    /// Who judges its certificates.
    pub judge: Arc<dyn Judge>,
    /// How long each step may take.
    pub limits: Limits,
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

/// Checks the WSUS protocol.
pub trait Check: Send + Sync {
    /// How many connections at once a check makes good use of, at least one.
    fn connections(&self) -> usize;

    /// Makes the requests of one member, `GetConfig` first, over at most that many connections of
    /// its own at once, and tells of each as soon as it is over. What there was no time for is
    /// told as a failure. The result is the chain seen on the check's own connections, if a
    /// handshake came that far.
    ///
    /// Always ends within `limits.deadline`, counted from now. Dropping the future abandons the
    /// check; what was told until then stays.
    fn check<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        member: SocketAddr,
        limits: &'a Limits,
        connections: usize,
        told: &'a (dyn Fn(Exchange) + Sync),
    ) -> BoxFuture<'a, Option<Presented>>;
}

/// The ports that all targets of a round share.
#[derive(Clone)]
pub struct Ports {
    /// Opens connections.
    pub dialer: Arc<dyn Dial>,
    /// Checks the WSUS protocol.
    pub check: Arc<dyn Check>,
    /// Whether and how the TLS of members is scanned.
    pub scan: Option<Arc<ScanPlan>>,
    /// One connection to each member does for everything: see [`Self::lean`].
    pub is_lean: bool,
    /// Whether the resolvers of [`Target::compared`] are asked.
    pub compares: bool,
    /// A permit for each socket that may be open at once.
    pub sockets: Arc<Semaphore>,
    /// A permit for each question to a resolver that may be out at once.
    pub questions: Arc<Semaphore>,
}

impl Ports {
    /// Ports over the real network, with so many sockets at once.
    pub fn new(dialer: Arc<dyn Dial>, check: Arc<dyn Check>, sockets: usize) -> Self {
        let sockets = Arc::new(Semaphore::new(sockets));
        let questions = Arc::new(Semaphore::new(QUESTIONS_IN_FLIGHT));
        Self { dialer, check, scan: None, is_lean: false, compares: false, sockets, questions }
    }

    /// The same for rounds that run often: one connection to each member gives the round-trip time,
    /// the handshake and the answer to `GetConfig`, which then is timed by the kernel too. Nothing
    /// else is asked.
    #[must_use]
    pub fn lean(self) -> Self {
        Self { is_lean: true, ..self }
    }

    /// A free socket, if there is one right now.
    pub fn spare_permit(&self) -> Option<SemaphorePermit<'_>> {
        self.sockets.try_acquire().ok()
    }

    /// Waits for a free socket; `None` when there was none before the deadline.
    pub async fn permit(&self, deadline: Instant) -> Option<SemaphorePermit<'_>> {
        timeout_at(deadline, self.sockets.acquire()).await.ok()?.ok()
    }
}

/// The failure of what could not even be tried.
pub fn no_socket(phase: Phase) -> Failure {
    let detail = "not tried: every socket this process may use was busy until the deadline";
    Failure::new(phase, Cause::LocalLimit, detail)
}
