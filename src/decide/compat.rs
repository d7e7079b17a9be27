//! Which Windows releases can connect.
//!
//! A release and a server agree on the newest version that both have; then they must have a suite
//! in common, and the certificate must be one that the release accepts. Nothing falls back to an
//! older version when the suites do not fit. Where it is not certain that one of them has a version,
//! both courses are followed, and the outcome is unknown unless they end alike.

mod certificate;
#[cfg(test)]
pub(in crate::decide) mod fixture;
mod outcome;
pub mod own;
pub(in crate::decide) mod suites;
pub mod table;
pub(in crate::decide) mod words;

use crate::model::tls_scan::{Offer, Support, TlsScan};
use crate::model::windows_client::{ClientReport, WindowsClient};

/// The offers whose answer does not follow from what is known, each once, the smallest first: what
/// the server chooses of one may answer larger ones too, so that asking again after each answer
/// takes the fewest connections.
pub fn questions(scan: &TlsScan) -> Vec<Offer> {
    let mut questions: Vec<Offer> = own::question(scan).into_iter().collect();
    let hopeless = certificate::everybody_refuses(scan).is_some();
    for &client in WindowsClient::ALL.iter().filter(|_| !hopeless) {
        for offer in outcome::open(scan, table::row(client)) {
            if !questions.contains(&offer) {
                questions.push(offer);
            }
        }
    }
    questions.sort_by_key(|offer| offer.suites.len());
    questions
}

/// Whether each group of releases can connect, as far as it is known; empty where of no version it
/// is known whether it is accepted.
pub fn judge(scan: &TlsScan) -> Vec<ClientReport> {
    if scan.versions.iter().all(|report| report.support == Support::Unknown) {
        return Vec::new();
    }
    let judged = WindowsClient::ALL.iter().map(|&client| {
        let (outcome, caveats) = outcome::of(scan, table::row(client));
        let caveat = (!caveats.is_empty()).then(|| caveats.join("; "));
        ClientReport { client, outcome, caveat }
    });
    judged.collect()
}

#[cfg(test)]
mod tests;
