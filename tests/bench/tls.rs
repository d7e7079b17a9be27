//! How long `wsus-probe tls` takes to tell which TLS versions one member at a distance of 100 ms
//! accepts, from process start to exit, with how many connections and how much work; and the
//! scanners that are installed beside it, in the same run against the same server.
//!
//! The floor is arithmetic: a round trip to connect and one for the hello and its answer.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

mod common;
#[expect(dead_code, reason = "shared with the integration tests")]
#[path = "../it/support/peer.rs"]
mod peer;
#[path = "../it/support/ports.rs"]
mod ports;
#[expect(dead_code, reason = "shared with the tests in tests/lab")]
#[path = "../lab/wan/mod.rs"]
mod wan;

use std::fmt::Display;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::path::Path as File;
use std::process::{Child, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{in_ms, row};
use nix::sys::resource::{UsageWho, getrusage};
use wan::meter::percentile;
use wan::path::Path;
use wan::{Lab, Spec};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_wsus-probe");

/// The member.
const MEMBER: Ipv4Addr = Ipv4Addr::new(10, 77, 1, 1);

/// Its port: that of WSUS with TLS.
const PORT: u16 = 8531;

/// Its distance.
const DISTANCE: Duration = Duration::from_millis(100);

/// Where scanners ask for names.
const RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 53, 53));

/// Its distance.
const RESOLVER_RTT: Duration = Duration::from_millis(2);

/// How long one run may take. A scanner that takes longer has given up, or never will.
const LIMIT: &str = "120";

/// Connecting, and one exchange.
const FLOOR: Duration = DISTANCE.saturating_mul(2);

/// The name that is asked for.
const NAME: &str = "wsus.test";

/// Lets the packets of the run before pass.
const PAUSE: Duration = Duration::from_millis(300);

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(10);

/// A way to find out which versions are accepted.
struct Tool {
    name: &'static str,
    runs: usize,
    program: &'static str,
    arguments: Vec<String>,
}

fn main() -> ExitCode {
    common::run(lab, benchmark)
}

fn lab() -> std::io::Result<Lab> {
    // No resolver answers there, which is told at once: some scanners ask for names.
    let paths =
        [(IpAddr::V4(MEMBER), Path::with_rtt(DISTANCE)), (RESOLVER, Path::with_rtt(RESOLVER_RTT))];
    Lab::up(&Spec { resolver: Some(RESOLVER), ..Spec::new(paths) })
}

fn benchmark(lab: &Lab) {
    let folder = tempfile::tempdir().expect("a folder for the server");
    let _server = Server::start(lab, folder.path());
    let columns: [&dyn Display; 6] =
        [&"runs", &"median ms", &"p90 ms", &"ratio", &"connects", &"cpu ms"];
    row("versions of one member", &columns);
    for tool in tools() {
        let runs: Vec<Run> = (0..tool.runs).map_while(|_| run(lab, &tool)).collect();
        let Some(last) = runs.last() else {
            println!("{:<34} not installed", tool.name);
            continue;
        };
        let times: Vec<Duration> = runs.iter().map(|run| run.took).collect();
        let work: Vec<Duration> = runs.iter().map(|run| run.work).collect();
        let median = percentile(&times, 50).expect("there are runs");
        let ratio = format!("{:.2}", median.as_secs_f64() / FLOOR.as_secs_f64());
        let columns: [&dyn Display; 6] = [
            &runs.len(),
            &in_ms(&times, 50),
            &in_ms(&times, 90),
            &ratio,
            &last.connections,
            &in_ms(&work, 50),
        ];
        row(tool.name, &columns);
    }
    println!("\nratio: to two round trips; connects: TCP connections opened; cpu: user and system");
    println!("wsus-probe itself says how long the versions alone took:");
    let versions: Vec<Duration> = (0..10).filter_map(|_| versions_alone(lab)).collect();
    let ratio = percentile(&versions, 50).map(|median| median.as_secs_f64() / FLOOR.as_secs_f64());
    let ratio = ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
    let columns: [&dyn Display; 4] =
        [&versions.len(), &in_ms(&versions, 50), &in_ms(&versions, 90), &ratio];
    row("versions_ms", &columns);
}

/// What the program measured from the first connection's start to the last answer about versions.
fn versions_alone(lab: &Lab) -> Option<Duration> {
    let tool = tools().into_iter().next()?;
    let mut command = lab.probe_command(tool.program);
    let output = command.args(&tool.arguments).output().ok()?;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    let scan = &report["endpoints"][0]["members"][0]["tls_scan"];
    Some(Duration::from_secs_f64(scan["versions_ms"].as_f64()? / 1e3))
}

fn tools() -> Vec<Tool> {
    let tool = |name, runs, program, line: &str| Tool {
        name,
        runs,
        program,
        arguments: line.split_whitespace().map(str::to_owned).collect(),
    };
    let at = format!("{MEMBER}:{PORT}");
    vec![
        tool("wsus-probe tls", 20, PROGRAM, &format!("tls https://{at} --output json")),
        tool(
            "sslscan, versions only",
            10,
            "sslscan",
            &format!(
                "--no-colour --no-ciphersuites --no-check-certificate --no-fallback \
                 --no-renegotiation --no-compression --no-heartbleed --no-groups \
                 --sni-name={NAME} {at}"
            ),
        ),
        tool(
            "sslyze, suites of each version",
            2,
            "sslyze",
            &format!("--sslv3 --tlsv1 --tlsv1_1 --tlsv1_2 --tlsv1_3 --sni {NAME} {at}"),
        ),
        tool(
            "testssl, versions only",
            2,
            "testssl",
            &format!("--color 0 -p --nodns none --sneaky https://{at}"),
        ),
    ]
}

/// One run of a tool.
struct Run {
    took: Duration,
    /// User and system time.
    work: Duration,
    connections: u64,
}

/// `None` where the tool is not installed.
fn run(lab: &Lab, tool: &Tool) -> Option<Run> {
    thread::sleep(PAUSE);
    let path = std::env::var_os("PATH")?;
    let installed = |folder: std::path::PathBuf| folder.join(tool.program).is_file();
    if !std::env::split_paths(&path).any(installed) {
        return None;
    }
    let mut command = lab.probe_command("timeout");
    command.arg(LIMIT).arg(tool.program).args(&tool.arguments).stdin(Stdio::null());
    let (opens, work) = (lab.in_probe(active_opens), work_of_children());
    let start = Instant::now();
    command.output().ok()?;
    Some(Run {
        took: start.elapsed(),
        work: work_of_children().saturating_sub(work),
        connections: lab.in_probe(active_opens) - opens,
    })
}

/// User and system time of all processes that this one has waited for.
fn work_of_children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts");
    let of = |time: nix::sys::time::TimeVal| {
        Duration::new(
            u64::try_from(time.tv_sec()).unwrap_or_default(),
            u32::try_from(time.tv_usec() * 1000).unwrap_or_default(),
        )
    };
    of(usage.user_time()) + of(usage.system_time())
}

/// TCP connections that this thread's network namespace has opened (RFC 4022,
/// `tcpActiveOpens`).
fn active_opens() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/net/snmp").unwrap_or_default();
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("Tcp: "));
    let (names, numbers) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let mut pairs = names.split(' ').zip(numbers.split(' '));
    let number = pairs.find(|(name, _)| *name == "ActiveOpens").map(|(_, number)| number);
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// nginx with every version that it has, killed when this is dropped.
struct Server(Child);

impl Server {
    fn start(lab: &Lab, folder: &File) -> Self {
        let lines = format!(
            "listen {MEMBER}:{PORT} ssl;\nssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\n\
             ssl_ciphers 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';\nreturn 200;"
        );
        let file = peer::nginx_file(folder, &lines);
        let mut command = lab.servers_command("/usr/sbin/nginx");
        command.arg("-p").arg(folder).arg("-c").arg(&file).stderr(Stdio::null());
        let server = Self(command.spawn().expect("nginx is installed"));
        let start = Instant::now();
        while lab.in_probe(|| TcpStream::connect((MEMBER, PORT))).is_err() {
            assert!(start.elapsed() < PATIENCE, "nginx does not start");
            thread::sleep(PAUSE);
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
