//! A network in memory: a dialer, a resolver and a WSUS check over links with virtual delay.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "certificates are dated by the real clock")]

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::task::JoinSet;
use tokio::time::Instant;
use wsus_probe::demo::authority::{Authority, IssueOptions};
use wsus_probe::demo::link;
use wsus_probe::engine::judge::{ChainJudge, PlatformRoots};
use wsus_probe::engine::ports::{Check, Ports, Target};
use wsus_probe::model::endpoint::{
    Endpoint, EndpointName, EndpointUrl, Family, Host, Limits, Scheme,
};
use wsus_probe::model::exchange::{Answer, Content, Exchange, HttpReply};
use wsus_probe::model::failure::{Cause, Failure, Phase};
use wsus_probe::model::report::{Addresses, Lookup, RecordType};
use wsus_probe::model::request::Request;
use wsus_probe::model::timing::Timed;
use wsus_probe::model::tls::Presented;
use wsus_probe::model::wsus::{
    AuthPlugin, ServerConfig as WsusConfig, SoapFlavour, SoapMessage, SoapReply,
};
use wsus_probe::net::dns::Resolve;
use wsus_probe::net::tcp::{Dial, DialError, Dialed, Link};
use wsus_probe::net::tls;
use wsus_probe::net::tls::evidence::Evidence;

/// Room of a link at the server's end: more than a handshake.
const ROOM: usize = 64 * 1024;

/// A healthy server's answer.
const CONFIG: &str = include_str!("../../data/soap/config_wcf.xml");

/// What a server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Tls13,
    Tls12,
    /// Healthy but for an expired certificate.
    Expired,
    /// Works, and answers the WSUS check with 503.
    Sick,
    /// Accepts and says nothing.
    Silent,
    /// Accepts and closes.
    Closes,
    Refused,
    BlackHole,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Server {
    pub(crate) rtt: Duration,
    pub(crate) manner: Manner,
}

/// The network. Clones share it.
#[derive(Clone)]
pub(crate) struct Links(Arc<Inner>);

struct Inner {
    names: BTreeMap<String, Vec<IpAddr>>,
    servers: BTreeMap<IpAddr, Server>,
    resolve: Duration,
    tls: BTreeMap<&'static str, Arc<ServerConfig>>,
    judge: Arc<ChainJudge>,
    /// Servers and lines; they end with the network.
    tasks: Mutex<JoinSet<()>>,
    _folder: tempfile::TempDir,
}

impl Links {
    pub(crate) const LIMITS: Limits = Limits {
        deadline: Duration::from_secs(5),
        resolve: Duration::from_secs(2),
        connect: Duration::from_secs(2),
        tls: Duration::from_secs(3),
        wsus: Duration::from_secs(4),
    };

    /// A name without addresses is never answered.
    pub(crate) fn new(
        names: BTreeMap<String, Vec<IpAddr>>,
        servers: BTreeMap<IpAddr, Server>,
        resolve: Duration,
    ) -> Self {
        let authority = Authority::new(SystemTime::now()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ca: PathBuf = folder.path().join("ca.pem");
        std::fs::write(&ca, authority.pem()).unwrap();
        let judge = ChainJudge::new(PlatformRoots::load_in_background(), &[ca]).unwrap();
        let tls = tls_configs(&authority, names.keys());
        let tasks = Mutex::default();
        let judge = Arc::new(judge);
        Self(Arc::new(Inner { names, servers, resolve, tls, judge, tasks, _folder: folder }))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.names.keys().map(String::as_str)
    }

    pub(crate) fn ports(&self) -> Ports {
        Ports::new(Arc::new(self.clone()), Arc::new(self.clone()), 64)
    }

    /// Waits for the platform's roots: they come from a thread that does not know of virtual
    /// time, which would run on while a round waits for them.
    pub(crate) async fn ready(&self) {
        self.0.judge.store().await;
    }

    fn serve(&self, server: Server) -> DuplexStream {
        let (far, stream) = tokio::io::duplex(ROOM);
        let (near, line) = link::delay(stream, server.rtt);
        let config = if server.manner == Manner::Tls12 {
            "1.2"
        } else if server.manner == Manner::Expired {
            "expired"
        } else {
            "1.3"
        };
        let config = Arc::clone(&self.0.tls[config]);
        let mut tasks = self.0.tasks.lock().unwrap();
        tasks.spawn(async { drop(line.await) });
        tasks.spawn(async move { drop(answer(far, server.manner, config).await) });
        near
    }
}

/// Serves HTTP requests as a WSUS server does; of what is no HTTP, each byte comes back.
async fn answer(
    mut far: DuplexStream,
    manner: Manner,
    config: Arc<ServerConfig>,
) -> io::Result<()> {
    let mut byte = [0];
    if manner == Manner::Closes {
        return Ok(());
    }
    if manner == Manner::Silent {
        while far.read(&mut byte).await? != 0 {}
        return Ok(());
    }
    let mut stream = tokio_rustls::TlsAcceptor::from(config).accept(far).await?;
    let mut asked = Vec::new();
    while stream.read(&mut byte).await? != 0 {
        asked.extend(byte);
        if asked.ends_with(b"</soap:Envelope>") {
            let status = if manner == Manner::Sick { 503 } else { 200 };
            let length = CONFIG.len();
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all((head + CONFIG).as_bytes()).await?;
            stream.flush().await?;
        } else if !asked.starts_with(b"P") {
            stream.write_all(&byte).await?;
            stream.flush().await?;
        }
    }
    Ok(())
}

fn tls_configs<'a>(
    authority: &Authority,
    names: impl Iterator<Item = &'a String>,
) -> BTreeMap<&'static str, Arc<ServerConfig>> {
    const DAY: Duration = Duration::from_hours(24);
    let now = SystemTime::now();
    let sound = IssueOptions::new(names.cloned(), now);
    let expired =
        IssueOptions { not_before: now - 90 * DAY, not_after: now - DAY, ..sound.clone() };
    let config = |options: &IssueOptions, version| {
        let identity = authority.issue(options).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(identity.chain, identity.key);
        Arc::new(config.unwrap())
    };
    BTreeMap::from([
        ("1.3", config(&sound, &rustls::version::TLS13)),
        ("1.2", config(&sound, &rustls::version::TLS12)),
        ("expired", config(&expired, &rustls::version::TLS13)),
    ])
}

/// An endpoint of this name, resolved and judged by the network.
pub(crate) fn target(name: &str, links: &Links) -> Target {
    let url = EndpointUrl { scheme: Scheme::Https, host: Host::Name(name.to_owned()), port: 443 };
    Target {
        endpoint: Arc::new(Endpoint {
            family: Family::Ipv4,
            ..Endpoint::bare(EndpointName(name.to_owned()), url)
        }),
        resolver: Arc::new(links.clone()),
        judge: Arc::clone(&links.0.judge) as _,
        compared: Arc::default(),
        limits: Links::LIMITS,
    }
}

impl Resolve for Links {
    fn lookup<'a>(
        &'a self,
        name: &'a str,
        record_type: RecordType,
        limit: Duration,
    ) -> BoxFuture<'a, Lookup> {
        Box::pin(async move {
            let addresses = self.0.names[name].clone();
            if addresses.is_empty() {
                tokio::time::sleep(limit).await;
                let outcome = Err(Failure::new(Phase::Resolve, Cause::Timeout, "silent"));
                let (time, resends, answered_by) = (None, None, None);
                return Lookup { record_type, time, resends, answered_by, outcome };
            }
            tokio::time::sleep(self.0.resolve).await;
            let outcome = Ok(Addresses { addresses, ttl: None, cname_chain: Vec::new() });
            let time = Some(Timed::user(self.0.resolve));
            Lookup { record_type, time, resends: Some(0), answered_by: None, outcome }
        })
    }
}

impl Dial for Links {
    fn dial(&self, to: SocketAddr, limit: Duration) -> BoxFuture<'_, Result<Dialed, DialError>> {
        Box::pin(async move {
            let server = self.0.servers[&to.ip()];
            let failed = |cause| {
                let failure = Failure::new(Phase::Connect, cause, "in memory");
                DialError { failure, syn_retransmits: None }
            };
            if server.manner == Manner::BlackHole {
                tokio::time::sleep(limit).await;
                return Err(failed(Cause::Timeout));
            }
            tokio::time::sleep(server.rtt).await;
            if server.manner == Manner::Refused {
                return Err(failed(Cause::Refused));
            }
            let rtt = Timed::user(server.rtt);
            let link = Box::new(Memory { near: self.serve(server), first: None, last: None, rtt });
            Ok(Dialed { link, connect: rtt, rtt: Some(rtt), syn_retransmits: Some(0) })
        })
    }
}

impl Check for Links {
    /// Connects, shakes hands, sends a byte and waits for it to come back.
    fn check<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        member: SocketAddr,
        limits: &'a Limits,
        _connections: usize,
        told: &'a (dyn Fn(Exchange) + Sync),
    ) -> BoxFuture<'a, Option<Presented>> {
        Box::pin(async move {
            let evidence = Evidence::default();
            let asking = self.ask(endpoint, member, limits, &evidence);
            let outcome = tokio::time::timeout(limits.deadline, asking).await;
            let timeout = || Failure::new(Phase::Connect, Cause::Timeout, "the check's deadline");
            let outcome = outcome.unwrap_or_else(|_| Err(timeout()));
            told(Exchange { request: Request::GetConfig, outcome });
            evidence.presented()
        })
    }

    fn connections(&self) -> usize {
        1
    }
}

impl Links {
    async fn ask(
        &self,
        endpoint: &Endpoint,
        member: SocketAddr,
        limits: &Limits,
        evidence: &Evidence,
    ) -> Result<Answer, Failure> {
        let dialed = self.dial(member, limits.connect).await.map_err(|error| error.failure)?;
        let (mut stream, _) = tls::handshake(dialed.link, &endpoint.tls_name(), evidence).await?;
        let start = Instant::now();
        let broken = |_| Failure::new(Phase::Wsus, Cause::Closed, "in memory");
        stream.write_all(b"?").await.map_err(broken)?;
        stream.flush().await.map_err(broken)?;
        stream.read_exact(&mut [0]).await.map_err(broken)?;
        if self.0.servers[&member.ip()].manner == Manner::Sick {
            return Err(Failure::new(Phase::Wsus, Cause::Http503, "503"));
        }
        let config = WsusConfig {
            last_change: Some("2031-02-03T04:05:06Z".into()),
            registration_required: Some(true),
            auth_plugins: vec![AuthPlugin { id: "SimpleTargeting".into(), ..Default::default() }],
            properties: vec![("MaxExtendedUpdatesPerRequest".into(), "50".into())],
            ..WsusConfig::default()
        };
        let (reply, flavour) = (SoapReply::Config(config), SoapFlavour::default());
        Ok(Answer {
            reply: HttpReply { status: 200, ..HttpReply::default() },
            content: Content::Soap(Ok(SoapMessage { reply, flavour })),
            first_byte: Some(Timed::user(start.elapsed())),
            ..Answer::default()
        })
    }
}

/// The near end of a link, with the times that the kernel would know of a socket.
struct Memory {
    near: DuplexStream,
    first: Option<Instant>,
    last: Option<Instant>,
    rtt: Timed,
}

impl Link for Memory {
    fn first_write_to_last_read(&self) -> Option<Timed> {
        Some(Timed::user(self.last?.duration_since(self.first?)))
    }

    fn begin_exchange(&mut self) {
        self.first = None;
        self.last = None;
    }

    fn min_rtt(&self) -> Option<Timed> {
        Some(self.rtt)
    }

    fn reset_on_close(&self) {}
}

impl AsyncRead for Memory {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let memory = self.get_mut();
        ready!(Pin::new(&mut memory.near).poll_read(context, buffer))?;
        memory.last = Some(Instant::now());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Memory {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let memory = self.get_mut();
        memory.first.get_or_insert_with(Instant::now);
        Pin::new(&mut memory.near).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().near).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().near).poll_shutdown(context)
    }
}
