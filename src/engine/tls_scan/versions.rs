//! Asks for every version at once, and further where the answers are not clear.

use std::time::Duration;

use futures_util::future::join_all;

use crate::decide::tls_versions::{self, NextHello, Tried};
use crate::engine::tls_scan::asker::{Asker, PAUSE};
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{Attempt, HelloShape, VersionReport};

/// Finds out which of these versions are accepted; oldest first, each once. All are asked at once,
/// and what connecting showed is told as samples.
pub(super) async fn find(asker: &Asker<'_>, protocols: &[Protocol]) -> Vec<VersionReport> {
    let wanted = Protocol::ALL.iter().filter(|protocol| protocols.contains(protocol));
    let first = (0..).zip(wanted).map(async |(sample, &protocol)| {
        let hello = asker.hello(protocol, HelloShape::Full);
        (protocol, vec![asker.ask_as(&hello, Some(sample)).await])
    });
    let mut tried: Vec<Tried> = join_all(first).await;
    let named = asker.hello(Protocol::Tls12, HelloShape::Full).server_name.is_some();
    loop {
        let next = tls_versions::next_hellos(&tried, named);
        let again = next.iter().find(|next| next.again);
        let needed = if again.is_some() { PAUSE } else { Duration::ZERO };
        if next.is_empty() || asker.left() <= needed {
            let open: Vec<Protocol> = next.iter().map(|next| next.protocol).collect();
            return tls_versions::judge(tried, &open);
        }
        let answers = match again {
            Some(again) => {
                asker.rest().await;
                vec![ask(asker, again).await]
            }
            None => join_all(next.iter().map(|next| ask(asker, next))).await,
        };
        for (protocol, attempt) in answers {
            let of = tried.iter_mut().find(|(tried, _)| *tried == protocol);
            if let Some((_, attempts)) = of {
                attempts.push(attempt);
            }
        }
    }
}

async fn ask(asker: &Asker<'_>, next: &NextHello) -> (Protocol, Attempt) {
    let hello = asker.hello(next.protocol, next.shape);
    (next.protocol, asker.ask(&hello).await)
}
