//! Opening connections and asking the kernel what it measured.
//!
//! [`Dial`] is the seam: the engine sees only links, so that tests run over in-memory links with
//! virtual delay and the demonstration over loopback with simulated distance.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::BoxFuture;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::model::endpoint::SimulatedLink;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::timing::Timed;
use crate::net::tap::Tap;
use crate::net::{clock, kernel, system_error};

/// A connected byte stream that knows its own times.
pub trait Link: AsyncRead + AsyncWrite + Unpin + Send {
    /// From just before the first write to the arrival of the last bytes read so far. `None`
    /// until both have happened.
    fn first_write_to_last_read(&self) -> Option<Timed>;

    /// Forgets the times of what was written and read so far, so that the next write counts as the
    /// first one.
    fn begin_exchange(&mut self);

    /// The smallest round-trip time so far, where the system keeps one.
    fn min_rtt(&self) -> Option<Timed>;

    /// Ends the connection with RST when it is dropped, so that a connection that carried
    /// nothing leaves no state behind on either side.
    fn reset_on_close(&self);
}

/// A connection that was opened.
pub struct Dialed {
    /// The stream.
    pub link: Box<dyn Link>,
    /// SYN to SYN-ACK; by this process' clock and including the waits when a SYN had to be
    /// sent again.
    pub connect: Timed,
    /// The round-trip time. `None` when a SYN was sent again: it is then unknown to which of
    /// them the answer belongs.
    pub rtt: Option<Timed>,
    /// SYNs sent again; `None` where the system cannot tell.
    pub syn_retransmits: Option<u32>,
}

/// A connection that could not be opened.
#[derive(Debug)]
pub struct DialError {
    /// Phase connect, and why.
    pub failure: Failure,
    /// SYNs sent again; `None` where the system cannot tell.
    pub syn_retransmits: Option<u32>,
}

/// Opens connections.
pub trait Dial: Send + Sync {
    /// Connects to one address within `limit`. Dropping the future abandons the attempt.
    fn dial(&self, to: SocketAddr, limit: Duration) -> BoxFuture<'_, Result<Dialed, DialError>>;

    /// The simulated link to an address, for checks that open connections of their own.
    fn simulated(&self, _to: IpAddr) -> Option<SimulatedLink> {
        None
    }
}

/// The real network, by way of the kernel.
#[derive(Debug)]
pub struct Kernel {
    #[cfg(target_os = "linux")]
    _stamping: Option<std::net::UdpSocket>,
}

impl Kernel {
    /// Prepares the kernel's receive time stamps, where there are any.
    #[expect(clippy::new_without_default, reason = "it changes the state of the kernel")]
    pub fn new() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            _stamping: crate::net::stamp::linux::keep_enabled(),
        }
    }
}

impl Dial for Kernel {
    fn dial(&self, to: SocketAddr, limit: Duration) -> BoxFuture<'_, Result<Dialed, DialError>> {
        Box::pin(connect(to, limit))
    }
}

async fn connect(to: SocketAddr, limit: Duration) -> Result<Dialed, DialError> {
    let start = clock::now();
    let stream = begin(to).map_err(|failure| DialError { failure, syn_retransmits: None })?;
    finish(stream, start, limit).await
}

/// Waits for the answer to the SYN that was sent at `start`.
async fn finish(stream: TcpStream, start: Instant, limit: Duration) -> Result<Dialed, DialError> {
    let outcome = tokio::time::timeout(limit, stream.writable()).await;
    let info = kernel::tcp_info(&stream);
    let syn_retransmits = info.map(|info| info.retransmits);
    let failed = |failure| DialError { failure, syn_retransmits };
    match outcome {
        Err(_) => {
            let detail = format!("no answer to SYN within {}", humantime::format_duration(limit));
            return Err(failed(Failure::new(Phase::Connect, Cause::Timeout, detail)));
        }
        Ok(Err(error)) => return Err(failed(connect_failure(&error))),
        Ok(Ok(())) => {}
    }
    if let Some(error) = stream.take_error().transpose() {
        let error = error.unwrap_or_else(|error| error);
        // A SYN that is refused gives another error: here the connection stood and was reset
        // before this process looked. What was measured stays, and the next use of the stream
        // meets the reset.
        let stood = error.kind() == io::ErrorKind::ConnectionReset
            && info.is_some_and(|info| info.rtt.is_some());
        if !stood {
            return Err(failed(connect_failure(&error)));
        }
    }
    let elapsed = clock::now().saturating_duration_since(start);
    let clean = syn_retransmits.is_none_or(|count| count == 0);
    let from_kernel = info.and_then(|info| info.rtt).filter(|_| clean).map(Timed::kernel);
    Ok(Dialed {
        connect: from_kernel.unwrap_or_else(|| Timed::user(elapsed)),
        rtt: from_kernel.or_else(|| clean.then_some(Timed::user(elapsed))),
        syn_retransmits,
        link: Box::new(Tap::new(stream)),
    })
}

/// Sends the SYN. The socket is made by hand so that it can still be asked for its
/// retransmissions when the connection never comes about.
fn begin(to: SocketAddr) -> Result<TcpStream, Failure> {
    let local = |error: io::Error| connect_failure(&error);
    let socket = nonblocking(Domain::for_address(to)).map_err(local)?;
    // Without it the kernel may hold back a small segment for a round trip.
    socket.set_tcp_nodelay(true).map_err(local)?;
    match socket.connect(&to.into()) {
        Ok(()) => {}
        Err(error) if in_progress(&error) => {}
        // An error of the call itself, before any packet: this machine's own routing table.
        Err(error) if is_unreachable(&error) => {
            let detail = format!("{error}: no route from this machine to {}", to.ip());
            return Err(Failure::new(Phase::Connect, Cause::NoRoute, detail));
        }
        Err(error) => return Err(connect_failure(&error)),
    }
    TcpStream::from_std(socket.into()).map_err(local)
}

/// In one call instead of three.
#[cfg(target_os = "linux")]
fn nonblocking(domain: Domain) -> io::Result<Socket> {
    let kind = Type::from(libc::SOCK_STREAM | libc::SOCK_NONBLOCK);
    Socket::new(domain, kind, Some(Protocol::TCP))
}

#[cfg(not(target_os = "linux"))]
fn nonblocking(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn in_progress(error: &io::Error) -> bool {
    #[cfg(unix)]
    let pending = error.raw_os_error() == Some(libc::EINPROGRESS);
    #[cfg(not(unix))]
    let pending = false;
    pending || error.kind() == io::ErrorKind::WouldBlock
}

fn is_unreachable(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::AddrNotAvailable
    )
}

fn connect_failure(error: &io::Error) -> Failure {
    Failure::new(Phase::Connect, system_error::cause(error), error.to_string())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_that_is_reset_at_once_was_still_a_connection() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let start = clock::now();
        let stream = begin(server.local_addr().unwrap()).unwrap();
        let (accepted, _) = server.accept().unwrap();
        socket2::SockRef::from(&accepted).set_linger(Some(Duration::ZERO)).unwrap();
        drop(accepted);
        let dialed = finish(stream, start, Duration::from_secs(5)).await;
        let dialed = dialed.unwrap_or_else(|error| panic!("{error:?}"));
        assert!(dialed.rtt.is_some_and(|rtt| rtt.duration > Duration::ZERO));
    }
}
