//! What is wrong with a Windows client's settings, and which of them are in effect: text for people
//! and JSON for programs.

mod json;
mod next;
#[cfg(test)]
mod tests;
mod text;
mod words;

use crate::model::client::{ClientFinding, Location, Weight};
use crate::model::registry::Document;
use crate::output::human::Style;
use crate::policy::effective::{Effective, Held};
use crate::policy::setting::Setting;

/// The name of standard input among the sources.
pub const STANDARD_INPUT: &str = "standard input";

/// One audit.
#[derive(Debug, Clone, Copy)]
pub struct Audit<'a> {
    /// The name of each source for people.
    pub names: &'a [String],
    /// One for each name.
    pub documents: &'a [Document],
    /// What was found, in any order.
    pub findings: &'a [ClientFinding],
    /// Whether the server that is set was asked.
    pub probed: bool,
}

/// The audit for people: what was found, the worst first, then the settings in effect.
pub fn text(audit: &Audit<'_>, style: Style) -> String {
    text::render(audit, style)
}

/// The audit for programs, with a line feed at its end.
///
/// # Errors
/// When serialisation fails, which these types give no cause for.
pub fn json(audit: &Audit<'_>) -> serde_json::Result<String> {
    json::document(audit)
}

/// A setting in effect.
struct Row {
    setting: Setting,
    held: Held,
    /// Whether Windows reads it where it stands.
    certain: bool,
}

impl Audit<'_> {
    /// The findings, the worst first, otherwise in their order.
    fn sorted(&self) -> Vec<&ClientFinding> {
        let mut findings: Vec<_> = self.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.weight));
        findings
    }

    fn count(&self, weight: Weight) -> usize {
        self.findings.iter().filter(|finding| finding.weight == weight).count()
    }

    fn rows(&self) -> Vec<Row> {
        let effective = Effective::of(self.documents);
        let row = |(setting, held): (Setting, &Held)| Row {
            setting,
            held: held.clone(),
            certain: self.is_certain(&held.location),
        };
        effective.all().map(row).collect()
    }

    /// Whether Windows reads what stands there.
    fn is_certain(&self, location: &Location) -> bool {
        let document = self.documents.get(location.source);
        let mut entries = document.into_iter().flat_map(|document| &document.entries);
        !entries.any(|entry| entry.at == location.at && !entry.certain)
    }

    fn name(&self, source: usize) -> &str {
        self.names.get(source).map_or("?", String::as_str)
    }
}
