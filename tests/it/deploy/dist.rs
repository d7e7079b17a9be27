//! The archives of a release: what is in them, and that they are the same each time.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::{accepts, read, root, tool};
use crate::support::program::PROGRAM;

/// Makes a release of the program under test, which is handed over by a short script: the real
/// one would take its time to pack. All paths are given relative to the folder.
fn dist(folder: &Path) -> Output {
    let (linux, windows) = (folder.join("linux"), folder.join("windows"));
    fs::write(&linux, format!("#!/bin/sh\nexec {PROGRAM} \"$@\"\n")).unwrap();
    fs::set_permissions(&linux, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(&windows, "MZ").unwrap();
    let mut dist = Command::new(root().join("deploy/dist"));
    dist.env("SOURCE_DATE_EPOCH", "1790000000").current_dir(folder);
    dist.args(["--linux", "linux", "--windows", "windows", "made"]).output().unwrap()
}

fn release(folder: &Path) {
    let output = dist(folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The files made, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder.join("made")).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn listed(program: &str, package: &str, arguments: &[&str]) -> BTreeSet<String> {
    let output = tool(program, package, arguments);
    let lines = String::from_utf8(output.stdout).unwrap();
    let inner = lines.lines().filter_map(|line| Some(line.split_once('/')?.1.to_owned()));
    inner.filter(|path| !path.is_empty() && !path.ends_with('/')).collect()
}

#[test]
fn a_release_is_whole_and_the_same_each_time() {
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    for folder in &folders {
        release(folder.path());
    }
    let [made, again] = folders.each_ref().map(|folder| files(folder.path()));
    let names: Vec<&str> = made.iter().map(|(name, _)| name.as_str()).collect();
    let version = env!("CARGO_PKG_VERSION");
    let expected: Vec<String> = ["linux-gnu.cdx.json", "linux-gnu.tar.gz", "windows.cdx.json"]
        .iter()
        .chain(&["windows.zip"])
        .map(|end| format!("wsus-probe-{version}-x86_64-{end}"))
        .collect();
    assert_eq!(names, [&["SHA256SUMS".to_owned()][..], &expected].concat());
    for ((name, bytes), (_, same)) in made.iter().zip(&again) {
        assert!(bytes == same, "{name} differs");
    }
    let at = folders[0].path().join("made");
    let at = at.display();
    accepts("sh", "dash", &["-c", &format!("cd {at} && sha256sum --check --strict SHA256SUMS")]);
    let tar = listed("tar", "tar", &["tf", &format!("{at}/{}", expected[1])]);
    let zip = listed("unzip", "unzip", &["-Z1", &format!("{at}/{}", expected[3])]);
    for (files, program) in [(&tar, "wsus-probe"), (&zip, "wsus-probe.exe")] {
        for file in [
            program,
            "LICENSE-MIT",
            "THIRD-PARTY-LICENSES.txt",
            "man/wsus-probe-nearest.1",
            "docs/clients.md",
        ] {
            assert!(files.contains(file), "{file}: {files:?}");
        }
        let completions = files.iter().filter(|file| file.starts_with("completions/")).count();
        assert_eq!(completions, 4, "{files:?}");
    }
    let only: Vec<&String> = zip.difference(&tar).collect();
    assert_eq!(only, ["wsus-probe.exe"]);
}

#[test]
fn a_folder_that_is_not_empty_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("made")).unwrap();
    fs::write(folder.path().join("made/mine"), "mine").unwrap();
    let output = dist(folder.path());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && told.contains("no empty folder"), "{output:?}");
    assert_eq!(files(folder.path()), [("mine".to_owned(), b"mine".to_vec())]);
}

/// A command without a page would be a file that is missing.
#[test]
fn every_command_has_its_manual_page() {
    let folder = TempDir::new().unwrap();
    release(folder.path());
    let archive = files(folder.path()).into_iter().find(|(name, _)| name.ends_with("tar.gz"));
    let archive = folder.path().join("made").join(archive.unwrap().0);
    let listed = listed("tar", "tar", &["tf", &archive.display().to_string()]);
    let pages = pages(&<wsus_probe::cli::Cli as clap::CommandFactory>::command(), "man");
    assert!(pages.contains(&"man/wsus-probe-client-audit.1".to_owned()), "{pages:?}");
    for page in pages {
        assert!(listed.contains(&page), "{page}: {listed:?}");
    }
}

/// The pages of a command and of those below it, by the path of what it belongs to.
fn pages(command: &clap::Command, above: &str) -> Vec<String> {
    let between = if above == "man" { '/' } else { '-' };
    let own = format!("{above}{between}{}", command.get_name());
    let below = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    let mut pages: Vec<String> = below.flat_map(|sub| pages(sub, &own)).collect();
    pages.push(format!("{own}.1"));
    pages
}

/// Each crate that is linked is named, with the wording of its licence where it brings one.
#[test]
fn the_licences_of_what_is_linked_are_there() {
    let script = root().join("deploy/third-party");
    let output = tool(script.to_str().unwrap(), "nodejs", &["x86_64-unknown-linux-gnu"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let (list, wordings) = text.split_once("\nand the Rust standard library").unwrap();
    let named: Vec<&str> = list.lines().filter_map(|line| line.split(": ").next()).collect();
    let of = |name: &str| named.iter().find(|one| one.starts_with(&format!("{name} "))).copied();
    for linked in ["rustls", "ring", "clap", "jiff"] {
        let crate_ = of(linked).unwrap_or_else(|| panic!("{linked} is not in {named:?}"));
        assert!(wordings.contains(crate_), "there is no wording for {crate_}");
    }
    assert!(of("proptest").is_none() && of("windows-sys").is_none(), "{named:?}");
}

/// What is linked, as Cargo.lock has it; nothing that only tests or builds.
#[test]
fn the_list_of_materials_has_what_is_linked() {
    let output =
        tool(root().join("deploy/sbom").to_str().unwrap(), "nodejs", &["x86_64-win7-windows-gnu"]);
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    let components = list["components"].as_array().unwrap();
    let named = |name: &str| components.iter().find(|one| one["name"] == name);
    let lock = read("Cargo.lock");
    for one in components {
        let block = format!("name = {}\nversion = {}\n", one["name"], one["version"]);
        assert!(lock.contains(&block), "{one:#}");
        assert_eq!(one["hashes"][0]["content"].as_str().unwrap().len(), 64, "{one:#}");
        assert!(one["licenses"][0]["expression"].is_string(), "{one:#}");
    }
    for linked in ["rustls", "ring", "windows-sys", "clap"] {
        assert!(named(linked).is_some(), "{linked}");
    }
    for absent in ["proptest", "libtest-mimic", "libc-print", "cc", "serde_derive"] {
        assert!(named(absent).is_none(), "{absent} is not in the program");
    }
}
