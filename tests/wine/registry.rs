//! The registry: read, written, exported and imported, by the program and by Wine's `reg`.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::suite::Test;
use crate::support::program::{Run, run};
use crate::windows::{exe, says, windows_path, wine};

pub(super) const TESTS: &[Test] = &[
    ("the_registry_of_the_machine_is_audited", the_registry_of_the_machine_is_audited),
    ("what_reg_exports_is_audited_alike", what_reg_exports_is_audited_alike),
    ("what_is_rendered_is_imported_as_it_is", what_is_rendered_is_imported_as_it_is),
];

/// The policy.
pub(super) const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate";

/// Wine's `reg` with these words, which it must accept.
pub(super) fn reg(words: &[&str]) -> Run {
    let ended = run(wine(["reg"]).args(words));
    assert_eq!(ended.code(), 0, "{words:?}: {ended:?}");
    ended
}

/// No policy at all.
pub(super) fn forget() {
    // It may not be there.
    let _ = run(wine(["reg"]).args(["delete", POLICY, "/f"]));
}

pub(super) fn set(key: &str, name: &str, kind: &str, data: &str) {
    reg(&["add", key, "/v", name, "/t", kind, "/d", data, "/f"]);
}

/// A policy with three mistakes.
fn mistakes() {
    forget();
    set(POLICY, "WUServer", "REG_SZ", "http://wsus.corp.test:8530");
    set(POLICY, "WUStatusServer", "REG_SZ", "http://wsus2.corp.test:8530");
    let au = format!(r"{POLICY}\AU");
    set(&au, "UseWUServer", "REG_DWORD", "1");
    set(&au, "AUOptions", "REG_DWORD", "9");
    set(&au, "DetectionFrequency", "REG_SZ", "4");
}

/// The codes of what was found, in order.
fn codes(run: &Run) -> Vec<String> {
    let report: Value = run.json();
    let findings = report["findings"].as_array().unwrap_or_else(|| panic!("{report:#}"));
    let mut codes: Vec<String> =
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes
}

fn the_registry_of_the_machine_is_audited() {
    mistakes();
    let audited = says(["client", "audit", "--output", "json"]);
    assert_eq!(audited.code(), 1, "{audited:?}");
    let codes = codes(&audited);
    for code in ["servers_differ", "out_of_range", "wrong_type"] {
        assert!(codes.iter().any(|found| found == code), "{code}: {codes:?}");
    }
    forget();
    let nothing = says(["client", "audit"]);
    assert_eq!(nothing.stderr, "", "{nothing:?}");
}

fn export(to: &Path) {
    reg(&["export", POLICY, &windows_path(to), "/y"]);
}

fn what_reg_exports_is_audited_alike() {
    mistakes();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("exported.reg");
    export(&file);
    let of_file = says(["client", "audit", &windows_path(&file), "--output", "json"]);
    let of_machine = says(["client", "audit", "--output", "json"]);
    assert_eq!(codes(&of_file), codes(&of_machine));
}

fn what_is_rendered_is_imported_as_it_is() {
    forget();
    let folder = TempDir::new().unwrap();
    let (rendered, exported) = (folder.path().join("new.reg"), folder.path().join("exported.reg"));
    let render = ["client", "render", "--server", "https://wsus.corp.test:8531", "--to"];
    let set = ["--set", "AUOptions=4,ScheduledInstallDay=0,ScheduledInstallTime=3"];
    let said = run(exe(render).arg(windows_path(&rendered)).args(set));
    assert_eq!(said.code(), 0, "{said:?}");
    reg(&["import", &windows_path(&rendered)]);
    export(&exported);
    let bytes = |path: &Path| {
        let units: Vec<u16> = std::fs::read(path)
            .unwrap()
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        String::from_utf16(&units).unwrap()
    };
    assert_eq!(bytes(&exported), bytes(&rendered));
    let audited = says(["client", "audit"]);
    assert_eq!(audited.code(), 0, "{audited:?}");
    forget();
}
