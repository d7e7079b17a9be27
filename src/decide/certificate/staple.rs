//! What a stapled OCSP response is worth.

use std::time::{Duration, SystemTime};

use super::words::{date, span, which};
use crate::model::certificate::{
    Certificate, CertificateProblem, CertificateVerdict, RevocationStatus, Staple,
};

/// How far the clock of a responder may be ahead: as much as Windows lets clocks of one domain
/// differ.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// The leaf is revoked. A status that has lapsed says so all the same: revocations stay.
pub(super) fn revocation(staple: &Staple, leaf: &Certificate) -> Option<CertificateProblem> {
    let Staple::Present(answer) = staple else { return None };
    if !answer.for_leaf || answer.status != RevocationStatus::Revoked {
        return None;
    }
    let since = answer.revoked_at.map_or_else(String::new, |at| format!(" since {}", date(at)));
    let detail = format!(
        "{} is revoked{since}, says the OCSP response that the server sends, whose signature is \
         not verified here",
        which(0, leaf)
    );
    Some(CertificateProblem { verdict: CertificateVerdict::Revoked, position: Some(0), detail })
}

/// Why the staple is of no use to a client.
pub(super) fn problem(staple: &Staple, leaf: &Certificate, now: SystemTime) -> Option<String> {
    let answer = match staple {
        Staple::Absent if leaf.must_staple => {
            return Some("none was sent, though the certificate demands one".to_owned());
        }
        Staple::Absent => return None,
        Staple::Unreadable(why) => return Some(format!("it cannot be used: {why}")),
        Staple::Present(answer) => answer,
    };
    if !answer.for_leaf {
        return Some("it is about another certificate".to_owned());
    }
    if answer.this_update > now + CLOCK_SKEW {
        return Some(format!("it is of the future: valid from {}", date(answer.this_update)));
    }
    let next = answer.next_update?;
    let ago = now.duration_since(next).ok()?;
    Some(format!("it has expired {} ago, on {}", span(ago), date(next)))
}
