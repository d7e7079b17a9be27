//! What `deploy/` has: every file is accepted by the tool that it is for, names only what exists, and
//! gives the program options that it has.

#![cfg(all(test, target_os = "linux"))]

mod compose;
mod dist;
mod image;
mod kubernetes;
mod prometheus;
mod systemd;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn yaml(path: impl AsRef<Path>) -> Value {
    let text = read(&path);
    serde_saphyr::from_str(&text)
        .unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// The files of a folder with that ending; at least one.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|found| found == ending));
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

/// Runs a tool of a Debian package to its end.
fn tool(program: &str, package: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{program}, of the Debian package {package}: {error}"))
}

/// The same, which must find no fault.
fn accepts(program: &str, package: &str, arguments: &[&str]) {
    let output = tool(program, package, arguments);
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
}

/// The program has this command and all of these options.
fn parses<S: AsRef<str>>(arguments: &[S]) {
    let words = arguments.iter().map(|word| word.as_ref().to_owned());
    let parsed = wsus_probe::cli::parse(std::iter::once("wsus-probe".to_owned()).chain(words));
    assert!(parsed.is_ok(), "{}", parsed.unwrap_err());
}

/// The strings of a list.
fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    list.iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// The configuration of a site as this program sees it.
fn configuration_is_sound(path: &str) {
    let path = root().join(path);
    let mut command = crate::support::program::wsus_probe(["config", "check", "--config"]);
    let run = crate::support::program::run(command.arg(path));
    assert_eq!((run.code(), run.stderr.as_str()), (0, ""), "{run:?}");
}
