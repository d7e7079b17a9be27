//! What an answer means for what was offered.

use crate::model::alert;
use crate::model::tls_scan::{Answer, ServerChoice};

/// `handshake_failure` and `insufficient_security`: nothing that was offered suits.
/// `protocol_version`: not with this version. All are numbers of RFC 8446 section 6.
const CLEAR: [u8; 3] = [40, 71, 70];

/// What the server makes of an offer.
#[derive(Debug)]
pub(super) enum Reply<'a> {
    /// It chose.
    Chosen(&'a ServerChoice),
    /// It said that nothing suits.
    Refused,
    /// It ended the connection, and how. That may be a refusal: Windows sends no alert where it
    /// has no suite in common with the client.
    Unclear(String),
    /// Something went wrong, and what.
    Trouble(String),
}

/// Reads the answer of a server that is known to accept the version.
pub(super) fn read(answer: &Answer) -> Reply<'_> {
    match answer {
        Answer::Chosen(choice) => Reply::Chosen(choice),
        Answer::Alert(number) if CLEAR.contains(number) => Reply::Refused,
        // It has no suite for this version and turned to another one.
        Answer::OtherVersion(_) => Reply::Refused,
        Answer::Alert(number) => {
            Reply::Unclear(format!("the server sent {}", alert::words(*number)))
        }
        Answer::Closed(_) => Reply::Unclear("the server closed the connection".to_owned()),
        Answer::Reset(_) => Reply::Unclear("the server reset the connection".to_owned()),
        Answer::Timeout(_) => Reply::Trouble("no answer came in time".to_owned()),
        Answer::Broken(what) => Reply::Trouble(format!("the answer broke the protocol: {what}")),
        Answer::NotTls(what) => Reply::Trouble(format!("the answer was not TLS: {what}")),
        Answer::NotConnected(failure) => {
            Reply::Trouble(format!("no connection could be opened: {}", failure.detail))
        }
    }
}
