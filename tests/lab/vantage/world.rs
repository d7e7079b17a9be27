//! Two vantage points at different distances to one fleet, and the monitoring side.
//!
//! The monitoring machines are addresses beside the servers, each reached on a path of its own,
//! as on a management network: it stays when a vantage point's way to the servers is cut, unless
//! it is cut as well.

use std::cell::RefCell;
use std::net::IpAddr;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::api::Api;
use super::files::{MACHINES, arguments, write_all};
use super::process::Process;
use crate::regions::{self, REGIONS, RESOLVER, RESOLVER_RTT, Regions};
use crate::wan::path::{Path, State};
use crate::wan::{Lab, Spec};

/// The vantage points: label, what the document calls them, and where they are in the lab.
pub(super) const SITES: [(&str, &str, &str); 2] =
    [("dallas", "dallas.example.com", "10.77.0.1"), ("london", "london.example.com", "10.77.0.2")];

/// Round-trip time in milliseconds from each vantage point to each of [`REGIONS`]: none so far that
/// a probe on request, which asks every service, does not end within a scrape at the lab's pace.
const DISTANCES: [[u64; 6]; 2] = [[12, 35, 48, 70, 60, 65], [65, 55, 48, 8, 75, 80]];

/// Round-trip time of the management network.
const MANAGEMENT_RTT: Duration = Duration::from_millis(20);

/// How long anything may take to start or to be seen by everybody, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(500);

/// Everything. Dropping it ends everything.
pub(super) struct World {
    exporters: RefCell<[Option<Process>; 2]>,
    processes: Vec<Process>,
    pub(super) london: Lab,
    pub(super) regions: Regions,
    folder: TempDir,
}

impl World {
    /// Starts everything; when this returns, every web server answers.
    pub(super) fn start() -> Self {
        let management = Path::with_rtt(MANAGEMENT_RTT);
        let machines = MACHINES.map(|(_, address)| (IpAddr::V4(address), management));
        let regions = Regions::up_with(&machines).expect("the regions");
        let servers = (0..REGIONS.len()).map(|i| (regions::address(i).ip(), path(1, i)));
        let resolver = (RESOLVER, Path::with_rtt(Duration::from_millis(RESOLVER_RTT)));
        let spec = Spec::new(machines.into_iter().chain(servers).chain([resolver]));
        let london = regions.lab.beside(&spec).expect("a second vantage point");
        let folder = tempfile::tempdir().expect("a folder");
        let mut world =
            Self { exporters: RefCell::default(), processes: Vec::new(), london, regions, folder };
        world.set_wan(0, State::Up);
        write_all(world.folder.path(), &world.regions.ca_file());
        for site in 0..SITES.len() {
            world.start_exporter(site);
            world.start_agent(site);
        }
        world.start_monitoring();
        world
    }

    /// The network of a vantage point.
    pub(super) fn lab(&self, site: usize) -> &Lab {
        if site == 0 { &self.regions.lab } else { &self.london }
    }

    /// Cuts or mends the way from a vantage point to all servers and to its resolver.
    pub(super) fn set_wan(&self, site: usize, state: State) {
        for region in 0..REGIONS.len() {
            self.set_path(site, region, state);
        }
        let path = Path::with_rtt(Duration::from_millis(RESOLVER_RTT));
        self.lab(site).set(RESOLVER, path.with_state(state)).expect("a path to the resolver");
    }

    /// Cuts or mends the way from a vantage point to one region.
    pub(super) fn set_path(&self, site: usize, region: usize, state: State) {
        let path = path(site, region).with_state(state);
        self.lab(site).set(regions::address(region).ip(), path).expect("a path to the region");
    }

    /// Cuts or mends the way between a vantage point and the monitoring machines.
    pub(super) fn set_management(&self, site: usize, state: State) {
        for (_, machine) in MACHINES {
            let path = Path::with_rtt(MANAGEMENT_RTT).with_state(state);
            self.lab(site).set(machine.into(), path).expect("a path to the machine");
        }
    }

    /// Kills an exporter.
    pub(super) fn kill_exporter(&self, site: usize) {
        self.exporters.borrow_mut()[site] = None;
    }

    /// The program at a vantage point.
    pub(super) fn start_exporter(&self, site: usize) {
        let (name, ..) = SITES[site];
        let mut command = self.lab(site).probe_command(env!("CARGO_BIN_EXE_wsus-probe"));
        command.args(["serve", "--web.listen-address", "0.0.0.0:18530", "--config"]);
        command.arg(self.folder.path().join("wsus-probe.toml"));
        let name = format!("exporter-{name}");
        let process = Process::start(&name, &mut command, &self.folder);
        self.exporters.borrow_mut()[site] = Some(process);
    }

    /// The interface of a monitoring machine.
    pub(super) fn api<'a>(&'a self, at: &'a str) -> Api<'a> {
        Api { lab: &self.regions.lab, at }
    }

    /// What has everything of all shards and agents.
    pub(super) fn victoria(&self) -> Api<'_> {
        self.api("10.77.90.1:8428")
    }

    /// What evaluates the rules on that.
    pub(super) fn vmalert(&self) -> Api<'_> {
        self.api("10.77.90.1:8880")
    }

    /// The Prometheus that scrapes everything itself.
    pub(super) fn one(&self) -> Api<'_> {
        self.api("10.77.90.2:9090")
    }

    /// What would notify people.
    pub(super) fn alertmanager(&self) -> Api<'_> {
        self.api("10.77.90.1:9093")
    }

    fn start_agent(&mut self, site: usize) {
        let (name, ..) = SITES[site];
        let file = format!("agent-{name}.yml");
        let data = format!("prometheus-agent-{name}");
        let other = [("agent.yml", file.as_str()), ("prometheus-agent", data.as_str())];
        let arguments = arguments(self.folder.path(), "london.example.com", &other).remove(0);
        let mut command = self.lab(site).probe_command(&arguments[0]);
        command.args(&arguments[1..]);
        self.processes.push(Process::start(&format!("agent-{name}"), &mut command, &self.folder));
    }

    fn start_monitoring(&mut self) {
        let mut all = arguments(self.folder.path(), "central.example.com", &[]);
        all.extend(arguments(self.folder.path(), "one.example.com", &[]));
        for shard in ["shard0", "shard1"] {
            let (file, data) = (format!("{shard}.yml"), format!("prometheus-{shard}"));
            let host = format!("{shard}.example.com");
            let other = [
                ("shard.yml", file.as_str()),
                ("prometheus-shard", data.as_str()),
                ("shard.example.com", host.as_str()),
            ];
            all.extend(arguments(self.folder.path(), "shard.example.com", &other));
        }
        for (number, arguments) in all.iter().enumerate() {
            let mut command = self.regions.lab.servers_command(&arguments[0]);
            command.args(&arguments[1..]);
            let name = format!("{number}-{}", arguments[0]);
            self.processes.push(Process::start(&name, &mut command, &self.folder));
        }
        let ready = [
            ("10.77.90.1:8428", "/health"),
            ("10.77.90.1:8880", "/health"),
            ("10.77.90.1:9093", "/-/ready"),
            ("10.77.90.2:9090", "/-/ready"),
            ("10.77.90.3:9090", "/-/ready"),
            ("10.77.90.4:9090", "/-/ready"),
            ("10.77.0.1:18530", "/-/healthy"),
            ("10.77.0.2:18530", "/-/healthy"),
        ];
        for (at, path) in ready {
            until(&format!("{at}{path}"), PATIENCE, || {
                (!self.api(at).is_well(path)).then(|| "no good answer".to_owned())
            });
        }
    }
}

/// Round-trip time from a vantage point to a region.
pub(super) fn distance(site: usize, region: usize) -> Duration {
    Duration::from_millis(DISTANCES[site][region])
}

fn path(site: usize, region: usize) -> Path {
    Path::with_rtt(distance(site, region))
}

/// Waits until nothing speaks against it any more; fails with what does when that takes too long.
pub(super) fn until(what: &str, patience: Duration, objection: impl Fn() -> Option<String>) {
    let start = Instant::now();
    while let Some(objection) = objection() {
        assert!(start.elapsed() < patience, "not within {patience:?}: {what}: {objection}");
        thread::sleep(LOOK);
    }
}
