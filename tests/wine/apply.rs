//! `nearest --apply`: the registry before and after, and the way back.

use std::path::Path;

use tempfile::TempDir;

use crate::fleet::Site;
use crate::registry::{POLICY, forget, reg, set};
use crate::suite::Test;
use crate::support::program::{Run, run};
use crate::windows::{exe, windows_path, wine};

pub(super) const TESTS: &[Test] = &[
    ("the_nearest_server_is_applied_and_undone", the_nearest_server_is_applied_and_undone),
    ("an_applied_server_stays", an_applied_server_stays),
];

/// The server that was in use before: one that no longer exists.
const OLD: &str = "http://127.0.0.1:9";

/// What is in the policy's key, in the words of Wine's `reg`; nothing where there is none.
fn values(key: &str) -> Vec<String> {
    let said = run(wine(["reg"]).args(["query", key]));
    let lines = said.stdout.lines().map(str::trim).filter(|line| line.contains("REG_"));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn au() -> String {
    format!(r"{POLICY}\AU")
}

fn apply(site: &Site, backup: &Path) -> Run {
    let config = site.windows_config();
    let words = ["nearest", "--config", &config, "--apply", "--yes", "--deadline", "20s"];
    run(exe(words).args(["--backup", &windows_path(backup)]))
}

fn the_nearest_server_is_applied_and_undone() {
    forget();
    set(POLICY, "WUServer", "REG_SZ", OLD);
    set(POLICY, "TargetGroup", "REG_SZ", "Servers");
    let (policy, updates) = (values(POLICY), values(&au()));
    let site = Site::start();
    let folder = TempDir::new().unwrap();
    let backup = folder.path().join("before.reg");
    let applied = apply(&site, &backup);
    assert_eq!(applied.code(), 0, "{applied:?}");
    let now = values(POLICY);
    for name in ["WUServer", "WUStatusServer"] {
        let start = format!("{name} REG_SZ https://msupdate.dfw.demo.test:");
        assert!(now.iter().any(|line| line.starts_with(&start)), "{name}: {now:?}");
    }
    assert!(now.contains(&"TargetGroup REG_SZ Servers".to_owned()), "{now:?}");
    assert_eq!(values(&au()), ["UseWUServer REG_DWORD 0x1"]);
    reg(&["import", &windows_path(&backup)]);
    assert_eq!((values(POLICY), values(&au())), (policy, updates));
    forget();
}

/// The second time there is nothing to do.
fn an_applied_server_stays() {
    forget();
    let site = Site::start();
    let folder = TempDir::new().unwrap();
    let first = apply(&site, &folder.path().join("first.reg"));
    assert_eq!(first.code(), 0, "{first:?}");
    let before = (values(POLICY), values(&au()));
    let second = apply(&site, &folder.path().join("second.reg"));
    assert_eq!(second.code(), 0, "{second:?}");
    assert_eq!((values(POLICY), values(&au())), before);
    assert!(!folder.path().join("second.reg").exists(), "nothing was changed: {second:?}");
    forget();
}
