//! From the answers to hellos to which versions are accepted.

use crate::model::protocol::Protocol;
use crate::model::tls_scan::{Answer, Attempt, HelloShape, Support, VersionReport};

/// Alerts of RFC 8446 section 6 with which servers answer a hello that they cannot read or do not
/// like the make-up of: `unexpected_message`, `illegal_parameter`, `decode_error` and
/// `internal_error`. Not `handshake_failure`: the first hello offers all there is.
const ALERTS_AT_THE_MAKE_UP: [u8; 4] = [10, 47, 50, 80];

/// The alert `protocol_version`: the only one that names the version.
const PROTOCOL_VERSION: u8 = 70;

/// The alert `unrecognized_name` (RFC 6066 section 3): it says nothing about the version.
const UNRECOGNIZED_NAME: u8 = 112;

/// What was tried with one version, in order; the first hello is [`HelloShape::Full`].
pub type Tried = (Protocol, Vec<Attempt>);

/// A further hello that may make things clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextHello {
    /// For which version.
    pub protocol: Protocol,
    /// How it is to be made up.
    pub shape: HelloShape,
    /// The same was sent before and the server ended the connection. It works with another
    /// version, so it may count connections: the hello should go out alone, and later.
    pub again: bool,
}

/// The hellos to try next, at most one a version; none when every answer is clear or nothing is
/// left to try. `named` says that hellos carry the server's name.
///
/// 1. A clear answer ends the search for a version: a `ServerHello`, an alert that is about
///    versions or suites, or something that is not TLS.
/// 2. Where no version got any answer in TLS, the server may do so with everything: one version is
///    tried further, and the others only once that one got an answer.
/// 3. Where another version was accepted, the server and its name are fine, and the hello that
///    was accepted there is the one to try; else shorter and plainer ones.
/// 4. Versions older than all that are accepted with the full hello are switched off, as it seems,
///    whichever way the server refuses them: Windows often resets the connection. Where it did,
///    only the newest of them is asked once more, in case the server counts connections.
/// 5. Silence is met with one further hello: each costs a whole time limit.
pub fn next_hellos(tried: &[Tried], named: bool) -> Vec<NextHello> {
    let accepted = accepted_shape(tried);
    let scout = older_scout(tried);
    let next = |(protocol, attempts): &Tried| {
        let waits = is_older(*protocol, tried) && ended_or_refused(attempts);
        let may = !waits || scout == Some(*protocol);
        next_hello(*protocol, attempts, accepted, named).filter(|_| may)
    };
    let answered = tried.iter().flat_map(|(_, attempts)| attempts).any(is_in_tls);
    if answered {
        return tried.iter().filter_map(next).collect();
    }
    // TLS 1.2 is what most servers have.
    let scout = tried.iter().max_by_key(|(protocol, _)| (*protocol == Protocol::Tls12, *protocol));
    scout.and_then(next).into_iter().collect()
}

/// Judges all versions of one member together: the same refusal tells more where the server
/// accepts another version. The last attempt at each version decides.
///
/// A version that was tried and got no attempt is unknown, and so is one that would have to be
/// tried further, but for want of time: those in `open`.
pub fn judge(tried: Vec<Tried>, open: &[Protocol]) -> Vec<VersionReport> {
    let others_work = accepted_shape(&tried).is_some();
    let report = |(protocol, attempts): Tried| {
        let last = attempts.last().map(|attempt| &attempt.answer);
        let (support, certain) =
            last.map_or((Support::Unknown, false), |answer| verdict(answer, others_work));
        let (support, certain) = if certain || !open.contains(&protocol) {
            (support, certain)
        } else {
            (Support::Unknown, false)
        };
        VersionReport { protocol, support, certain, attempts }
    };
    let mut reports: Vec<VersionReport> = tried.into_iter().map(report).collect();
    doubt_contradicted(&mut reports);
    reports
}

/// A version that the server refused and yet chose in answer to another is not known: a load
/// balancer may spread connections over machines that differ.
fn doubt_contradicted(reports: &mut [VersionReport]) {
    let attempts: Vec<&Attempt> = reports.iter().flat_map(|report| &report.attempts).collect();
    let chosen_anyway = |protocol: Protocol| {
        attempts.iter().any(|attempt| attempt.answer == Answer::OtherVersion(protocol.wire()))
    };
    let contradicted: Vec<Protocol> =
        reports.iter().map(|report| report.protocol).filter(|p| chosen_anyway(*p)).collect();
    for report in reports {
        let refused = report.support == Support::NotSupported;
        if refused && contradicted.contains(&report.protocol) {
            (report.support, report.certain) = (Support::Unknown, false);
        }
    }
}

/// Whether the version is accepted, and whether the answer itself says so.
fn verdict(answer: &Answer, others_work: bool) -> (Support, bool) {
    match answer {
        Answer::Chosen(_) => (Support::Supported, true),
        Answer::OtherVersion(_) | Answer::Alert(PROTOCOL_VERSION) => (Support::NotSupported, true),
        Answer::Alert(UNRECOGNIZED_NAME)
        | Answer::Broken(_)
        | Answer::NotTls(_)
        | Answer::Timeout(_)
        | Answer::NotConnected(_) => (Support::Unknown, false),
        Answer::Alert(_) | Answer::Closed(_) | Answer::Reset(_) if others_work => {
            (Support::NotSupported, false)
        }
        Answer::Alert(_) | Answer::Closed(_) | Answer::Reset(_) => (Support::Unknown, false),
    }
}

fn next_hello(
    protocol: Protocol,
    attempts: &[Attempt],
    accepted: Option<HelloShape>,
    named: bool,
) -> Option<NextHello> {
    let (first, further) = attempts.split_first()?;
    let last = further.last().unwrap_or(first);
    let mut rungs = ladder(&last.answer, accepted);
    rungs.retain(|shape| exists(*shape, protocol, named));
    for tried in further {
        if let Some(place) = rungs.iter().position(|shape| *shape == tried.shape) {
            rungs.remove(place);
        }
    }
    let shape = rungs.into_iter().next()?;
    Some(NextHello { protocol, shape, again: attempts.iter().any(|tried| tried.shape == shape) })
}

/// The shapes that may help after an answer, those that change least first.
fn ladder(answer: &Answer, accepted: Option<HelloShape>) -> Vec<HelloShape> {
    use HelloShape::{Full, NoExtensions, NoServerName, Short};
    let mut shapes = match accepted {
        None => vec![Short, NoServerName, NoExtensions],
        Some(Full) => vec![Short],
        Some(shape) => vec![shape],
    };
    match answer {
        Answer::Reset(_) | Answer::Closed(_) if accepted == Some(Full) => vec![Full, Short],
        // Once more later, because all went out at once when the first one was accepted.
        Answer::Reset(_) | Answer::Closed(_) if accepted.is_some() => shapes.repeat(2),
        Answer::Reset(_) | Answer::Closed(_) | Answer::Broken(_) => shapes,
        Answer::Alert(alert) if ALERTS_AT_THE_MAKE_UP.contains(alert) => shapes,
        Answer::Alert(UNRECOGNIZED_NAME) => vec![NoServerName],
        Answer::Timeout(_) => {
            shapes.truncate(1);
            shapes
        }
        Answer::Chosen(_)
        | Answer::OtherVersion(_)
        | Answer::Alert(_)
        | Answer::NotTls(_)
        | Answer::NotConnected(_) => Vec::new(),
    }
}

/// Whether a version has a hello of this shape that differs from the others: SSL 3.0 has no
/// extensions to leave out, and TLS 1.3 is nothing without them.
fn exists(shape: HelloShape, protocol: Protocol, named: bool) -> bool {
    match shape {
        HelloShape::Full | HelloShape::Short => true,
        HelloShape::NoServerName => named && protocol != Protocol::Ssl3,
        HelloShape::NoExtensions => !matches!(protocol, Protocol::Ssl3 | Protocol::Tls13),
    }
}

/// The one of the older versions to ask once more: the newest whose connection was ended, unless
/// that was done already.
fn older_scout(tried: &[Tried]) -> Option<Protocol> {
    let ended =
        tried.iter().filter(|(protocol, attempts)| is_older(*protocol, tried) && ended(attempts));
    let (protocol, attempts) = ended.max_by_key(|(protocol, _)| *protocol)?;
    (attempts.len() == 1).then_some(*protocol)
}

/// Whether the version is older than all that the server accepts with the full hello, of which
/// there is at least one.
fn is_older(protocol: Protocol, tried: &[Tried]) -> bool {
    let accepted =
        |attempt: &Attempt| attempt.shape == HelloShape::Full && attempt.answer.chosen().is_some();
    let oldest = tried.iter().filter(|(_, attempts)| attempts.iter().any(accepted));
    oldest.map(|(accepted, _)| *accepted).min().is_some_and(|oldest| protocol < oldest)
}

/// Whether the last attempt ended in a refusal, in words or without.
fn ended_or_refused(attempts: &[Attempt]) -> bool {
    let refused = attempts.last().is_some_and(|last| matches!(last.answer, Answer::Alert(_)));
    refused || ended(attempts)
}

/// Whether the server just ended the last attempt's connection.
fn ended(attempts: &[Attempt]) -> bool {
    attempts.last().is_some_and(|last| last.answer.is_ended())
}

/// The shape with which a version was accepted; the full one if that was among several.
fn accepted_shape(tried: &[Tried]) -> Option<HelloShape> {
    let attempts = tried.iter().flat_map(|(_, attempts)| attempts);
    let accepted = attempts.filter(|attempt| attempt.answer.chosen().is_some());
    accepted.map(|attempt| attempt.shape).min()
}

/// Whether something came back that is TLS.
fn is_in_tls(attempt: &Attempt) -> bool {
    match attempt.answer {
        Answer::Chosen(_) | Answer::OtherVersion(_) | Answer::Alert(_) | Answer::Broken(_) => true,
        Answer::NotTls(_)
        | Answer::Closed(_)
        | Answer::Reset(_)
        | Answer::Timeout(_)
        | Answer::NotConnected(_) => false,
    }
}

#[cfg(test)]
mod tests;
