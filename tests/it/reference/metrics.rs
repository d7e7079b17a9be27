//! The table of metrics as documentation.

use std::fmt::Write;

use wsus_probe::metrics::table::{Family, blackbox, endpoint, fleet, own};

/// The tables in Markdown: a row for each family.
pub(super) fn markdown() -> String {
    let mut text = String::new();
    for (heading, families) in [
        ("Endpoints and members, now; also in the answer to `/probe`", endpoint::STATES),
        ("Endpoints and members, in the course of time", endpoint::HISTORIES),
        ("The fleet", fleet::FLEET),
        ("The exporter; beside these there is `process_*`", own::OWN),
        (
            "Under the names of `blackbox_exporter`, in the answer to `/probe` only",
            blackbox::BLACKBOX,
        ),
    ] {
        section(&mut text, heading, families);
    }
    text
}

fn section(text: &mut String, heading: &str, families: &[Family]) {
    write!(text, "\n## {heading}\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n")
        .unwrap();
    for Family { name, help, kind, labels } in families {
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        writeln!(text, "| `{name}` | {} | {} | {help} |", kind.as_str(), labels.join(", "))
            .unwrap();
    }
}
