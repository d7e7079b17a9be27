//! One hand-made `ClientHello` over one connection.

use std::io;

use rustls::crypto::ring;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::model::failure::Cause;
use crate::model::timing::Timed;
use crate::model::tls_scan::{Answer, Attempt};
use crate::net::system_error;
use crate::net::tcp::Link;
use crate::wire::client_hello::Hello;
use crate::wire::server_flight::{End, ServerFlight};

/// Bytes read at once: a record of the largest size (RFC 8446 section 5.1), so that few reads make
/// up a long chain.
const PIECE: usize = 16 * 1024;

/// As good as any other bytes but zeros, which are no public key (RFC 7748 section 6.1).
const WITHOUT_RANDOMNESS: [u8; 32] = [9; 32];

/// Sends the hello in one piece and reads until the answer is clear or the deadline has passed.
/// The connection is reset at its end: nothing is left behind on either side. Dropping the future
/// closes the connection.
///
/// A server that closes right after accepting is seen as closing or as resetting, depending on
/// what arrives first; nothing may be concluded from the difference.
pub async fn ask(mut link: Box<dyn Link>, hello: &Hello, deadline: Instant) -> Attempt {
    link.reset_on_close();
    let mut flight = ServerFlight::new(hello);
    let mut time = None;
    let exchange = exchange(link.as_mut(), hello, &mut flight, &mut time);
    let outcome = timeout_at(deadline, exchange).await;
    let answer = outcome.unwrap_or_else(|_| flight.end(End::Timeout));
    Attempt { shape: hello.shape, answer, warnings: flight.warnings().to_vec(), time }
}

/// Random bytes for a hello. Nothing secret is derived from them: without a source of randomness
/// they are always the same.
pub fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    match ring::default_provider().secure_random.fill(&mut bytes) {
        Ok(()) => bytes,
        Err(_) => WITHOUT_RANDOMNESS,
    }
}

async fn exchange(
    link: &mut dyn Link,
    hello: &Hello,
    flight: &mut ServerFlight,
    time: &mut Option<Timed>,
) -> Answer {
    let sent = send(link, hello).await;
    let mut piece = vec![0; PIECE];
    // Also where sending failed: the server may have said why before it closed.
    loop {
        let count = match link.read(&mut piece).await {
            Ok(0) => return flight.end(sent.as_ref().err().map_or(End::Closed, end)),
            Ok(count) => count,
            Err(error) => return flight.end(end(&error)),
        };
        *time = link.first_write_to_last_read();
        if let Some(answer) = flight.feed(piece.get(..count).unwrap_or_default()) {
            return answer;
        }
    }
}

async fn send(link: &mut dyn Link, hello: &Hello) -> io::Result<()> {
    link.write_all(&hello.encode()).await?;
    link.flush().await
}

/// The system has many words for a connection that is no more.
fn end(error: &io::Error) -> End {
    let cause = system_error::cause(error);
    if cause == Cause::Closed {
        End::Closed
    } else if cause == Cause::Timeout {
        End::Timeout
    } else {
        End::Reset
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    use super::ask;
    use crate::model::protocol::Protocol;
    use crate::model::tls_scan::{Answer, Attempt, HelloShape};
    use crate::net::clock;
    use crate::net::tap::Tap;
    use crate::wire::client_hello::Hello;

    /// What a server does, the answer, and whether that took a time.
    type Case = (&'static str, fn(TcpStream), Answer, bool);

    /// A fatal alert `protocol_version`.
    const ALERT: [u8; 7] = [21, 3, 1, 0, 2, 2, 70];

    /// The answer of a server that does this with the connection.
    #[expect(clippy::disallowed_methods, reason = "the connection is not what is tested")]
    async fn answer_of(limit: Duration, serve: fn(TcpStream)) -> Attempt {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let server = std::thread::spawn(move || serve(accepted));
        let hello = Hello::new(Protocol::Tls12, HelloShape::Full, "wsus.test", super::random());
        let attempt = ask(Box::new(Tap::new(stream)), &hello, clock::now() + limit).await;
        server.join().unwrap();
        attempt
    }

    fn read_hello(mut stream: &TcpStream) {
        assert!(stream.read(&mut [0; 2048]).unwrap() > 0);
    }

    fn reset(stream: TcpStream) {
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        drop(stream);
    }

    #[tokio::test]
    async fn ends_and_answers() {
        let not_tls = Answer::NotTls("busy".to_owned());
        let table: [Case; 5] = [
            ("closes", |stream| read_hello(&stream), Answer::Closed(0), false),
            (
                "sends a part",
                |mut stream| {
                    read_hello(&stream);
                    stream.write_all(&ALERT[..3]).unwrap();
                },
                Answer::Closed(3),
                true,
            ),
            (
                "refuses, and resets",
                |mut stream| {
                    read_hello(&stream);
                    stream.write_all(&ALERT).unwrap();
                    reset(stream);
                },
                Answer::Alert(70),
                true,
            ),
            (
                "refuses in pieces",
                |mut stream| {
                    read_hello(&stream);
                    for byte in ALERT {
                        stream.write_all(&[byte]).unwrap();
                    }
                },
                Answer::Alert(70),
                true,
            ),
            (
                "does not even read",
                |mut stream| {
                    stream.write_all(b"busy").unwrap();
                },
                not_tls,
                true,
            ),
        ];
        for (name, serve, answer, timed) in table {
            let attempt = answer_of(Duration::from_secs(10), serve).await;
            assert_eq!((&attempt.answer, attempt.time.is_some()), (&answer, timed), "{name}");
        }
    }

    #[tokio::test]
    async fn a_reset_is_not_a_close() {
        let reset_after_hello = |stream: TcpStream| {
            read_hello(&stream);
            reset(stream);
        };
        let attempt = answer_of(Duration::from_secs(10), reset_after_hello).await;
        assert_eq!((attempt.answer, attempt.time), (Answer::Reset(0), None));
    }

    #[tokio::test]
    async fn silence_ends_with_the_deadline() {
        let wait_for_the_reset = |stream: TcpStream| {
            read_hello(&stream);
            assert!((&stream).read(&mut [0]).is_err());
        };
        let attempt = answer_of(Duration::from_millis(50), wait_for_the_reset).await;
        assert_eq!((attempt.answer, attempt.time), (Answer::Timeout(0), None));
    }
}
