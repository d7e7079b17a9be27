//! Help, exit codes, and files as Windows writes them.

use std::path::Path;

use tempfile::TempDir;

use crate::suite::Test;
use crate::support::program::{run, wsus_probe};
use crate::windows::{exe, says, windows_path};

pub(super) const TESTS: &[Test] = &[
    ("help_is_the_same_as_elsewhere", help_is_the_same_as_elsewhere),
    ("exit_codes_are_the_same_as_elsewhere", exit_codes_are_the_same_as_elsewhere),
    ("a_configuration_as_windows_editors_save_it", a_configuration_as_windows_editors_save_it),
    ("a_folder_is_no_configuration", a_folder_is_no_configuration),
];

/// A port on which nobody listens: the namespace is this test's own.
const NOBODY: &str = "http://127.0.0.1:9";

const IN_USE: &str = "note: this machine uses no WSUS server";

fn help_is_the_same_as_elsewhere() {
    for words in [&["--help"][..], &["nearest", "--help"], &["explain", "refused"]] {
        let (here, there) = (run(&mut wsus_probe(words)), says(words));
        let name = |text: &str| text.replace("wsus-probe.exe", "wsus-probe").replace("\r\n", "\n");
        assert_eq!((here.code(), name(&here.stdout)), (there.code(), name(&there.stdout)));
    }
}

fn exit_codes_are_the_same_as_elsewhere() {
    for (words, code) in [
        (&["--version"][..], 0),
        (&["nearest", "--endpoint", NOBODY], 1),
        (&["check", "--endpoint", NOBODY], 1),
        (&["check", "--endpoint", "ftp://x"], 2),
        (&["nearest", "--no-such-option"], 2),
    ] {
        let (here, there) = (run(&mut wsus_probe(words)), says(words));
        assert_eq!((here.code(), there.code()), (code, code), "{words:?}: {there:?}");
        // Where there is a registry, it is looked up which server is in use.
        let told = there.stderr.lines().filter(|line| !line.starts_with(IN_USE)).count() > 0;
        assert_eq!(!here.stderr.is_empty(), told, "{words:?}: {there:?}");
    }
}

/// With a byte order mark, lines that end in CR LF, and a path with backslashes.
fn a_configuration_as_windows_editors_save_it() {
    let folder = TempDir::new().unwrap();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/certificates/root.pem");
    let text = format!(
        "\u{feff}ca_file = '{}'\r\n\r\n[[endpoint]]\r\nname = \"one\"\r\nurl = \"{NOBODY}\"\r\n",
        windows_path(Path::new(root))
    );
    let file = folder.path().join("wsus probe.toml");
    std::fs::write(&file, text).unwrap();
    let name = windows_path(&file);
    let checked = says(["config", "check", "--config", &name]);
    assert_eq!((checked.code(), checked.stderr.as_str()), (0, ""), "{checked:?}");
    assert!(checked.stdout.contains("root.pem: 1 certificate"), "{checked:?}");
    // Given in the environment, and relative to the folder that it is started in.
    let by_environment =
        run(exe(["config", "check"]).current_dir(folder.path()).env("WSUS_PROBE_CONFIG", &name));
    assert_eq!(by_environment.stdout, checked.stdout);
    let relative =
        run(exe(["config", "check", "--config", "wsus probe.toml"]).current_dir(folder.path()));
    assert_eq!(relative.code(), 0, "{relative:?}");
}

/// Windows denies to open a folder, which would be another message.
fn a_folder_is_no_configuration() {
    let folder = TempDir::new().unwrap();
    let said = says(["config", "check", "--config", &windows_path(folder.path())]);
    assert_eq!(said.code(), 2);
    assert!(said.stderr.contains("is a directory"), "{said:?}");
}
