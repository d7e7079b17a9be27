//! The exporter with ten thousand endpoints, all healthy and half of them black-holed: memory,
//! processor time, lateness, and the cost of `/metrics`; and a soak with many rounds in little
//! time: whether memory or descriptors grow.
//!
//! `cargo bench --bench fleet` runs all; `-- healthy`, `-- half`, `-- soak` one of them.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

#[expect(dead_code, reason = "shared with the other benchmarks")]
mod common;
#[expect(dead_code, reason = "shared with the tests in tests/lab")]
#[path = "../lab/wan/mod.rs"]
mod wan;
mod watched;

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use wan::path::Path;
use wan::{Lab, Spec};
use watched::{Place, Watched, endpoint, get, mib, quantile, serve, sum, wait_for};

/// Endpoints of the large fleet.
const MANY: u16 = 10_000;

/// How long the large fleet is measured, after every endpoint had its first round: several
/// intervals.
const MEASURED: Duration = Duration::from_mins(1);

/// Endpoints of the soak, each with a round a second.
const SOAKED: u16 = 200;

/// How long it lasts: the rounds of a day for twenty endpoints at the default interval.
const SOAK: Duration = Duration::from_mins(5);

/// Limits of rounds that follow each other so fast.
const SHORT: &str = "deadline = \"900ms\"\nresolve_timeout = \"500ms\"\n\
                     connect_timeout = \"500ms\"\ntls_timeout = \"900ms\"\n\
                     wsus_timeout = \"900ms\"\n";

/// Checks and scans come often too.
const SHORT_PACE: &str =
    "[serve]\ninterval = \"1s\"\ncheck_interval = \"1m\"\ntls_interval = \"1m\"\n";

const NGINX: u16 = 18_443;
const OURS: u16 = 18_531;

struct World {
    lab: Lab,
    place: Place,
}

impl AsRef<Lab> for World {
    fn as_ref(&self) -> &Lab {
        &self.lab
    }
}

fn main() -> ExitCode {
    common::run(up, benchmark)
}

/// Everything is in one namespace: whatever is not on its loopback is swallowed by the lab, which
/// has a path to one address only.
fn up() -> io::Result<World> {
    let far = IpAddr::V4(Ipv4Addr::new(10, 77, 1, 1));
    let lab = Lab::up(&Spec::new([(far, Path::with_rtt(Duration::from_millis(10)))]))?;
    Ok(World { lab, place: Place::new() })
}

fn benchmark(world: &World) {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    let _nginx = world.place.nginx(world.lab.probe_command("/usr/sbin/nginx"), NGINX);
    if runs("healthy") {
        large(world, "all healthy", false);
    }
    if runs("half") {
        large(world, "half black-holed", true);
    }
    if runs("soak") {
        soak(world);
    }
}

fn start(world: &World, endpoints: &str, serve_table: &str) -> Watched {
    let authority = world.place.path("root.pem");
    let config = format!("ca_file = \"{}\"\n{endpoints}{serve_table}", authority.display());
    let config = world.place.write("fleet.toml", &config);
    let mut command = world.lab.probe_command("sh");
    command.args(["-c", "ulimit -n 65536; exec \"$0\" \"$@\"", watched::PROGRAM]);
    // It ends with the thread that starts it.
    let process = serve(command, &config, OURS);
    world.lab.in_probe(|| wait_for(OURS, "/-/healthy"));
    process
}

/// On loopback, or where nobody answers.
fn address(number: u16, lost: bool) -> Ipv4Addr {
    let [high, low] = number.to_be_bytes();
    if lost { Ipv4Addr::new(10, 99, high, low) } else { Ipv4Addr::new(127, 9, high, low) }
}

fn metrics(world: &World, headers: &[(&str, &str)]) -> (Vec<u8>, Duration) {
    world.lab.in_probe(|| {
        let start = Instant::now();
        let body = get(OURS, "/metrics", headers).expect("metrics");
        (body, start.elapsed())
    })
}

fn text(world: &World) -> String {
    String::from_utf8_lossy(&metrics(world, &[]).0).into_owned()
}

fn large(world: &World, name: &str, half: bool) {
    let lost = |number: u16| half && number % 2 == 1;
    let endpoints: String = (0..MANY)
        .map(|number| endpoint(&format!("e{number}"), address(number, lost(number)), NGINX))
        .collect();
    let table = "[serve]\ninterval = \"30s\"\nphase_histograms = false\n";
    let process = start(world, &endpoints, table);
    let begun = Instant::now();
    println!("\n{MANY} endpoints at 30 s, {name}");
    println!("registered: {} MiB", mib(process.memory("VmRSS")));
    while sum(&text(world), "wsus_probe_ready") < 1.0 {
        assert!(begun.elapsed() < Duration::from_mins(3), "not every endpoint had a round");
        thread::sleep(Duration::from_secs(1));
    }
    println!("every endpoint had a round after {:.0} s", begun.elapsed().as_secs_f64());
    // The first checks bunch up after the first rounds.
    thread::sleep(Duration::from_secs(30));
    let (before, cpu, since) = (text(world), process.cpu(), Instant::now());
    thread::sleep(MEASURED);
    let (cpu, elapsed) = (process.cpu().saturating_sub(cpu), since.elapsed());
    let after = text(world);
    let rose = |name: &str| sum(&after, name) - sum(&before, name);
    let rounds =
        ["attempts_total", "rounds_local_total", "rounds_tainted_total", "rounds_unknown_total"]
            .map(|name| rose(&format!("wsus_probe_{name}")));
    println!(
        "rounds: {rounds:?} (counted, local, tainted, unknown) in {:.0} s",
        elapsed.as_secs_f64()
    );
    println!(
        "failures: {}, dropped: {}",
        rose("wsus_probe_failures_total"),
        rose("wsus_probe_dropped_rounds_total")
    );
    let share = cpu.as_secs_f64() / elapsed.as_secs_f64() * 100.0;
    println!("CPU: {share:.1} % of one core");
    println!(
        "memory: peak {} MiB, now {} MiB",
        mib(process.memory("VmHWM")),
        mib(process.memory("VmRSS"))
    );
    let lag = |percent| quantile(&after, "wsus_probe_schedule_lag_seconds", percent) * 1e3;
    println!("late: p50 ≤ {} ms, p99 ≤ {} ms", lag(50.0), lag(99.0));
    for (form, headers) in [("plain", &[][..]), ("gzip", &[("Accept-Encoding", "gzip")][..])] {
        let mut times = Vec::new();
        let mut bytes = 0;
        for _ in 0..7 {
            // So that each finds a new snapshot.
            thread::sleep(Duration::from_millis(1500));
            let (body, time) = metrics(world, headers);
            bytes = body.len();
            times.push(time);
        }
        times.sort_unstable();
        println!(
            "/metrics {form}: {} KiB in {:.0} ms (median), {:.0} ms (most)",
            bytes / 1024,
            times[times.len() / 2].as_secs_f64() * 1e3,
            times[times.len() - 1].as_secs_f64() * 1e3
        );
    }
    println!("memory after the scrapes: peak {} MiB", mib(process.memory("VmHWM")));
}

fn soak(world: &World) {
    let lost = |number: u16| number % 10 == 9;
    let endpoints: String = (0..SOAKED)
        .map(|number| endpoint(&format!("e{number}"), address(number, lost(number)), NGINX))
        .collect();
    let process = start(world, &format!("{SHORT}{endpoints}"), SHORT_PACE);
    println!("\nsoak: {SOAKED} endpoints at 1 s, a tenth of them black-holed, for {SOAK:?}");
    let begun = Instant::now();
    let mut next = Duration::from_secs(30);
    while begun.elapsed() < SOAK {
        thread::sleep(Duration::from_secs(5));
        let text = text(world);
        if begun.elapsed() >= next {
            next += Duration::from_secs(30);
            println!(
                "after {:>4.0} s: {:>6} rounds counted, {} MiB, {} descriptors, {} dropped",
                begun.elapsed().as_secs_f64(),
                sum(&text, "wsus_probe_attempts_total"),
                mib(process.memory("VmRSS")),
                process.descriptors(),
                sum(&text, "wsus_probe_dropped_rounds_total"),
            );
        }
    }
}
