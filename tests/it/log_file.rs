//! `serve --log.file`: lines go to the file of that name, whatever others do to it.

#![cfg(all(test, target_os = "linux"))]

use std::fs;

use nix::sys::signal::Signal;

use crate::support::exporter::{Exporter, wait};
use crate::support::program::{run, wsus_probe};
use crate::support::world::World;

const CONFIG: &str = "[[endpoint]]\nurl = \"https://127.0.0.1:1\"\n";

const UP: &str = "message=listening";
const IN_FORCE: &str = "was read again and is in force";

fn wait_for(path: &std::path::Path, text: &str) -> String {
    let read = || fs::read_to_string(path).unwrap_or_default();
    wait(|| Some(read()).filter(|log| log.contains(text)))
        .unwrap_or_else(|| panic!("no {text:?} in {:?}", read()))
}

#[test]
fn lines_follow_the_name_of_the_file() {
    let world = World::new();
    let config = world.file("x.toml", CONFIG);
    let log = world.file("log", "before\n");
    let away = log.with_extension("1");
    let exporter = Exporter::start(&config, &["--log.file", log.to_str().unwrap()]);
    assert!(wait_for(&log, UP).starts_with("before\nts=2"));
    // As logrotate's `create`.
    fs::rename(&log, &away).unwrap();
    exporter.running.signal(Signal::SIGHUP);
    assert!(!wait_for(&log, IN_FORCE).contains(UP));
    assert!(!fs::read_to_string(&away).unwrap().contains(IN_FORCE));
    // As its `copytruncate`.
    fs::write(&log, "").unwrap();
    exporter.running.signal(Signal::SIGHUP);
    assert!(wait_for(&log, IN_FORCE).starts_with("ts=2"), "no hole at its beginning");
    let (run, stderr) = exporter.end();
    assert_eq!((run.code(), stderr.as_str()), (0, ""));
    assert!(fs::read_to_string(&log).unwrap().ends_with("message=ended\n"));
}

#[test]
fn a_file_that_cannot_be_made_is_an_error_at_the_start() {
    let world = World::new();
    let config = world.file("x.toml", CONFIG);
    let config = config.to_str().unwrap();
    let listen = ["--web.listen-address", "127.0.0.1:0", "--config", config];
    for (arguments, part) in [
        (&["--log.file", "/nonexistent/log"][..], "/nonexistent/log"),
        (&["--log.file", "/"], "log to /"),
        (&["--log.events"], "only Windows has an event log"),
    ] {
        let run = run(wsus_probe(["serve"]).args(listen).args(arguments));
        assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains(part) && run.stderr.contains("hint:"), "{run:?}");
    }
    let run = run(&mut wsus_probe(["serve", "--log.events", "--log.file", "/a"]));
    assert_eq!(run.code(), 2, "{run:?}");
}

/// A small disk of its own, full until somebody makes the file FREE; then the script makes DONE
/// once lines are written again.
const SMALL_DISK: &str = "
set -e
mount -t tmpfs -o size=64k none DISK
dd if=/dev/zero of=DISK/fill bs=1k 2>/dev/null || true
\"$0\" \"$@\" --log.file DISK/log &
trap \"kill $!\" TERM
until [ -e FREE ]; do sleep 0.1; done
[ ! -s DISK/log ]
rm DISK/fill
kill -HUP $!
until grep -q 'in force' DISK/log; do sleep 0.1; done
touch DONE
while kill -0 $! 2>/dev/null; do wait $! || true; done
cat DISK/log >&2
";

#[test]
fn a_full_disk_stops_nothing_and_what_is_lost_is_told() {
    let world = World::new();
    let config = world.file("x.toml", CONFIG);
    let folder = config.parent().unwrap();
    let (disk, free, done) = (folder.join("disk"), folder.join("free"), folder.join("done"));
    fs::create_dir(&disk).unwrap();
    let script = SMALL_DISK.replace("DISK", disk.to_str().unwrap());
    let script = script.replace("FREE", free.to_str().unwrap());
    let script = script.replace("DONE", done.to_str().unwrap());
    let options = ["-rm", "sh", "-c", &script].map(str::to_owned);
    let exporter = Exporter::start_under("unshare", &options, &config);
    exporter.wait_for("/-/ready", |answer| answer.status == 200);
    fs::write(&free, "").unwrap();
    assert!(wait(|| done.exists().then_some(())).is_some(), "nothing is logged again");
    let (run, log) = exporter.end();
    assert_eq!(run.code(), 0, "{log}");
    let lines: Vec<_> = log.lines().collect();
    assert!(lines[0].starts_with("warning: the log can no longer be written to "), "{log}");
    assert!(lines[1].contains("they could not be written\" lost="), "{log}");
    assert!(lines[2].contains(IN_FORCE), "{log}");
    assert!(log.ends_with("message=ended\n"), "{log}");
}
