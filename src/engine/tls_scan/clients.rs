//! Asks for what Windows releases offer, where the answer does not follow from the rest.

use crate::decide::compat;
use crate::engine::tls_scan::asker::Asker;
use crate::model::tls_scan::{HelloShape, OfferAnswer, TlsScan};
use crate::wire::client_hello::Hello;

/// Asks the open questions one after another, because an answer may settle others, and keeps the
/// answers in the scan. What there is no time for stays open.
pub(super) async fn ask(asker: &Asker<'_>, scan: &mut TlsScan) {
    while !asker.left().is_zero() {
        let is_known = |offer: &compat::Offer| {
            scan.offers.iter().any(|known| {
                (known.protocol, &known.suites, &known.groups)
                    == (offer.protocol, &offer.suites, &offer.groups)
            })
        };
        let open = compat::questions(scan).into_iter().find(|offer| !is_known(offer));
        let Some(offer) = open else { return };
        let hello = asker.hello(offer.protocol, HelloShape::Full);
        let hello = Hello { suites: offer.suites, groups: offer.groups, ..hello };
        let attempt = asker.ask_paced(&hello).await;
        scan.offers.push(OfferAnswer {
            protocol: hello.protocol,
            suites: hello.suites,
            groups: hello.groups,
            answer: attempt.answer,
        });
    }
}
