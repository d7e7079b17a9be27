//! Every course that a handshake of one release may take, and what they come to together.

use super::certificate::{self, Acceptance};
use super::suites::{Agreement, agreement, offer};
use super::table::Row;
use super::words;
use crate::model::protocol::Protocol;
use crate::model::suite::{Cipher, Suite};
use crate::model::tls_scan::{Offer, Support, TlsScan};
use crate::model::windows_client::{ClientOutcome, ClientRefusal};

/// One course of the handshake.
struct Course {
    /// Why it is not certain that it is taken; `None` if nothing newer comes in between.
    doubt: Option<String>,
    outcome: ClientOutcome,
    caveats: Vec<String>,
}

/// The outcome for a release, and what it rests on beyond what was seen.
pub(super) fn of(scan: &TlsScan, row: &Row) -> (ClientOutcome, Vec<String>) {
    let mut courses: Vec<Course> = candidates(scan, row)
        .into_iter()
        .map(|(protocol, doubt)| course(scan, row, protocol, doubt))
        .collect();
    if courses.last().is_none_or(|course| course.doubt.is_some()) {
        courses.push(no_version(scan, row));
    }
    together(courses)
}

/// The offers that would have to be made to tell what becomes of a release.
pub(super) fn open(scan: &TlsScan, row: &Row) -> Vec<Offer> {
    candidates(scan, row)
        .into_iter()
        .filter(|(protocol, _)| scan.accepts(*protocol))
        .map(|(protocol, _)| offer(row, protocol))
        .filter(|offer| agreement(scan, offer) == Agreement::Open)
        .collect()
}

/// The versions that they may agree on, newest first, each with why that is not certain; a certain
/// one is the last.
fn candidates(scan: &TlsScan, row: &Row) -> Vec<(Protocol, Option<String>)> {
    let mut candidates = Vec::new();
    for &protocol in Protocol::ALL.iter().rev() {
        match common(scan, row, protocol) {
            Common::No => {}
            Common::Perhaps(doubt) => candidates.push((protocol, Some(doubt))),
            Common::Yes => {
                candidates.push((protocol, None));
                break;
            }
        }
    }
    candidates
}

/// Whether a release and a server have a version in common.
enum Common {
    Yes,
    No,
    /// It is not certain, and why.
    Perhaps(String),
}

fn common(scan: &TlsScan, row: &Row, protocol: Protocol) -> Common {
    let doubt = row.doubtful.iter().find(|(doubtful, _)| *doubtful == protocol);
    if doubt.is_none() && !row.protocols.contains(&protocol) {
        return Common::No;
    }
    let version = protocol.words();
    match scan.version(protocol).map(|report| report.support) {
        Some(Support::NotSupported) => Common::No,
        Some(Support::Supported) => {
            doubt.map_or(Common::Yes, |(_, why)| Common::Perhaps((*why).to_owned()))
        }
        // No release is sure to offer it, and it is tried only on request.
        Some(Support::Unknown) | None if protocol == Protocol::Ssl3 => Common::No,
        Some(Support::Unknown) => {
            Common::Perhaps(format!("whether the server accepts {version} is not known"))
        }
        None => Common::Perhaps(format!("{version} was not tried")),
    }
}

/// What becomes of a release if both settle for a version.
fn course(scan: &TlsScan, row: &Row, protocol: Protocol, doubt: Option<String>) -> Course {
    let (outcome, caveats) = match doubt.as_ref() {
        Some(doubt) if !scan.accepts(protocol) => {
            (ClientOutcome::Unknown(doubt.clone()), Vec::new())
        }
        Some(_) | None => with_version(scan, row, protocol),
    };
    Course { doubt, outcome, caveats }
}

fn with_version(scan: &TlsScan, row: &Row, protocol: Protocol) -> (ClientOutcome, Vec<String>) {
    let hopeless = certificate::everybody_refuses(scan);
    let refuses = |why: String| ClientOutcome::Fails(ClientRefusal::Certificate, why);
    match (agreement(scan, &offer(row, protocol)), hopeless) {
        (Agreement::Common(suite), _) => match certificate::acceptance(scan, suite) {
            Acceptance::Accepts(condition) => {
                let weak = suite.and_then(weak).map(str::to_owned);
                let demand = demand(scan, protocol).map(str::to_owned);
                let caveats = weak.into_iter().chain(condition).chain(demand).collect();
                (ClientOutcome::Works(protocol, suite), caveats)
            }
            Acceptance::Refuses(why) => (refuses(why), Vec::new()),
            Acceptance::Depends(why) => (ClientOutcome::Unknown(why), Vec::new()),
        },
        (Agreement::None(missing, uncertain), _) => {
            let version = protocol.words();
            let why = format!("offers no suite that the server accepts with {version}: {missing}");
            let caveats = uncertain.map(str::to_owned).into_iter().collect();
            (ClientOutcome::Fails(ClientRefusal::NoCommonSuite, why), caveats)
        }
        (Agreement::Unclear(_) | Agreement::Open, Some(why)) => (refuses(why), Vec::new()),
        (Agreement::Unclear(why), None) => (ClientOutcome::Unknown(why), Vec::new()),
        (Agreement::Open, None) => {
            let version = protocol.words();
            let why = format!("whether the server accepts its suites with {version} was not asked");
            (ClientOutcome::Unknown(why), Vec::new())
        }
    }
}

/// What may keep a release from using a suite of its list.
fn weak(suite: Suite) -> Option<&'static str> {
    let info = suite.info()?;
    (info.cipher == Cipher::Rc4)
        .then_some("RC4 is on the release's list, and updates or policies may have taken it off")
}

/// A condition that the server makes of every client, as far as it shows: before TLS 1.3.
fn demand(scan: &TlsScan, protocol: Protocol) -> Option<&'static str> {
    let (_, choice) = scan.version(protocol)?.choice()?;
    choice
        .client_certificate_requested
        .then_some("if the server does without the client certificate that it asks for")
}

/// They have no version in common.
fn no_version(scan: &TlsScan, row: &Row) -> Course {
    let accepted: Vec<Protocol> = scan.accepted().collect();
    let offers = match row.protocols {
        [only] => format!("offers {} only", only.words()),
        several => format!("offers {}", words::versions(several)),
    };
    let accepts = match accepted.as_slice() {
        [] => "none that is known".to_owned(),
        [only] => format!("{} only", only.words()),
        several => words::versions(several),
    };
    let why = format!("{offers}; the server accepts {accepts}");
    let mut caveats = Vec::new();
    for report in &scan.versions {
        let counts = row.protocols.contains(&report.protocol);
        if counts && report.support == Support::NotSupported && !report.certain {
            let version = report.protocol.words();
            caveats.push(format!("the server's refusal of {version} may have other reasons"));
        }
    }
    let outcome = ClientOutcome::Fails(ClientRefusal::NoCommonVersion, why);
    Course { doubt: None, outcome, caveats }
}

/// The last course is certain unless one before is taken: the outcome is known only if all of them
/// end alike.
fn together(mut courses: Vec<Course>) -> (ClientOutcome, Vec<String>) {
    let Some(last) = courses.pop() else {
        return (ClientOutcome::Unknown("nothing was tried".to_owned()), Vec::new());
    };
    let alike = courses.iter().all(|course| same_end(&course.outcome, &last.outcome));
    let mut doubts: Vec<String> = Vec::new();
    for doubt in courses.into_iter().filter_map(|course| course.doubt) {
        if !doubts.contains(&doubt) {
            doubts.push(doubt);
        }
    }
    if alike && !matches!(last.outcome, ClientOutcome::Unknown(_)) {
        doubts.extend(last.caveats);
        return (last.outcome, doubts);
    }
    let otherwise = match &last.outcome {
        ClientOutcome::Works(protocol, _) => {
            format!("otherwise it can connect with {}", protocol.words())
        }
        ClientOutcome::Fails(_, why) | ClientOutcome::Unknown(why) if doubts.is_empty() => {
            why.clone()
        }
        ClientOutcome::Fails(_, why) | ClientOutcome::Unknown(why) => format!("otherwise it {why}"),
    };
    doubts.push(otherwise);
    (ClientOutcome::Unknown(doubts.join("; ")), last.caveats)
}

const fn same_end(one: &ClientOutcome, other: &ClientOutcome) -> bool {
    matches!(
        (one, other),
        (ClientOutcome::Works(..), ClientOutcome::Works(..))
            | (ClientOutcome::Fails(..), ClientOutcome::Fails(..))
    )
}
