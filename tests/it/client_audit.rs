//! `client audit` of files: what is read from where, and what is refused.

#![cfg(test)]

use std::fs::{self, File};
use std::path::Path;

use wsus_probe::demo::fleet::fault::Fault;

use crate::support::program::{Run, run, shell, wsus_probe};
use crate::support::world::World;

fn data(name: &str) -> String {
    format!("{}/tests/data/registry/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn audit(arguments: &[&str]) -> Run {
    run(wsus_probe(["client", "audit"]).args(arguments))
}

/// The settings in effect by name, with their words.
fn settings(run: &Run) -> Vec<(String, String)> {
    let json = run.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let settings = json["settings"].as_array().unwrap().iter();
    settings.map(|setting| (text(&setting["name"]), text(&setting["words"]))).collect()
}

fn has(run: &Run, name: &str, words: &str) -> bool {
    settings(run).contains(&(name.to_owned(), words.to_owned()))
}

#[test]
fn files_of_other_programs_are_read() {
    for name in ["wine_reg_export.reg", "samba.pol"] {
        let run = audit(&[&data(name), "--output", "json"]);
        assert!(has(&run, "WUServer", "http://wsus.corp.example:8530"), "{run:?}");
        assert!(has(&run, "UseWUServer", "1 (yes)"), "{run:?}");
        assert!(has(&run, "DetectionFrequency", "22 = 0x16 (22 hours)"), "{run:?}");
        let json = run.json();
        assert_eq!(json["schema_version"], 1);
        assert_eq!(json["sources"][0]["name"], data(name).as_str());
        assert_eq!(json["settings"][0]["imported"], true);
    }
}

#[test]
fn a_block_from_a_page_is_read_as_it_is_meant_and_told_to_be_no_registry_file() {
    let run = audit(&[&data("from_a_page.reg"), "--output", "json"]);
    assert_eq!(settings(&run).len(), 12, "{run:?}");
    let json = run.json();
    assert_eq!(json["sources"][0]["format"], "registry_file_without_header");
    assert_eq!(json["sources"][0]["remarks"][1]["kind"], "several_on_one_line");
    assert_eq!(json["sources"][0]["remarks"][1]["line"], 7);
    assert_eq!(json["settings"][0]["imported"], false);
    let text = audit(&[&data("from_a_page.reg")]).stdout;
    for part in ["  4 (download, install by schedule)", "as they are meant: Windows reads none"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_later_file_is_on_top_of_the_earlier_and_standard_input_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let over = folder.path().join("over.reg");
    let text = "REGEDIT4\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU]\n\"UseWUServer\"=dword:0\n";
    fs::write(&over, text).unwrap();
    let over = over.to_str().unwrap();
    let both = audit(&[&data("samba.pol"), over, "--output", "json"]);
    assert!(has(&both, "UseWUServer", "0 (no)"), "{both:?}");
    let script = r#"cat "$1" | "$0" client audit - --output json"#;
    let piped = run(shell(script).arg(data("samba.pol")));
    assert!(has(&piped, "UseWUServer", "1 (yes)"), "{piped:?}");
    assert_eq!(piped.json()["sources"][0]["name"], "standard input");
}

fn refused(run: &Run, part: &str) {
    assert_eq!((run.code(), run.stdout.as_str()), (2, ""), "{run:?}");
    assert!(run.stderr.starts_with("error: "), "{run:?}");
    assert!(run.stderr.contains(part) && run.stderr.contains("\n  hint: "), "{part}: {run:?}");
}

/// That a file may not be read cannot be shown here: tests run as a user whom nothing is denied to.
#[test]
fn what_cannot_be_read_is_an_error_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("empty.reg"), "").unwrap();
    fs::write(path("none.reg"), "hello\nworld\n").unwrap();
    fs::write(path("hive"), b"regf\0\0\0\0").unwrap();
    fs::write(path("version.pol"), b"PReg\x02\0\0\0").unwrap();
    fs::write(path("broken.pol"), b"QReg\x01\0\0\0").unwrap();
    File::create(path("huge.reg")).unwrap().set_len(1 << 30).unwrap();
    for (name, part) in [
        (path("missing.reg"), "cannot read"),
        (path(""), "is a directory"),
        (path("empty.reg"), "the file is empty"),
        (path("none.reg"), "no line of it is one of a registry file"),
        (path("hive"), "hive"),
        (path("version.pol"), "byte 4: unknown version 2"),
        (path("broken.pol"), "the first four bytes are not PReg"),
        (path("huge.reg"), "more than 32 MiB"),
        ("a\u{1b}[31m.reg".to_owned(), "cannot read a\u{fffd}[31m.reg"),
    ] {
        refused(&audit(&[&name]), part);
    }
}

#[test]
#[cfg(not(windows))]
fn inputs_without_end_and_a_system_without_a_registry_are_told() {
    if Path::new("/dev/zero").exists() {
        refused(&audit(&["/dev/zero"]), "more than 32 MiB");
    }
    let endless = r#"yes | "$0" client audit -"#;
    refused(&run(&mut shell(endless)), "more than 32 MiB");
    refused(&audit(&[]), "there is no registry on this system");
}

/// Whoever opens a pipe waits for its other end, if need be for ever.
#[test]
#[cfg(unix)]
fn a_pipe_is_read_and_one_without_a_writer_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let pipe = pipe.to_str().unwrap();
    let made = run(shell("mkfifo \"$1\"").arg(pipe));
    assert_eq!(made.code(), 0, "{made:?}");
    let nothing = "nobody writes to it, or what wrote to it wrote nothing";
    refused(&audit(&[pipe]), nothing);
    refused(&run(&mut shell(r#": | "$0" client audit /dev/stdin"#)), nothing);
    let late = r#"{ sleep 0.2; cat "$2"; } > "$1" & "$0" client audit "$1" --output json"#;
    let read = run(shell(late).arg(pipe).arg(data("samba.pol")));
    assert!(has(&read, "UseWUServer", "1 (yes)"), "{read:?}");
}

#[test]
fn the_next_step_names_standard_input_as_the_command_line_does() {
    let script = r#"cat "$1" | "$0" client audit -"#;
    let piped = run(shell(script).arg(data("from_a_page.reg")));
    assert!(piped.stdout.contains("next: wsus-probe client render --fix - "), "{piped:?}");
}

#[test]
fn a_hundred_thousand_values_take_no_time_and_hostile_names_are_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.reg");
    let key = r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate]";
    let head =
        format!("REGEDIT4\n{key}\n\"WUServer\"=\"http://\u{1b}[2J{}\"\n", "y".repeat(10_000));
    let value = |number: u32| format!("\"v{number}\u{1b}]0;\u{7}\"=dword:{number:x}\n");
    let text: String = std::iter::once(head).chain((0..100_000).map(value)).collect();
    fs::write(&file, text).unwrap();
    let run = audit(&[file.to_str().unwrap()]);
    assert!(!run.stdout.contains(['\u{1b}', '\u{7}']), "a terminal would obey");
    assert!(run.stdout.len() < 100_000, "{} bytes", run.stdout.len());
}

#[test]
fn a_broken_server_in_use_is_sick_although_another_one_wins_at_once() {
    let world = World::new();
    let (fleet, config) = world.fleet_with([("hkg", Fault::ExpiredCertificate)]);
    let endpoints = fleet.endpoints();
    let broken = endpoints.iter().find(|endpoint| endpoint.name.0 == "hkg").unwrap();
    let url = broken.url.to_string();
    let key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate";
    let file = world.file(
        "client.reg",
        &format!(
            "Windows Registry Editor Version 5.00\n\n[{key}]\n\"WUServer\"=\"{url}\"\n\
             \"WUStatusServer\"=\"{url}\"\n[{key}\\AU]\n\"UseWUServer\"=dword:00000001\n"
        ),
    );
    let (config, file) = (config.to_str().unwrap(), file.to_str().unwrap());
    let run = audit(&["--config", config, file, "--probe", "--output", "json"]);
    assert_eq!(run.code(), 1, "{run:?}");
    assert!(run.stdout.contains("server_sick"), "{run:?}");

    // Typed without them, they would ask the servers of the embedded catalogue.
    let run = audit(&["--config", config, "--family", "ipv4", file, "--probe"]);
    let line = run.stdout.lines().last().unwrap();
    let expected = "the commands named above need the same options: --config ";
    assert!(line.starts_with(expected) && line.ends_with("--family ipv4"), "{run:?}");
}
