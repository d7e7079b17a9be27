//! The references in `docs`: made from the tables of the program, committed, compared.

mod findings;
mod metrics;
mod settings;

use std::path::Path;

/// What stands before the generated part, and after it.
const BEGIN: &str = "<!-- begin of what UPDATE_DOCS=1 cargo test --test it reference makes -->\n";
const END: &str = "<!-- end -->";

/// With `UPDATE_DOCS` in the environment the files are written instead.
#[test]
#[expect(clippy::disallowed_methods, reason = "a switch for whoever works on the tests")]
fn the_references_are_fresh() {
    for (file, fresh) in [
        ("metrics.md", metrics::markdown()),
        ("findings.md", findings::markdown()),
        ("settings.md", settings::markdown()),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (committed, after) = rest.split_once(END).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, format!("{before}{BEGIN}{fresh}{END}{after}")).unwrap();
        } else {
            assert!(committed == fresh, "docs/{file} is stale; the line above its tables helps");
        }
    }
}
