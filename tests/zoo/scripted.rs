//! Runs servers that no proper library would be: old, broken, hostile or intolerant. They read the
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

use super::hello::Hello;
use super::reply::{self, HANDSHAKE, TLS12, TLS13};
use super::script::{Act, Choice, Delivery, End, Refusal, Reply, Script};

/// How long a connection may last: longer than any scanner waits.
const LIFE: Duration = Duration::from_secs(90);

/// Connections to one server at once; more wait to be accepted.
const CROWD: usize = 64;

/// Pause between the bytes of a dripping server.
const DRIP: Duration = Duration::from_secs(1);

/// Bytes that are written one by one where bytes are: more than a `ServerHello` has, and few
/// enough for a busy machine.
const SINGLY: usize = 200;

/// Length of a reset server's last words, in bytes: inside any `ServerHello`.
const CUT: usize = 30;

/// Content of a record of the certificate message without end, in bytes.
const PIECE: usize = 1 << 14;

/// Records of that message: as many as make up its announced length.
const PIECES: usize = (1 << 24) / PIECE;

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
        Act::AtOnce(end) => leave(stream, end).await,
        Act::Greets(text) => {
            stream.write_all(text).await?;
            drain(stream).await
        }
        Act::AfterHello(reply) => match Hello::read(&mut stream).await {
            Some(hello) => consider(stream, script, reply, hello).await,
            None => Ok(()),
        },
    }
}

async fn leave(stream: TcpStream, end: End) -> io::Result<()> {
    match end {
        End::Hangs => {
            let _open = stream;
            std::future::pending().await
        }
        End::Resets => stream.set_zero_linger(),
        End::Closes => finish(stream).await,
    }
}

async fn consider(stream: TcpStream, script: Script, reply: Reply, hello: Hello) -> io::Result<()> {
    match script.refuses {
        Some(Refusal::NoSession) if hello.session.is_empty() => finish(stream).await,
        Some(Refusal::MiddleSize) if (256..512).contains(&(hello.length - 5)) => {
            leave(stream, End::Hangs).await
        }
        Some(refusal) if refusal.meets(&hello) => stream.set_zero_linger(),
        Some(_) | None => answer(stream, script, reply, hello).await,
    }
}

async fn answer(
    mut stream: TcpStream,
    script: Script,
    reply: Reply,
    hello: Hello,
) -> io::Result<()> {
    match reply {
        Reply::Ends(end) => leave(stream, end).await,
        Reply::Says(text) => {
            stream.write_all(text).await?;
            finish(stream).await
        }
        Reply::SaysAndResets(text) => {
            stream.write_all(text).await?;
            stream.set_zero_linger()
        }
        Reply::EmptyRecords => {
            let records = reply::record(HANDSHAKE, TLS12, &[]).repeat(PIECE);
            loop {
                stream.write_all(&records).await?;
                tokio::task::yield_now().await;
            }
        }
        Reply::Negotiates(delivery) => {
            let mut next = Some(hello);
            while let Some(hello) = next {
                deliver(&mut stream, script, &hello, delivery).await?;
                let again = script.choice == Choice::RetriesForEver;
                next = if again { Hello::read(&mut stream).await } else { None };
            }
            if delivery == Delivery::Cut {
                stream.set_zero_linger()
            } else if delivery == Delivery::HalfClose {
                finish(stream).await
            } else {
                drain(stream).await
            }
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
    let mut bytes = if delivery == Delivery::TinyRecords {
        flight.iter().flat_map(|byte| reply::record(HANDSHAKE, version, &[*byte])).collect()
    } else {
        reply::record(HANDSHAKE, version, &flight)
    };
    if version == TLS13 && script.choice != Choice::RetriesForEver {
        bytes.extend(reply::encrypted_rest());
    }
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
    let pause = if delivery == Delivery::ByteByByte {
        Duration::ZERO
    } else if delivery == Delivery::Drip {
        DRIP
    } else {
        let cut = if delivery == Delivery::Cut { CUT } else { bytes.len() };
        return stream.write_all(bytes.get(..cut).unwrap_or(bytes)).await;
    };
    let (singly, rest) = bytes.split_at(bytes.len().min(SINGLY));
    for byte in singly {
        stream.write_all(&[*byte]).await?;
        if pause.is_zero() {
            tokio::task::yield_now().await;
        } else {
            sleep(pause).await;
        }
    }
    stream.write_all(rest).await
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
