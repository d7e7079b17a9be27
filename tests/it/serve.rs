//! The life of `serve`: start, reload, end. What its pages show is for other tests.

#![cfg(all(test, target_os = "linux"))]
#![expect(clippy::disallowed_methods, reason = "the life of a real process is real time")]

use std::io::Write as _;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::exporter::{Exporter, wait};
use crate::support::program::{run, wsus_probe};
use crate::support::world::{World, listener, nobody};

const GOOD: &str = "[[endpoint]]\nname = \"one\"\nurl = \"https://127.0.0.1:1\"\n";
const OTHER: &str = "[[endpoint]]\nname = \"two\"\nurl = \"https://127.0.0.1:2\"\n";
const BAD: &str = "[[endpoint]]\nurl = \"ftp://127.0.0.1\"\n[serve]\nlistn = []\n";

const UP: &str = "message=listening";
const IN_FORCE: &str = "was read again and is in force";
const REFUSED: &str = "the configuration is refused";

/// The grace that is promised, and a slow machine.
const GRACE: Duration = Duration::from_secs(8);

#[test]
fn what_keeps_it_from_starting_is_told_with_exit_code_two() {
    let world = World::new();
    let taken = listener(crate::support::world::LOOPBACK, 0);
    let taken = taken.local_addr().unwrap().to_string();
    let good = world.file("good.toml", GOOD);
    let bad = world.file("bad.toml", BAD);
    let good = good.to_str().unwrap();
    let web = world.file("web.yml", "tls_server_config: {cert_file: absent.pem, key_file: k}\n");
    let web = web.to_str().unwrap();
    for (arguments, parts) in [
        (vec!["--web.listen-address", &taken, "--config", good], ["cannot listen", &*taken]),
        (vec!["--web.listen-address", "here", "--config", good], ["IP:PORT", "hint:"]),
        (vec!["--web.systemd-socket", "--config", good], ["systemd", "socket"]),
        (vec!["--config", bad.to_str().unwrap()], ["bad.toml:2:", "did you mean `listen`?"]),
        (vec!["--config", "/nonexistent.toml"], ["no such", "hint:"]),
        (vec!["--ca-file", "/nonexistent.pem"], ["/nonexistent.pem", "hint:"]),
        (vec!["--web.config.file", web, "--config", good], ["absent.pem", "hint:"]),
    ] {
        let run = run(wsus_probe(["serve"]).args(&arguments));
        assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{arguments:?}: {run:?}");
        assert!(parts.iter().all(|part| run.stderr.contains(part)), "{arguments:?}: {run:?}");
        assert!(!run.stderr.contains(UP), "nothing is announced: {run:?}");
    }
}

#[test]
fn a_web_file_that_is_given_is_not_suggested_and_its_refusal_shows() {
    let world = World::new();
    let web = world.file("web.yml", "http_server_config: {headers: {X-Frame-Options: deny}}\n");
    let config = world.file("x.toml", GOOD);
    let exporter = Exporter::start(&config, &["--web.config.file", web.to_str().unwrap()]);
    let log = exporter.wait_for_log("to open it up", 1);
    assert!(!log.contains("--web.config.file"), "{log}");
    let flag = |flag| format!("\nwsus_probe_web_config_last_reload_successful {flag}\n");
    exporter.wait_for("/metrics", |answer| answer.body.contains(&flag(1)));
    world.file("web.yml", "nonsense: 1\n");
    exporter.wait_for("/metrics", |answer| answer.body.contains(&flag(0)));
    exporter.wait_for("/", |page| page.body.contains("web configuration file was refused"));
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let world = World::new();
    let config = world.file("x.toml", GOOD);
    let (_reader, mut writer) = std::io::pipe().unwrap();
    // As much as a pipe holds on Linux (`pipe(7)`).
    writer.write_all(&vec![b' '; 65_536]).unwrap();
    let exporter = Exporter::start_with_log(&config, writer);
    exporter.wait_for("/-/healthy", |answer| answer.status == 200);
    let (run, _) = exporter.end();
    assert!(run.code() == 0 && run.waited < GRACE, "{run:?}");
}

#[test]
fn it_says_where_it_listens_and_how_to_open_it_up_and_ends_when_asked() {
    let world = World::new();
    let config = world.file("x.toml", GOOD);
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let exporter = Exporter::start(&config, &[]);
        let log = exporter.wait_for_log("to open it up", 1);
        assert!(log.contains(&format!("endpoints=1 addresses={}", exporter.address)), "{log}");
        assert!(log.starts_with("ts=2") && log.contains("--web.config.file"), "{log}");
        let (run, log) = exporter.end_by(signal);
        assert_eq!((run.code(), run.stdout.as_str()), (0, ""), "{log}");
        assert!(run.waited < GRACE && log.trim_end().ends_with("message=ended"), "{log}");
    }
}

#[test]
fn the_log_is_json_if_wanted_and_as_terse_as_wanted() {
    let world = World::new();
    let config = world.file("x.toml", GOOD);
    let exporter = Exporter::start(&config, &["--log.format", "json"]);
    exporter.wait_for_log("listening", 1);
    let (_, log) = exporter.end();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
        assert!(line["level"].is_string() && line["message"].is_string(), "{line}");
    }
    let exporter = Exporter::start(&config, &["--log.level", "error"]);
    exporter.wait_for("/-/healthy", |answer| answer.status == 200);
    exporter.running.signal(Signal::SIGHUP);
    let (run, log) = exporter.end();
    assert_eq!((run.code(), log.as_str()), (0, ""));
}

#[test]
fn a_hangup_reads_the_configuration_again_and_a_bad_one_changes_nothing() {
    let world = World::new();
    let config = world.file("x.toml", GOOD);
    let exporter = Exporter::start(&config, &[]);
    exporter.wait_for_log(UP, 1);
    world.file("x.toml", BAD);
    exporter.running.signal(Signal::SIGHUP);
    let log = exporter.wait_for_log(REFUSED, 1);
    let line = log.lines().find(|line| line.contains(REFUSED)).unwrap();
    for part in ["level=error", "x.toml:2:7", "serve.listn", "; hint: did you mean `listen`?"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    world.file("x.toml", &format!("{GOOD}{OTHER}[serve]\nlisten = [\"127.0.0.1:1\"]\n"));
    exporter.running.signal(Signal::SIGHUP);
    let log = exporter.wait_for_log(IN_FORCE, 1);
    assert!(log.contains("endpoints=2"), "{log}");
    // The option names the address, so the file does not change it.
    assert!(!log.contains("until the next start"), "{log}");
    let (run, log) = exporter.end();
    assert_eq!(run.code(), 0, "{log}");
}

#[test]
fn files_that_change_are_read_again_where_that_is_wanted() {
    let world = World::new();
    let ca = std::fs::read_to_string(world.ca_file()).unwrap();
    let own_ca = world.file("own.pem", &ca);
    let with_ca = format!("ca_file = {own_ca:?}\n{GOOD}");
    let config = world.file("x.toml", &with_ca);
    let exporter = Exporter::start(&config, &["--config.auto-reload"]);
    exporter.wait_for_log(UP, 1);
    world.file("x.toml", &format!("{with_ca}{OTHER}"));
    exporter.wait_for_log(IN_FORCE, 1);
    world.file("own.pem", "nonsense");
    exporter.wait_for_log("own.pem", 1);
    world.file("own.pem", &ca.repeat(2));
    let log = exporter.wait_for_log(IN_FORCE, 2);
    assert_eq!(log.matches(REFUSED).count(), 1, "a file at fault is told once: {log}");
    exporter.end();

    // Where the file itself wants it, the file can also stop wanting it.
    let config = world.file("y.toml", &format!("{GOOD}[serve]\nauto_reload = true\n"));
    let exporter = Exporter::start(&config, &[]);
    exporter.wait_for_log(UP, 1);
    world.file("y.toml", &format!("{GOOD}{OTHER}"));
    exporter.wait_for_log(IN_FORCE, 1);
    world.file("y.toml", GOOD);
    std::thread::sleep(Duration::from_secs(6));
    let (_, log) = exporter.end();
    assert_eq!(log.matches(IN_FORCE).count(), 1, "it was turned off: {log}");
}

#[test]
fn a_dead_resolver_and_dead_endpoints_do_not_keep_it_from_running() {
    let world = World::new();
    let config = format!(
        "resolver = \"{}\"\n[[endpoint]]\nurl = \"https://a.test\"\n\
         [[endpoint]]\nurl = \"https://127.0.0.1:1\"\n[serve]\ninterval = \"1s\"\n",
        nobody()
    );
    let exporter = Exporter::start(&world.file("x.toml", &config), &[]);
    exporter.wait_for_log(UP, 1);
    std::thread::sleep(Duration::from_secs(3));
    let (run, log) = exporter.end();
    assert_eq!(run.code(), 0, "{log}");
    assert!(run.elapsed > Duration::from_secs(3), "{log}");
}

#[test]
fn the_demonstration_goes_on_with_the_exporter() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = wsus_probe(["demo", "--keep"]);
    command.env("TMPDIR", folder.path()).stderr(std::fs::File::create(&log).unwrap());
    let running = crate::support::program::Running::start(&mut command);
    let read = || std::fs::read_to_string(&log).unwrap();
    // The first step of the script comes ten seconds after the show.
    assert!(wait(|| read().contains("demo: dfw: ").then_some(())).is_some(), "{}", read());
    running.signal(Signal::SIGTERM);
    let run = running.finish();
    let log = read();
    assert_eq!(run.code(), 0, "{log}");
    for part in ["  http://127.0.0.1:", "/metrics", "message=listening", "demo: dfw: ", "=ended"] {
        assert!(log.contains(part), "{part} in {log}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "only the log of this test: {left:?}");
}
