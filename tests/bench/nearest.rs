//! What `wsus-probe nearest` takes from process start to exit, beside curl doing the same.
//!
//! `cargo bench` builds benchmarks in the profile `bench`, which inherits from `release`; the
//! program started here comes from the same build, so it is the release program.
//!
//! The floor is arithmetic: one round trip to the resolver, and three (connect, TLS 1.3
//! handshake, request) to the best server that works.
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
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use wsus_probe::model::request::Request;
use wsus_probe::wire::soap;

use common::{in_ms, row};
use regions::{REGIONS, RESOLVER_RTT, Regions, Trouble, path, url};
use wan::meter::percentile;
use wan::path::Path;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_wsus-probe");

/// Runs of `nearest` in each scenario.
const RUNS: usize = 20;

/// Runs of curl in each scenario: some of them last for many seconds.
const CURL_RUNS: usize = 3;

/// Runs in which wrong choices are counted.
const JITTER_RUNS: usize = 100;

/// Seconds after which curl gives up on a server.
const CURL_LIMIT: &str = "5";

/// Round trips to a server before it has answered a request over TLS 1.3.
const ROUND_TRIPS: u64 = 3;

/// Lets the packets of the run before pass.
const PAUSE: Duration = Duration::from_millis(100);

/// Time between two looks at a running process.
const GLANCE: Duration = Duration::from_micros(500);

/// What is wrong with which region, and the place of the nearest that works.
type Scenario = (&'static str, &'static [(usize, Trouble)], usize);

const SCENARIOS: [Scenario; 6] = [
    ("all healthy", &[], 0),
    ("two far ones black-holed", &[(4, Trouble::BlackHole), (5, Trouble::BlackHole)], 0),
    ("two nearest black-holed", &[(0, Trouble::BlackHole), (1, Trouble::BlackHole)], 2),
    ("nearest answers 503", &[(0, Trouble::Stopped)], 1),
    ("nearest has an expired certificate", &[(0, Trouble::Expired)], 1),
    ("nearest refuses", &[(0, Trouble::Refuse)], 1),
];

fn main() -> ExitCode {
    common::run(Regions::up, benchmark)
}

fn benchmark(regions: &Regions) {
    println!("{PROGRAM}");
    let columns: [&dyn std::fmt::Display; 8] =
        [&"floor ms", &"median", &"p90", &"max", &"ratio", &"right", &"curl seq", &"curl par"];
    row("nearest, process start to exit", &columns);
    let mut runs = SCENARIOS.map(|_| Vec::new());
    for _ in 0..RUNS {
        // In turn, so that other work on this machine meets all scenarios alike.
        for (scenario, runs) in SCENARIOS.iter().zip(&mut runs) {
            bring_about(regions, scenario);
            runs.push(nearest(regions));
        }
    }
    for (scenario, runs) in SCENARIOS.iter().zip(&runs) {
        bring_about(regions, scenario);
        print(regions, scenario, runs);
    }
    set_all(regions, Duration::ZERO);
    println!();
    for milliseconds in [1, 5] {
        set_all(regions, Duration::from_millis(milliseconds));
        let runs: Vec<Run> = (0..JITTER_RUNS).map(|_| nearest(regions)).collect();
        let wrong = runs.iter().filter(|run| run.chosen != url(0)).count();
        println!("jitter {milliseconds} ms: {wrong} wrong choices in {JITTER_RUNS} runs");
    }
    set_all(regions, Duration::ZERO);
    println!();
    program_itself(regions);
}

fn bring_about(regions: &Regions, (_, troubles, _): &Scenario) {
    set_all(regions, Duration::ZERO);
    for (region, trouble) in *troubles {
        regions.set(*region, *trouble);
    }
}

/// Prints what was measured, and lets curl do the same.
fn print(regions: &Regions, (name, _, best): &Scenario, runs: &[Run]) {
    let right = runs.iter().filter(|run| run.chosen == url(*best)).count();
    let times: Vec<Duration> = runs.iter().map(|run| run.took).collect();
    let floor = Duration::from_millis(RESOLVER_RTT + ROUND_TRIPS * REGIONS[*best].1);
    let median = percentile(&times, 50).unwrap_or_default();
    let ratio = format!("{:.2}", median.as_secs_f64() / floor.as_secs_f64());
    let of_curl = |extra: &[&str]| {
        let times: Vec<Duration> = (0..CURL_RUNS).map(|_| curl(regions, extra)).collect();
        in_ms(&times, 50)
    };
    row(
        name,
        &[
            &floor.as_millis(),
            &in_ms(&times, 50),
            &in_ms(&times, 90),
            &in_ms(&times, 100),
            &ratio,
            &format!("{right}/{RUNS}"),
            &of_curl(&[]),
            &of_curl(&["--parallel", "--parallel-immediate"]),
        ],
    );
}

/// Puts all regions in order, with this jitter on every path.
fn set_all(regions: &Regions, jitter: Duration) {
    for region in 0..REGIONS.len() {
        regions.set(region, Trouble::None);
        regions.set_path(region, Path { jitter, ..path(region) });
    }
}

/// One run of `nearest`.
struct Run {
    took: Duration,
    /// What it wrote.
    chosen: String,
}

fn nearest(regions: &Regions) -> Run {
    thread::sleep(PAUSE);
    let mut command = program(regions);
    // A command that a thread inside starts is inside as well, without further ado.
    let (output, took) = regions.lab.in_probe(|| {
        let start = Instant::now();
        let output = command.output().expect("the program starts");
        (output, start.elapsed())
    });
    Run { took, chosen: String::from_utf8_lossy(&output.stdout).trim().to_owned() }
}

fn program(regions: &Regions) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["nearest", "--output", "url", "--config"]).arg(regions.config_file());
    command
}

/// One run of curl that asks all regions for their WSUS configuration. Its start contains the
/// mount of a file that names the resolver, some hundred microseconds.
fn curl(regions: &Regions, extra: &[&str]) -> Duration {
    thread::sleep(PAUSE);
    let body = regions.ca_file().with_file_name("request.xml");
    fs::write(&body, soap::get_config_request()).expect("the directory is writable");
    let mut command = regions.lab.probe_command("curl");
    command.args(["--silent", "--max-time", CURL_LIMIT]).args(extra);
    command.arg("--cacert").arg(regions.ca_file());
    command.arg("--data-binary").arg(format!("@{}", body.display()));
    command.arg("--header").arg(format!("Content-Type: {}", soap::CONTENT_TYPE));
    command.arg("--header").arg(format!("SOAPAction: {}", soap::GET_CONFIG_ACTION));
    for region in 0..REGIONS.len() {
        command.args(["--output", "/dev/null"]).arg(url(region) + Request::GetConfig.path());
    }
    let start = Instant::now();
    // It tells by its status that servers were in trouble, which they were.
    let _ = command.stdin(Stdio::null()).status().expect("curl starts");
    start.elapsed()
}

/// Size, memory and cold start.
fn program_itself(regions: &Regions) {
    let bytes = fs::metadata(PROGRAM).map_or(0, |metadata| metadata.len());
    println!("size of the program: {:.2} MB", megabytes(bytes));
    let peak = (0..RUNS).filter_map(|_| peak_memory(regions)).max();
    println!("peak resident memory of nearest: {:.2} MB", megabytes(peak.unwrap_or_default()));
    let start = |_| {
        let start = Instant::now();
        let output = Command::new(PROGRAM).arg("--version").output();
        assert!(output.is_ok_and(|output| output.status.success()));
        start.elapsed()
    };
    let times: Vec<Duration> = (0..RUNS * 5).map(start).collect();
    println!("--version: median {} ms, p90 {} ms", in_ms(&times, 50), in_ms(&times, 90));
}

/// The largest resident memory of one run in bytes, as far as frequent looks show it. What
/// `wait4` tells is of no use: it contains the memory of this process at the fork.
fn peak_memory(regions: &Regions) -> Option<u64> {
    let mut command = program(regions);
    regions.lab.in_probe(|| {
        let mut child = command.stdout(Stdio::null()).spawn().expect("the program starts");
        let status = format!("/proc/{}/status", child.id());
        let mut peak = None;
        while child.try_wait().expect("the child is ours").is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            peak = peak.max(text.lines().find_map(|line| kibibytes(line.strip_prefix("VmHWM:")?)));
            thread::sleep(GLANCE);
        }
        peak
    })
}

fn kibibytes(text: &str) -> Option<u64> {
    Some(text.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
