//! Simulated distance and faults in front of some addresses, for demonstrations.
//!
//! Connecting is delayed here; the bytes that follow are delayed by the demonstration's servers.
//! Everything measured through such a link is labelled as simulated.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::model::endpoint::SimulatedLink;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::timing::{Clock, Timed};
use crate::net::tcp::{Dial, DialError, Dialed, Link};

/// Puts simulated distance and faults in front of some addresses; the rest is real.
pub struct Simulated<D> {
    inner: D,
    links: BTreeMap<IpAddr, SimulatedLink>,
}

impl<D: Dial> Simulated<D> {
    /// Wraps a dialer.
    pub fn new(inner: D, links: BTreeMap<IpAddr, SimulatedLink>) -> Self {
        Self { inner, links }
    }
}

impl<D: Dial> Dial for Simulated<D> {
    fn dial(&self, to: SocketAddr, limit: Duration) -> BoxFuture<'_, Result<Dialed, DialError>> {
        match self.simulated(to.ip()) {
            None => self.inner.dial(to, limit),
            Some(SimulatedLink::BlackHole) => Box::pin(async move {
                tokio::time::sleep(limit).await;
                let detail =
                    format!("no answer within {} (simulated)", humantime::format_duration(limit));
                let failure = Failure::new(Phase::Connect, Cause::Timeout, detail);
                Err(DialError { failure, syn_retransmits: None })
            }),
            Some(SimulatedLink::RoundTrip(delay)) => Box::pin(async move {
                tokio::time::sleep(delay).await;
                let dialed = self.inner.dial(to, limit).await?;
                let rtt = Timed { duration: delay, clock: Clock::Simulated };
                let link = Box::new(SimulatedDistance { inner: dialed.link, rtt });
                Ok(Dialed { link, connect: rtt, rtt: Some(rtt), ..dialed })
            }),
        }
    }

    fn simulated(&self, to: IpAddr) -> Option<SimulatedLink> {
        self.links.get(&to).copied()
    }
}

/// A link whose round-trip time is made up. Its bytes are delayed by the server's side.
struct SimulatedDistance {
    inner: Box<dyn Link>,
    rtt: Timed,
}

impl Link for SimulatedDistance {
    fn first_write_to_last_read(&self) -> Option<Timed> {
        let wire = self.inner.first_write_to_last_read()?;
        Some(Timed { clock: Clock::Simulated, ..wire })
    }

    fn begin_exchange(&mut self) {
        self.inner.begin_exchange();
    }

    fn min_rtt(&self) -> Option<Timed> {
        Some(self.rtt)
    }

    fn reset_on_close(&self) {
        self.inner.reset_on_close();
    }
}

impl AsyncRead for SimulatedDistance {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for SimulatedDistance {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}
