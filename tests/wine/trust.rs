//! Resolvers and roots: of the system, and given.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::runtime::Runtime;
use wsus_probe::demo::dns::{DnsServer, Entry};

use crate::fleet::Site;
use crate::suite::Test;
use crate::tls::{NAME, s_server};
use crate::windows::says;

pub(super) const TESTS: &[Test] = &[
    ("the_resolver_of_the_system_is_asked", the_resolver_of_the_system_is_asked),
    ("a_given_resolver_is_asked", a_given_resolver_is_asked),
    ("roots_come_from_the_windows_store", roots_come_from_the_windows_store),
    ("roots_come_from_a_file", roots_come_from_a_file),
];

/// What `tests/wine/run` has put into `/etc/resolv.conf`, where Wine looks.
const SYSTEM_RESOLVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 53);

/// Another one.
const OTHER_RESOLVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5353);

/// A DNS server that knows [`NAME`] alone, until it is dropped.
struct Resolver(Option<Runtime>);

impl Resolver {
    fn start(at: SocketAddr) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.unwrap();
        let (udp, tcp) = (UdpSocket::bind(at).unwrap(), TcpListener::bind(at).unwrap());
        udp.set_nonblocking(true).unwrap();
        tcp.set_nonblocking(true).unwrap();
        let zone = [(NAME.to_owned(), Entry::new([Ipv4Addr::LOCALHOST.into()]))];
        let server = Arc::new(DnsServer::new(zone.into()));
        runtime.spawn(async move {
            let udp = tokio::net::UdpSocket::from_std(udp).unwrap();
            server.serve(udp, tokio::net::TcpListener::from_std(tcp).unwrap()).await
        });
        Self(Some(runtime))
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

/// The only member of the only endpoint that was checked with these options.
fn member(port: u16, options: &[&str]) -> Value {
    let endpoint = format!("https://{NAME}:{port}");
    let words = ["check", "--output", "json", "--deadline", "20s", "--endpoint", &endpoint];
    let report = says(words.iter().chain(options)).json();
    let members = report["endpoints"][0]["members"].as_array().cloned().unwrap_or_default();
    assert_eq!(members.len(), 1, "{report:#}");
    members.into_iter().next().unwrap()
}

fn the_resolver_of_the_system_is_asked() {
    let _resolver = Resolver::start(SYSTEM_RESOLVER);
    let server = s_server(&["-tls1_3"]);
    assert_eq!(member(server.address.port(), &[])["address"], "127.0.0.1");
}

fn a_given_resolver_is_asked() {
    let _resolver = Resolver::start(OTHER_RESOLVER);
    let server = s_server(&["-tls1_3"]);
    let found = member(server.address.port(), &["--resolver", &OTHER_RESOLVER.to_string()]);
    assert_eq!(found["address"], "127.0.0.1");
    let endpoint = format!("https://{NAME}:{}", server.address.port());
    let silent = says(["check", "--endpoint", &endpoint, "--deadline", "3s"]);
    assert_eq!(silent.code(), 1, "the system's resolver does not run: {silent:?}");
}

/// `tests/wine/run` has put the root of this server's certificate into the store.
fn roots_come_from_the_windows_store() {
    let server = s_server(&["-tls1_3"]);
    let url = format!("https://{}", server.address);
    let report = says(["check", "--output", "json", "--endpoint", &url]).json();
    let verdict = &report["endpoints"][0]["members"][0]["certificate"]["verdict"];
    assert_eq!(verdict, "ok", "{report:#}");
}

/// The root of a fleet is made for it, and in no store.
fn roots_come_from_a_file() {
    let site = Site::start();
    for (config, verdict) in
        [(site.windows_config(), "ok"), (site.windows_config_without_root(), "unknown_issuer")]
    {
        let words = ["check", "dfw", "--output", "json", "--config", &config];
        let report = says(words).json();
        let found = &report["endpoints"][0]["members"][0]["certificate"]["verdict"];
        assert_eq!(found, verdict, "{report:#}");
    }
}
