//! What finding the nearest of six servers costs, from process start to exit.
//!
//! The floor is arithmetic: one round trip to the resolver, and three (connect, TLS 1.3
//! handshake, request) to the nearest server.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

mod fleet;
#[expect(dead_code, clippy::indexing_slicing, reason = "shared with the tests in tests/lab")]
#[path = "../lab/wan/mod.rs"]
mod wan;

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use fleet::{Fleet, REGIONS, RESOLVER_RTT, address, row, summary};
use wan::block_on;
use wan::meter::connect;

/// Repetitions of each measurement.
const RUNS: usize = 20;

/// Round trips to a server before it has answered a request over TLS 1.3.
const ROUND_TRIPS: u64 = 3;

fn main() -> ExitCode {
    fleet::run(benchmark)
}

fn benchmark(fleet: &Fleet) {
    let best = REGIONS.iter().map(|(_, rtt)| *rtt).min().unwrap_or_default();
    row("", format!("{:>10} {:>10}", "median ms", "p90 ms"));
    row("floor of nearest (arithmetic)", format!("{:>10}", RESOLVER_RTT + ROUND_TRIPS * best));
    for (region, (name, rtt)) in REGIONS.iter().enumerate() {
        let (kernel, user) = connects(fleet, region);
        row(format!("{name}, RTT {rtt} ms: connect, TCP_INFO"), summary(&kernel));
        row(format!("{name}, RTT {rtt} ms: connect, user clock"), summary(&user));
    }
    if Command::new("curl").arg("--version").output().is_err() {
        println!("curl is not installed");
        return;
    }
    row("curl, one host after the other (HTTP)", summary(&repeat(|| curl_in_sequence(fleet))));
    row("curl --parallel, all hosts (HTTP)", summary(&repeat(|| curl_in_parallel(fleet))));
}

/// Connects one after the other; times by the kernel and by this process.
fn connects(fleet: &Fleet, region: usize) -> (Vec<Duration>, Vec<Duration>) {
    fleet.lab.in_probe(|| {
        block_on(async {
            let (mut kernel, mut user) = (Vec::new(), Vec::new());
            for _ in 0..RUNS {
                let (connect, _) = connect(address(region)).await.expect("the path is up");
                kernel.push(connect.rtt);
                user.push(connect.user);
            }
            (kernel, user)
        })
    })
}

fn repeat(run: impl Fn()) -> Vec<Duration> {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..RUNS).map(timed).collect()
}

fn curl_in_sequence(fleet: &Fleet) {
    for region in 0..REGIONS.len() {
        curl(fleet, &[url(region)]);
    }
}

fn curl_in_parallel(fleet: &Fleet) {
    let mut arguments = vec!["--parallel".to_owned(), "--parallel-immediate".to_owned()];
    arguments.extend((0..REGIONS.len()).map(url));
    curl(fleet, &arguments);
}

fn curl(fleet: &Fleet, arguments: &[String]) {
    let mut command = fleet.lab.probe_command("curl");
    let status = command.arg("--no-progress-meter").args(arguments).status().expect("curl starts");
    assert!(status.success(), "curl failed: {status}");
}

fn url(region: usize) -> String {
    format!("http://{}/", address(region))
}
