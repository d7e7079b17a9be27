//! Six regions with WSUS servers, and a resolver, on the emulated network: what the tests of
//! the product and the benchmarks probe.
//!
//! Each region has two addresses at the same distance. The certificate of the first is in order,
//! that of the second has expired; the resolver leads to the one or the other.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket, UdpSocket};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use wsus_probe::demo::authority::{Authority, IssueOptions};
use wsus_probe::demo::dns::{DnsServer, Entry};
use wsus_probe::demo::server::{Behaviour, ServerOptions, serve, tls_config};

use crate::wan::path::{Path, State};
use crate::wan::{Lab, Spec, block_on};

/// Data-center code and round-trip time in milliseconds of each region, nearest first.
pub(crate) const REGIONS: [(&str, u64); 6] =
    [("dfw", 12), ("ord", 35), ("iad", 48), ("lon", 110), ("syd", 190), ("hkg", 230)];

/// Round-trip time to the resolver in milliseconds.
pub(crate) const RESOLVER_RTT: u64 = 2;

/// The resolver's address.
pub(crate) const RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 53, 53));

/// TCP port of every server: that of WSUS with TLS.
const PORT: u16 = 8531;

/// Connections the kernel completes before a server takes them: more than any burst of a test.
const BACKLOG: u32 = 4096;

/// How long ago the expired certificates expired: beyond any tolerance for wrong clocks.
const EXPIRED_SINCE: Duration = Duration::from_hours(24);

/// What is wrong with a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing.
    None,
    /// Packets vanish.
    BlackHole,
    /// Connections are refused.
    Refuse,
    /// A router says that the host cannot be reached.
    Unreachable,
    /// The name leads to the server with the expired certificate.
    Expired,
    /// Every request is answered by 503.
    Stopped,
}

/// The running servers and their network. Dropping it ends both.
pub(crate) struct Regions {
    pub(crate) lab: Lab,
    pub(crate) dns: Arc<DnsServer>,
    behaviours: Vec<watch::Sender<Behaviour>>,
    directory: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Regions {
    /// Starts everything; when this returns, all servers answer.
    ///
    /// # Errors
    /// What the lab, the certificates or binding say.
    pub(crate) fn up() -> io::Result<Self> {
        Self::up_with(&[])
    }

    /// The same with further addresses in the servers' namespace, whose first is the one that
    /// programs there call from.
    ///
    /// # Errors
    /// As [`Self::up`].
    pub(crate) fn up_with(others: &[(IpAddr, Path)]) -> io::Result<Self> {
        let authority = Authority::new(SystemTime::now()).map_err(io::Error::other)?;
        let directory = tempfile::tempdir()?;
        fs::write(directory.path().join("ca.pem"), authority.pem())?;
        fs::write(directory.path().join("wsus-probe.toml"), config_text())?;
        let lab = Lab::up(&spec(others))?;
        let zone = (0..REGIONS.len()).map(|i| (name(i), Entry::new([address(i).ip()])));
        let dns = Arc::new(DnsServer::new(zone.collect()));
        let (behaviours, servers) = servers(&authority)?;
        let (stop, stopped) = oneshot::channel();
        let (report, ready) = mpsc::channel();
        let resolver = Arc::clone(&dns);
        let thread = lab.servers_thread(move || block_on(run(servers, resolver, report, stopped)));
        ready.recv().map_err(io::Error::other)??;
        Ok(Self { lab, dns, behaviours, directory, stop: Some(stop), thread: Some(thread) })
    }

    /// Gives a region a trouble, in place of the one it had.
    pub(crate) fn set(&self, region: usize, trouble: Trouble) {
        let state = match trouble {
            Trouble::BlackHole => State::BlackHole,
            Trouble::Refuse => State::Refuse,
            Trouble::Unreachable => State::Unreachable,
            Trouble::None | Trouble::Expired | Trouble::Stopped => State::Up,
        };
        self.set_path(region, path(region).with_state(state));
        let stopped = trouble == Trouble::Stopped;
        let behaviour = if stopped { Behaviour::PoolStopped } else { Behaviour::Healthy };
        self.behaviours[region].send_replace(behaviour);
        let at = if trouble == Trouble::Expired { expired(region) } else { address(region) };
        self.dns.change(|zone| {
            zone.insert(name(region), Entry::new([at.ip()]));
        });
    }

    /// Replaces the path to the region's first server.
    pub(crate) fn set_path(&self, region: usize, path: Path) {
        self.lab.set(address(region).ip(), path).expect("every region has a path");
    }

    /// A configuration of the product with these endpoints and nothing else set.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.directory.path().join("wsus-probe.toml")
    }

    /// The root certificate of all servers.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }
}

impl AsRef<Lab> for Regions {
    fn as_ref(&self) -> &Lab {
        &self.lab
    }
}

impl Drop for Regions {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            eprintln!("the servers of the regions panicked");
        }
    }
}

/// The DNS name of a region.
pub(crate) fn name(region: usize) -> String {
    format!("msupdate.{}.lab.test", REGIONS[region].0)
}

/// The URL of a region, by name.
pub(crate) fn url(region: usize) -> String {
    format!("https://{}:{PORT}", name(region))
}

/// The region's server that has a good certificate, which is for this address too.
pub(crate) fn address(region: usize) -> SocketAddr {
    at(region, 1)
}

/// The region's server whose certificate has expired.
fn expired(region: usize) -> SocketAddr {
    at(region, 2)
}

fn at(region: usize, server: u8) -> SocketAddr {
    let third = u8::try_from(region + 1).expect("few regions");
    SocketAddr::new(Ipv4Addr::new(10, 77, third, server).into(), PORT)
}

/// The round-trip time to a region.
pub(crate) fn rtt(region: usize) -> Duration {
    Duration::from_millis(REGIONS[region].1)
}

/// The path to a region in good order.
pub(crate) fn path(region: usize) -> Path {
    Path::with_rtt(rtt(region))
}

fn spec(others: &[(IpAddr, Path)]) -> Spec {
    let paths = (0..REGIONS.len())
        .flat_map(|i| [(address(i).ip(), path(i)), (expired(i).ip(), path(i))])
        .chain([(RESOLVER, Path::with_rtt(Duration::from_millis(RESOLVER_RTT)))]);
    let paths = others.iter().copied().chain(paths);
    Spec { resolver: Some(RESOLVER), ..Spec::new(paths) }
}

/// Farthest first, so that the order of the file never helps the nearest.
fn config_text() -> String {
    let mut text = format!("ca_file = \"ca.pem\"\nresolver = \"{RESOLVER}\"\n");
    for (region, (code, _)) in REGIONS.iter().enumerate().rev() {
        let _ = write!(text, "\n[[endpoint]]\nname = \"{code}\"\nurl = \"{}\"\n", url(region));
    }
    text
}

/// A server before it runs.
struct Server {
    at: SocketAddr,
    options: ServerOptions,
    behaviour: watch::Receiver<Behaviour>,
}

/// The servers of all regions, and what steers those with the good certificates.
fn servers(authority: &Authority) -> io::Result<(Vec<watch::Sender<Behaviour>>, Vec<Server>)> {
    let now = SystemTime::now();
    let (mut senders, mut servers) = (Vec::new(), Vec::new());
    for (region, (code, _)) in REGIONS.iter().enumerate() {
        let names = [name(region), address(region).ip().to_string()];
        let good = IssueOptions::new(names, now);
        let stale = IssueOptions {
            not_before: now - EXPIRED_SINCE * 2,
            not_after: now - EXPIRED_SINCE,
            ..good.clone()
        };
        let (sender, behaviour) = watch::channel(Behaviour::Healthy);
        senders.push(sender);
        for (at, issue) in [(address(region), good), (expired(region), stale)] {
            let identity = authority.issue(&issue).map_err(io::Error::other)?;
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let tls = tls_config(provider, identity).map_err(io::Error::other)?;
            let machine = format!("WSUS-{}", code.to_uppercase());
            let options = ServerOptions { tls: Some(tls), machine, ..ServerOptions::default() };
            let content = SocketAddr::new(at.ip(), PORT - 1);
            let of_content = options.content_port();
            servers.push(Server { at: content, options: of_content, behaviour: behaviour.clone() });
            servers.push(Server { at, options, behaviour: behaviour.clone() });
        }
    }
    Ok((senders, servers))
}

/// Serves until the sender of `stopped` is dropped.
async fn run(
    servers: Vec<Server>,
    resolver: Arc<DnsServer>,
    report: mpsc::Sender<io::Result<()>>,
    stopped: oneshot::Receiver<()>,
) {
    let mut tasks = JoinSet::new();
    // The receiver waits for this message.
    let _ = report.send(start(servers, resolver, &mut tasks).await);
    let _ = stopped.await;
}

async fn start(
    servers: Vec<Server>,
    resolver: Arc<DnsServer>,
    tasks: &mut JoinSet<std::convert::Infallible>,
) -> io::Result<()> {
    for Server { at, options, behaviour } in servers {
        let socket = TcpSocket::new_v4()?;
        socket.bind(at)?;
        tasks.spawn(serve(socket.listen(BACKLOG)?, options, behaviour));
    }
    let udp = UdpSocket::bind((RESOLVER, 53)).await?;
    let tcp = TcpListener::bind((RESOLVER, 53)).await?;
    tasks.spawn(resolver.serve(udp, tcp));
    Ok(())
}
