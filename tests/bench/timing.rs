//! How true a measured round-trip time is while many probes run at once.
//!
//! Whole probes by the engine: connect, handshake, WSUS check. Beside the reported time stands
//! what the engine's own clock saw of the same connects.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

#[expect(dead_code, reason = "shared with the other benchmark")]
mod common;
#[expect(dead_code, reason = "shared with the tests in tests/lab")]
#[path = "../lab/regions.rs"]
mod regions;
#[expect(dead_code, reason = "shared with the tests in tests/lab")]
#[path = "../lab/rounds.rs"]
mod rounds;
#[expect(dead_code, reason = "shared with the tests in tests/lab")]
#[path = "../lab/wan/mod.rs"]
mod wan;

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use wsus_probe::model::timing::Clock;

use common::row;
use regions::Regions;
use rounds::round;
use wan::meter::percentile;

/// The region that is measured: in the middle.
const REGION: usize = 2;

/// Probes at once, and how often that is repeated.
const LOADS: [(usize, usize); 3] = [(1, 50), (100, 10), (1000, 5)];

/// Lets the packets of closing connections pass before the next round.
const PAUSE: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    common::run(Regions::up, benchmark)
}

fn benchmark(regions: &Regions) {
    raise_descriptor_limit();
    let nominal = regions::rtt(REGION);
    println!("Error of the round-trip time against the emulated {nominal:?}, in milliseconds");
    row("probes at once, clock", &[&"median", &"p99", &"max", &"values", &"of"]);
    for (count, rounds) in LOADS {
        let (mut kernel, mut user) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (of_kernel, of_user) = one_round(regions, count);
            kernel.extend(of_kernel);
            user.extend(of_user);
        }
        let all = count * rounds;
        errors(&format!("{count}, reported (kernel)"), nominal, &kernel, all);
        errors(&format!("{count}, user clock"), nominal, &user, all);
    }
}

/// The round-trip times that were reported as the kernel's, and the connects by the user clock.
fn one_round(regions: &Regions, count: usize) -> (Vec<Duration>, Vec<Duration>) {
    let url = format!("https://{}", regions::address(REGION));
    let round = round(regions, &[url], count, 1);
    thread::sleep(PAUSE);
    let reported = round.reports.iter().filter_map(|report| report.rtt);
    let kernel = reported.filter(|rtt| rtt.clock == Clock::Kernel).map(|rtt| rtt.duration);
    (kernel.collect(), round.user)
}

fn errors(name: &str, nominal: Duration, times: &[Duration], all: usize) {
    let error = |percent| {
        percentile(times, percent).map_or_else(
            || "-".to_owned(),
            |time| format!("{:+.3}", (time.as_secs_f64() - nominal.as_secs_f64()) * 1e3),
        )
    };
    row(name, &[&error(50), &error(99), &error(100), &times.len(), &all]);
}

/// Both ends of every connection are in this process.
fn raise_descriptor_limit() {
    if let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // A round that needs more than it gets shows missing values.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, most, most);
    }
}
