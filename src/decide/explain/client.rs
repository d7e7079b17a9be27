//! What stands behind each finding about a client's settings.
//!
//! One file for each family.

mod fleet;
mod form;
mod interplay;
mod server;
mod value;

use crate::model::client::ClientFindingCode;

/// The texts of one finding: sentences in the paragraph, items without a full stop.
pub(super) struct Text {
    /// Which.
    pub code: ClientFindingCode,
    /// What follows for the machine.
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
    [form::TEXTS, value::TEXTS, interplay::TEXTS, server::TEXTS, fleet::TEXTS].into_iter().flatten()
}

/// What follows a change of the settings, before it takes effect.
const THEN_RESTART: &str = "restart the service wuauserv, or wait for its next search for updates";
