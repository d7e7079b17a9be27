//! TLS handshakes that accept every certificate, so that the evidence survives.
//!
//! A handshake that stops at the first thing wrong with a certificate shows nothing but that.
//! Here it goes on; what the server presented is kept as [`evidence::Evidence`] and judged
//! afterwards. Nothing secret is ever sent over such a connection.

pub mod classify;
pub mod evidence;
pub mod sniff;

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::model::failure::{Cause, Failure, Phase};
use crate::model::tls::{TlsSession, TlsVersion};
use crate::net::cbc_suites;
use crate::net::tls::evidence::Evidence;
use crate::net::tls::sniff::Sniff;

/// Completes a handshake whatever the certificate is. `server_name` is a DNS name, which goes
/// into SNI, or a literal address, which does not. The chain goes into `evidence`, also when the
/// handshake fails after it was presented.
///
/// There is no limit of time: the caller wraps the future in a deadline. Dropping the future
/// closes the connection.
///
/// # Errors
/// The failure of phase TLS, with the first bytes of whatever answered instead of TLS.
pub async fn handshake<S>(
    stream: S,
    server_name: &str,
    evidence: &Evidence,
) -> Result<(TlsStream<Sniff<S>>, TlsSession), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = ServerName::try_from(server_name.to_owned()).map_err(|error| {
        let detail = format!("{server_name} cannot be sent as a server name: {error}");
        Failure::new(Phase::Tls, Cause::TlsProtocol, detail)
    })?;
    let connector = TlsConnector::from(Arc::new(evidence.client_config()));
    let (stream, first_bytes) = Sniff::new(stream);
    match connector.connect(name, stream).await {
        Ok(stream) => {
            let session = session(stream.get_ref().1);
            Ok((stream, session))
        }
        Err(error) => Err(classify::handshake_failure(&error, &first_bytes.get(), evidence)),
    }
}

fn session(connection: &ClientConnection) -> TlsSession {
    let suite = connection.negotiated_cipher_suite().map(|suite| suite.suite());
    let group = connection.negotiated_key_exchange_group();
    let alpn = connection.alpn_protocol();
    TlsSession {
        version: match connection.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => TlsVersion::Tls13,
            // The configuration allows no other.
            Some(_) | None => TlsVersion::Tls12,
        },
        suite: suite.and_then(|suite| suite.as_str()).unwrap_or("unknown").to_owned(),
        group: group.map(|group| format!("{:?}", group.name())),
        alpn: alpn.map(|name| String::from_utf8_lossy(name).into_owned()),
        legacy_suite: suite.is_some_and(cbc_suites::is_legacy),
    }
}

#[cfg(test)]
mod tests;
