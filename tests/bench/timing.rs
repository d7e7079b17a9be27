//! How true a measured round-trip time is while many probes run at once.
//!
//! For now the emulator's own floor: connects by the lab's meter.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

#[expect(dead_code, reason = "shared with the other benchmark")]
mod fleet;
#[expect(dead_code, clippy::indexing_slicing, reason = "shared with the tests in tests/lab")]
#[path = "../lab/wan/mod.rs"]
mod wan;

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use fleet::{Fleet, REGIONS, address, row};
use wan::block_on;
use wan::meter::{Connect, connect_at_once, percentile};

/// The region that is measured, by its place in [`REGIONS`].
const REGION: usize = 2;

/// Connects at once, and how often that is repeated.
const LOADS: [(usize, usize); 3] = [(1, 50), (100, 10), (1000, 5)];

/// Lets the packets of closing connections pass before the next round.
const PAUSE: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    fleet::run(benchmark)
}

fn benchmark(fleet: &Fleet) {
    let nominal = Duration::from_millis(REGIONS.get(REGION).expect("a region").1);
    println!("Errors against the emulated {nominal:?}, in milliseconds");
    row("", format!("{:>10} {:>10} {:>10}", "median", "p99", "max"));
    for (count, rounds) in LOADS {
        let connects: Vec<Connect> = (0..rounds).flat_map(|_| round(fleet, count)).collect();
        let kernel = connects.iter().map(|connect| connect.rtt);
        let user = connects.iter().map(|connect| connect.user);
        row(format!("{count} at once, TCP_INFO"), errors(nominal, kernel));
        row(format!("{count} at once, user clock"), errors(nominal, user));
    }
}

fn round(fleet: &Fleet, count: usize) -> Vec<Connect> {
    let results = fleet.lab.in_probe(|| block_on(connect_at_once(address(REGION), count)));
    thread::sleep(PAUSE);
    results.into_iter().collect::<Result<_, _>>().expect("the path is up")
}

/// Median, 99th percentile and maximum of what the times are too high (or too low).
fn errors(nominal: Duration, times: impl Iterator<Item = Duration>) -> String {
    let times: Vec<Duration> = times.collect();
    let error = |percent| {
        let time = percentile(&times, percent).unwrap_or_default();
        format!("{:+10.3}", (time.as_secs_f64() - nominal.as_secs_f64()) * 1e3)
    };
    format!("{} {} {}", error(50), error(99), error(100))
}
