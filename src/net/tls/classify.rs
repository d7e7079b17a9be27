//! What the errors of a TLS connection mean.

use std::io;

use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible};

use crate::model::alert;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::text::one_line;
use crate::net::system_error;
use crate::net::tls::evidence::Evidence;

/// The longest quotation of foreign bytes, in characters.
const MAX_QUOTE: usize = 60;

/// Content types of TLS records (RFC 8446, section 5.1): what a TLS peer's first byte can be.
const RECORD_TYPES: std::ops::RangeInclusive<u8> = 20..=24;

/// Major version in the records of every TLS version: what a TLS peer's second byte is.
const RECORD_MAJOR: u8 = 3;

/// The failure of a handshake, from its error and the first bytes that arrived.
pub(super) fn handshake_failure(error: &io::Error, first: &[u8], evidence: &Evidence) -> Failure {
    let (cause, detail) = match tls_error(error) {
        Some(Error::InvalidMessage(_)) if !speaks_tls(first) => not_tls(first),
        // It spoke TLS up to here.
        Some(broken @ Error::InvalidMessage(_)) => (Cause::TlsProtocol, broken.to_string()),
        Some(tls) => of(tls),
        None if !first.is_empty() && !speaks_tls(first) => not_tls(first),
        None => (system_error::cause(error), ended(error, first)),
    };
    let refused =
        matches!(cause, Cause::NoCommonSuite | Cause::Alert | Cause::Reset | Cause::Closed);
    if refused && evidence.client_certificate_requested() {
        let detail = format!("the server asked for a client certificate, then: {detail}");
        return Failure::new(Phase::Tls, Cause::ClientCertificateRequired, detail);
    }
    Failure::new(Phase::Tls, cause, detail)
}

/// The TLS error inside an I/O error, if there is one.
fn tls_error(error: &io::Error) -> Option<&Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Error>())
}

fn speaks_tls(first: &[u8]) -> bool {
    first.first().is_some_and(|byte| RECORD_TYPES.contains(byte))
        && first.get(1).is_none_or(|major| *major == RECORD_MAJOR)
}

fn not_tls(first: &[u8]) -> (Cause, String) {
    let quote = one_line(&String::from_utf8_lossy(first), MAX_QUOTE);
    let cause = if first.starts_with(b"HTTP/") { Cause::PlainHttp } else { Cause::NotTls };
    (cause, format!("the answer to the TLS hello begins with \"{quote}\""))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the standard library's list is open")]
fn ended(error: &io::Error, first: &[u8]) -> String {
    let when = if first.is_empty() { "before it answered" } else { "within the handshake" };
    match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("the server closed the connection {when}"),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            format!("the server reset the connection {when}")
        }
        _ => format!("{error}, {when}"),
    }
}

/// Cause and evidence of an error of the TLS library.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's lists of errors are open")]
pub fn of(error: &Error) -> (Cause, String) {
    let cause = match error {
        Error::AlertReceived(alert) => return (by_alert(*alert), said(*alert)),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => Cause::NoCommonVersion,
        Error::PeerIncompatible(_) => Cause::NoCommonSuite,
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => Cause::NotTls,
        _ => Cause::TlsProtocol,
    };
    (cause, error.to_string())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other alert keeps its name")]
fn by_alert(alert: AlertDescription) -> Cause {
    match alert {
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            Cause::NoCommonSuite
        }
        AlertDescription::ProtocolVersion => Cause::NoCommonVersion,
        AlertDescription::UnrecognisedName => Cause::UnrecognizedName,
        AlertDescription::CertificateRequired => Cause::ClientCertificateRequired,
        _ => Cause::Alert,
    }
}

fn said(alert: AlertDescription) -> String {
    let number = u8::from(alert);
    let name = alert::name(number).map_or_else(|| format!("{alert:?}"), str::to_owned);
    format!("the server sent the fatal alert {name} ({number})")
}
