//! Servers, resolvers and certificates on loopback; all of them end when the world is dropped.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "certificates are dated by the real clock")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use wsus_probe::demo::authority::{Authority, Identity, IssueOptions};
use wsus_probe::demo::dns::{self, DnsServer, Zone};
use wsus_probe::demo::fleet::fault::Fault;
use wsus_probe::demo::fleet::{Fleet, FleetOptions};
use wsus_probe::demo::server::{Behaviour, ServerOptions, serve, tls_config};

use super::ports::free_pair;

pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The name that certificates are for where a test needs none of its own.
pub(crate) const NAME: &str = "wsus.it.test";

/// Everything that runs beside the program under test.
pub(crate) struct World {
    runtime: Runtime,
    authority: Authority,
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let authority = Authority::new(SystemTime::now()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        Self { runtime: runtime.unwrap(), authority, folder }
    }

    /// A file in the world's own folder.
    pub(crate) fn file(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, contents).unwrap();
        path
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Certificate chain and key in PEM, for servers that are programs of their own.
    pub(crate) fn identity_files(&self, name: &str) -> (PathBuf, PathBuf) {
        let identity = self.authority.issue(&IssueOptions::new([name], SystemTime::now())).unwrap();
        let pem = |tag: &str, der: &[u8]| pem::encode(&pem::Pem::new(tag, der));
        let chain: String = identity.chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
        let key = pem("PRIVATE KEY", identity.key.secret_der());
        (self.file("server.pem", &chain), self.file("server.key", &key))
    }

    /// A certificate for [`NAME`] and all of loopback, changed as wanted, and its key.
    pub(crate) fn identity(&self, change: impl FnOnce(&mut IssueOptions)) -> Identity {
        let mut options = IssueOptions::new([NAME, "127.0.0.1", "::1"], SystemTime::now());
        change(&mut options);
        self.authority.issue(&options).unwrap()
    }

    /// TLS with a certificate for [`NAME`] and all of loopback, changed as wanted.
    pub(crate) fn tls(&self, change: impl FnOnce(&mut IssueOptions)) -> Arc<ServerConfig> {
        let identity = self.identity(change);
        tls_config(Arc::new(rustls::crypto::ring::default_provider()), identity).unwrap()
    }

    /// A certificate that ended three days ago.
    pub(crate) fn expired(&self) -> Arc<ServerConfig> {
        const DAY: Duration = Duration::from_hours(24);
        self.tls(|options| {
            options.not_before = SystemTime::now() - 400 * DAY;
            options.not_after = SystemTime::now() - 3 * DAY;
        })
    }

    /// An HTTPS server on 127.0.0.1, with its content port.
    pub(crate) fn https(&self, behaviour: Behaviour) -> SocketAddr {
        self.serve(listener(LOOPBACK, 0), behaviour, Some(self.tls(|_| {})))
    }

    /// A clear-text server on 127.0.0.1.
    pub(crate) fn http(&self, behaviour: Behaviour) -> SocketAddr {
        self.serve(listener(LOOPBACK, 0), behaviour, None)
    }

    pub(crate) fn serve(
        &self,
        listener: TcpListener,
        behaviour: Behaviour,
        tls: Option<Arc<ServerConfig>>,
    ) -> SocketAddr {
        let address = listener.local_addr().unwrap();
        let (_, receiver) = watch::channel(behaviour);
        let options =
            ServerOptions { tls, machine: "WSUS-IT".to_owned(), ..ServerOptions::default() };
        if options.tls.is_some() {
            let content = self::listener(address.ip(), address.port() - 1);
            self.spawn(content, options.content_port(), receiver.clone());
        }
        self.spawn(listener, options, receiver);
        address
    }

    /// Serves at one port what the options say.
    pub(crate) fn spawn(
        &self,
        listener: TcpListener,
        options: ServerOptions,
        behaviour: watch::Receiver<Behaviour>,
    ) {
        let _inside = self.runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        self.runtime.spawn(serve(listener, options, behaviour));
    }

    /// A resolver on 127.0.0.1.
    pub(crate) fn dns(&self, zone: Zone) -> SocketAddr {
        self.dns_server(zone).0
    }

    /// The same, and what its zone is changed with.
    pub(crate) fn dns_server(&self, zone: Zone) -> (SocketAddr, Arc<DnsServer>) {
        let _inside = self.runtime.enter();
        let (address, udp, tcp) = dns::bind(LOOPBACK).unwrap();
        let server = Arc::new(DnsServer::new(zone));
        self.runtime.spawn(Arc::clone(&server).serve(udp, tcp));
        (address, server)
    }

    /// The demonstration's fleet without faults, and the file that tells the program of it.
    pub(crate) fn fleet(&self) -> (Fleet, PathBuf) {
        self.fleet_with([])
    }

    /// The same with these faults, each at a place.
    pub(crate) fn fleet_with<const N: usize>(
        &self,
        faults: [(&str, Fault); N],
    ) -> (Fleet, PathBuf) {
        let _inside = self.runtime.enter();
        let options = FleetOptions {
            now: SystemTime::now(),
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            faults: faults.map(|(place, fault)| (place.to_owned(), fault)).into(),
        };
        let fleet = Fleet::start(&options).unwrap();
        let ca = self.file("fleet-ca.pem", fleet.authority_pem());
        let config = self.file("fleet.toml", &fleet.config_toml(ca.to_str().unwrap()));
        (fleet, config)
    }
}

/// The configuration of a fleet whose resolver is compared, if only with itself: so that what is
/// exported of it is there.
pub(crate) fn comparing(config: &str) -> String {
    let (before, rest) = config.split_once("resolver = ").unwrap();
    let (resolver, rest) = rest.split_once('\n').unwrap();
    format!("{before}resolver = {resolver}\ncompare_resolvers = [{resolver}]\n{rest}")
}

/// A listening socket; port 0 is some port above a free one, which may be wanted for content.
pub(crate) fn listener(address: IpAddr, port: u16) -> TcpListener {
    let port = if port == 0 { free_pair().port() } else { port };
    let listener = TcpListener::bind((address, port)).unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

/// An address where nothing listens, until whoever is given it does.
pub(crate) fn nobody() -> SocketAddr {
    free_pair()
}
