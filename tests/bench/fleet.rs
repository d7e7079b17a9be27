//! The network every benchmark runs on: six regions and a resolver, on real packets.

use std::fmt::Display;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use crate::wan::meter::percentile;
use crate::wan::path::Path;
use crate::wan::servers::{Manner, Servers};
use crate::wan::{Lab, Spec, netns};

/// Data-center code and round-trip time in milliseconds of each region.
pub(crate) const REGIONS: [(&str, u64); 6] =
    [("dfw", 12), ("iad", 35), ("ord", 48), ("lon", 110), ("syd", 190), ("hkg", 230)];

/// Round-trip time to the resolver in milliseconds.
pub(crate) const RESOLVER_RTT: u64 = 2;

/// The resolver's address.
pub(crate) const RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 53, 53));

/// TCP port of every server: the one of most WSUS servers.
pub(crate) const PORT: u16 = 8530;

/// The least a client accepts as an HTTP answer.
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The address of a region by its place in [`REGIONS`].
pub(crate) fn address(region: usize) -> SocketAddr {
    let third = u8::try_from(region + 1).expect("few regions");
    SocketAddr::new(Ipv4Addr::new(10, 77, third, 1).into(), PORT)
}

/// A running lab with a minimal HTTP server in each region.
pub(crate) struct Fleet {
    _servers: Servers,
    pub(crate) lab: Lab,
}

impl Fleet {
    fn up() -> io::Result<Self> {
        let path = |milliseconds| Path::with_rtt(Duration::from_millis(milliseconds));
        let addresses: Vec<SocketAddr> = (0..REGIONS.len()).map(address).collect();
        let regions = addresses.iter().zip(REGIONS).map(|(at, (_, rtt))| (at.ip(), path(rtt)));
        let mut spec = Spec::new(regions.chain([(RESOLVER, path(RESOLVER_RTT))]));
        spec.resolver = Some(RESOLVER);
        let lab = Lab::up(&spec)?;
        let servers = Servers::start(&lab, Manner::Reply(ANSWER), &addresses)?;
        Ok(Self { _servers: servers, lab })
    }
}

/// Runs a benchmark on the fleet if `cargo bench` asks for it; `cargo test --all-targets` starts
/// benchmarks too, and must not wait for them.
pub(crate) fn run(benchmark: fn(&Fleet)) -> ExitCode {
    let privilege = netns::acquire_privilege();
    if !std::env::args().any(|argument| argument == "--bench") {
        eprintln!("not run: benchmarks are for `cargo bench`");
        return ExitCode::SUCCESS;
    }
    match privilege.and_then(|()| Fleet::up()) {
        Ok(fleet) => {
            benchmark(&fleet);
            report_punctuality(&fleet.lab);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("no lab on this machine: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Median and 90th percentile of durations, in milliseconds.
pub(crate) fn summary(durations: &[Duration]) -> String {
    let in_ms = |percent| {
        percentile(durations, percent)
            .map_or_else(|| "-".to_owned(), |value| format!("{:.2}", value.as_secs_f64() * 1e3))
    };
    format!("{:>10} {:>10}", in_ms(50), in_ms(90))
}

/// Prints one line of a table whose first column is a name.
pub(crate) fn row(name: impl Display, columns: impl Display) {
    println!("{name:<42} {columns}");
}

fn report_punctuality(lab: &Lab) {
    let late = lab.punctuality();
    println!(
        "\nforwarder: real time {}, {} packets, late at most {:?} for 99 % and {:?} for all",
        lab.is_real_time(),
        late.packets(),
        late.percentile(99).unwrap_or_default(),
        late.max()
    );
}
