//! Servers that do not speak HTTP, or abuse it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Time between two bytes of a dripping server: slower than any sensible read timeout is long,
/// fast enough that no idle timeout ends it.
const DRIP: Duration = Duration::from_secs(1);

/// The largest length a TLS handshake message can state: 24 bits, RFC 8446 section 4.
const HANDSHAKE_LIMIT: usize = 0xff_ffff;

/// The largest payload of a TLS record, RFC 8446 section 5.1.
const RECORD_LIMIT: usize = 1 << 14;

/// Record and handshake types of RFC 5246.
const RECORD_ALERT: u8 = 21;
const RECORD_HANDSHAKE: u8 = 22;
const HANDSHAKE_SERVER_HELLO: u8 = 2;
const HANDSHAKE_CERTIFICATE: u8 = 11;
const ALERT_LEVEL_FATAL: u8 = 2;

/// Bytes of one write of a server that says the same over and over: enough for the client's
/// limits to be what ends it, not the cost of a call.
const ENDLESS_BLOCK: usize = 16 * 1024;

/// `0x0303`: the wire version of TLS 1.2, and of the legacy fields of TLS 1.3.
const VERSION_TLS12: [u8; 2] = [3, 3];

/// What a hostile server does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hostile {
    /// Reset at once.
    Reset,
    /// Closed at once.
    Close,
    /// Closed when the client has said something.
    CloseAfterFirstBytes,
    /// Held open without a word.
    Silence,
    /// Bytes of no protocol.
    Garbage,
    /// The banner of an SSH server.
    SshBanner,
    /// An HTTP error in clear text, whatever the client said.
    PlainHttp,
    /// The bytes of a long TLS record, one a second, without end.
    DripTls,
    /// A TLS 1.2 `ServerHello`, then nothing.
    HelloThenSilence,
    /// A fatal TLS alert with this description (RFC 8446 section 6).
    Alert(u8),
    /// A TLS 1.2 `ServerHello` and a certificate message of 16 MiB.
    HugeCertificate,
    /// After TLS, if there is any: the bytes of an HTTP answer, one a second, without end.
    DripHttp,
    /// After TLS: an HTTP head without end.
    EndlessHeaders,
    /// After TLS: an HTTP body without end, of no stated length.
    EndlessBody,
    /// After TLS: closed when the request has come.
    CloseAfterRequest,
    /// After TLS: the first frames of an HTTP/2 connection (RFC 9113), which nobody asked for,
    /// then closed.
    Http2Frames,
}

impl Hostile {
    /// Whether the mischief starts only once the TLS handshake is done.
    pub const fn after_tls(self) -> bool {
        match self {
            Self::DripHttp
            | Self::EndlessHeaders
            | Self::EndlessBody
            | Self::CloseAfterRequest
            | Self::Http2Frames => true,
            Self::Reset
            | Self::Close
            | Self::CloseAfterFirstBytes
            | Self::Silence
            | Self::Garbage
            | Self::SshBanner
            | Self::PlainHttp
            | Self::DripTls
            | Self::HelloThenSilence
            | Self::Alert(_)
            | Self::HugeCertificate => false,
        }
    }
}

/// Ends the connection with a reset instead of an orderly close.
///
/// # Errors
///
/// When the socket does not take the option.
pub fn reset(socket: TcpStream) -> io::Result<()> {
    socket.set_zero_linger()?;
    drop(socket);
    Ok(())
}

/// Does what `hostile` says on the stream, then waits for the client to close where the kind
/// does not close by itself. [`Hostile::Reset`] closes here; only [`reset`] can do it properly.
///
/// # Errors
///
/// When the client closes or resets the connection before everything is sent: the usual end of
/// the endless kinds.
pub async fn act<S>(hostile: Hostile, mut stream: S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match hostile {
        Hostile::Reset | Hostile::Close => return stream.shutdown().await,
        Hostile::Silence => {}
        Hostile::SshBanner => say(&mut stream, b"SSH-2.0-OpenSSH_9.2p1\r\n").await?,
        Hostile::CloseAfterFirstBytes | Hostile::CloseAfterRequest => {
            return last_words(stream, &[]).await;
        }
        Hostile::PlainHttp => return last_words(stream, PLAIN_HTTP).await,
        Hostile::Http2Frames => return last_words(stream, HTTP2_FRAMES).await,
        Hostile::Alert(description) => {
            let alert = record(RECORD_ALERT, &[ALERT_LEVEL_FATAL, description]);
            return last_words(stream, &alert).await;
        }
        Hostile::Garbage => {
            listen(&mut stream).await?;
            say(&mut stream, &[0xa5; 512]).await?;
        }
        Hostile::DripTls => {
            listen(&mut stream).await?;
            let [length_high, length_low] = length16(RECORD_LIMIT);
            drip(&mut stream, &[RECORD_HANDSHAKE, 3, 3, length_high, length_low]).await?;
        }
        Hostile::HelloThenSilence | Hostile::HugeCertificate => {
            listen(&mut stream).await?;
            say(&mut stream, &record(RECORD_HANDSHAKE, &server_hello())).await?;
            if hostile == Hostile::HugeCertificate {
                huge_certificate(&mut stream).await?;
            }
        }
        Hostile::DripHttp => {
            listen(&mut stream).await?;
            drip(&mut stream, b"HTTP/1.1 200 OK\r\nX-Drip: ").await?;
        }
        Hostile::EndlessHeaders => {
            listen(&mut stream).await?;
            say(&mut stream, b"HTTP/1.1 200 OK\r\n").await?;
            endless(&mut stream, b"X-Endless: and one more, and one more, and one more\r\n")
                .await?;
        }
        Hostile::EndlessBody => {
            listen(&mut stream).await?;
            say(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<a>").await?;
            endless(&mut stream, b"and so on ").await?;
        }
    }
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(|_| ())
}

/// Says this to a client that has spoken, and closes.
async fn last_words<S>(mut stream: S, words: &[u8]) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    listen(&mut stream).await?;
    say(&mut stream, words).await?;
    stream.shutdown().await
}

/// What IIS says to TLS on a clear-text port, more or less.
const PLAIN_HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\
    Server: Microsoft-HTTPAPI/2.0\r\nConnection: close\r\nContent-Length: 11\r\n\r\nBad Request";

/// An empty SETTINGS frame, and a GOAWAY of stream 0 for a protocol error (RFC 9113 sections 6.5
/// and 6.8).
const HTTP2_FRAMES: &[u8] =
    &[0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// Waits for the client's first bytes.
async fn listen<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut buffer = [0; 4096];
    stream.read(&mut buffer).await.map(|_| ())
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Sends `start`, then zeros, a byte at a time, until the client goes.
async fn drip<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, start: &[u8]) -> io::Result<()> {
    for byte in start.iter().copied().chain(std::iter::repeat(b'0')) {
        say(stream, &[byte]).await?;
        sleep(DRIP).await;
    }
    Ok(())
}

/// Sends `line` over and over until the client goes.
async fn endless<S: AsyncWrite + Unpin>(stream: &mut S, line: &[u8]) -> io::Result<()> {
    let block = line.repeat(ENDLESS_BLOCK / line.len());
    loop {
        say(stream, &block).await?;
    }
}

/// The largest certificate message there can be, with a single certificate of zeros.
async fn huge_certificate<S: AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut head = vec![HANDSHAKE_CERTIFICATE];
    for outer in [0, 3, 6] {
        head.extend(length24(HANDSHAKE_LIMIT - outer));
    }
    say(stream, &record(RECORD_HANDSHAKE, &head)).await?;
    let zeros = record(RECORD_HANDSHAKE, &vec![0; RECORD_LIMIT]);
    for _ in 0..HANDSHAKE_LIMIT / RECORD_LIMIT {
        stream.write_all(&zeros).await?;
    }
    stream.flush().await
}

/// A TLS 1.2 `ServerHello` (RFC 5246 section 7.4.1.3) with a fixed random, no session and no
/// extensions, choosing a suite that every client offers.
fn server_hello() -> Vec<u8> {
    const ECDHE_RSA_AES_128_GCM_SHA256: [u8; 2] = [0xc0, 0x2f];
    const NO_SESSION_ID: u8 = 0;
    const NO_COMPRESSION: u8 = 0;
    let mut body = VERSION_TLS12.to_vec();
    body.extend([0x5a; 32]);
    body.push(NO_SESSION_ID);
    body.extend(ECDHE_RSA_AES_128_GCM_SHA256);
    body.push(NO_COMPRESSION);
    let mut message = vec![HANDSHAKE_SERVER_HELLO];
    message.extend(length24(body.len()));
    message.extend(body);
    message
}

/// A TLS record; `payload` must not be longer than [`RECORD_LIMIT`].
fn record(content_type: u8, payload: &[u8]) -> Vec<u8> {
    let mut record = vec![content_type];
    record.extend(VERSION_TLS12);
    record.extend(length16(payload.len()));
    record.extend(payload);
    record
}

/// The lower 16 bits, big-endian.
fn length16(length: usize) -> [u8; 2] {
    let [.., high, low] = length.to_be_bytes();
    [high, low]
}

/// The lower 24 bits, big-endian.
fn length24(length: usize) -> [u8; 3] {
    let [.., high, middle, low] = length.to_be_bytes();
    [high, middle, low]
}
