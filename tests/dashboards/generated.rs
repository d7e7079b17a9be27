//! The committed dashboards are what the generator makes.

use std::path::{Path, PathBuf};

use crate::boards;

/// The folder of the dashboards.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dashboards")
}

/// With `UPDATE_DASHBOARDS` in the environment the files are written instead.
#[test]
#[expect(clippy::disallowed_methods, reason = "a switch for whoever works on the dashboards")]
fn the_dashboards_are_fresh() {
    let update = std::env::var_os("UPDATE_DASHBOARDS").is_some();
    for board in boards::all() {
        let path = folder().join(format!("{}.json", board.uid));
        let fresh = format!("{}\n", serde_json::to_string_pretty(&board.json()).unwrap());
        if update {
            std::fs::write(&path, fresh).unwrap();
        } else {
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == fresh, "{}: stale; see the comment of this test", path.display());
        }
    }
}
