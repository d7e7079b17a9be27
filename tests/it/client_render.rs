//! `client render`: every format, from every source of settings, and files that are not harmed.

#![cfg(test)]

mod properties;
mod readers;

use std::path::Path;

use tempfile::TempDir;
use wsus_probe::model::client::Weight;
use wsus_probe::model::registry::{Data, Document, Operation};
use wsus_probe::output::client_render::{Settings, reg};
use wsus_probe::policy::audit;
use wsus_probe::policy::correct::corrected;
use wsus_probe::policy::effective::Effective;
use wsus_probe::policy::setting::Setting;
use wsus_probe::wire::{reg_file, registry_pol};

use crate::support::program::{Run, run, shell, wsus_probe};
use crate::support::world::World;

const SERVER: &str = "https://wsus.corp.example:8531";

fn render(arguments: &[&str]) -> Run {
    run(wsus_probe(["client", "render"]).args(arguments))
}

fn effective(document: &Document) -> Vec<(Setting, Data)> {
    let effective = Effective::of(std::slice::from_ref(document));
    effective.all().map(|(setting, held)| (setting, held.data.clone())).collect()
}

fn usual() -> Vec<(Setting, Data)> {
    let url = || Data::String(SERVER.to_owned());
    vec![
        (Setting::WuServer, url()),
        (Setting::WuStatusServer, url()),
        (Setting::UseWuServer, Data::Dword(1)),
        (Setting::DetectionFrequency, Data::Dword(4)),
        (Setting::DetectionFrequencyEnabled, Data::Dword(1)),
    ]
}

#[test]
fn files_hold_what_was_asked_for() {
    let folder = TempDir::new().unwrap();
    for name in ["wsus.reg", "wsus.ps1", "wsus.txt", "Registry.POL", "wsus.yml", "wsus.json"] {
        let path = folder.path().join(name);
        let to = path.to_str().unwrap();
        let run = render(&["--server", SERVER, "--set", "detectionfrequency=0x4", "--to", to]);
        assert_eq!((run.code(), run.stdout.as_str()), (0, ""), "{name}: {}", run.stderr);
        assert!(run.stderr.contains("set: UseWUServer = 1\n"), "{}", run.stderr);
        let bytes = std::fs::read(&path).unwrap();
        match name {
            "wsus.reg" => {
                assert!(bytes.starts_with(&[0xff, 0xfe]));
                let document = reg_file::read(&bytes).unwrap();
                assert_eq!((effective(&document), document.remarks.len()), (usual(), 0));
            }
            "Registry.POL" => {
                let document = registry_pol::read(&bytes).unwrap();
                assert_eq!((effective(&document), document.remarks.len()), (usual(), 0));
            }
            _ => {
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.is_ascii() && text.contains(SERVER), "{text}");
            }
        }
    }
}

#[test]
fn standard_output_is_a_registry_file_that_pipes_do_not_harm() {
    let run = render(&["--server", &format!("{SERVER}/")]);
    assert_eq!(run.code(), 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout.replace("\r\n", "\n"));
    let document = reg_file::read(run.stdout.as_bytes()).unwrap();
    assert_eq!(effective(&document), usual()[..3]);
}

#[test]
fn what_cannot_be_written_is_refused_with_a_way_out() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (reg, missing) = (file("a.reg"), file("no/such/folder.reg"));
    for (arguments, part) in [
        (vec![], "nothing to write"),
        (vec!["--server", "ftp://a.test"], "--server"),
        (vec!["--server", "https://a.test/path"], "path"),
        (vec!["--set", "WUServer=a.test"], "--set"),
        (vec!["--set", "DetectionFrequency=23"], "1 to 22 (hours)"),
        (vec!["--set", "DetectionFrequencey=2"], "did you mean DetectionFrequency?"),
        (vec!["--set", "AUOptions=4"], "ScheduledInstallDay 0 to 7"),
        (vec!["--set", "AUOptions=3", "--set", "AUOptions=2"], "twice"),
        (vec!["--server", SERVER, "--set", "WUServer=http://b.test:8530"], "twice"),
        (vec!["--nearest", "--set", "WUServer=http://b.test:8530"], "--nearest"),
        (vec!["--server", SERVER, "--format", "json", "--to", &reg], "*.json"),
        (vec!["--server", SERVER, "--to", &missing], "folder first"),
        (vec!["--set", "NoWindowsUpdate (user)=1", "--format", "powershell"], "each user"),
    ] {
        let run = render(&arguments);
        assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{arguments:?}");
        let is_told = run.stderr.starts_with("error: ") && run.stderr.contains("\n  hint: ");
        assert!(is_told && run.stderr.contains(part), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was written");
}

#[test]
fn what_an_audit_warns_of_is_told() {
    let world = World::new();
    let known = "[[endpoint]]\nname = \"dfw\"\nurl = \"https://msupdate.dfw.example.test\"\n";
    let config = world.file("known.toml", known);
    for (arguments, part) in [
        (vec!["--server", SERVER, "--set", "NoAutoUpdate=1"], "NoAutoUpdate"),
        (vec!["--server", "https://msupdate.dfx.example.test"], "msupdate.dfw.example.test"),
    ] {
        let run = render(&[&arguments[..], &["--config", config.to_str().unwrap()]].concat());
        assert_eq!(run.code(), 3, "{arguments:?}: {}", run.stderr);
        let is_told = |line: &str| line.starts_with("left to you: ") && line.contains(part);
        assert!(run.stderr.lines().any(is_told), "{arguments:?}: {}", run.stderr);
    }
    for set in ["AUOptions=7", "TargetGroup=Servers, Berlin", "NoWindowsUpdate (user)=1"] {
        let run = render(&["--server", SERVER, "--set", set]);
        assert_eq!(run.code(), 0, "{set}: {}", run.stderr);
        let value = set.split_once('=').unwrap().1;
        assert!(run.stderr.contains(value), "{set}: {}", run.stderr);
    }
}

#[test]
fn what_belongs_to_users_is_left_out_of_what_an_administrator_runs() {
    let user = "NoWindowsUpdate (user)=1";
    for format in ["powershell", "ansible", "pol"] {
        let folder = TempDir::new().unwrap();
        let to = folder.path().join("a");
        let to = to.to_str().unwrap();
        let run = render(&["--server", SERVER, "--set", user, "--format", format, "--to", to]);
        assert_eq!(run.code(), 3, "{format}: {}", run.stderr);
        let is_told = |line: &str| line.starts_with("not in this format: HKEY_CURRENT_USER\\");
        assert!(run.stderr.lines().any(is_told), "{format}: {}", run.stderr);
    }
    let run = render(&["--server", SERVER, "--set", user]);
    assert!(run.stderr.contains("set for the user who imports it"), "{}", run.stderr);
}

#[test]
fn what_comes_next_ends_with_a_client_that_has_the_settings() {
    for (format, parts) in [
        ("reg", &["reg import FILE", "gpupdate /force", "Restart-Service wuauserv"][..]),
        ("lgpo", &["LGPO.exe /t FILE", "gpupdate", "Restart-Service wuauserv"]),
        ("pol", &["LGPO.exe /m FILE", "gpupdate", "Restart-Service wuauserv"]),
        ("powershell", &["-File FILE -WhatIf"]),
        ("ansible", &["-i INVENTORY --limit SITE --check", "every host of the group windows"]),
    ] {
        // A policy file is no text.
        let run = run(&mut shell(&format!(
            "exec \"$0\" client render --server {SERVER} --format {format} >/dev/null"
        )));
        assert_eq!(run.code(), 0, "{format}: {}", run.stderr);
        let next = run.stderr.lines().find(|line| line.starts_with("next: ")).unwrap();
        for part in parts {
            assert!(next.contains(part), "{format}: {next}");
        }
    }
}

#[test]
fn a_file_that_exists_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.reg");
    std::fs::write(&path, "mine").unwrap();
    let run = render(&["--server", SERVER, "--to", path.to_str().unwrap()]);
    assert_eq!(run.code(), 2);
    assert!(run.stderr.contains("exists already"), "{}", run.stderr);
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}

/// A limit on the size of files stands in for a full disk.
#[cfg(unix)]
#[test]
fn nothing_half_written_is_left_behind() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.ps1");
    let script = format!(
        "trap '' XFSZ; ulimit -f 1; exec \"$0\" client render --server {SERVER} --to {}",
        path.display()
    );
    let run = run(&mut shell(&script));
    assert_eq!(run.code(), 2, "{}", run.stderr);
    assert!(run.stderr.contains("nothing was left there"), "{}", run.stderr);
    assert!(!path.exists());
}

#[test]
fn the_nearest_server_can_be_taken() {
    let world = World::new();
    let (_fleet, config) = world.fleet();
    let run = nearest(&config);
    assert_eq!(run.code(), 0, "{}", run.stderr);
    assert!(run.stdout.contains("; Chosen by wsus-probe nearest at "), "{}", run.stdout);
    let document = reg_file::read(run.stdout.as_bytes()).unwrap();
    let effective = effective(&document);
    assert_eq!(effective[0].1, effective[1].1);
    assert_eq!(effective[2], (Setting::UseWuServer, Data::Dword(1)));
}

#[test]
fn without_a_healthy_server_nothing_is_written() {
    let world = World::new();
    let config =
        world.file("closed.toml", "[[endpoint]]\nname = \"a\"\nurl = \"http://127.0.0.1:1\"\n");
    let run = nearest(&config);
    assert_eq!((run.code(), run.stdout.as_str()), (1, ""), "{}", run.stderr);
}

fn nearest(config: &Path) -> Run {
    let config = config.to_str().unwrap();
    render(&["--nearest", "--config", config])
}

/// The block that a hoster once published, with its mistakes.
const PUBLISHED: &str = r#"
    [HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\windows\WindowsUpdate]
    "AcceptTrustedPublisherCerts"=dword:00000001
    "WUServer"="https://msupdate.dfw1.example.test"
    "WUStatusServer"="https://msupdate.dfw1.example.test"

    [HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\windows\WindowsUpdate\AU]
    "AUOptions"=dword:00000004 "AutoInstallMinorUpdates"=dword:00000000
    "DetectionFrequency"=dword:00000016 "DetectionFrequencyEnabled"=dword:00000001
    "NoAutoRebootWithLoggedOnUsers"=dword:00000000 "NoAutoUpdate"=dword:00000000
    "RackSpaceDefaults"=dword:00000001
    "ScheduledInstallDay"=dword:00000000
    "ScheduledInstallTime"=dword:00000002 "UseWUServer"=dword:00000001
"#;

#[test]
fn a_published_block_becomes_a_file_that_windows_imports() {
    let source = reg_file::read(PUBLISHED.as_bytes()).unwrap();
    let corrected = corrected(std::slice::from_ref(&source));
    assert_eq!(corrected.lost, Vec::<String>::new());
    let operations = corrected.desired.operations();
    let settings = Settings { origin: &[], operations: &operations };
    let document = reg_file::read(&reg::file(&settings).bytes).unwrap();
    assert_eq!(document.remarks, []);
    assert!(document.entries.iter().all(|entry| entry.certain));
    assert_eq!(effective(&document), effective(&source));
    let is_vendors = |operation: &Operation| matches!(operation, Operation::Set { name, data: Data::Dword(1), .. } if name == "RackSpaceDefaults");
    assert!(document.entries.iter().any(|entry| is_vendors(&entry.operation)));
    assert_eq!(serious(&document), Vec::<String>::new());
}

#[test]
fn a_file_is_corrected() {
    let folder = TempDir::new().unwrap();
    let (old, new) = (folder.path().join("old.reg"), folder.path().join("new.reg"));
    std::fs::write(&old, PUBLISHED).unwrap();
    let (from, to) = (old.to_str().unwrap(), new.to_str().unwrap());
    let run = render(&["--fix", from, "--server", SERVER, "--to", to]);
    assert_eq!(run.code(), 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stderr.replace(to, "new.reg"));
    let document = reg_file::read(&std::fs::read(&new).unwrap()).unwrap();
    assert_eq!(effective(&document)[0].1, Data::String(SERVER.to_owned()));
}

#[test]
fn a_misspelled_server_is_told_and_not_changed() {
    let world = World::new();
    let old = world.file("old.reg", PUBLISHED);
    let known = "[[endpoint]]\nname = \"dfw\"\nurl = \"https://msupdate.dfw.example.test\"\n";
    let config = world.file("known.toml", known);
    let fix = ["--config", config.to_str().unwrap(), "--fix", old.to_str().unwrap()];
    let run = render(&fix);
    assert_eq!(run.code(), 3, "{}", run.stderr);
    let is_told = |line: &str| line.starts_with("left to you: ") && line.contains("msupdate.dfw.");
    assert!(run.stderr.lines().any(is_told), "{}", run.stderr);
    assert!(run.stdout.contains("\"WUServer\"=\"https://msupdate.dfw1.example.test\""));

    let run = self::run(wsus_probe(["client", "render"]).args(fix).args(["--server", SERVER]));
    assert_eq!(run.code(), 0, "{}", run.stderr);
    assert!(!run.stdout.contains("dfw1"), "{}", run.stdout);
}

/// What cannot be kept is told, and counts.
#[test]
fn what_a_file_loses_is_left_to_its_reader() {
    let world = World::new();
    let key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU";
    let text = |key: &str, end: &str| {
        format!(
            "Windows Registry Editor Version 5.00\n[{key}]\n\"AutoInstallMinorUpdates\"=dword:1\n{end}"
        )
    };
    for (name, text, part) in [
        ("root.reg", text(&key.replace("LOCAL_", ""), ""), "not readable: line 2: "),
        ("near.reg", text(&key.replace("LOCAL_", "LOCAL"), ""), "corrected: line 2: "),
        ("gone.reg", text(key, &format!("[-{key}]\n")), "left to you: AutoInstallMinorUpdates "),
    ] {
        let run = render(&["--fix", world.file(name, &text).to_str().unwrap()]);
        let is_whole = name == "near.reg";
        assert_eq!(run.code(), if is_whole { 0 } else { 3 }, "{name}: {}", run.stderr);
        assert!(run.stderr.contains(part), "{name}: {}", run.stderr);
        assert_eq!(run.stdout.contains("\"AutoInstallMinorUpdates\"=dword"), is_whole);
    }
    let gone = world.file("kept.reg", &text(key, &format!("[-{key}]\n")));
    let set = ["--set", "AutoInstallMinorUpdates=1", "--server", SERVER];
    let run = run(wsus_probe(["client", "render", "--fix"]).arg(gone).args(set));
    assert_eq!(run.code(), 0, "{}", run.stderr);
}

#[test]
fn settings_without_a_server_are_for_beside_one() {
    let run = render(&["--set", "DetectionFrequency=4"]);
    assert_eq!(run.code(), 0, "{}", run.stderr);
    assert!(!run.stdout.contains("WUServer"), "{}", run.stdout);
}

/// Perhaps it was forgotten.
#[test]
fn a_port_that_was_left_out_stays_out_and_is_asked_for() {
    for given in [["--server", "http://wsus.corp.example"], ["--set", "WUServer=http://wsus"]] {
        let run = render(&given);
        assert_eq!(run.code(), 3, "{}", run.stderr);
        assert!(!run.stdout.contains(":80"), "{}", run.stdout);
        assert!(
            run.stderr.contains("left to you: ") && run.stderr.contains(":8530"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn the_port_of_clear_text_is_written_out() {
    let run = render(&["--server", "http://wsus.corp.example:80"]);
    assert_eq!(run.code(), 0, "{}", run.stderr);
    assert!(run.stdout.contains("\"WUServer\"=\"http://wsus.corp.example:80\""), "{}", run.stdout);
}

/// What is more than a note.
fn serious(document: &Document) -> Vec<String> {
    let findings = audit::findings(std::slice::from_ref(document));
    let serious = findings.into_iter().filter(|finding| finding.weight > Weight::Note);
    serious.map(|finding| format!("{:?}: {}", finding.code, finding.observed)).collect()
}
