//! An HTTP/1.1 server that answers as WSUS on IIS does, or as it does in trouble.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use super::answer::{ASP_NET, Answer, IIS, status};
use super::authority::Identity;
use super::hello::OldTls;
use super::hostile::{self, Hostile};
use super::script::{Matcher, Reaction, Script};
use super::site::Asked;
use super::soap::{FaultShape, LAST_CHANGE};
use super::{bomb, hello, link, mangle};
use crate::model::request::Channel;

/// Connections served at once by one server. Further ones wait in the listener's backlog.
const CONNECTIONS: usize = 512;

/// Longest request body that is read, in bytes; a real `GetConfig` request has some 300.
const REQUEST_LIMIT: usize = 64 * 1024;

/// Pause after a failed `accept`, so that a lack of file descriptors does not become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// As a healthy WSUS server.
    Healthy,
    /// Healthy, each answer this much later.
    Slow(Duration),
    /// Healthy, with a `Strict-Transport-Security` header.
    Hsts,
    /// Every application pool is stopped: 503 from the kernel's HTTP driver, on every path. See
    /// [`Script::pool_stopped`] for `WsusPool` alone.
    PoolStopped,
    /// This HTTP status with an IIS page, on every path.
    Status(u16),
    /// A SOAP fault of the client service with this MS-WUSP error code, such as `ServerBusy`.
    SoapFault(String),
    /// 302 to this location, on every path.
    Redirect(String),
    /// A sign-in page with status 200, on every path.
    HtmlPortal,
    /// A well-formed `GetConfig` answer that no WSUS gives, and nothing else.
    NotWsus,
    /// A gzip body of about 1 MiB that unpacks to about 160 MiB.
    GzipBomb,
    /// An XML body whose entities expand to gigabytes.
    EntityBomb,
    /// An XML body of 10,000 levels.
    DeepXml,
    /// No proper HTTP at all.
    Hostile(Hostile),
    /// Healthy, with these exceptions.
    Scripted(Script),
}

impl Behaviour {
    /// What it comes to; nothing where it is no HTTP.
    fn script(&self) -> Option<Script> {
        let script = match self {
            Self::Hostile(_) => return None,
            Self::Scripted(script) => script.clone(),
            Self::Healthy => Script::default(),
            Self::Slow(delay) => Script::always(Reaction::Delay(*delay)),
            Self::Hsts => Script::always(Reaction::Header(
                "strict-transport-security",
                "max-age=31536000; includeSubDomains".to_owned(),
            )),
            Self::PoolStopped => Script::always(Reaction::HttpSys(503)),
            Self::Status(code) => Script::always(Reaction::Status(*code)),
            Self::Redirect(location) => Script::always(Reaction::Redirect(location.clone())),
            Self::HtmlPortal => Script::always(Reaction::Portal),
            Self::SoapFault(code) => {
                Script::client_calls(Reaction::Fault(FaultShape::Wcf, code.clone()))
            }
            Self::NotWsus => Script::not_wsus(),
            Self::GzipBomb => Script::client_calls(Reaction::Xml(bomb::gzip()))
                .on(Matcher::everything(), Reaction::Header("content-encoding", "gzip".to_owned())),
            Self::EntityBomb => Script::client_calls(Reaction::Xml(bomb::entities().into_bytes())),
            Self::DeepXml => Script::client_calls(Reaction::Xml(bomb::deep_xml().into_bytes())),
        };
        Some(script)
    }

    const fn mischief(&self) -> Option<Hostile> {
        if let Self::Hostile(mischief) = self { Some(*mischief) } else { None }
    }

    const fn mangling(&self) -> Option<mangle::Mangling> {
        if let Self::Scripted(script) = self { script.mangling } else { None }
    }
}

/// What a server is, as opposed to how it behaves at the moment.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// TLS, or clear text if absent.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// In place of that: old versions of TLS, whose handshake is never completed.
    pub old_tls: Option<Arc<OldTls>>,
    /// Round-trip time of the line put in front of every connection, see [`link::delay`]; zero
    /// for no line at all. Establishing the connection is not delayed by it.
    pub round_trip: Duration,
    /// Which of a server's two ports this is. A server that has no TLS at all has only the
    /// service port, which serves content too.
    pub channel: Channel,
    /// The machine's internal name, which `PackageServerShare` gives away.
    pub machine: String,
    /// When the configuration last changed (MS-WUSP 2.2.2.2.1): the same for all members that
    /// share a database.
    pub last_change: String,
    /// What IIS says in the `Server` header; none leaves the header out.
    pub server_header: Option<String>,
    /// What ASP.NET says in the `X-AspNet-Version` header; none leaves the header out.
    pub aspnet_version: Option<String>,
}

impl Default for ServerOptions {
    /// The service port of a modern server in clear text, with no line in front.
    fn default() -> Self {
        Self {
            tls: None,
            old_tls: None,
            round_trip: Duration::ZERO,
            channel: Channel::Service,
            machine: "WSUS".to_owned(),
            last_change: LAST_CHANGE.to_owned(),
            server_header: Some(IIS.to_owned()),
            aspnet_version: Some(ASP_NET.to_owned()),
        }
    }
}

impl ServerOptions {
    /// The content port of the same server: clear text, and all else alike.
    #[must_use]
    pub fn content_port(&self) -> Self {
        Self { tls: None, old_tls: None, channel: Channel::Content, ..self.clone() }
    }

    /// Puts this server's versions in place of the usual ones; answers that do not come from
    /// IIS stay as they are.
    pub(super) fn sign(&self, answer: &mut Answer) {
        let headers = answer.headers_mut();
        for (name, usual, own) in [
            ("server", IIS, &self.server_header),
            ("x-aspnet-version", ASP_NET, &self.aspnet_version),
        ] {
            if headers.get(name).is_some_and(|value| value == usual) {
                let own = own.as_ref().and_then(|own| HeaderValue::from_str(own).ok());
                match own {
                    Some(own) => headers.insert(name, own),
                    None => headers.remove(name),
                };
            }
        }
    }
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

/// As [`tls_config`], and the handshake asks for a client certificate of this authority. Without
/// one it fails if `required`, and goes on otherwise.
///
/// # Errors
///
/// The same, and when `root` is not a certificate of an authority.
pub fn tls_config_asking(
    provider: Arc<CryptoProvider>,
    identity: Identity,
    root: CertificateDer<'static>,
    required: bool,
) -> Result<Arc<rustls::ServerConfig>, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(root)?;
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let verifier = if required { verifier } else { verifier.allow_unauthenticated() };
    let verifier = verifier.build().map_err(|error| rustls::Error::General(error.to_string()))?;
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
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
    let mischief = behaviour.borrow().mischief().filter(|mischief| !mischief.after_tls());
    match (mischief, &options.old_tls, &options.tls) {
        (Some(mischief), _, _) => hostile::act(mischief, stream).await,
        (None, Some(old), _) => hello::answer(old, stream).await,
        (None, None, Some(tls)) => {
            let stream = TlsAcceptor::from(Arc::clone(tls)).accept(stream).await?;
            http(stream, options, behaviour).await
        }
        (None, None, None) => http(stream, options, behaviour).await,
    }
}

/// The HTTP layer, or what is put in its place.
async fn http<S>(
    stream: S,
    options: &ServerOptions,
    behaviour: watch::Receiver<Behaviour>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let now = behaviour.borrow().clone();
    if let Some(mischief) = now.mischief() {
        return hostile::act(mischief, stream).await;
    }
    let Some(mangling) = now.mangling() else {
        return requests(stream, options, behaviour).await;
    };
    let (near, line) = mangle::line(stream, mangling);
    let (served, carried) = tokio::join!(requests(near, options, behaviour), line);
    carried.and(served)
}

/// Answers the requests of one connection.
async fn requests<S>(
    stream: S,
    options: &ServerOptions,
    behaviour: watch::Receiver<Behaviour>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let service = service_fn(|request| {
        let now = behaviour.borrow().clone();
        async move { respond(&now, options, request).await }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service)
        .await
        .map_err(io::Error::other)
}

/// The answer to one request; an error closes the connection without one.
async fn respond(
    behaviour: &Behaviour,
    options: &ServerOptions,
    request: Request<Incoming>,
) -> io::Result<Answer> {
    let script = behaviour.script().ok_or_else(|| io::Error::other("turned hostile"))?;
    let (head, body) = request.into_parts();
    // Read to its end, so that the connection can be used again.
    let Ok(body) = Limited::new(body, REQUEST_LIMIT).collect().await else {
        return Ok(status(413));
    };
    let path = head.uri.path().to_ascii_lowercase();
    let asked = Asked { method: head.method, path, headers: head.headers, body: body.to_bytes() };
    Ok(script.answer(asked, options).await)
}

#[cfg(test)]
mod tests;
