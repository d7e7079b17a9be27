//! Asks for what Windows releases offer, where the answer does not follow from the rest.

use crate::decide::compat;
use crate::engine::tls_scan::asker::{Asker, PAUSE};
use crate::model::tls_scan::{HelloShape, Offer, OfferAnswer, TlsScan, VersionReport};
use crate::wire::client_hello::Hello;

/// Asks the open questions one after another, because an answer may settle others, and keeps the
/// answers in the scan. What there is no time for stays open. Without `releases`, only what tells
/// about this program itself is asked.
pub(super) async fn ask(asker: &Asker<'_>, scan: &mut TlsScan, releases: bool) {
    while !asker.left().is_zero() {
        let questions = if releases {
            compat::questions(scan)
        } else {
            compat::own::question(scan).into_iter().collect()
        };
        // None is asked twice, whatever became of it.
        let is_new = |offer: &Offer| scan.offers.iter().all(|known| known.offer != *offer);
        let open = questions.into_iter().find(is_new);
        let Some(offer) = open else { return };
        // Made up as the server wants it.
        let version = scan.version(offer.protocol).and_then(VersionReport::choice);
        let shape = version.map_or(HelloShape::Full, |(shape, _)| shape);
        let hello = asker.hello(offer.protocol, shape);
        let Offer { suites, groups, .. } = offer.clone();
        let hello = Hello { suites, groups, ..hello };
        let mut attempt = asker.ask_paced(&hello).await;
        // Windows refuses in this way too, but so does a server that counts connections.
        if attempt.answer.is_ended() && asker.left() > PAUSE {
            asker.rest().await;
            attempt = asker.ask_paced(&hello).await;
        }
        scan.offers.push(OfferAnswer { offer, answer: attempt.answer });
    }
}
