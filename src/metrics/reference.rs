//! The table of metrics as documentation.

/// The table in Markdown: a row for each family.
pub fn markdown() -> String {
    String::new()
}
