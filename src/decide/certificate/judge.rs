//! Every problem of a chain, each with its evidence.

use std::net::IpAddr;
use std::time::SystemTime;

use super::words::{date, names, span, which};
use super::{order, staple};
use crate::model::certificate::{
    Certificate, CertificateProblem, CertificateVerdict as Verdict, ChainFacts, PathOutcome,
};

/// RSA keys below this many bits are weak (NIST SP 800-57, part 1; Windows' own policies).
const STRONG_RSA_BITS: u32 = 2048;

/// RSA keys below this many bits are refused by every Windows with the update of Microsoft
/// security advisory 2661254, of 2012.
const LEAST_RSA_BITS: u32 = 1024;

fn problem(
    verdict: Verdict,
    position: impl Into<Option<usize>>,
    detail: String,
) -> CertificateProblem {
    CertificateProblem { verdict, position: position.into(), detail }
}

/// In no particular order.
pub(super) fn problems(
    facts: &ChainFacts,
    server_name: &str,
    now: SystemTime,
) -> Vec<CertificateProblem> {
    let mut problems: Vec<CertificateProblem> = facts
        .chain
        .iter()
        .enumerate()
        .filter_map(|(position, parsed)| {
            let error = parsed.as_ref().err()?;
            let detail = format!("certificate {} cannot be read: {error}", position + 1);
            Some(problem(Verdict::Unparsable, position, detail))
        })
        .collect();
    let Some(Ok(leaf)) = facts.chain.first() else {
        if facts.chain.is_empty() {
            problems.push(problem(Verdict::Unparsable, None, "no certificate was sent".to_owned()));
        }
        return problems;
    };
    problems.extend(dates(facts, now));
    problems.extend(usage(facts));
    problems.extend(path(facts, leaf));
    problems.extend(name(facts, leaf, server_name));
    problems.extend(weaknesses(facts));
    problems.extend(root(facts, now));
    problems.extend(staple::revocation(&facts.staple, leaf));
    problems.extend(order::problem(&facts.chain));
    if !facts.signature_ok {
        let detail = format!("the server does not hold the key of {}", which(0, leaf));
        problems.push(problem(Verdict::BadSignature, 0, detail));
    }
    problems
}

/// The certificates that count for dates and strength: a root that is sent along does not,
/// because clients use their own copy; of a leaf that is trusted itself nothing else does.
fn counting(facts: &ChainFacts) -> impl Iterator<Item = (usize, &Certificate)> {
    facts
        .chain
        .iter()
        .take(if facts.leaf_is_trusted { 1 } else { usize::MAX })
        .enumerate()
        .filter_map(|(position, parsed)| Some((position, parsed.as_ref().ok()?)))
        .filter(|(position, certificate)| *position == 0 || !certificate.self_signed)
}

fn dates(facts: &ChainFacts, now: SystemTime) -> Vec<CertificateProblem> {
    if facts.valid_now && !facts.leaf_is_trusted {
        return Vec::new();
    }
    counting(facts)
        .filter_map(|(position, certificate)| {
            let which = which(position, certificate);
            let (verdict, detail) = out_of_date(&which, certificate, now)?;
            Some(problem(verdict, position, detail))
        })
        .collect()
}

fn out_of_date(
    which: &str,
    certificate: &Certificate,
    now: SystemTime,
) -> Option<(Verdict, String)> {
    if let Ok(ago) = now.duration_since(certificate.not_after) {
        let (ago, on) = (span(ago), date(certificate.not_after));
        return Some((Verdict::Expired, format!("{which} expired {ago} ago, on {on}")));
    }
    let until = certificate.not_before.duration_since(now).ok()?;
    let (until, on) = (span(until), date(certificate.not_before));
    Some((Verdict::NotYetValid, format!("{which} becomes valid in {until}, on {on}")))
}

/// What is wrong with the root at the end of the verified path. The copy that is trusted here
/// counts, not one that is sent along; the path validation of the library asks nothing of it.
fn root(facts: &ChainFacts, now: SystemTime) -> Vec<CertificateProblem> {
    let Some([_, .., root]) = facts.verified.as_deref() else { return Vec::new() };
    let which = format!("the trusted root ({})", root.subject);
    let dates = out_of_date(&which, root, now);
    let dates = dates.map(|(verdict, detail)| problem(verdict, None, detail));
    let key =
        weak_key(root).map(|words| problem(Verdict::WeakKey, None, format!("{which} {words}")));
    dates.into_iter().chain(key).collect()
}

/// The certificates that must not be used for servers.
fn usage(facts: &ChainFacts) -> impl Iterator<Item = CertificateProblem> {
    counting(facts).filter(|(_, certificate)| !certificate.allows_server_auth).map(
        |(position, certificate)| {
            let which = which(position, certificate);
            let detail = format!("{which} may not be used for server authentication");
            problem(Verdict::WrongEku, position, detail)
        },
    )
}

/// What path validation says, and whether the issuer is trusted where it did not come so far.
fn path(facts: &ChainFacts, leaf: &Certificate) -> Vec<CertificateProblem> {
    let trusted = match facts.path {
        _ if facts.leaf_is_trusted => true,
        PathOutcome::Trusted | PathOutcome::TrustedThoughWeak => true,
        PathOutcome::UnknownIssuer => false,
        PathOutcome::CaAsLeaf
        | PathOutcome::WrongEku
        | PathOutcome::WeakSignature
        | PathOutcome::Unverifiable(_)
        | PathOutcome::Revoked
        | PathOutcome::Broken(_) => facts.issuer_is_known && !leaf.self_signed,
    };
    let untrusted = (!trusted).then(|| untrusted(facts, leaf));
    breach(facts, leaf).into_iter().chain(untrusted).collect()
}

fn breach(facts: &ChainFacts, leaf: &Certificate) -> Option<CertificateProblem> {
    let which_leaf = which(0, leaf);
    match &facts.path {
        _ if facts.leaf_is_trusted => None,
        PathOutcome::Trusted | PathOutcome::TrustedThoughWeak | PathOutcome::UnknownIssuer => None,
        // Weak signatures are listed one by one.
        PathOutcome::WeakSignature if counting(facts).any(|(_, c)| c.signature.weak) => None,
        PathOutcome::WeakSignature => {
            let kinds: Vec<&str> =
                counting(facts).map(|(_, c)| c.signature.name.as_str()).collect();
            let detail = format!(
                "a signature of the chain is of another kind than those that \
                can be verified here: {}",
                kinds.join(", ")
            );
            Some(problem(Verdict::Unverified, None, detail))
        }
        PathOutcome::CaAsLeaf => {
            let detail = format!("{which_leaf} is a CA certificate, and not among the trusted");
            Some(problem(Verdict::CaAsLeaf, 0, detail))
        }
        // Who is not for servers is listed one by one; what is for any purpose is refused by the
        // library, though not by Windows.
        PathOutcome::WrongEku if counting(facts).any(|(_, c)| !c.allows_server_auth) => None,
        PathOutcome::WrongEku => {
            let detail =
                "a certificate of the chain is for any purpose, which is not verified here";
            Some(problem(Verdict::Unverified, None, detail.to_owned()))
        }
        // That it issued itself explains it.
        PathOutcome::Unverifiable(_) | PathOutcome::Broken(_) if leaf.self_signed => None,
        PathOutcome::Unverifiable(why) => {
            Some(problem(Verdict::Unverified, None, format!("{which_leaf}: {why}")))
        }
        PathOutcome::Revoked => {
            Some(problem(Verdict::Revoked, None, format!("{which_leaf} is revoked")))
        }
        PathOutcome::Broken(words) => {
            Some(problem(Verdict::BadChain, None, format!("{which_leaf}: {words}")))
        }
    }
}

/// Tells apart why no path to a root was found.
fn untrusted(facts: &ChainFacts, leaf: &Certificate) -> CertificateProblem {
    if leaf.self_signed {
        let detail = format!("{} issued itself and is not trusted here", which(0, leaf));
        return problem(Verdict::SelfSigned, 0, detail);
    }
    let parsed = || facts.chain.iter().filter_map(|parsed| parsed.as_ref().ok());
    let end = order::end(&facts.chain).and_then(|end| facts.chain.get(end)?.as_ref().ok());
    let last = end.unwrap_or(leaf);
    let alone = std::ptr::eq(last, leaf) && !parsed().any(|c| c.subject == leaf.issuer);
    if alone && leaf.has_issuer_url {
        let detail = format!(
            "{} was sent without its issuer, {}: either an intermediate is missing, which Windows \
             may fetch but others do not, or that issuer is a root that is not trusted here",
            which(0, leaf),
            leaf.issuer
        );
        return problem(Verdict::IncompleteChain, 0, detail);
    }
    let detail = format!("the chain ends at the issuer {}, which is not trusted here", last.issuer);
    problem(Verdict::UnknownIssuer, None, detail)
}

fn name(facts: &ChainFacts, leaf: &Certificate, server_name: &str) -> Option<CertificateProblem> {
    if facts.name_matches {
        return None;
    }
    let common = leaf.common_name.as_deref().filter(|name| covers(name, server_name));
    if leaf.alternative_names.is_empty() && common.is_some() {
        let detail =
            format!("{server_name} is only in the common name; there is no alternative name");
        return Some(problem(Verdict::NoSanCnOnly, 0, detail));
    }
    let detail = format!("the certificate is not for {server_name}: it has {}", names(leaf));
    Some(problem(Verdict::NameMismatch, 0, detail))
}

/// Whether a common name covers a host name, a wildcard standing for the first label.
pub(super) fn covers(pattern: &str, name: &str) -> bool {
    let wild = pattern.strip_prefix("*.").zip(name.split_once('.'));
    let wild = wild.filter(|_| name.parse::<IpAddr>().is_err());
    pattern.eq_ignore_ascii_case(name)
        || wild.is_some_and(|(pattern, (_, rest))| pattern.eq_ignore_ascii_case(rest))
}

fn weaknesses(facts: &ChainFacts) -> Vec<CertificateProblem> {
    let otherwise = match facts.path {
        PathOutcome::TrustedThoughWeak => "; apart from that, the chain is trusted here",
        PathOutcome::WeakSignature => "; whether the chain is otherwise good is not verified here",
        PathOutcome::Trusted
        | PathOutcome::UnknownIssuer
        | PathOutcome::CaAsLeaf
        | PathOutcome::WrongEku
        | PathOutcome::Unverifiable(_)
        | PathOutcome::Revoked
        | PathOutcome::Broken(_) => "",
    };
    let mut problems = Vec::new();
    for (position, certificate) in counting(facts) {
        let which = which(position, certificate);
        // Of what is trusted itself nobody looks at the signature.
        if certificate.signature.weak && !facts.leaf_is_trusted {
            let detail =
                format!("{which} is signed with {}{otherwise}", certificate.signature.name);
            problems.push(problem(Verdict::WeakSignature, position, detail));
        }
        if let Some(words) = weak_key(certificate) {
            problems.push(problem(Verdict::WeakKey, position, format!("{which} {words}")));
        }
    }
    problems
}

fn weak_key(certificate: &Certificate) -> Option<String> {
    match certificate.key.rsa_bits()? {
        bits if bits < LEAST_RSA_BITS => {
            Some(format!("has an RSA key of {bits} bits, which every Windows still in use refuses"))
        }
        bits if bits < STRONG_RSA_BITS => Some(format!("has an RSA key of {bits} bits")),
        _ => None,
    }
}
