//! What is wrong with a client's settings.
//!
//! One mistake makes one finding: what follows from it is in its meaning. Values that Windows would
//! not find, for want of a header or under another key, are judged as they are meant, and are not
//! said to be missing as well.

mod facts;
mod fleet;
mod form;
mod lost;
mod name;
mod newer;
pub(in crate::policy) mod other_names;
pub mod pair;
pub(in crate::policy) mod removed;
mod restart;
mod schedule;
mod server;
mod stray;
#[cfg(test)]
mod tests;
mod url;
mod value;

use std::cmp::Reverse;

use crate::model::client::ClientFinding;
use crate::model::endpoint::Endpoint;
use crate::model::registry::Document;
use crate::model::selection::NearestReport;
use crate::policy::effective::Effective;
use facts::Facts;

/// Everything that the sources tell by themselves, the most important first.
pub fn findings(documents: &[Document]) -> Vec<ClientFinding> {
    sorted(by_themselves(documents, &[]))
}

/// Everything that the sources tell, also beside the endpoints that are known, the most important
/// first. Of a host that is known, scheme and port need not be guessed.
pub fn findings_beside(documents: &[Document], known: &[Endpoint]) -> Vec<ClientFinding> {
    let mut found = by_themselves(documents, known);
    found.extend(against_catalogue(documents, known));
    sorted(found)
}

fn by_themselves(documents: &[Document], known: &[Endpoint]) -> Vec<ClientFinding> {
    let facts = Facts::of(documents, known);
    let families = [
        form::findings,
        value::findings,
        name::findings,
        server::findings,
        url::findings,
        pair::findings,
        schedule::findings,
        restart::findings,
        newer::findings,
    ];
    families.into_iter().flat_map(|family| family(&facts)).collect()
}

/// How the server that is set stands to the endpoints that are known.
pub fn against_catalogue(documents: &[Document], known: &[Endpoint]) -> Vec<ClientFinding> {
    fleet::against_catalogue(&Effective::of(documents), known).into_iter().collect()
}

/// How the server that is set fares beside the others. The report is of a race in which it took
/// part as the server in use.
pub fn against_race(documents: &[Document], report: &NearestReport) -> Vec<ClientFinding> {
    fleet::against_race(&Effective::of(documents), report).into_iter().collect()
}

fn sorted(mut findings: Vec<ClientFinding>) -> Vec<ClientFinding> {
    findings.sort_by_key(|finding| (Reverse(finding.weight), finding.code));
    findings
}
