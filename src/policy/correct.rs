//! Settings without their mistakes.

use crate::model::registry::Document;
use crate::policy::desired::Desired;

/// Corrected settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Corrected {
    /// What should stand there.
    pub desired: Desired,
    /// What was changed, one line each.
    pub changed: Vec<String>,
    /// What a person has to decide, one line each.
    pub left: Vec<String>,
}

/// Takes the settings of the sources and corrects what has one right answer.
pub fn corrected(_documents: &[Document]) -> Corrected {
    Corrected::default()
}
