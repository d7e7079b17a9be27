//! Connections: accepted, encrypted, served and ended, each within its limits.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tracing::{debug, error};

use crate::net::clock;
use crate::server::limits::{HEAD_BYTES, HEADER_LINES};
use crate::server::peer::Peer;
use crate::server::surface::Surface;

/// First and longest pause after an accept that failed for want of something, such as
/// descriptors: long enough for some to be given back, short enough not to be felt.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// Between two messages that connections cannot be accepted: where one in a while gets through,
/// each failure begins a row of its own.
const QUIET: Duration = Duration::from_mins(1);

/// One listener and its connections.
pub(super) struct Door {
    listener: TcpListener,
    surface: Arc<Surface>,
    closing: watch::Receiver<bool>,
}

impl Door {
    pub(super) fn new(
        listener: TcpListener,
        surface: Arc<Surface>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Self { listener, surface, closing }
    }

    /// Accepts until it is told to close, and then waits for what is open, within the grace.
    /// Dropping the future closes everything at once.
    pub(super) async fn serve(self) {
        let Self { listener, surface, closing } = self;
        let mut open = JoinSet::new();
        let mut pause = None;
        let mut complaint = Complaint::default();
        let mut close = pin!(closed(closing.clone()));
        loop {
            tokio::select! {
                biased;
                () = &mut close => break,
                Some(ended) = open.join_next() => told(ended),
                accepted = accept(&listener, pause) => match accepted {
                    Ok((stream, peer)) => {
                        pause = None;
                        let peer = Peer::at(peer.ip());
                        match surface.places.take(peer) {
                            Some(place) => {
                                let serving = connection(stream, peer, Arc::clone(&surface), closing.clone());
                                open.spawn(async move {
                                    let _place = place;
                                    serving.await;
                                });
                            }
                            None => surface.count_overflow(),
                        }
                    }
                    Err(error) if is_of_one_connection(&error) => {}
                    Err(error) => {
                        complaint.tell(&error);
                        pause = Some(longer(pause));
                    }
                },
            }
        }
        drop(listener);
        let ending = async {
            while let Some(ended) = open.join_next().await {
                told(ended);
            }
        };
        // What has not ended by then ends with the set.
        let _ = timeout(surface.limits.grace, ending).await;
    }
}

async fn accept(
    listener: &TcpListener,
    pause: Option<Duration>,
) -> io::Result<(TcpStream, std::net::SocketAddr)> {
    if let Some(pause) = pause {
        sleep(pause).await;
    }
    listener.accept().await
}

/// Completes when it is time to close, or nobody is left to say so.
async fn closed(mut closing: watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

/// The peer was gone before it was accepted; the next one may be fine.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

fn longer(pause: Option<Duration>) -> Duration {
    let (first, longest) = PAUSES;
    pause.map_or(first, |pause| (pause * 2).min(longest))
}

/// When it was last told that connections cannot be accepted.
#[derive(Default)]
struct Complaint(Option<Instant>);

impl Complaint {
    fn tell(&mut self, error: &io::Error) {
        if self.is_due(clock::now()) {
            error!(
                %error,
                "connections cannot be accepted; if descriptors are lacking, raise LimitNOFILE= \
                 of the service or `ulimit -n`"
            );
        }
    }

    fn is_due(&mut self, now: Instant) -> bool {
        let is_due = self.0.is_none_or(|last| now.duration_since(last) >= QUIET);
        if is_due {
            self.0 = Some(now);
        }
        is_due
    }
}

fn told(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        error!(%error, "a connection ended with a defect of this program");
    }
}

/// One connection from its first byte to its end.
async fn connection(
    stream: TcpStream,
    peer: Peer,
    surface: Arc<Surface>,
    closing: watch::Receiver<bool>,
) {
    // Answers are written whole: to wait for more would only delay them.
    let _ = stream.set_nodelay(true);
    let limits = surface.limits;
    let mut stream = TimeoutStream::new(stream);
    // Reading has its own limits: an idle connection may be so while a probe takes its time.
    stream.set_write_timeout(Some(limits.stalled_write));
    let stream = Box::pin(stream);
    match surface.tls().await {
        None => Box::pin(requests(stream, peer, surface, closing)).await,
        Some(config) => {
            let handshake = TlsAcceptor::from(config).accept(stream);
            match timeout(limits.handshake, handshake).await {
                Ok(Ok(stream)) => Box::pin(requests(stream, peer, surface, closing)).await,
                Ok(Err(error)) => debug!(%error, "a TLS handshake failed"),
                Err(_) => debug!("a TLS handshake took too long"),
            }
        }
    }
}

/// Serves the requests of a connection until it ends by itself, or has to: at once when an exchange
/// takes too long, after the one in hand when the connection is old or the door closes.
async fn requests<S>(stream: S, peer: Peer, surface: Arc<Surface>, closing: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = surface.limits;
    let asked = Arc::new(Notify::new());
    let service = service_fn(|request: Request<Incoming>| {
        asked.notify_one();
        let surface = Arc::clone(&surface);
        async move { Ok::<_, Infallible>(surface.answer(peer, &request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(HEADER_LINES)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = pin!(served);
    let mut close = pin!(closed(closing));
    let mut old = pin!(sleep(limits.lifetime));
    // An idle connection ends long before that: what lasts so long is an exchange.
    let mut late = pin!(sleep(limits.exchange));
    let mut is_last = false;
    loop {
        tokio::select! {
            biased;
            ended = &mut served => {
                if let Err(error) = ended {
                    surface.count_unreadable(&error);
                    debug!(%error, "a connection failed");
                }
                return;
            }
            () = asked.notified() => late.as_mut().reset(clock::now() + limits.exchange),
            () = &mut late => return debug!("an exchange took too long"),
            () = either(close.as_mut(), old.as_mut()), if !is_last => {
                is_last = true;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}

async fn either(first: impl Future<Output = ()>, second: impl Future<Output = ()>) {
    tokio::select! {
        () = first => {}
        () = second => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_complaints_are_rare() {
        let (first, longest) = PAUSES;
        assert_eq!(longer(None), first);
        assert_eq!(longer(Some(longest)), longest);
        let (mut complaint, start) = (Complaint::default(), clock::now());
        let due = [0, 1, 59, 60, 61, 119, 120]
            .map(|second| complaint.is_due(start + Duration::from_secs(second)));
        assert_eq!(due, [true, false, false, true, false, false, true]);
    }
}
