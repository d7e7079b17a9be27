//! One member: connection samples, the handshake and the WSUS check, all at once; and the scan of
//! its TLS where that is wanted. In a lean round one connection does for everything.

mod lean;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout};

use crate::decide::certificate;
use crate::engine::event::Sight;
use crate::engine::ports::{self, Ports, Target};
use crate::engine::tls_scan::{self, ScanPlan, When};
use crate::model::endpoint::{Limits, Scheme};
use crate::model::exchange::Exchange;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::tls::Presented;
use crate::net::http::direct::Carrier;
use crate::net::tcp::{DialError, Dialed, Link};
use crate::net::tls::evidence::Evidence;
use crate::net::{clock, tls};

/// How handshakes fail with a server that may work with other versions or suites. Servers tell in
/// many ways, or not at all, that a hello does not suit them.
const MAY_BE_INCOMPATIBLE: [Cause; 6] = [
    Cause::NoCommonVersion,
    Cause::NoCommonSuite,
    Cause::Alert,
    Cause::Reset,
    Cause::Closed,
    Cause::TlsProtocol,
];

/// How a member is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Connections to open for round-trip times, at least one. One more carries the check.
    pub samples: u32,
    /// Time between their starts.
    pub gap: Duration,
}

impl Default for Sampling {
    /// Few samples already make wrong choices under jitter rare, and survive a lost packet; more
    /// bring little and are felt by servers. The gap is long enough for a queue to drain, and
    /// short enough that all samples of a near server are in before its check is.
    fn default() -> Self {
        Self { samples: 3, gap: Duration::from_millis(5) }
    }
}

/// Probes one member and reports what it sees. A lean round has one sample, and no scan beside
/// it; see [`Ports::lean`]. Ends soon after `deadline` at the latest.
/// Dropping the future closes its connections.
pub async fn probe(
    target: &Target,
    ports: &Ports,
    sampling: Sampling,
    address: SocketAddr,
    deadline: Instant,
    report: &(dyn Fn(Sight) + Sync),
) {
    let (judged, incompatible) = (AtomicBool::new(false), AtomicBool::new(false));
    let member = Member { target, ports, address, deadline, report, judged, incompatible };
    let plan = ports.scan.as_deref();
    match plan.filter(|plan| plan.when == When::Only) {
        // What the scan tells itself is of interest too: nobody else samples connections.
        Some(plan) => Box::pin(member.scan(plan, report)).await,
        // The others need far more memory; thousands of these may be waiting for a SYN-ACK.
        None if ports.is_lean => member.lean().await,
        None => Box::pin(member.sample_and_check(sampling, plan)).await,
    }
    report(Sight::Done);
}

struct Member<'a> {
    target: &'a Target,
    ports: &'a Ports,
    address: SocketAddr,
    deadline: Instant,
    report: &'a (dyn Fn(Sight) + Sync),
    judged: AtomicBool,
    /// The handshake failed in a way that may be due to what this program's TLS lacks.
    incompatible: AtomicBool,
}

impl Member<'_> {
    async fn sample_and_check(&self, sampling: Sampling, plan: Option<&ScanPlan>) {
        let samples = async {
            let connected =
                join_all((0..sampling.samples).map(|sample| self.sample(sample, sampling.gap)));
            let connected = connected.await;
            // After the handshake, so that its time is not that of a busier server.
            if let Some(plan) = plan.filter(|plan| self.wants(plan))
                && connected.iter().any(Result::is_ok)
            {
                self.scan_beside(plan).await;
            }
            connected
        };
        let mut samples = pin!(samples);
        let mut check = pin!(self.check());
        // The samples first: they tell best what keeps a connection from coming about.
        tokio::select! {
            biased;
            connected = &mut samples => {
                // Where no sample could connect, the check would only wait for the same failure;
                // unless the machine answered, and another of its ports may still tell something.
                let answered = |outcome: &Result<(), Cause>| match outcome {
                    Ok(()) => true,
                    Err(cause) => {
                        *cause == Cause::Refused && self.ports.check.connections() > 1
                    }
                };
                if connected.iter().any(answered) {
                    check.await;
                }
            }
            () = &mut check => {
                samples.await;
            }
        }
    }

    fn wants(&self, plan: &ScanPlan) -> bool {
        match plan.when {
            When::Only => false,
            When::Beside => true,
            When::Incompatible => self.incompatible.load(Ordering::Relaxed),
        }
    }

    /// A scan whose connections are no samples.
    async fn scan_beside(&self, plan: &ScanPlan) {
        let scans_only = |sight: Sight| {
            if matches!(sight, Sight::Scanned(_)) {
                (self.report)(sight);
            }
        };
        self.scan(plan, &scans_only).await;
    }

    /// Scans what speaks TLS. Where no connection showed a certificate before, the first chain of
    /// the scan becomes the member's.
    async fn scan(&self, plan: &ScanPlan, report: &(dyn Fn(Sight) + Sync)) {
        if !self.is_https() {
            return;
        }
        let Self { target, ports, address, deadline, .. } = self;
        let scan = tls_scan::scan(target, ports, plan, *address, *deadline, report);
        let scan = Box::pin(scan).await;
        // One that clients accept, if there is any: the server may have several.
        let accepted = scan.chains.iter().find(|c| certificate::failure(&c.report).is_none());
        if let Some(chain) = accepted.or_else(|| scan.chains.first())
            && !self.judged.swap(true, Ordering::Relaxed)
        {
            (self.report)(Sight::Certificate(chain.report.clone()));
        }
        (self.report)(Sight::Scanned(Box::new(scan)));
    }

    fn is_https(&self) -> bool {
        self.target.endpoint.url.scheme == Scheme::Https
    }

    /// One connection, and why it did not come about. The first goes on to the handshake, the others
    /// end with the connection.
    async fn sample(&self, sample: u32, gap: Duration) -> Result<(), Cause> {
        // Even a sleep of no time lasts until the timer's next millisecond.
        if sample > 0 {
            tokio::time::sleep(gap * sample).await;
        }
        let (_permit, link) = self.connect(sample).await?;
        if sample == 0 && self.is_https() {
            self.handshake(link).await;
        } else {
            link.reset_on_close();
        }
        Ok(())
    }

    /// Opens a connection, which may stay open for as long as the permit is held.
    async fn connect(&self, sample: u32) -> Result<(SemaphorePermit<'_>, Box<dyn Link>), Cause> {
        let permit = self.ports.permit(self.deadline).await;
        (self.report)(Sight::Sent { sample });
        let Some(permit) = permit else {
            let failure = ports::no_socket(Phase::Connect);
            let cause = failure.cause;
            (self.report)(Sight::NotConnected { sample, failure, syn_retransmits: None });
            return Err(cause);
        };
        let limit = self.target.limits.connect.min(self.left());
        match self.ports.dialer.dial(self.address, limit).await {
            Err(DialError { failure, syn_retransmits }) => {
                let cause = failure.cause;
                (self.report)(Sight::NotConnected { sample, failure, syn_retransmits });
                Err(cause)
            }
            Ok(Dialed { link, connect, rtt, syn_retransmits }) => {
                (self.report)(Sight::Connected { sample, connect, rtt, syn_retransmits });
                Ok((permit, link))
            }
        }
    }

    async fn handshake(&self, link: Box<dyn Link>) {
        let evidence = Evidence::default();
        // The connection has shown all it was for, and closes.
        if let Err(failure) = self.secure(link, &evidence).await {
            let incompatible = MAY_BE_INCOMPATIBLE.contains(&failure.cause);
            self.incompatible.store(incompatible, Ordering::Relaxed);
        }
        self.judge(evidence.presented()).await;
    }

    /// Completes the handshake, and reports how that went.
    async fn secure(
        &self,
        link: Box<dyn Link>,
        evidence: &Evidence,
    ) -> Result<Box<dyn Carrier>, Failure> {
        let limit = self.target.limits.tls.min(self.left());
        let name = self.target.endpoint.tls_name();
        let failure = match timeout(limit, tls::handshake(link, &name, evidence)).await {
            Err(_) => {
                let limit = humantime::format_duration(limit);
                let detail = format!("the handshake was not complete after {limit}");
                Failure::new(Phase::Tls, Cause::Timeout, detail)
            }
            Ok(Err(failure)) => failure,
            Ok(Ok((stream, session))) => {
                let link = stream.get_ref().0.inner();
                let (time, min_rtt) = (link.first_write_to_last_read(), link.min_rtt());
                (self.report)(Sight::Secured { session, time, min_rtt });
                return Ok(Box::new(stream));
            }
        };
        (self.report)(Sight::NotSecured(failure.clone()));
        Err(failure)
    }

    async fn check(&self) {
        let Some(_permit) = self.ports.permit(self.deadline).await else {
            let outcome = Err(ports::no_socket(Phase::Connect));
            (self.report)(Sight::Asked(Exchange { request: Request::GetConfig, outcome }));
            return;
        };
        // Further connections only as long as nobody has to wait for them.
        let check = &self.ports.check;
        let spare: Vec<_> =
            (1..check.connections()).map_while(|_| self.ports.spare_permit()).collect();
        let Target { endpoint, limits, .. } = self.target;
        let limits = Limits { deadline: self.left(), ..*limits };
        let told = |exchange| (self.report)(Sight::Asked(exchange));
        let connections = spare.len() + 1;
        let presented = check.check(endpoint, self.address, &limits, connections, &told).await;
        self.judge(presented).await;
    }

    /// The time until the deadline.
    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(clock::now())
    }

    /// Judges the chain, whichever of the two connections saw it first.
    async fn judge(&self, presented: Option<Presented>) {
        let Some(presented) = presented else { return };
        if self.judged.swap(true, Ordering::Relaxed) {
            return;
        }
        let name = self.target.endpoint.tls_name();
        let report = self.target.judge.judge(&presented, &name).await;
        (self.report)(Sight::Certificate(report));
    }
}
