//! Asks for what Windows releases offer, where the answer does not follow from the rest.

use futures_util::future::join_all;

use crate::decide::compat;
use crate::engine::tls_scan::asker::Asker;
use crate::model::tls_scan::{HelloShape, OfferAnswer, TlsScan};
use crate::wire::client_hello::Hello;

/// The answers to the open questions, in the order of the questions.
pub(super) async fn ask(asker: &Asker<'_>, scan: &TlsScan) -> Vec<OfferAnswer> {
    let questions = compat::questions(scan);
    let answers = questions.into_iter().map(async |offer| {
        let hello = asker.hello(offer.protocol, HelloShape::Full);
        let hello = Hello { suites: offer.suites, groups: offer.groups, ..hello };
        let attempt = asker.ask_paced(&hello).await;
        OfferAnswer {
            protocol: hello.protocol,
            suites: hello.suites,
            groups: hello.groups,
            answer: attempt.answer,
        }
    });
    join_all(answers).await
}
