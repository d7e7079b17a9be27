//! Asks one member one hello after another.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::engine::event::Sight;
use crate::engine::ports::{self, Ports, Target};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{Answer, Attempt, HelloShape};
use crate::net::tcp::{DialError, Dialed, Link};
use crate::net::{clock, hello};
use crate::wire::client_hello::Hello;

/// How long to leave a server alone that may have counted too many connections: those that do
/// count by the second.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// Opens a connection of its own for each hello.
pub struct Asker<'a> {
    pub(super) target: &'a Target,
    pub(super) ports: &'a Ports,
    pub(super) address: SocketAddr,
    pub(super) deadline: Instant,
    pub(super) report: &'a (dyn Fn(Sight) + Sync),
    /// Connections so far.
    pub(super) connections: AtomicU32,
    /// When the first of them began.
    pub(super) started: OnceLock<Instant>,
    /// A permit for each connection that may be open at once beside those of the versions.
    pub(super) pace: Semaphore,
    /// How many permits there are.
    pub(super) concurrency: u32,
}

impl<'a> Asker<'a> {
    /// Nothing is sent yet. `concurrency` is the number of connections at once of
    /// [`Self::ask_paced`], at least one.
    pub(super) fn new(
        target: &'a Target,
        ports: &'a Ports,
        address: SocketAddr,
        deadline: Instant,
        concurrency: u32,
        report: &'a (dyn Fn(Sight) + Sync),
    ) -> Self {
        let concurrency = concurrency.max(1);
        let pace = Semaphore::new(usize::try_from(concurrency).unwrap_or(1));
        let (connections, started) = (AtomicU32::new(0), OnceLock::new());
        Self { target, ports, address, deadline, report, connections, started, pace, concurrency }
    }

    /// A hello of the shape's own suites and groups for this member's name, with fresh random
    /// bytes.
    pub fn hello(&self, protocol: Protocol, shape: HelloShape) -> Hello {
        Hello::new(protocol, shape, &self.target.endpoint.tls_name(), hello::random())
    }

    /// The time until the deadline.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(clock::now())
    }

    /// How long ago the first connection began; `None` before that.
    pub(super) fn elapsed(&self) -> Option<Duration> {
        Some(clock::now().saturating_duration_since(*self.started.get()?))
    }

    /// One hello over a connection of its own, within the limits of connecting and of the
    /// handshake. After the deadline nothing is sent: the answer then is that there was no
    /// connection. Dropping the future closes the connection.
    pub async fn ask(&self, hello: &Hello) -> Attempt {
        self.ask_as(hello, None).await
    }

    /// The same, once fewer connections are open than may be at once.
    pub async fn ask_paced(&self, hello: &Hello) -> Attempt {
        // The semaphore is never closed.
        let _permit = self.pace.acquire().await;
        self.ask(hello).await
    }

    /// Leaves the server alone for a while, all that is paced included: it may have counted too many
    /// connections.
    pub async fn rest(&self) {
        // The semaphore is never closed.
        let _permits = self.pace.acquire_many(self.concurrency).await;
        tokio::time::sleep(PAUSE).await;
    }

    /// The same as [`Self::ask`], and what connecting showed is told as this sample.
    pub(super) async fn ask_as(&self, hello: &Hello, sample: Option<u32>) -> Attempt {
        match self.connect(sample).await {
            Err(failure) => Attempt {
                shape: hello.shape,
                answer: Answer::NotConnected(failure),
                warnings: Vec::new(),
                time: None,
            },
            Ok((link, _permit)) => {
                let limit = clock::now() + self.target.limits.tls;
                hello::ask(link, hello, limit.min(self.deadline)).await
            }
        }
    }

    /// A connection, and the permit for its socket.
    ///
    /// # Errors
    /// Why there is none; also that nothing was tried, for want of time or of a socket.
    pub(super) async fn connect(
        &self,
        sample: Option<u32>,
    ) -> Result<(Box<dyn Link>, SemaphorePermit<'_>), Failure> {
        let tell = |sight: Sight| {
            if sample.is_some() {
                (self.report)(sight);
            }
        };
        let sample = sample.unwrap_or_default();
        let permit = self.ports.permit(self.deadline).await;
        tell(Sight::Sent { sample });
        let outcome = match permit {
            None => Err(not_tried(ports::no_socket(Phase::Connect))),
            Some(_) if self.left().is_zero() => Err(not_tried(too_late())),
            Some(permit) => {
                self.started.get_or_init(clock::now);
                self.connections.fetch_add(1, Ordering::Relaxed);
                let limit = self.target.limits.connect.min(self.left());
                let dialed = self.ports.dialer.dial(self.address, limit).await;
                dialed.map(|dialed| (dialed, permit))
            }
        };
        match outcome {
            Err(DialError { failure, syn_retransmits }) => {
                tell(Sight::NotConnected { sample, failure: failure.clone(), syn_retransmits });
                Err(failure)
            }
            Ok((Dialed { link, connect, rtt, syn_retransmits }, permit)) => {
                tell(Sight::Connected { sample, connect, rtt, syn_retransmits });
                Ok((link, permit))
            }
        }
    }
}

const fn not_tried(failure: Failure) -> DialError {
    DialError { failure, syn_retransmits: None }
}

fn too_late() -> Failure {
    Failure::new(Phase::Connect, Cause::Timeout, "not tried: the time was over")
}
