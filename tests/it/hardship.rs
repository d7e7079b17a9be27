//! The exporter in trouble of its own: stopped and continued, stormed, reloaded under way, short of
//! descriptors.

#![cfg(all(test, target_os = "linux"))]
#![expect(clippy::disallowed_methods, reason = "a real process is asked over real sockets")]

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;
use wsus_probe::demo::fleet::fault::Fault;

use crate::support::exporter::{Answer, Exporter, wait, wait_at_most};
use crate::support::world::World;

/// Rounds that follow each other fast, so that there are some in whatever happens.
const FAST: &str =
    "\n[serve]\ninterval = \"1s\"\ncheck_interval = \"10s\"\ntls_interval = \"1m\"\n";

fn config(world: &World, fleet: &Path) -> PathBuf {
    let text = std::fs::read_to_string(fleet).unwrap() + FAST;
    world.file("hardship.toml", &text)
}

fn is_ok(answer: &Answer) -> bool {
    answer.status == 200
}

fn metrics(exporter: &Exporter) -> String {
    exporter.wait_for("/metrics", is_ok).body
}

/// The sum of all series whose line begins so.
fn sum(text: &str, start: &str) -> f64 {
    let lines = text.lines().filter(|line| line.starts_with(start));
    lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}

#[test]
fn a_pause_is_no_latency_and_no_failure() {
    const STOPPED: Duration = Duration::from_secs(4);
    let world = World::new();
    let (_fleet, file) = world.fleet();
    let exporter = Exporter::start(&config(&world, &file), &[]);
    exporter.wait_for("/-/ready", is_ok);
    let before = metrics(&exporter);
    exporter.running.signal(Signal::SIGSTOP);
    thread::sleep(STOPPED);
    exporter.running.signal(Signal::SIGCONT);
    exporter.wait_for_log("event=stall", 1);
    // The rounds after it are as before it.
    thread::sleep(Duration::from_secs(3));
    let after = metrics(&exporter);
    let rose = |start: &str| sum(&after, start) - sum(&before, start);
    assert!(rose("wsus_probe_dropped_rounds_total") > 0.0, "{after}");
    assert!(rose("wsus_probe_attempts_total") > 0.0, "{after}");
    assert!(rose("wsus_probe_failures_total").abs() < 0.5, "{}", exporter.log());
    // The farthest server is at a quarter of a second: nothing took as long as the pause.
    let counted = |bound: &str| {
        let series = "wsus_probe_phase_duration_seconds_bucket";
        let lines = after.lines().filter(|line| line.starts_with(series) && line.contains(bound));
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum::<f64>()
    };
    assert!((counted("le=\"3\"") - counted("le=\"+Inf\"")).abs() < 0.5, "{after}");
}

#[test]
fn it_ends_in_time_in_the_middle_of_a_storm() {
    let world = World::new();
    let (_fleet, file) = world.fleet_with([("hkg", Fault::BlackHole)]);
    let exporter = Exporter::start(&config(&world, &file), &[]);
    exporter.wait_for("/-/ready", is_ok);
    // Clients that ask and do not read, and some that never finish asking.
    let crowd: Vec<TcpStream> = (0..600)
        .filter_map(|number| {
            let mut stream = TcpStream::connect(exporter.address).ok()?;
            let end = if number % 3 == 0 { "" } else { "\r\n" };
            let request = format!("GET /metrics HTTP/1.1\r\nHost: localhost\r\n{end}");
            stream.write_all(request.as_bytes()).ok().map(|()| stream)
        })
        .collect();
    // It goes on answering others, and measuring.
    let rounds = sum(&metrics(&exporter), "wsus_probe_attempts_total");
    exporter.wait_for("/metrics", |it| sum(&it.body, "wsus_probe_attempts_total") > rounds);
    let (run, log) = exporter.end();
    assert_eq!(run.code(), 0, "{log}");
    // The grace that is promised, and a slow machine.
    assert!(run.waited < Duration::from_secs(20), "{:?}", run.waited);
    drop(crowd);
}

#[test]
fn a_reload_ends_what_is_under_way_for_what_is_gone() {
    let world = World::new();
    // A round to the one that goes is under way nearly all the time.
    let (_fleet, file) = world.fleet_with([("iad", Fault::BlackHole)]);
    let path = config(&world, &file);
    let exporter = Exporter::start(&path, &[]);
    exporter.wait_for("/-/ready", is_ok);
    let stays = "wsus_probe_attempts_total{endpoint=\"dfw\"";
    let before = sum(&metrics(&exporter), stays);
    let text = std::fs::read_to_string(&path).unwrap();
    let parts = text.split("[[endpoint]]").filter(|part| !part.contains("name = \"iad\""));
    std::fs::write(&path, parts.collect::<Vec<_>>().join("[[endpoint]]")).unwrap();
    let answer = exporter.ask("POST", "/-/reload").unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    let after = exporter.wait_for("/metrics", |it| !it.body.contains("endpoint=\"iad\"")).body;
    assert!(sum(&after, stays) >= before, "what stays lost its counters");
    assert_eq!(exporter.get("/endpoint/iad").unwrap().status, 404);
    // Nothing of a round that was under way comes back.
    thread::sleep(Duration::from_secs(3));
    assert!(!metrics(&exporter).contains("endpoint=\"iad\""));
}

/// A client that keeps its connection.
struct KeptAlive(BufReader<TcpStream>);

impl KeptAlive {
    fn connect(exporter: &Exporter) -> Self {
        Self(BufReader::new(TcpStream::connect(exporter.address).unwrap()))
    }

    fn metrics(&mut self) -> String {
        let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut length = None;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let Some((name, value)) = line.split_once(": ") else {
                if line.trim().is_empty() {
                    break;
                }
                continue;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse().unwrap());
            }
        }
        let mut body = vec![0; length.expect("the answer's length")];
        self.0.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }
}

#[test]
fn without_descriptors_it_blames_nobody() {
    /// Several from each server.
    const ATTEMPTS: f64 = 12.0;
    /// Less than a client may take to ask for something.
    const CROWDED: Duration = Duration::from_secs(15);
    let world = World::new();
    let (_fleet, file) = world.fleet();
    let exporter = Exporter::start_with_descriptors(&config(&world, &file), 64);
    exporter.wait_for("/-/ready", is_ok);
    let early = RefCell::new(KeptAlive::connect(&exporter));
    let before = early.borrow_mut().metrics();
    // More clients than descriptors, none of which asks for anything.
    let held: Vec<TcpStream> =
        (0..100).filter_map(|_| TcpStream::connect(exporter.address).ok()).collect();
    let attempts = |text: &str| sum(text, "wsus_probe_attempts_total");
    let start = attempts(&early.borrow_mut().metrics());
    // It goes on measuring, as a client that was there before sees.
    let measured = wait_at_most(CROWDED, Duration::from_millis(200), || {
        (attempts(&early.borrow_mut().metrics()) > start + ATTEMPTS).then_some(())
    });
    assert!(measured.is_some(), "{}", exporter.log());
    drop(held);
    let after = wait(|| exporter.get("/metrics").filter(is_ok)).expect("it answers again").body;
    let rose = |start: &str| sum(&after, start) - sum(&before, start);
    assert!(rose("wsus_probe_failures_total") < 0.5, "{}", exporter.log());
    assert!(!exporter.log().contains("cannot be accepted"), "{}", exporter.log());
}
