//! The exporter beside Debian's `prometheus-blackbox-exporter`, probing the same nginx over
//! loopback in one run: processor time of a probe, memory, and the times that are reported while
//! many probes run at once.
//!
//! The probes are equal: one connection, a full handshake and the same POST.
#![expect(clippy::disallowed_methods, reason = "a benchmark has its own clock and sockets")]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results, and ends where it cannot go on"
)]

#[expect(dead_code, reason = "shared with the other benchmark")]
mod watched;

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use watched::{Place, Watched, endpoint, get, mib, serve, sum, values, wait_for};
use wsus_probe::model::request::Request;
use wsus_probe::wire::soap;

/// Probes a second in the first comparison.
const RATE: usize = 100;

/// How long that is measured.
const MEASURED: Duration = Duration::from_secs(20);

/// Passes before: until connections, caches and allocators are in their steady state.
const WARM: Duration = Duration::from_secs(5);

/// Probes at once in the second comparison.
const AT_ONCE: [usize; 4] = [1, 20, 64, 100];

/// Probes of each of these, in all.
const PROBES: usize = 200;

/// Where everybody listens.
const NGINX: u16 = 18_443;
const OURS: u16 = 18_531;
const BLACKBOX: u16 = 18_532;

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == "--bench") {
        eprintln!("not run: benchmarks are for `cargo bench`");
        return ExitCode::SUCCESS;
    }
    if cfg!(debug_assertions) {
        println!("THIS IS A BUILD FOR DEBUGGING: the figures say nothing about a release");
    }
    let place = Place::new();
    let _nginx = place.nginx(Command::new("/usr/sbin/nginx"), NGINX);
    let blackbox = blackbox(&place);
    println!("{:<28} {:>14} {:>14} {:>8}", "", "wsus-probe", "blackbox", "ratio");
    let ours = steady_ours(&place);
    let theirs = steady_theirs(&blackbox);
    compare("CPU of a probe, µs", ours.0, theirs.0);
    compare("peak memory, KiB", ours.1, theirs.1);
    println!("probes measured: {} and {}, about {RATE} a second", ours.2, theirs.2);
    at_once(&place);
    drop(blackbox);
    ExitCode::SUCCESS
}

fn compare(what: &str, ours: f64, theirs: f64) {
    println!("{what:<28} {ours:>14.0} {theirs:>14.0} {:>8.2}", ours / theirs);
}

fn blackbox(place: &Place) -> Watched {
    let call = soap::call(Request::GetConfig).expect("a SOAP call");
    let mut text = String::from("modules:\n  wsus:\n    prober: http\n    timeout: 5s\n");
    write!(
        text,
        "    http:\n      method: POST\n      preferred_ip_protocol: ip4\n      headers:\n        \
         Content-Type: '{}'\n        SOAPAction: '{}'\n      body: '{}'\n      tls_config:\n        \
         ca_file: {}\n        server_name: {}\n",
        call.content_type,
        call.action.unwrap_or_default(),
        call.body,
        place.path("root.pem").display(),
        watched::NAME,
    )
    .expect("a string");
    let config = place.write("blackbox.yml", &text);
    let mut command = Command::new("prometheus-blackbox-exporter");
    command.arg(format!("--config.file={}", config.display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{BLACKBOX}"));
    let process = Watched::start(command)
        .expect("blackbox_exporter: install the Debian package prometheus-blackbox-exporter");
    wait_for(BLACKBOX, "/metrics");
    process
}

/// Microseconds a probe, peak memory in KiB, and probes: of rounds at their own pace.
fn steady_ours(place: &Place) -> (f64, f64, usize) {
    let table = "[serve]\ninterval = \"1s\"\ncheck_interval = \"1h\"\ntls_interval = \"168h\"\n";
    let mut config = format!("ca_file = \"{}\"\n", place.path("root.pem").display());
    for number in 0..RATE {
        let last = u8::try_from(number + 1).expect("fewer than an address has");
        config.push_str(&endpoint(&format!("e{number}"), Ipv4Addr::new(127, 0, 9, last), NGINX));
    }
    config.push_str(table);
    let process = serve(Command::new(watched::PROGRAM), &place.write("ours.toml", &config), OURS);
    wait_for(OURS, "/-/healthy");
    // The first checks and scans come soon after the start.
    thread::sleep(WARM * 8);
    let done = || {
        let text =
            String::from_utf8_lossy(&get(OURS, "/metrics", &[]).expect("metrics")).into_owned();
        (sum(&text, "wsus_probe_attempts_total"), sum(&text, "wsus_probe_failures_total"))
    };
    let (before, cpu) = (done(), process.cpu());
    thread::sleep(MEASURED);
    let (cpu, after) = (process.cpu().saturating_sub(cpu), done());
    assert!(after.1 <= before.1, "{} rounds failed", after.1 - before.1);
    let probes = after.0 - before.0;
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let memory = process.memory("VmHWM") as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let count = probes as usize;
    (cpu.as_secs_f64() * 1e6 / probes, memory, count)
}

/// The same of probes on request, as `blackbox_exporter` makes them.
fn steady_theirs(process: &Watched) -> (f64, f64, usize) {
    let end = Instant::now() + WARM;
    ask_at_rate(end);
    let (start, cpu) = (Instant::now(), process.cpu());
    let probes = ask_at_rate(start + MEASURED);
    let cpu = process.cpu().saturating_sub(cpu);
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let (memory, count) = (process.memory("VmHWM") as f64, probes as f64);
    (cpu.as_secs_f64() * 1e6 / count, memory, probes)
}

fn ask_at_rate(end: Instant) -> usize {
    let asked = AtomicUsize::new(0);
    let (lanes, start) = (8, Instant::now());
    thread::scope(|scope| {
        for lane in 0..lanes {
            let asked = &asked;
            scope.spawn(move || {
                for number in 0_u32.. {
                    let turn = u32::try_from(lane).unwrap_or_default() + number * 8;
                    let due = start + Duration::from_secs(1) * turn / 100;
                    if due >= end {
                        break;
                    }
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    probe(BLACKBOX);
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    asked.into_inner()
}

/// One probe on request.
fn probe(port: u16) -> String {
    let path = if port == BLACKBOX {
        format!("/probe?module=wsus&target=https://127.0.0.1:{NGINX}/ClientWebService/client.asmx")
    } else {
        "/probe?target=one".to_owned()
    };
    let body = get(port, &path, &[]).expect("an answer");
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(text.contains("probe_success 1"), "{text}");
    text
}

/// The phases that both report, while so many probes were asked for at once.
fn at_once(place: &Place) {
    let mut config = format!("ca_file = \"{}\"\n", place.path("root.pem").display());
    config.push_str(&endpoint("one", Ipv4Addr::LOCALHOST, NGINX));
    config.push_str("[serve]\ninterval = \"1h\"\ncheck_interval = \"1h\"\n");
    let process = serve(Command::new(watched::PROGRAM), &place.write("one.toml", &config), OURS);
    wait_for(OURS, "/-/healthy");
    println!(
        "\nreported times in ms, median (and p99), of {PROBES} probes; loopback's truth: < 0.2"
    );
    println!("{:<10} {:<9} {:>20} {:>20}", "at once", "phase", "wsus-probe", "blackbox");
    for count in AT_ONCE {
        let both = [OURS, BLACKBOX].map(|port| burst(port, count));
        for phase in ["connect", "tls", "processing"] {
            let cells = both.each_ref().map(|texts| {
                let start = format!("probe_http_duration_seconds{{phase=\"{phase}\"}}");
                let mut all: Vec<f64> =
                    texts.iter().flat_map(|text| values(text, &start)).collect();
                all.sort_by(f64::total_cmp);
                let at = |percent: usize| all.get((all.len() * percent / 100).min(all.len() - 1));
                match (at(50), at(99)) {
                    (Some(median), Some(worst)) => {
                        format!("{:.2} ({:.1})", median * 1e3, worst * 1e3)
                    }
                    _ => "-".to_owned(),
                }
            });
            println!("{count:<10} {phase:<9} {:>20} {:>20}", cells[0], cells[1]);
        }
    }
    println!("memory of wsus-probe after it: peak {} MiB", mib(process.memory("VmHWM")));
}

fn burst(port: u16, count: usize) -> Vec<String> {
    let mut texts = Vec::new();
    for _ in 0..PROBES.div_ceil(count) {
        thread::scope(|scope| {
            let probes: Vec<_> = (0..count).map(|_| scope.spawn(|| probe(port))).collect();
            texts.extend(probes.into_iter().map(|probe| probe.join().expect("a probe")));
        });
    }
    texts
}
