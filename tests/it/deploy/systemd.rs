//! The units: accepted by systemd, as closed as the documentation says, and the exporter works under
//! their filter of system calls.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{files, parses, read, root, tool};
use crate::support::exporter::Exporter;
use crate::support::program::PROGRAM;
use crate::support::world::World;

const UNIT: &str = "deploy/systemd/wsus-probe.service";

/// Where the unit expects the program.
const INSTALLED: &str = "/usr/local/bin/wsus-probe";

/// The values of a setting, one for each line that has it.
fn settings<'a>(unit: &'a str, name: &str) -> Vec<&'a str> {
    let value = |line: &'a str| line.strip_prefix(name)?.strip_prefix('=');
    unit.lines().filter_map(value).collect()
}

/// The units with this build in place of the installed one, and one of the drop-ins.
fn installed(drop_in: &Path) -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let put = |from: &Path, to: PathBuf| {
        std::fs::write(&to, read(from).replace(INSTALLED, PROGRAM)).unwrap();
        to
    };
    let units = ["service", "socket"].into_iter().flat_map(|kind| files("deploy/systemd", kind));
    let units: Vec<PathBuf> =
        units.map(|unit| put(&unit, folder.path().join(unit.file_name().unwrap()))).collect();
    let place = folder.path().join("wsus-probe.service.d");
    std::fs::create_dir(&place).unwrap();
    put(drop_in, place.join(drop_in.file_name().unwrap()));
    (folder, units)
}

#[test]
fn systemd_accepts_the_units_with_each_drop_in() {
    for drop_in in files("deploy/systemd/wsus-probe.service.d", "conf") {
        let (_folder, units) = installed(&drop_in);
        for unit in units {
            let output = tool("systemd-analyze", "systemd", &["verify", unit.to_str().unwrap()]);
            let text = String::from_utf8_lossy(&output.stderr);
            let unit = unit.file_name().unwrap();
            assert!(output.status.success() && text.is_empty(), "{unit:?}: {text}");
        }
        // An empty one takes back that of the unit.
        for line in settings(&read(&drop_in), "ExecStart").into_iter().filter(|l| !l.is_empty()) {
            parses(&line.split(' ').skip(1).collect::<Vec<_>>());
        }
    }
    let unit = read(UNIT);
    parses(&settings(&unit, "ExecStart")[0].split(' ').skip(1).collect::<Vec<_>>());
}

#[test]
fn the_service_is_as_closed_as_is_told() {
    let file = root().join(UNIT);
    let arguments = ["security", "--offline=true", file.to_str().unwrap()];
    let output = tool("systemd-analyze", "systemd", &arguments);
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    let (_, level) = text.rsplit_once("exposure level for wsus-probe.service: ").expect(&text);
    let level: f64 = level.split(' ').next().unwrap().parse().unwrap();
    // What newer versions of systemd add to the list may add a little to the level.
    assert!((0.1..1.6).contains(&level), "{level}: {text}");
    let document = read("docs/deploying.md");
    assert!(document.contains("exposure level 1.1"), "the level is {level}");
}

/// The system calls of a group, those of the groups in it included.
fn group(name: &str) -> BTreeSet<String> {
    let output = tool("systemd-analyze", "systemd", &["syscall-filter", name]);
    let text = String::from_utf8(output.stdout).unwrap();
    let mut calls = BTreeSet::new();
    for line in text.lines().skip(1).map(str::trim) {
        match line.chars().next() {
            Some('@') => calls.extend(group(line)),
            Some('#') | None => {}
            Some(_) => drop(calls.insert(line.to_owned())),
        }
    }
    assert!(!calls.is_empty(), "{name}: {text}");
    calls
}

/// The system calls that the unit allows.
fn allowed() -> BTreeSet<String> {
    let unit = read(UNIT);
    let mut calls = BTreeSet::new();
    for value in settings(&unit, "SystemCallFilter") {
        let (is_denied, groups) = match value.strip_prefix('~') {
            Some(groups) => (true, groups),
            None => (false, value),
        };
        for name in groups.split(' ') {
            let group = group(name);
            if is_denied {
                calls.retain(|call| !group.contains(call));
            } else {
                calls.extend(group);
            }
        }
    }
    calls
}

/// All others fail under strace as they would under systemd, so that a program that needs one
/// shows it; what they were is in the trace.
#[test]
fn the_exporter_lives_with_the_filters_of_the_unit() {
    let world = World::new();
    let (_fleet, file) = world.fleet();
    let config = std::fs::read_to_string(file).unwrap() + "\n[serve]\ninterval = \"1s\"\n";
    let config = world.file("exporter.toml", &config);
    let trace = world.file("trace", "");
    let quoted: Vec<String> = allowed().iter().map(|call| format!("?{call}")).collect();
    let others = format!("!{}", quoted.join(","));
    // Beside what is denied: what shows families of sockets, and memory that is written and run.
    let options = [
        "-f".to_owned(),
        // The exporter, not strace, is the child that gets the signals.
        "-D".to_owned(),
        "-qq".to_owned(),
        format!("--output={}", trace.display()),
        "-e".to_owned(),
        format!("inject={others}:error=EPERM"),
        "-e".to_owned(),
        "trace=all".to_owned(),
        "-e".to_owned(),
        "signal=none".to_owned(),
    ];
    let exporter = Exporter::start_under("strace", &options, &config);
    exporter.wait_for("/-/ready", |answer| answer.status == 200);
    exporter.wait_for("/metrics", |answer| answer.body.contains("process_start_time_seconds "));
    exporter.wait_for("/probe?target=dfw", |answer| answer.body.contains("probe_success 1"));
    assert_eq!(exporter.ask("POST", "/-/reload").unwrap().status, 200);
    let (run, log) = exporter.end();
    assert_eq!(run.code(), 0, "{log}");

    let trace = std::fs::read_to_string(trace).unwrap();
    assert!(trace.lines().count() > 1_000, "nothing was traced: {trace}");
    let denied: Vec<&str> = trace.lines().filter(|line| line.contains("(INJECTED)")).collect();
    assert!(denied.is_empty(), "{denied:#?}");
    let unit = read(UNIT);
    let families = settings(&unit, "RestrictAddressFamilies")[0];
    for line in trace.lines().filter(|line| line.contains(" socket(")) {
        let family = line.split("socket(").nth(1).unwrap().split(',').next().unwrap();
        assert!(families.split(' ').any(|allowed| allowed == family), "{line}");
    }
    let is_both = |line: &&str| line.contains("PROT_WRITE|PROT_EXEC");
    assert_eq!(trace.lines().find(is_both), None);
}
