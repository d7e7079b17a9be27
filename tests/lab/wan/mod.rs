//! A wide-area network on one machine: real packets, the kernel's real TCP, and the distances
//! and faults a test asks for.
//!
//! A [`Lab`] has two network namespaces, `probe` and `servers`, joined by a forwarder thread.
//! Every address of `servers` has a [`Path`] of its own, which can be changed while packets
//! flow. Connect times, `TCP_INFO`, SYN retransmissions, resets and silences are what a program
//! would see on such a network. Nothing of it is visible outside, and nothing is left behind:
//! the namespaces have no names and end with the process, even when it is killed.
//!
//! ```ignore
//! let near: IpAddr = "10.77.1.1".parse()?;
//! let lab = Lab::up(&Spec::new([(near, Path::with_rtt(Duration::from_millis(12)))]))?;
//! let _servers = Servers::start(&lab, Manner::Echo, &[SocketAddr::new(near, 443)])?;
//!
//! // Anything on a thread inside the probe's namespace …
//! let connected = lab.in_probe(|| block_on(TcpStream::connect((near, 443))));
//! // … or a program.
//! let output = lab.probe_command("curl").arg("http://10.77.1.1:443/").output()?;
//!
//! lab.set(near, Path::with_rtt(Duration::from_millis(300)).with_state(State::BlackHole))?;
//! ```
//!
//! **Threads.** A namespace belongs to a thread. [`Lab::in_probe`] and [`Lab::in_servers`] run a
//! closure on a fresh thread inside and wait for it; [`Lab::probe_thread`] and
//! [`Lab::servers_thread`] do not wait. Threads and processes started from there are inside too,
//! so a tokio runtime, also a multi-threaded one, that is *built* inside works as a whole; one
//! built outside does not.
//!
//! **Servers** must bind to their own address in the `servers` namespace, or to the unspecified
//! one. [`Servers`] are minimal; any other server runs by `lab.servers_thread(…)` or
//! `lab.servers_command(…)`. Connections within `servers` are local and take no time.
//!
//! **Vantage points.** [`Lab::beside`] adds a second probe namespace with paths of its own to the
//! same servers.
//!
//! **Names.** With [`Spec::resolver`] the commands of [`Lab::probe_command`] see that address as
//! the only one in their `/etc/resolv.conf`; the lab itself answers no DNS.
//!
//! **Accuracy.** The forwarder runs under `SCHED_FIFO` where it may ([`Lab::is_real_time`]).
//! A test that fails a tight limit should print [`Lab::punctuality`]. A process that runs
//! several labs at once, or tests beside each other, gets less accurate ones.
//!
//! **Needs** Linux, `/dev/net/tun`, and root or user namespaces; see [`acquire_privilege`].
//!
//! [`acquire_privilege`]: netns::acquire_privilege

mod child;
mod forwarder;
pub(crate) mod meter;
mod netlink;
pub(crate) mod netns;
mod packet;
pub(crate) mod path;
mod punctuality;
pub(crate) mod servers;
pub(crate) mod tun;

use std::ffi::OsStr;
use std::future::Future;
use std::io::{self, PipeWriter};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::Command;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use forwarder::{Forwarder, Shared, Table};
use netns::Namespace;
use path::{Counters, Live, Path, Random};
use punctuality::Punctuality;
use tun::Tun;

/// The probe's addresses.
const PROBE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1)),
    IpAddr::V6(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 1)),
];

/// The second vantage point's addresses.
const SECOND_PROBE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(10, 77, 0, 2)),
    IpAddr::V6(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 2)),
];

/// What a lab consists of.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    /// The addresses of the `servers` namespace, IPv4 and IPv6, and the path to each.
    pub(crate) paths: Vec<(IpAddr, Path)>,
    /// What commands in the probe's namespace find in their `/etc/resolv.conf`; `None` leaves
    /// them the machine's, whose addresses are not reachable from inside.
    pub(crate) resolver: Option<IpAddr>,
    /// Start of the random numbers for jitter and loss: the same packets at the same times meet
    /// the same fate.
    pub(crate) seed: u64,
}

impl Spec {
    /// Paths, no resolver and a fixed seed.
    pub(crate) fn new(paths: impl IntoIterator<Item = (IpAddr, Path)>) -> Self {
        Self { paths: paths.into_iter().collect(), resolver: None, seed: 1 }
    }
}

/// A running network. Dropping it stops the traffic; the namespaces go with the last thread
/// or process inside.
#[derive(Debug)]
pub(crate) struct Lab {
    probe: Namespace,
    servers: Namespace,
    resolver: Option<IpAddr>,
    shared: Shared,
    real_time: bool,
    forwarder: Option<JoinHandle<io::Result<()>>>,
    /// Closing it wakes the forwarder.
    wake: Option<PipeWriter>,
}

impl Lab {
    /// Makes the namespaces and starts the forwarder.
    ///
    /// # Errors
    /// What the kernel refuses, with the step at which it did: no privilege, no
    /// `/dev/net/tun`, an address given twice.
    pub(crate) fn up(spec: &Spec) -> io::Result<Self> {
        let addresses: Vec<IpAddr> = spec.paths.iter().map(|(address, _)| *address).collect();
        let (probe, probe_tun) = Namespace::create(&PROBE)?;
        let (servers, servers_tun) = Namespace::create(&addresses)?;
        Self::join((probe, probe_tun), (servers, servers_tun), spec)
    }

    /// A second vantage point: another probe namespace, from which the servers of this lab are
    /// reached on the paths of `spec`. These are paths of their own, also to addresses that both
    /// have. What servers send to it of their own accord comes from the first address of `spec`.
    /// There can be one for each lab.
    ///
    /// # Errors
    /// As [`Self::up`].
    pub(crate) fn beside(&self, spec: &Spec) -> io::Result<Self> {
        let addresses: Vec<IpAddr> = spec.paths.iter().map(|(address, _)| *address).collect();
        let (probe, probe_tun) = Namespace::create(&SECOND_PROBE)?;
        let servers_tun = self.servers.attach(&SECOND_PROBE, &addresses)?;
        Self::join((probe, probe_tun), (self.servers.clone(), servers_tun), spec)
    }

    /// Starts the forwarder between the two devices.
    fn join(
        (probe, probe_tun): (Namespace, Tun),
        (servers, servers_tun): (Namespace, Tun),
        spec: &Spec,
    ) -> io::Result<Self> {
        let now = Instant::now();
        let shared = Shared::new(Table {
            paths: spec.paths.iter().map(|(at, path)| (*at, Live::new(*path, now))).collect(),
            random: Random::new(spec.seed),
            punctuality: Punctuality::default(),
            stop: false,
        });
        let (wake_reader, wake) = io::pipe()?;
        let worker = Forwarder::new(probe_tun, servers_tun, wake_reader, shared.clone());
        let (report, punctual) = mpsc::channel();
        let forwarder = thread::Builder::new().name("lab-wan".to_owned()).spawn(move || {
            // The receiver waits for this message.
            let _ = report.send(forwarder::become_punctual());
            worker.run()
        })?;
        let real_time = punctual.recv().unwrap_or(false);
        Ok(Self {
            probe,
            servers,
            resolver: spec.resolver,
            shared,
            real_time,
            forwarder: Some(forwarder),
            wake: Some(wake),
        })
    }

    /// Whether the forwarder goes before all ordinary processes; if not, times are only as
    /// good as the machine is idle.
    pub(crate) fn is_real_time(&self) -> bool {
        self.real_time
    }

    /// Replaces the path to an address; in effect when this returns.
    ///
    /// # Errors
    /// `NotFound` for an address the lab does not have.
    pub(crate) fn set(&self, address: IpAddr, path: Path) -> io::Result<()> {
        self.live(address, |live| live.set(path, Instant::now()))
    }

    /// The path to an address; `drop_syns` is what is left of it.
    ///
    /// # Errors
    /// `NotFound` for an address the lab does not have.
    pub(crate) fn path(&self, address: IpAddr) -> io::Result<Path> {
        self.live(address, |live| live.path())
    }

    /// What happened on the path to an address since the lab came up.
    ///
    /// # Errors
    /// `NotFound` for an address the lab does not have.
    pub(crate) fn counters(&self, address: IpAddr) -> io::Result<Counters> {
        self.live(address, |live| live.counters)
    }

    /// How late packets were handed over since the lab came up.
    pub(crate) fn punctuality(&self) -> Punctuality {
        self.shared.lock().punctuality
    }

    /// The probe's namespace.
    pub(crate) fn probe(&self) -> &Namespace {
        &self.probe
    }

    /// Runs a closure on a fresh thread in the probe's namespace and waits for it; a panic
    /// inside goes on outside.
    pub(crate) fn in_probe<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        run_inside(&self.probe, work)
    }

    /// Runs a closure on a fresh thread in the servers' namespace and waits for it; a panic
    /// inside goes on outside.
    pub(crate) fn in_servers<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        run_inside(&self.servers, work)
    }

    /// Starts a thread in the probe's namespace. It should end before the lab is dropped.
    pub(crate) fn probe_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        spawn_inside(self.probe.clone(), work)
    }

    /// Starts a thread in the servers' namespace. It should end before the lab is dropped.
    pub(crate) fn servers_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        spawn_inside(self.servers.clone(), work)
    }

    /// A command that runs in the probe's namespace, with [`Spec::resolver`] as its resolver,
    /// and is killed when the *thread* that starts it ends (its own children are not).
    pub(crate) fn probe_command(&self, program: impl AsRef<OsStr>) -> Command {
        child::command(program.as_ref(), &self.probe, self.resolver)
    }

    /// A command that runs in the servers' namespace and is killed when the *thread* that
    /// starts it ends (its own children are not).
    pub(crate) fn servers_command(&self, program: impl AsRef<OsStr>) -> Command {
        child::command(program.as_ref(), &self.servers, None)
    }

    fn live<T>(&self, address: IpAddr, action: impl FnOnce(&mut Live) -> T) -> io::Result<T> {
        match self.shared.lock().paths.get_mut(&address) {
            Some(live) => Ok(action(live)),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("{address} is no address of this lab"),
            )),
        }
    }
}

impl AsRef<Self> for Lab {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        drop(self.wake.take());
        match self.forwarder.take().map(JoinHandle::join) {
            Some(Ok(Err(error))) => eprintln!("the lab's forwarder failed: {error}"),
            Some(Err(_)) => eprintln!("the lab's forwarder panicked"),
            Some(Ok(Ok(()))) | None => {}
        }
    }
}

/// Runs a future to its end on a runtime of the calling thread.
///
/// # Panics
/// If the runtime cannot be built (no descriptors left).
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a tokio runtime").block_on(future)
}

fn run_inside<T: Send>(namespace: &Namespace, work: impl FnOnce() -> T + Send) -> T {
    let inside = || {
        namespace.enter().expect("enter the lab's namespace");
        work()
    };
    match thread::scope(|scope| scope.spawn(inside).join()) {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn spawn_inside<T: Send + 'static>(
    namespace: Namespace,
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    thread::spawn(move || {
        namespace.enter().expect("enter the lab's namespace");
        work()
    })
}
