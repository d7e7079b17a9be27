//! What is wrong with a client's settings.

use crate::model::client::ClientFinding;
use crate::model::endpoint::Endpoint;
use crate::model::registry::Document;
use crate::model::selection::NearestReport;

/// Everything that the sources tell by themselves, the most important first.
pub fn findings(_documents: &[Document]) -> Vec<ClientFinding> {
    Vec::new()
}

/// How the server that is set stands to the endpoints that are known.
pub fn against_catalogue(_documents: &[Document], _known: &[Endpoint]) -> Vec<ClientFinding> {
    Vec::new()
}

/// How the server that is set fares beside the others. The report is of a race in which it took
/// part as the server in use.
pub fn against_race(_documents: &[Document], _report: &NearestReport) -> Vec<ClientFinding> {
    Vec::new()
}
