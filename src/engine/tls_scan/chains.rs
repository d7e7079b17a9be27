//! The chains that a member presents.

use tokio::time::timeout;

use crate::decide::compat::own;
use crate::decide::health;
use crate::engine::tls_scan::asker::{Asker, PAUSE};
use crate::model::failure::{Cause, Failure};
use crate::model::protocol::Protocol;
use crate::model::suite::{Authentication, Suite};
use crate::model::tls::Presented;
use crate::model::tls_scan::{Answer, HelloShape, SeenChain, VersionReport};
use crate::net::tls;
use crate::net::tls::evidence::Evidence;

/// The different chains that were seen with these versions, judged; that of the newest version
/// first. One more connection asks for a key of another kind, unless `guess` is its answer. With
/// `complete`, where no chain came in clear text, another one completes a handshake with TLS 1.3;
/// what goes wrong with it is noted at that version.
pub(super) async fn find(
    asker: &Asker<'_>,
    versions: &mut [VersionReport],
    guess: Option<Answer>,
    complete: bool,
) -> Vec<SeenChain> {
    let mut seen: Vec<(Protocol, Presented)> = Vec::new();
    for version in versions.iter().rev() {
        if let Some(presented) = version.choice().and_then(|(_, choice)| choice.presented.clone()) {
            seen.push((version.protocol, presented));
        }
    }
    seen.extend(of_another_key(asker, versions, guess).await);
    let tls13 = versions
        .iter_mut()
        .filter(|version| version.protocol == Protocol::Tls13)
        .find_map(VersionReport::choice_mut);
    if let Some(choice) = tls13.filter(|_| seen.is_empty() && complete) {
        let (mut presented, mut failure) = of_a_handshake(asker).await;
        let ended = |failure: &Failure| matches!(failure.cause, Cause::Reset | Cause::Closed);
        if failure.as_ref().is_some_and(ended) && asker.left() > PAUSE {
            asker.rest().await;
            (presented, failure) = of_a_handshake(asker).await;
        }
        // What this program does not have is no fault of the server.
        let theirs = |failure: &Failure| !health::says_nothing(failure) || own::has(choice);
        choice.cut_short = failure.filter(theirs).map(|failure| failure.detail);
        seen.extend(presented.map(|presented| (Protocol::Tls13, presented)));
    }
    judged(asker, seen).await
}

/// The version of which the answer is guessed to be wanted: the newest that shows a chain.
const GUESSED_VERSION: Protocol = Protocol::Tls12;

/// The kind of key that is guessed to be the other one: most servers choose their RSA key first.
const GUESSED_KEY: Authentication = Authentication::Ecdsa;

/// Asks what most likely will be asked once the versions are known, so that it can go out together
/// with them.
pub(super) async fn guess(asker: &Asker<'_>) -> Answer {
    let mut hello = asker.hello(GUESSED_VERSION, HelloShape::Full);
    hello.suites.retain(|suite| kind(*suite) == Some(GUESSED_KEY));
    asker.ask(&hello).await.answer
}

fn kind(suite: Suite) -> Option<Authentication> {
    suite.info().map(|info| info.authentication)
}

/// What the server presents when only suites for keys of another kind are offered than that of the
/// suite it chose, with the newest version that shows a chain in clear text.
async fn of_another_key(
    asker: &Asker<'_>,
    versions: &[VersionReport],
    guess: Option<Answer>,
) -> Option<(Protocol, Presented)> {
    let (protocol, shape, choice) = versions.iter().rev().find_map(|version| {
        let (shape, choice) = version.choice()?;
        choice.presented.as_ref()?;
        Some((version.protocol, shape, choice))
    })?;
    let chosen = kind(choice.suite)?;
    let guessed = (protocol, shape) == (GUESSED_VERSION, HelloShape::Full)
        && chosen == Authentication::Rsa
        && matches!(guess, Some(Answer::Chosen(_) | Answer::Alert(_)));
    let answer = if let Some(answer) = guess.filter(|_| guessed) {
        answer
    } else {
        let mut hello = asker.hello(protocol, shape);
        hello.suites.retain(|suite| match kind(*suite) {
            Some(other @ (Authentication::Ecdsa | Authentication::Rsa)) => other != chosen,
            Some(Authentication::Any | Authentication::Dss) | None => false,
        });
        if hello.suites.is_empty() || asker.left().is_zero() {
            return None;
        }
        asker.ask_paced(&hello).await.answer
    };
    Some((protocol, answer.chosen()?.presented.clone()?))
}

/// The chain of an ordinary handshake, if it came so far, and why it could not be completed.
async fn of_a_handshake(asker: &Asker<'_>) -> (Option<Presented>, Option<Failure>) {
    let Ok((link, _permit)) = asker.connect(None).await else { return (None, None) };
    link.reset_on_close();
    let evidence = Evidence::default();
    let name = asker.target.endpoint.tls_name();
    let limit = asker.target.limits.tls.min(asker.left());
    let failure = match timeout(limit, tls::handshake(link, &name, &evidence)).await {
        Ok(Err(failure)) => Some(failure),
        Ok(Ok(_)) | Err(_) => None,
    };
    (evidence.presented(), failure)
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
