//! Good answers that are spoilt on their way out.

use std::future::pending;
use std::io;
use std::time::Duration;

use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, copy, duplex, split,
};
use tokio::time::sleep;

/// Bytes between the server and what spoils its answers.
const BUFFER: usize = 16 * 1024;

/// What happens to all that a server says on a connection, after TLS if there is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mangling {
    /// The connection is closed in an orderly way once so many bytes are out.
    CutAfter(usize),
    /// A byte at a time, each after this pause.
    Trickle(Duration),
    /// So many interim answers `100 Continue` (RFC 9110 section 15.2.1) before the first byte.
    ContinueFirst(usize),
}

/// The stream to serve in place of `stream`, and the future that carries its bytes; dropping the
/// future ends both.
pub(super) fn line<S>(
    stream: S,
    mangling: Mangling,
) -> (DuplexStream, impl Future<Output = io::Result<()>> + Send)
where
    S: AsyncRead + AsyncWrite + Send,
{
    let (near, far) = duplex(BUFFER);
    let carried = async move {
        let (mut from_server, mut to_server) = split(far);
        let (mut from_client, mut to_client) = split(stream);
        let inward = async {
            copy(&mut from_client, &mut to_server).await?;
            to_server.shutdown().await?;
            // The answer may still be on its way.
            pending().await
        };
        tokio::select! {
            sent = send(mangling, &mut from_server, &mut to_client) => sent,
            ended = inward => ended,
        }
    };
    (near, carried)
}

/// Moves bytes until the server ends or the mangling does.
async fn send<R, W>(mangling: Mangling, from: &mut R, to: &mut W) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    match mangling {
        Mangling::CutAfter(bytes) => {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            copy(&mut from.take(bytes), to).await?;
        }
        Mangling::Trickle(pause) => trickle(pause, from, to).await?,
        Mangling::ContinueFirst(times) => {
            // Not before the server has something to say: the request has come by then.
            let first = from.read_u8().await?;
            for _ in 0..times {
                to.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
            to.write_all(&[first]).await?;
            copy(from, to).await?;
        }
    }
    to.shutdown().await
}

async fn trickle<R, W>(pause: Duration, from: &mut R, to: &mut W) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut buffer = [0];
    while from.read(&mut buffer).await? > 0 {
        // The shortest sleep there is takes a tick of the system's timer: up to 16 ms on Windows.
        if !pause.is_zero() {
            sleep(pause).await;
        }
        to.write_all(&buffer).await?;
        to.flush().await?;
    }
    Ok(())
}
