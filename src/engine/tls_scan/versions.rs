//! Asks for every version at once, and further where the answers are not clear.

use std::time::Duration;

use futures_util::future::join_all;

use crate::decide::tls_versions::{self, NextHello, Tried};
use crate::engine::tls_scan::asker::Asker;
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{HelloShape, VersionReport};

/// How long to leave a server alone that may have counted too many connections: those that do
/// count by the second.
const PAUSE: Duration = Duration::from_secs(1);

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
        let again = next.iter().any(|next| next.again);
        let needed = if again { PAUSE } else { Duration::ZERO };
        if next.is_empty() || asker.left() <= needed {
            return tls_versions::judge(tried);
        }
        ask_further(asker, &next, again, &mut tried).await;
    }
}

/// One hello for each of these versions: at once, or after a pause and one after another.
async fn ask_further(asker: &Asker<'_>, next: &[NextHello], again: bool, tried: &mut [Tried]) {
    let ask = async |next: &NextHello| {
        let hello = asker.hello(next.protocol, next.shape);
        (next.protocol, asker.ask(&hello).await)
    };
    let answers = if again {
        tokio::time::sleep(PAUSE).await;
        let mut answers = Vec::with_capacity(next.len());
        for next in next {
            answers.push(ask(next).await);
        }
        answers
    } else {
        join_all(next.iter().map(ask)).await
    };
    for (protocol, attempt) in answers {
        let of = tried.iter_mut().find(|(tried, _)| *tried == protocol);
        if let Some((_, attempts)) = of {
            attempts.push(attempt);
        }
    }
}
