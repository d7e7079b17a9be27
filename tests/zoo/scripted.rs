//! Servers that no proper library would be: old, broken, hostile or intolerant. They read the
//! client's hello as a server does, and answer as far as a client without keys can tell.

#![expect(clippy::disallowed_methods, reason = "a server of the tests has its own clock")]

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::hello::{Hello, SERVER_NAME, SUPPORTED_VERSIONS};
use super::reply::{self, Exchange, HANDSHAKE, P256, TLS12, TLS13, X25519};

/// How long a connection may last: longer than any scanner waits.
const LIFE: Duration = Duration::from_secs(90);

/// Connections to one server at once; more wait to be accepted.
const CROWD: usize = 64;

/// Pause between the bytes of a dripping server.
const DRIP: Duration = Duration::from_secs(1);

/// Length of a reset server's last words, in bytes: inside any `ServerHello`.
const CUT: usize = 30;

/// Content of a record of the certificate message without end, in bytes.
const PIECE: usize = 1 << 14;

/// Records of that message: as many as make up its announced length.
const PIECES: usize = (1 << 24) / PIECE;

/// What the server has of TLS, and what is odd about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    /// Oldest first.
    pub(crate) versions: &'static [u16],
    /// In the order of preference.
    pub(crate) suites: &'static [u16],
    /// Does not know the extension that lists the client's versions.
    pub(crate) old: bool,
    /// Of the Diffie-Hellman prime.
    pub(crate) field_bits: usize,
    pub(crate) act: Act,
    pub(crate) refuses: Option<Refusal>,
}

/// What the server does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    Negotiates(Delivery),
    /// Without reading anything.
    HangsAtOnce,
    HangsAfterHello,
    ResetsAtOnce,
    ResetsAfterHello,
    ClosesAtOnce,
    ClosesAfterHello,
    /// Before the client does, and waits.
    Greets(&'static [u8]),
    /// After the hello, and closes.
    Says(&'static [u8]),
    /// After the hello, and resets.
    SaysAndResets(&'static [u8]),
    /// Handshake records that hold nothing, without end.
    EmptyRecords,
    /// Wants another key again and again (RFC 8446 section 4.1.4 allows it once).
    RetriesForEver,
    /// Chooses a suite that was not offered.
    ForeignSuite(u16),
    /// Answers with this version, whatever was offered.
    ForeignVersion(u16),
    /// Chooses its own suite where none is in common.
    Insists,
}

/// How the answer arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    ByteByByte,
    /// A byte a second.
    Drip,
    /// A record for each byte.
    TinyRecords,
    /// And the sending side is closed at once.
    HalfClose,
    /// Behind an alert `unrecognized_name` of level warning.
    AfterWarning,
    /// As far as the middle of `ServerHello`, then a reset.
    Cut,
    /// With a certificate message of 16 MiB.
    EndlessCertificate,
}

/// The hellos that are answered by a reset, or as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Larger than so many bytes.
    Larger(usize),
    /// Record of 256 to 511 bytes: never answered (RFC 7685 section 1).
    MiddleSize,
    AnyExtension,
    ExtensionOfVersions,
    VersionAbove(u16),
    RecordVersionOtherThan(u16),
    /// More suites than so many.
    MoreSuites(usize),
    ServerName,
    /// Without a session identifier; closes.
    NoSession,
    /// Without either signal of secure renegotiation (RFC 5746).
    NoRenegotiationSignal,
    /// More connections than so many in a second.
    Faster(usize),
}

impl Script {
    pub(crate) const fn act(self, act: Act) -> Self {
        Self { act, ..self }
    }

    pub(crate) const fn delivers(self, delivery: Delivery) -> Self {
        self.act(Act::Negotiates(delivery))
    }

    pub(crate) const fn refuses(self, refusal: Refusal) -> Self {
        Self { refuses: Some(refusal), ..self }
    }

    pub(crate) const fn suites(self, suites: &'static [u16]) -> Self {
        Self { suites, ..self }
    }

    pub(crate) const fn versions(self, versions: &'static [u16]) -> Self {
        Self { versions, ..self }
    }

    pub(crate) const fn field_bits(self, field_bits: usize) -> Self {
        Self { field_bits, ..self }
    }

    /// The version that answers this hello.
    fn version(&self, hello: &Hello) -> Option<u16> {
        let offered = hello.supported_versions().filter(|_| !self.old);
        let fits = |version: &u16| match &offered {
            Some(list) => list.contains(version),
            None => *version <= hello.version && *version < TLS13,
        };
        self.versions.iter().copied().rev().find(fits)
    }

    fn group(hello: &Hello) -> Option<u16> {
        let offered = hello.groups().unwrap_or_else(|| vec![P256]);
        [P256, X25519].into_iter().find(|group| offered.contains(group))
    }

    fn suite(&self, hello: &Hello, version: u16) -> Option<u16> {
        let fits = |suite: &u16| {
            let group = !is_curve(*suite) || Self::group(hello).is_some();
            hello.suites.contains(suite) && has(version, *suite) && group
        };
        self.suites.iter().copied().find(fits)
    }

    /// The answer's version and handshake messages, or the number of an alert.
    fn negotiate(&self, hello: &Hello) -> Result<(u16, Vec<u8>), u8> {
        const PROTOCOL_VERSION: u8 = 70;
        const HANDSHAKE_FAILURE: u8 = 40;
        let version = self.version(hello).ok_or(PROTOCOL_VERSION)?;
        let suite = match self.act {
            Act::ForeignSuite(suite) => Some(suite),
            Act::Insists => self.suite(hello, version).or(self.suites.first().copied()),
            _ => self.suite(hello, version),
        };
        let suite = suite.ok_or(HANDSHAKE_FAILURE)?;
        let version = if let Act::ForeignVersion(other) = self.act { other } else { version };
        Ok((version, self.flight(hello, version, suite)))
    }

    fn flight(&self, hello: &Hello, version: u16, suite: u16) -> Vec<u8> {
        /// secp384r1: a group for which clients send no key unasked.
        const P384: u16 = 24;
        let retries = matches!(self.act, Act::RetriesForEver);
        let group = if retries { P384 } else { Self::group(hello).unwrap_or(P256) };
        let mut flight = reply::server_hello(hello, version, suite, group);
        if version >= TLS13 {
            return flight;
        }
        if matches!(self.act, Act::Negotiates(Delivery::EndlessCertificate)) {
            flight.extend(reply::endless_certificate());
            return flight;
        }
        let anonymous = ANONYMOUS.contains(&suite);
        if !anonymous {
            flight.extend(reply::certificate(&chain(suite)));
        }
        let exchange = if is_curve(suite) {
            Exchange::Curve(group)
        } else if is_field(suite) {
            Exchange::Field(self.field_bits)
        } else {
            Exchange::Encrypted
        };
        flight.extend(reply::key_exchange(exchange, version, !anonymous));
        flight.extend(reply::done());
        flight
    }
}

/// `ADH-AES256-SHA`, `ADH-RC4-MD5`, `AECDH-AES128-SHA`.
const ANONYMOUS: [u16; 3] = [0x0034, 0x0018, 0xc018];

/// Whether a suite belongs to a version, as far as the suites of the zoo go.
fn has(version: u16, suite: u16) -> bool {
    let newest = suite >> 8 == 0x13;
    let since_12 = matches!(suite, 0x003b..=0x0040 | 0x0067..=0x006d | 0x009c..=0x00a7)
        || matches!(suite, 0xc023..=0xc032 | 0xcca8..=0xccaa);
    newest == (version >= TLS13) && (!since_12 || version >= TLS12)
}

fn is_curve(suite: u16) -> bool {
    matches!(suite >> 8, 0xc0 | 0xcc)
}

fn is_field(suite: u16) -> bool {
    matches!(suite, 0x0011..=0x001b | 0x0032..=0x0034 | 0x0038..=0x003a | 0x009e | 0x009f)
        || matches!(suite, 0x0067 | 0x006b)
}

/// Of the kind of key that the suite needs.
fn chain(suite: u16) -> Vec<Vec<u8>> {
    const ECDSA: [u16; 6] = [0xc009, 0xc00a, 0xc023, 0xc024, 0xc02b, 0xc02c];
    let name = if ECDSA.contains(&suite) { "zoo_p256.pem" } else { "rsa.pem" };
    let text = std::fs::read(super::super::peer::certificate(name)).unwrap();
    pem::parse_many(text).unwrap().into_iter().map(pem::Pem::into_contents).collect()
}

/// A scripted server that runs until this is dropped.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicU32>,
    _tasks: JoinSet<()>,
}

impl Scripted {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicU32::new(0));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, script, Arc::clone(&connections)));
        Self { address, connections, _tasks: tasks }
    }

    /// Accepted so far.
    pub(crate) fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn serve(listener: TcpListener, script: Script, connections: Arc<AtomicU32>) {
    let room = Arc::new(Semaphore::new(CROWD));
    let recent = Arc::new(Mutex::new(VecDeque::new()));
    let mut tasks = JoinSet::new();
    loop {
        let permit = Arc::clone(&room).acquire_owned().await;
        let Ok((stream, _)) = listener.accept().await else { continue };
        connections.fetch_add(1, Ordering::Relaxed);
        let recent = Arc::clone(&recent);
        tasks.spawn(async move {
            // The client may go away at any time.
            let _ = timeout(LIFE, converse(stream, script, &recent)).await;
            drop(permit);
        });
        while tasks.try_join_next().is_some() {}
    }
}

/// Whether this connection is one too many within a second.
fn too_fast(recent: &Mutex<VecDeque<Instant>>, most: usize) -> bool {
    let now = Instant::now();
    let mut recent = recent.lock().unwrap();
    recent.retain(|then| now - *then < Duration::from_secs(1));
    recent.push_back(now);
    recent.len() > most
}

async fn converse(
    mut stream: TcpStream,
    script: Script,
    recent: &Mutex<VecDeque<Instant>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    if let Some(Refusal::Faster(most)) = script.refuses
        && too_fast(recent, most)
    {
        return stream.set_zero_linger();
    }
    match script.act {
        Act::HangsAtOnce => std::future::pending().await,
        Act::ResetsAtOnce => return stream.set_zero_linger(),
        Act::ClosesAtOnce => return finish(stream).await,
        Act::Greets(text) => {
            stream.write_all(text).await?;
            return drain(stream).await;
        }
        _ => {}
    }
    let Some(hello) = Hello::read(&mut stream).await else { return Ok(()) };
    match script.refuses {
        Some(Refusal::NoSession) if hello.session.is_empty() => return finish(stream).await,
        Some(Refusal::MiddleSize) if (256..512).contains(&(hello.length - 5)) => {
            return drain(stream).await;
        }
        Some(refusal) if refusal.meets(&hello) => return stream.set_zero_linger(),
        _ => {}
    }
    answer(stream, script, &hello).await
}

impl Refusal {
    fn meets(self, hello: &Hello) -> bool {
        match self {
            Self::Larger(most) => hello.length > most,
            Self::AnyExtension => !hello.extensions.is_empty(),
            Self::ExtensionOfVersions => hello.extension(SUPPORTED_VERSIONS).is_some(),
            Self::VersionAbove(newest) => hello.version > newest,
            Self::RecordVersionOtherThan(version) => hello.record_version != version,
            Self::MoreSuites(most) => hello.suites.len() > most,
            Self::ServerName => hello.extension(SERVER_NAME).is_some(),
            Self::NoRenegotiationSignal => !hello.signals_renegotiation(),
            Self::MiddleSize | Self::NoSession | Self::Faster(_) => false,
        }
    }
}

async fn answer(mut stream: TcpStream, script: Script, hello: &Hello) -> io::Result<()> {
    match script.act {
        Act::HangsAfterHello => drain(stream).await,
        Act::ResetsAfterHello => stream.set_zero_linger(),
        Act::ClosesAfterHello => finish(stream).await,
        Act::Says(text) => {
            stream.write_all(text).await?;
            finish(stream).await
        }
        Act::SaysAndResets(text) => {
            stream.write_all(text).await?;
            stream.set_zero_linger()
        }
        Act::EmptyRecords => {
            let records = reply::record(HANDSHAKE, TLS12, &[]).repeat(PIECE);
            loop {
                stream.write_all(&records).await?;
                tokio::task::yield_now().await;
            }
        }
        Act::RetriesForEver => {
            let mut hello = Some(hello.clone());
            while let Some(this) = hello {
                deliver(&mut stream, script, &this, Delivery::Whole).await?;
                hello = Hello::read(&mut stream).await;
            }
            finish(stream).await
        }
        Act::Negotiates(delivery) => {
            deliver(&mut stream, script, hello, delivery).await?;
            match delivery {
                Delivery::Cut => stream.set_zero_linger(),
                Delivery::HalfClose => finish(stream).await,
                _ => drain(stream).await,
            }
        }
        _ => {
            deliver(&mut stream, script, hello, Delivery::Whole).await?;
            drain(stream).await
        }
    }
}

/// Negotiates and sends what comes of it.
async fn deliver(
    stream: &mut TcpStream,
    script: Script,
    hello: &Hello,
    delivery: Delivery,
) -> io::Result<()> {
    /// Alert `unrecognized_name` (RFC 6066 section 3).
    const UNRECOGNIZED_NAME: u8 = 112;
    let (version, flight) = match script.negotiate(hello) {
        Ok(chosen) => chosen,
        Err(number) => {
            let version = hello.version.min(script.versions.last().copied().unwrap_or(TLS12));
            let alert = reply::alert(version, 2, number);
            return write(stream, &alert, delivery).await;
        }
    };
    if delivery == Delivery::AfterWarning {
        stream.write_all(&reply::alert(version, 1, UNRECOGNIZED_NAME)).await?;
    }
    let bytes = if delivery == Delivery::TinyRecords {
        flight.iter().flat_map(|byte| reply::record(HANDSHAKE, version, &[*byte])).collect()
    } else {
        reply::record(HANDSHAKE, version, &flight)
    };
    write(stream, &bytes, delivery).await?;
    if delivery == Delivery::EndlessCertificate && version < TLS13 {
        let piece = reply::record(HANDSHAKE, version, &vec![0; PIECE]);
        for _ in 0..PIECES {
            stream.write_all(&piece).await?;
        }
    }
    Ok(())
}

async fn write(stream: &mut TcpStream, bytes: &[u8], delivery: Delivery) -> io::Result<()> {
    let pause = match delivery {
        Delivery::ByteByByte => Duration::ZERO,
        Delivery::Drip => DRIP,
        Delivery::Cut => return stream.write_all(bytes.get(..CUT).unwrap_or(bytes)).await,
        _ => return stream.write_all(bytes).await,
    };
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        if pause.is_zero() {
            tokio::task::yield_now().await;
        } else {
            sleep(pause).await;
        }
    }
    Ok(())
}

/// Ends the sending side, so that the client sees an orderly end whatever it still sends.
async fn finish(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    drain(stream).await
}

/// Reads until the client ends.
async fn drain(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}
