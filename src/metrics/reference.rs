//! The table of metrics as documentation.

use std::fmt::Write;

use crate::metrics::table::{Family, blackbox, endpoint, fleet, own};

/// The tables in Markdown: a row for each family.
pub fn markdown() -> String {
    let mut text = String::new();
    let blackbox_note = "Under the names of `blackbox_exporter`, with its help texts, in the \
                         answer to `/probe` only";
    for (heading, families) in [
        ("Endpoints and members, now; also in the answer to `/probe`", endpoint::STATES),
        ("Endpoints and members, in the course of time", endpoint::HISTORIES),
        ("The fleet", fleet::FLEET),
        ("The exporter; beside these there is `process_*`", own::OWN),
        (blackbox_note, blackbox::BLACKBOX),
    ] {
        section(&mut text, heading, families);
    }
    text
}

fn section(text: &mut String, heading: &str, families: &[Family]) {
    // Writing to a string cannot fail.
    let _ =
        write!(text, "\n{heading}:\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n");
    for Family { name, help, kind, labels } in families {
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        let _ = writeln!(text, "| `{name}` | {} | {} | {help} |", kind.as_str(), labels.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::table;

    #[test]
    fn every_family_has_its_row() {
        let text = markdown();
        for family in table::exported().chain(blackbox::BLACKBOX) {
            let row = format!("| `{}` | {} |", family.name, family.kind.as_str());
            assert_eq!(text.matches(&row).count(), 1, "{row}");
        }
    }
}
