//! A client for the tests of this module, as plain as can be: one connection, one exchange.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::call::get_config_action;

/// Nothing on loopback takes this long.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// More than any finite answer of the simulated servers.
const ANSWER_LIMIT: u64 = 4 * 1024 * 1024;

pub(super) const BODY: &str = "<s:Envelope \
    xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><GetConfig \
    xmlns=\"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService\">\
    <protocolVersion>1.8</protocolVersion></GetConfig></s:Body></s:Envelope>";

#[expect(clippy::disallowed_methods, reason = "certificates are made for the real present")]
pub(super) fn present() -> SystemTime {
    SystemTime::now()
}

#[expect(clippy::disallowed_methods, reason = "this is the test's own client")]
pub(super) async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    TcpStream::connect(address).await
}

/// A TLS connection to the server of that name, which must prove it to this root.
pub(super) async fn connect_tls(
    address: SocketAddr,
    name: &str,
    root: &CertificateDer<'static>,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, connect(address).await?).await
}

/// A `GetConfig` request as MS-WUSP wants it.
pub(super) fn get_config() -> String {
    request("POST", "/ClientWebService/client.asmx", &get_config_action(), BODY)
}

pub(super) fn request(method: &str, path: &str, action: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: wsus.demo.test\r\nConnection: close\r\n\
         Content-Type: text/xml; charset=utf-8\r\nSOAPAction: {action}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Sends the request and reads to the end of the connection, within [`PATIENCE`] and
/// [`ANSWER_LIMIT`].
pub(super) async fn exchange<S>(mut stream: S, request: &str) -> io::Result<Vec<u8>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut answer = Vec::new();
    let exchange = async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        (&mut stream).take(ANSWER_LIMIT).read_to_end(&mut answer).await
    };
    tokio::time::timeout(PATIENCE, exchange).await??;
    Ok(answer)
}
