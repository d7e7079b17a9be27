//! One hand-made `ClientHello` over one connection.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::model::failure::Cause;
use crate::model::timing::Timed;
use crate::model::tls_scan::{Answer, Attempt};
use crate::net::tcp::Link;
use crate::net::{cbc_suites, system_error};
use crate::wire::client_hello::Hello;
use crate::wire::server_flight::{End, ServerFlight};

/// Bytes read at once: a record of the largest size (RFC 8446 section 5.1), so that few reads make
/// up a long chain.
const PIECE: usize = 16 * 1024;

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

/// Random bytes for a hello. Nothing is derived from them; without a source of randomness they
/// are zero.
pub fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    // The bytes only have to differ from those of other connections, and servers do not compare.
    let _ = cbc_suites::provider().secure_random.fill(&mut bytes);
    bytes
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
