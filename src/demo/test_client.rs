//! A client for the tests of this module, as plain as can be: one connection, one exchange.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::call::{get_auth_config_action, get_config_action};
use super::pair;
use super::server::{Behaviour, ServerOptions, serve};
use super::soap::{SOAP_11, SOAP_12, SYNC_NAMESPACE};
use crate::model::request::{Channel, Method, Request};

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
    let headers = [
        ("Content-Type", "text/xml; charset=utf-8"),
        ("SOAPAction", action),
        ("Connection", "close"),
    ];
    request_with(method, path, &headers, body)
}

/// A request with these headers besides those that it must have.
pub(super) fn request_with(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let headers: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: wsus.demo.test\r\n{}Content-Length: {}\r\n\r\n{body}",
        headers.concat(),
        body.len()
    )
}

/// What this request of the program looks like; the connection stays open.
pub(super) fn wire(request: Request) -> String {
    let sync = |envelope| {
        format!(
            "<e:Envelope xmlns:e=\"{envelope}\"><e:Body><GetAuthConfig xmlns=\"{SYNC_NAMESPACE}\"/>\
             </e:Body></e:Envelope>"
        )
    };
    let action = get_config_action();
    let sync_action = get_auth_config_action();
    let xml = ("Content-Type", "text/xml; charset=utf-8");
    let soap12 = ("Content-Type", "application/soap+xml; charset=utf-8");
    let (headers, body) = if request == Request::GetAuthConfig12 {
        (vec![soap12], sync(SOAP_12))
    } else if request == Request::GetAuthConfig {
        (vec![xml, ("SOAPAction", sync_action.as_str())], sync(SOAP_11))
    } else if request.method() == Method::Post {
        (vec![xml, ("SOAPAction", action.as_str())], BODY.to_owned())
    } else {
        (request.range().map(|range| ("Range", range)).into_iter().collect(), String::new())
    };
    request_with(request.method().as_str(), request.path(), &headers, &body)
}

/// Sends that as the last request of a connection and returns all that is said.
pub(super) async fn ask(address: SocketAddr, request: &str) -> String {
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let answer = exchange(connect(address).await.unwrap(), &request).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The two ports of a server in clear text; ended when this is dropped.
pub(super) struct Site {
    pub(super) service: SocketAddr,
    pub(super) content: SocketAddr,
    pub(super) behaviour: watch::Sender<Behaviour>,
    _tasks: JoinSet<Infallible>,
}

impl Site {
    /// Must be called within a runtime. `options` are those of the service port.
    pub(super) fn start(behaviour: Behaviour, options: &ServerOptions) -> Self {
        let pair = pair::bind(&["127.0.0.1".parse().unwrap()]).unwrap().remove(0);
        let content = pair.content.local_addr().unwrap();
        let (behaviour, receiver) = watch::channel(behaviour);
        let mut tasks = JoinSet::new();
        for (socket, options) in
            [(pair.service, options.clone()), (pair.content, options.content_port())]
        {
            tasks.spawn(serve(socket.listen(64).unwrap(), options, receiver.clone()));
        }
        Self { service: pair.address, content, behaviour, _tasks: tasks }
    }

    /// Where a request of the program goes.
    pub(super) const fn at(&self, channel: Channel) -> SocketAddr {
        match channel {
            Channel::Service => self.service,
            Channel::Content => self.content,
        }
    }

    /// All that is said to a request of the program.
    pub(super) async fn said(&self, request: Request) -> String {
        ask(self.at(request.channel()), &wire(request)).await
    }
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
