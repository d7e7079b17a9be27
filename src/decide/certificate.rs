//! From the facts of a chain to its judgement, and from that to a failure or to findings.

mod judge;
mod order;
mod staple;
mod words;

use std::time::{Duration, SystemTime};

use crate::decide::windows_update_code;
use crate::model::certificate::{
    Certificate, CertificateProblem, CertificateReport, CertificateVerdict, ChainFacts,
};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};

/// A certificate with less time left than this is worth a note: renewals through a company's
/// own CA take a change window or two.
const EXPIRES_SOON: Duration = Duration::from_hours(21 * 24);

/// Lists every problem of a presented chain, worst first. `server_name` is the name a client
/// asks for.
pub fn judge(facts: &ChainFacts, server_name: &str, now: SystemTime) -> CertificateReport {
    let mut problems = judge::problems(facts, server_name, now);
    problems.sort_by_key(|problem| problem.verdict);
    let chain = facts.chain.iter().filter_map(|parsed| parsed.as_ref().ok().cloned()).collect();
    let leaf = facts.chain.first().and_then(|leaf| leaf.as_ref().ok());
    CertificateReport {
        chain,
        problems,
        verified: facts.verified.clone(),
        staple: facts.staple.clone(),
        staple_problem: leaf.and_then(|leaf| staple::problem(&facts.staple, leaf, now)),
    }
}

/// Where the way from the leaf by the names of the issuers ends, as a position in the presented
/// chain; `None` without a leaf that can be read.
pub fn end_of_chain(chain: &[Result<Certificate, String>]) -> Option<usize> {
    order::end(chain)
}

/// Whether a certificate's name, which may start with `*.` for any one label, covers the name of a
/// server.
pub fn covers(name: &str, server_name: &str) -> bool {
    judge::covers(name, server_name)
}

/// The worst problem that makes clients refuse the server, if there is one.
pub fn failure(report: &CertificateReport) -> Option<Failure> {
    report.problems.iter().find_map(|problem| {
        let cause = cause(problem.verdict)?;
        Some(Failure::new(Phase::Tls, cause, problem.detail.clone()))
    })
}

/// The cause of failure that a verdict is; `None` for those with which at least some clients
/// connect.
fn cause(verdict: CertificateVerdict) -> Option<Cause> {
    use CertificateVerdict as Verdict;
    Some(match verdict {
        Verdict::Ok
        | Verdict::NoSanCnOnly
        | Verdict::WeakSignature
        | Verdict::WeakKey
        | Verdict::Unverified
        | Verdict::WrongOrder => return None,
        Verdict::Unparsable => Cause::CertificateUnparsable,
        Verdict::Expired => Cause::CertificateExpired,
        Verdict::NotYetValid => Cause::CertificateNotYetValid,
        Verdict::Revoked => Cause::CertificateRevoked,
        Verdict::BadSignature => Cause::BadHandshakeSignature,
        Verdict::SelfSigned => Cause::CertificateSelfSigned,
        Verdict::CaAsLeaf => Cause::CertificateCaAsLeaf,
        Verdict::IncompleteChain => Cause::CertificateIncompleteChain,
        Verdict::UnknownIssuer => Cause::CertificateUnknownIssuer,
        Verdict::NameMismatch => Cause::CertificateNameMismatch,
        Verdict::WrongEku => Cause::CertificateWrongEku,
        Verdict::BadChain => Cause::CertificateBadChain,
    })
}

/// What is worth knowing of a chain beside a failure.
pub fn findings(report: &CertificateReport, now: SystemTime) -> Vec<Finding> {
    let problems = report.problems.iter().filter_map(finding);
    problems.chain(expires_soon(report, now)).collect()
}

fn finding(problem: &CertificateProblem) -> Option<Finding> {
    use CertificateVerdict as Verdict;
    let (code, severity, meaning, action) = match problem.verdict {
        Verdict::NoSanCnOnly => (
            FindingCode::CertificateCnOnly,
            Severity::Warning,
            "Windows clients accept the common name; stricter clients and this program's own \
             validation do not",
            "issue the certificate anew with the name in a subject alternative name",
        ),
        Verdict::WeakSignature => (
            FindingCode::CertificateWeakSignature,
            Severity::Warning,
            "current Windows releases may refuse it, depending on their trust settings for \
             outdated algorithms",
            "issue the certificate anew with SHA-256",
        ),
        Verdict::WeakKey => (
            FindingCode::CertificateWeakKey,
            Severity::Warning,
            "Windows refuses RSA keys below 1024 bits; newer policies ask for 2048",
            "issue the certificate anew with an RSA key of at least 2048 bits",
        ),
        Verdict::Unverified => (
            FindingCode::CertificateUnverified,
            Severity::Warning,
            "whether clients trust it is not known; this program does not verify certificates of \
             this kind",
            "check on a client that it trusts this chain",
        ),
        Verdict::WrongOrder => (
            FindingCode::CertificateOrder,
            Severity::Note,
            "Windows puts a chain in order itself; stricter clients may refuse it",
            "send the server's certificate first, then the issuer of each, and nothing else",
        ),
        Verdict::Ok
        | Verdict::Unparsable
        | Verdict::Expired
        | Verdict::NotYetValid
        | Verdict::Revoked
        | Verdict::BadSignature
        | Verdict::SelfSigned
        | Verdict::CaAsLeaf
        | Verdict::IncompleteChain
        | Verdict::UnknownIssuer
        | Verdict::NameMismatch
        | Verdict::WrongEku
        | Verdict::BadChain => return None,
    };
    Some(Finding {
        windows_update_code: windows_update_code::of_finding(code),
        code,
        severity,
        observed: problem.detail.clone(),
        meaning: meaning.to_owned(),
        action: action.to_owned(),
    })
}

/// The certificate that ends first, if it ends soon. One that has ended already is a failure.
fn expires_soon(report: &CertificateReport, now: SystemTime) -> Option<Finding> {
    let (position, certificate) =
        report.used().min_by_key(|(_, certificate)| certificate.not_after)?;
    let left = certificate.not_after.duration_since(now).ok()?;
    (left < EXPIRES_SOON).then(|| Finding {
        code: FindingCode::CertificateExpiresSoon,
        windows_update_code: None,
        severity: Severity::Note,
        observed: format!(
            "{} ends in {}, on {}",
            words::which(position, certificate),
            words::span(left),
            words::date(certificate.not_after)
        ),
        meaning: "from then on every client refuses the server".to_owned(),
        action: "renew it now, and put the new one on every member".to_owned(),
    })
}

#[cfg(test)]
mod tests;
