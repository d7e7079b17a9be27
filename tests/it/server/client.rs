//! A client that sends exactly what it is told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::PATIENCE;
use crate::support::peer::connect;

/// An answer in parts.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// Asks with that method, path and further header lines, over a connection of its own.
pub(super) async fn ask(address: SocketAddr, what: &str, headers: &str) -> Reply {
    let stream = connect(address).await.unwrap();
    exchange(stream, &request(what, headers)).await.expect("an answer")
}

pub(super) async fn get(address: SocketAddr, path: &str) -> Reply {
    ask(address, &format!("GET {path}"), "").await
}

pub(super) fn request(what: &str, headers: &str) -> Vec<u8> {
    format!("{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

/// Sends bytes and reads up to the end of the connection; `None` if no answer
/// came back.
pub(super) async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    bytes: &[u8],
) -> Option<Reply> {
    // A server that refuses does not read everything first.
    let _ = stream.write_all(bytes).await;
    let mut found = Vec::new();
    // What came before a reset counts.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut found)).await.expect("an end in time");
    let split = found.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(found[..split].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let pair = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    };
    Some(Reply { status, headers: lines.map(pair).collect(), body: found[split + 4..].to_vec() })
}

/// Asks over TLS; an error if the handshake or the connection fails.
pub(super) async fn ask_tls(
    address: SocketAddr,
    config: &Arc<ClientConfig>,
    path: &str,
) -> Result<Reply, String> {
    let stream = connect(address).await.map_err(|error| error.to_string())?;
    let name = ServerName::try_from("localhost").unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::clone(config));
    let connecting = timeout(PATIENCE, connector.connect(name, stream)).await.unwrap();
    let stream = connecting.map_err(|error| error.to_string())?;
    // A refusal of the client's certificate in TLS 1.3 comes after the client's handshake.
    exchange(stream, &request(&format!("GET {path}"), "")).await.ok_or_else(|| "closed".to_owned())
}
