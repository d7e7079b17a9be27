//! What `wsus-probe check` asks of one member in each profile, and how long it takes from process
//! start to exit at a distance of 100 ms.
//!
//! The floor is arithmetic: one round trip to the resolver, two to have a connection (connect,
//! TLS 1.3 handshake), and one for each request that a connection carries after another.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

mod common;
#[expect(dead_code, reason = "shared with the tests in tests/lab")]
#[path = "../lab/regions.rs"]
mod regions;
#[expect(dead_code, reason = "shared with the tests in tests/lab")]
#[path = "../lab/wan/mod.rs"]
mod wan;

use std::fs;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use common::{in_ms, row};
use regions::{RESOLVER_RTT, Regions, url};
use wan::meter::percentile;
use wan::path::Path;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_wsus-probe");

/// Runs of each profile.
const RUNS: usize = 20;

/// The region that is checked.
const REGION: usize = 2;

/// Its distance in these runs.
const DISTANCE: Duration = Duration::from_millis(100);

/// Each profile with its round trips to the server.
const PROFILES: [(&str, u32); 3] = [("quick", 3), ("standard", 4), ("deep", 5)];

/// Lets the packets of the run before pass.
const PAUSE: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    common::run(Regions::up, benchmark)
}

fn benchmark(regions: &Regions) {
    regions.set_path(REGION, Path::with_rtt(DISTANCE));
    let columns: [&dyn std::fmt::Display; 7] =
        [&"floor ms", &"median", &"p90", &"ratio", &"requests", &"body", &"wire"];
    row("check of one member", &columns);
    for (profile, round_trips) in PROFILES {
        let runs: Vec<Run> = (0..RUNS).map(|_| check(regions, profile)).collect();
        let times: Vec<Duration> = runs.iter().map(|run| run.took).collect();
        let floor = Duration::from_millis(RESOLVER_RTT) + DISTANCE * round_trips;
        let median = percentile(&times, 50).expect("there are runs");
        let ratio = format!("{:.2}", median.as_secs_f64() / floor.as_secs_f64());
        let last = runs.last().expect("there are runs");
        assert!(runs.iter().all(|run| run.healthy), "the server is in order");
        let columns: [&dyn std::fmt::Display; 7] = [
            &floor.as_millis(),
            &in_ms(&times, 50),
            &in_ms(&times, 90),
            &ratio,
            &last.requests,
            &last.body_bytes,
            &last.wire_bytes,
        ];
        row(profile, &columns);
    }
    println!("\nbody: bytes of answers' bodies; wire: bytes of all packets both ways with their");
    println!("IP headers, of the resolver's and the samples' connections too");
}

struct Run {
    took: Duration,
    healthy: bool,
    requests: u64,
    body_bytes: u64,
    wire_bytes: u64,
}

fn check(regions: &Regions, profile: &str) -> Run {
    thread::sleep(PAUSE);
    let mut command = Command::new(PROGRAM);
    command.args(["check", "--output", "json", "--profile", profile]);
    command.args(["--endpoint", &url(REGION)]);
    command.args(["--resolver", &regions::RESOLVER.to_string(), "--ca-file"]);
    command.arg(regions.ca_file());
    let (output, took, wire_bytes) = regions.lab.in_probe(|| {
        let before = wire();
        let start = Instant::now();
        let output = command.output().expect("the program starts");
        let took = start.elapsed();
        thread::sleep(PAUSE);
        (output, took, wire() - before)
    });
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("the program writes JSON");
    let member = &report["endpoints"][0]["members"][0];
    let number = |key: &str| member[key].as_u64().unwrap_or_default();
    Run {
        took,
        healthy: member["verdict"] == "healthy",
        requests: number("requests"),
        body_bytes: number("body_bytes"),
        wire_bytes,
    }
}

/// Bytes that this thread's network namespace has received and sent, loopback excluded
/// (proc(5), `net/dev`).
fn wire() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/net/dev").unwrap_or_default();
    let of_line = |line: &str| {
        let (name, numbers) = line.split_once(':')?;
        let numbers: Vec<u64> =
            numbers.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        (name.trim() != "lo").then(|| numbers.first().zip(numbers.get(8)).map(|(r, s)| r + s))?
    };
    text.lines().filter_map(of_line).sum()
}
