//! Links that delay bytes as a long line would.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, sleep_until};

/// Bytes read at a time: the size of a full TLS record, rounded up.
const CHUNK: usize = 17 * 1024;

/// Chunks on the way in one direction. Bounds the memory of a link to about 2 MiB a direction,
/// and its rate to that much for each delay, which is above what a real line of that length
/// gives one connection.
const CHUNKS_IN_FLIGHT: usize = 128;

/// Puts a line of this round-trip time in front of `stream`.
///
/// Returned are the near end and the line itself, a future that must run beside whatever uses
/// the near end. Bytes travel half the round-trip time in either direction, in order; any number
/// of chunks is on the way at once, within a fixed bound. Writing to the near end only waits
/// while the line is full, and flushing it never waits.
///
/// Shutting down or dropping the near end closes `stream` for writing once everything written
/// before has arrived; the far end's close arrives at the near end as late as its bytes do. The
/// future ends when both directions have, or, with `stream`'s error, as soon as one fails. On
/// drop of the future, bytes on the way are lost and the near end sees the end of the stream.
///
/// Time is tokio's, whose timers count whole milliseconds: a direction takes up to one
/// millisecond longer than asked for, and never less.
pub fn delay<S>(
    stream: S,
    round_trip: Duration,
) -> (DuplexStream, impl Future<Output = io::Result<()>> + Send)
where
    S: AsyncRead + AsyncWrite + Send,
{
    let (near, far) = tokio::io::duplex(CHUNK);
    let line = async move {
        let (stream_reader, stream_writer) = tokio::io::split(stream);
        let (far_reader, far_writer) = tokio::io::split(far);
        let outward = carry(far_reader, stream_writer, round_trip / 2);
        // The near end may be gone while the far one still sends; that is no failure of the line.
        let inward = async {
            match carry(stream_reader, far_writer, round_trip / 2).await {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                result => result,
            }
        };
        tokio::try_join!(outward, inward).map(|_| ())
    };
    (near, line)
}

/// Moves bytes from `from` to `to`, each `delay` after it was read, and at the end shuts `to`
/// down.
async fn carry<R, W>(from: R, to: W, delay: Duration) -> io::Result<()>
where
    R: AsyncRead,
    W: AsyncWrite,
{
    let (mut from, mut to) = (Box::pin(from), Box::pin(to));
    let mut buffer = vec![0; CHUNK];
    let mut in_flight = VecDeque::<(Instant, Vec<u8>)>::new();
    let mut open = true;
    loop {
        let room = open && in_flight.len() < CHUNKS_IN_FLIGHT;
        let due = in_flight.front().map(|(due, _)| *due);
        tokio::select! {
            biased;
            () = arrival(due) => {
                // An empty chunk stands for the end of the stream.
                match in_flight.pop_front() {
                    Some((_, chunk)) if !chunk.is_empty() => {
                        to.write_all(&chunk).await?;
                        to.flush().await?;
                    }
                    _ => return to.shutdown().await,
                }
            }
            read = from.read(&mut buffer), if room => {
                let chunk: Vec<u8> = buffer.iter().take(read?).copied().collect();
                open = !chunk.is_empty();
                in_flight.push_back((now() + delay, chunk));
            }
        }
    }
}

/// Ends when the foremost chunk is due; never without one.
async fn arrival(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[expect(clippy::disallowed_methods, reason = "the line keeps tokio's time, which tests steer")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::JoinSet;

    const ROUND_TRIP: Duration = Duration::from_millis(100);
    const ONE_WAY: Duration = Duration::from_millis(50);

    /// The near end and the far end of a running line.
    fn line(tasks: &mut JoinSet<io::Result<()>>) -> (DuplexStream, DuplexStream) {
        let (far, stream) = tokio::io::duplex(64 * 1024);
        let (near, line) = delay(stream, ROUND_TRIP);
        tasks.spawn(line);
        (near, far)
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_take_half_the_round_trip_each_way() {
        let mut tasks = JoinSet::new();
        let (mut near, mut far) = line(&mut tasks);
        let start = now();
        near.write_all(b"ping").await.unwrap();
        assert_eq!(now() - start, Duration::ZERO);
        let mut buffer = [0; 4];
        far.read_exact(&mut buffer).await.unwrap();
        assert_eq!((&buffer, now() - start), (b"ping", ONE_WAY));
        far.write_all(b"pong").await.unwrap();
        near.read_exact(&mut buffer).await.unwrap();
        assert_eq!((&buffer, now() - start), (b"pong", ROUND_TRIP));
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_transfer_is_on_the_way_all_at_once_and_in_order() {
        let mut tasks = JoinSet::new();
        let (mut near, mut far) = line(&mut tasks);
        let sent: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        let start = now();
        let (received, written) = tokio::join!(
            async {
                let mut received = vec![0; sent.len()];
                far.read_exact(&mut received).await.unwrap();
                received
            },
            near.write_all(&sent),
        );
        written.unwrap();
        assert!(received == sent);
        assert_eq!(now() - start, ONE_WAY);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_on_the_way_is_bounded() {
        let mut tasks = JoinSet::new();
        let (mut near, _far) = line(&mut tasks);
        let flood = vec![0; 4 * CHUNK * CHUNKS_IN_FLIGHT];
        let write = tokio::time::timeout(Duration::from_mins(1), near.write_all(&flood)).await;
        assert!(write.is_err(), "nobody reads at the far end");
    }

    #[tokio::test(start_paused = true)]
    async fn half_close_keeps_the_other_direction() {
        let mut tasks = JoinSet::new();
        let (mut near, mut far) = line(&mut tasks);
        let start = now();
        near.write_all(b"last").await.unwrap();
        near.shutdown().await.unwrap();
        let mut received = Vec::new();
        far.read_to_end(&mut received).await.unwrap();
        assert_eq!((received.as_slice(), now() - start), (&b"last"[..], ONE_WAY));
        far.write_all(b"answer").await.unwrap();
        drop(far);
        let mut received = Vec::new();
        near.read_to_end(&mut received).await.unwrap();
        assert_eq!((received.as_slice(), now() - start), (&b"answer"[..], ROUND_TRIP));
        assert!(tasks.join_next().await.unwrap().unwrap().is_ok(), "the line ended");
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_the_near_end_still_delivers() {
        let mut tasks = JoinSet::new();
        let (mut near, mut far) = line(&mut tasks);
        near.write_all(b"alert").await.unwrap();
        drop(near);
        let mut received = Vec::new();
        far.read_to_end(&mut received).await.unwrap();
        assert_eq!(received, b"alert");
        drop(far);
        assert!(tasks.join_next().await.unwrap().unwrap().is_ok(), "the line ended");
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_the_line_ends_both_sides() {
        let mut tasks = JoinSet::new();
        let (mut near, mut far) = line(&mut tasks);
        tasks.shutdown().await;
        let mut received = Vec::new();
        near.read_to_end(&mut received).await.unwrap();
        far.read_to_end(&mut received).await.unwrap();
        assert_eq!(received, b"");
    }
}
