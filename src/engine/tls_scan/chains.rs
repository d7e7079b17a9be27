//! The chains that a member presents.

use tokio::time::timeout;

use crate::engine::tls_scan::asker::Asker;
use crate::model::protocol::Protocol;
use crate::model::suite::Authentication;
use crate::model::tls::Presented;
use crate::model::tls_scan::{Answer, SeenChain, ServerChoice, Support, VersionReport};
use crate::net::tls;
use crate::net::tls::evidence::Evidence;

/// The different chains that were seen with these versions, judged; that of the newest version
/// first. One more connection asks for a key of another kind, and with `complete`, where no chain
/// came in clear text, another completes a handshake with TLS 1.3.
pub(super) async fn find(
    asker: &Asker<'_>,
    versions: &[VersionReport],
    complete: bool,
) -> Vec<SeenChain> {
    let mut seen: Vec<(Protocol, Presented)> = Vec::new();
    for version in versions.iter().rev() {
        if let Some(presented) = version.choice().and_then(|(_, choice)| choice.presented.clone()) {
            seen.push((version.protocol, presented));
        }
    }
    seen.extend(of_another_key(asker, versions).await);
    let tls13 = versions.iter().any(|version| {
        version.protocol == Protocol::Tls13 && version.support == Support::Supported
    });
    if seen.is_empty() && complete && tls13 {
        seen.extend(of_a_handshake(asker).await.map(|presented| (Protocol::Tls13, presented)));
    }
    judged(asker, seen).await
}

/// What the server presents when only suites for keys of another kind are offered than that of the
/// suite it chose, with the newest version that shows a chain in clear text.
async fn of_another_key(
    asker: &Asker<'_>,
    versions: &[VersionReport],
) -> Option<(Protocol, Presented)> {
    let (protocol, shape, choice) = versions.iter().rev().find_map(|version| {
        let (shape, choice) = version.choice()?;
        choice.presented.as_ref()?;
        Some((version.protocol, shape, choice))
    })?;
    let kind = choice.suite.info()?.authentication;
    let mut hello = asker.hello(protocol, shape);
    hello.suites.retain(|suite| {
        suite.info().is_some_and(|info| {
            let kinds = [Authentication::Ecdsa, Authentication::Rsa];
            kinds.contains(&info.authentication) && info.authentication != kind
        })
    });
    if hello.suites.is_empty() || asker.left().is_zero() {
        return None;
    }
    match asker.ask_paced(&hello).await.answer {
        Answer::Chosen(choice) => {
            let ServerChoice { presented, .. } = *choice;
            Some((protocol, presented?))
        }
        Answer::OtherVersion(_)
        | Answer::Alert(_)
        | Answer::Broken(_)
        | Answer::NotTls(_)
        | Answer::Closed(_)
        | Answer::Reset(_)
        | Answer::Timeout(_)
        | Answer::NotConnected(_) => None,
    }
}

/// The chain of an ordinary handshake, if it came so far.
async fn of_a_handshake(asker: &Asker<'_>) -> Option<Presented> {
    let (link, _permit) = asker.connect(None).await.ok()?;
    link.reset_on_close();
    let evidence = Evidence::default();
    let name = asker.target.endpoint.tls_name();
    let limit = asker.target.limits.tls.min(asker.left());
    // However it ends, the chain was seen or not.
    let _ = timeout(limit, tls::handshake(link, &name, &evidence)).await;
    evidence.presented()
}

/// Judges each different chain once. The same chain may come with and without a stapled response:
/// the first that has one speaks for all.
async fn judged(asker: &Asker<'_>, seen: Vec<(Protocol, Presented)>) -> Vec<SeenChain> {
    let mut different: Vec<(Vec<Protocol>, Presented)> = Vec::new();
    for (protocol, presented) in seen {
        let same = different.iter_mut().find(|(_, known)| known.chain == presented.chain);
        if let Some((protocols, known)) = same {
            protocols.push(protocol);
            known.ocsp = known.ocsp.take().or(presented.ocsp);
        } else {
            different.push((vec![protocol], presented));
        }
    }
    let name = asker.target.endpoint.tls_name();
    let mut chains = Vec::with_capacity(different.len());
    for (mut protocols, presented) in different {
        protocols.sort_unstable();
        protocols.dedup();
        let report = asker.target.judge.judge(&presented, &name).await;
        chains.push(SeenChain { report, protocols });
    }
    chains
}
