//! Whether the certificates of a chain stand in the order of their issuers.

use std::collections::HashSet;

use super::words::which;
use crate::model::certificate::{Certificate, CertificateProblem, CertificateVerdict};

/// Faults of one chain that are told; the rest is counted.
const TOLD: usize = 3;

type Parsed = Result<Certificate, String>;

/// Where the way from the leaf by the names of the issuers ends, as the position of that
/// certificate, in whatever order the chain was sent.
pub(super) fn end(chain: &[Parsed]) -> Option<usize> {
    let mut last = chain.first()?.as_ref().ok()?;
    let mut end = 0;
    for _ in chain {
        let is_next = |parsed: &Parsed| {
            parsed.as_ref().is_ok_and(|one| one.subject == last.issuer && !one.self_signed)
        };
        let Some(position) = chain.iter().position(is_next) else { break };
        let Some(Ok(next)) = chain.get(position) else { break };
        (last, end) = (next, position);
    }
    Some(end)
}

/// What breaks the rule that each certificate issued the one before it (RFC 5246 section 7.4.2;
/// RFC 8446 section 4.4.2 asks clients to bear with other orders). A root at the end is in order.
pub(super) fn problem(chain: &[Parsed]) -> Option<CertificateProblem> {
    let needed = needed(chain);
    let mut seen = HashSet::new();
    let mut before: Option<&Certificate> = None;
    let mut faults = Vec::new();
    for (position, certificate) in parsed(chain) {
        let fault = if !seen.insert(&certificate.sha256) {
            Some("was sent before")
        } else if !needed.contains(&certificate.subject) {
            Some("has issued no other certificate of the chain")
        } else {
            let in_order = before.is_none_or(|before| before.issuer == certificate.subject);
            before = Some(certificate);
            (!in_order).then_some("did not issue the one before it")
        };
        if let Some(fault) = fault {
            faults.push((position, format!("{} {fault}", which(position, certificate))));
        }
    }
    let (position, _) = *faults.first()?;
    let told: Vec<&str> = faults.iter().take(TOLD).map(|(_, fault)| fault.as_str()).collect();
    let more = match faults.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Some(CertificateProblem {
        verdict: CertificateVerdict::WrongOrder,
        position: Some(position),
        detail: format!("the chain is not in the order of its issuers: {}{more}", told.join("; ")),
    })
}

/// The subjects that the way from the leaf passes.
fn needed(chain: &[Parsed]) -> HashSet<&String> {
    let mut needed: HashSet<&String> =
        parsed(chain).take(1).flat_map(|(_, leaf)| [&leaf.subject, &leaf.issuer]).collect();
    loop {
        let known = needed.len();
        for (_, certificate) in parsed(chain) {
            if needed.contains(&certificate.subject) {
                needed.insert(&certificate.issuer);
            }
        }
        if needed.len() == known {
            return needed;
        }
    }
}

fn parsed(chain: &[Parsed]) -> impl Iterator<Item = (usize, &Certificate)> {
    let chain = chain.iter().enumerate();
    chain.filter_map(|(position, parsed)| Some((position, parsed.as_ref().ok()?)))
}
