//! An HTTP/1.1 server that answers as WSUS on IIS does, or as it does in trouble.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::crypto::CryptoProvider;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use super::answer::{self, Answer};
use super::authority::Identity;
use super::hostile::{self, Hostile};
use super::{bomb, link};

/// Connections served at once by one server. Further ones wait in the listener's backlog.
const CONNECTIONS: usize = 512;

/// Longest request body that is read, in bytes; a real `GetConfig` request has some 300.
const REQUEST_LIMIT: usize = 64 * 1024;

/// Pause after a failed `accept`, so that a lack of file descriptors does not become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where the client service listens, in lower case: IIS does not mind the letter case.
const CLIENT_SERVICE: &str = "/clientwebservice/client.asmx";

/// The other directories of a WSUS site, which refuse to be browsed.
const DIRECTORIES: [&str; 9] = [
    "/clientwebservice",
    "/simpleauthwebservice",
    "/serversyncwebservice",
    "/dssauthwebservice",
    "/apiremoting30",
    "/reportingwebservice",
    "/selfupdate",
    "/content",
    "/inventory",
];

/// How a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// As a healthy WSUS server.
    Healthy,
    /// Healthy, each answer this much later.
    Slow(Duration),
    /// Healthy, with a `Strict-Transport-Security` header.
    Hsts,
    /// The application pool is stopped: 503 from the kernel's HTTP driver, on every path.
    PoolStopped,
    /// This HTTP status with an IIS page, on every path.
    Status(u16),
    /// A SOAP fault with this MS-WUSP error code, such as `ServerBusy`.
    SoapFault(String),
    /// 302 to this location, on every path.
    Redirect(String),
    /// A sign-in page with status 200, on every path.
    HtmlPortal,
    /// A well-formed `GetConfig` answer that no WSUS gives.
    NotWsus,
    /// A gzip body of about 1 MiB that unpacks to about 160 MiB.
    GzipBomb,
    /// An XML body whose entities expand to gigabytes.
    EntityBomb,
    /// An XML body of 10,000 levels.
    DeepXml,
    /// No proper HTTP at all.
    Hostile(Hostile),
}

/// What a server is, as opposed to how it behaves at the moment.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// TLS, or clear text if absent.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Round-trip time of the line put in front of every connection, see [`link::delay`]; zero
    /// for no line at all. Establishing the connection is not delayed by it.
    pub round_trip: Duration,
    /// The machine's internal name, which `PackageServerShare` gives away.
    pub machine: String,
}

/// A TLS server configuration with this provider's suites and groups, for TLS 1.2 and 1.3 as far
/// as the provider has suites for them.
///
/// # Errors
///
/// When the provider has no usable suite or cannot use the identity's key.
pub fn tls_config(
    provider: Arc<CryptoProvider>,
    identity: Identity,
) -> Result<Arc<rustls::ServerConfig>, rustls::Error> {
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)?;
    Ok(Arc::new(config))
}

/// Serves until dropped; dropping the future closes all its connections.
///
/// The behaviour is looked up for each connection and again for each request, so a change takes
/// effect at once; it stays as it is when the sender is dropped.
pub async fn serve(
    listener: TcpListener,
    options: ServerOptions,
    behaviour: watch::Receiver<Behaviour>,
) -> Infallible {
    let options = Arc::new(options);
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= CONNECTIONS {
            connections.join_next().await;
        }
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => {
                    connections.spawn(connection(socket, Arc::clone(&options), behaviour.clone()));
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One connection from accept to close. How it ends is the client's business: it sees it.
async fn connection(
    socket: TcpStream,
    options: Arc<ServerOptions>,
    behaviour: watch::Receiver<Behaviour>,
) -> io::Result<()> {
    if *behaviour.borrow() == Behaviour::Hostile(Hostile::Reset) {
        return hostile::reset(socket);
    }
    socket.set_nodelay(true)?;
    if options.round_trip.is_zero() {
        return secure(socket, &options, behaviour).await;
    }
    let (near, line) = link::delay(socket, options.round_trip);
    tokio::join!(secure(near, &options, behaviour), line).0
}

/// The TLS layer, if there is one.
async fn secure<S>(
    stream: S,
    options: &ServerOptions,
    behaviour: watch::Receiver<Behaviour>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let mischief = mischief(&behaviour).filter(|mischief| !mischief.after_tls());
    match (mischief, &options.tls) {
        (Some(mischief), _) => hostile::act(mischief, stream).await,
        (None, Some(tls)) => {
            let stream = TlsAcceptor::from(Arc::clone(tls)).accept(stream).await?;
            http(stream, options, behaviour).await
        }
        (None, None) => http(stream, options, behaviour).await,
    }
}

/// The HTTP layer.
async fn http<S>(
    stream: S,
    options: &ServerOptions,
    behaviour: watch::Receiver<Behaviour>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    if let Some(mischief) = mischief(&behaviour) {
        return hostile::act(mischief, stream).await;
    }
    let service = service_fn(|request| {
        let now = behaviour.borrow().clone();
        async move { respond(now, &options.machine, request).await }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service)
        .await
        .map_err(io::Error::other)
}

fn mischief(behaviour: &watch::Receiver<Behaviour>) -> Option<Hostile> {
    if let Behaviour::Hostile(mischief) = &*behaviour.borrow() { Some(*mischief) } else { None }
}

/// The answer to one request; an error closes the connection without one.
async fn respond(
    behaviour: Behaviour,
    machine: &str,
    request: Request<Incoming>,
) -> io::Result<Answer> {
    let answer = match behaviour {
        Behaviour::PoolStopped => return Ok(answer::pool_stopped()),
        Behaviour::Status(code) => return Ok(answer::status(code)),
        Behaviour::Redirect(location) => return Ok(answer::redirect(&location)),
        Behaviour::HtmlPortal => return Ok(answer::portal()),
        Behaviour::Hostile(_) => return Err(io::Error::other("turned hostile")),
        Behaviour::Healthy => answer::config(machine),
        Behaviour::Slow(delay) => {
            sleep(delay).await;
            answer::config(machine)
        }
        Behaviour::Hsts => answer::config_with_hsts(machine),
        Behaviour::SoapFault(code) => answer::soap_fault(&code),
        Behaviour::NotWsus => answer::foreign_config(),
        Behaviour::GzipBomb => answer::gzip(bomb::gzip()),
        Behaviour::EntityBomb => answer::asp_net(StatusCode::OK, bomb::entities()),
        Behaviour::DeepXml => answer::asp_net(StatusCode::OK, bomb::deep_xml()),
    };
    Ok(refusal(request).await.unwrap_or(answer))
}

/// What is wrong with the request, as IIS and WCF would put it; nothing if it is a `GetConfig`
/// request as MS-WUSP wants it.
async fn refusal(request: Request<Incoming>) -> Option<Answer> {
    let path = request.uri().path().to_ascii_lowercase();
    if path != CLIENT_SERVICE {
        let directory = path == "/" || DIRECTORIES.contains(&path.trim_end_matches('/'));
        return Some(answer::status(if directory { 403 } else { 404 }));
    }
    if request.method() != Method::POST {
        return Some(answer::status(403));
    }
    let header = |name| request.headers().get(name).map(hyper::header::HeaderValue::as_bytes);
    let media_type = header("content-type").unwrap_or_default().to_ascii_lowercase();
    if !media_type.starts_with(b"text/xml") {
        return Some(answer::status(415));
    }
    if header("soapaction") != Some(answer::get_config_action().as_bytes()) {
        return Some(answer::action_mismatch());
    }
    let Ok(body) = Limited::new(request.into_body(), REQUEST_LIMIT).collect().await else {
        return Some(answer::status(413));
    };
    let good = answer::is_get_config(&body.to_bytes());
    (!good).then(|| answer::soap_fault("InvalidParameters"))
}

#[cfg(test)]
mod tests;
