//! What stands behind each finding: more than fits into its own lines.
//!
//! One file for each family.

mod diagnosis;
mod fleet;
mod path;
mod resolvers;
mod services;
mod tls;

use crate::model::finding::FindingCode;

/// The texts of one finding: sentences in the paragraph, items without a full stop.
pub(super) struct Text {
    /// Which.
    pub code: FindingCode,
    /// What this program saw, as one or two sentences.
    pub seen: &'static str,
    /// What follows for those whom it concerns.
    pub means: &'static str,
    /// Likely reasons, the most likely first.
    pub reasons: &'static [&'static str],
    /// What to do, in order.
    pub actions: &'static [&'static str],
    /// What is not certain.
    pub doubts: &'static [&'static str],
}

/// Every text, family by family.
pub(super) fn all() -> impl Iterator<Item = &'static Text> {
    let families = [diagnosis::TEXTS, services::TEXTS, fleet::TEXTS, path::TEXTS];
    families.into_iter().chain([resolvers::TEXTS, tls::TEXTS]).flatten()
}
