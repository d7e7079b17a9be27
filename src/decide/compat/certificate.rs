//! What a certificate means for Windows releases, whatever this machine trusts.

use crate::model::certificate::{CertificateReport, CertificateVerdict as Verdict};
use crate::model::suite::{Authentication, Suite};
use crate::model::tls_scan::{SeenChain, TlsScan};

/// Windows refuses RSA keys with fewer bits (KB2661254).
const SHORTEST_RSA_BITS: u32 = 1024;

/// What becomes of a release that has a suite in common with the server.
pub(super) enum Acceptance {
    /// It accepts the certificate, under a condition where there is one.
    Accepts(Option<String>),
    /// It refuses it; why.
    Refuses(String),
    /// It depends on which certificate the server takes.
    Depends(String),
}

/// Why every release refuses every chain that was seen; `None` where there is one that may do.
pub(super) fn everybody_refuses(scan: &TlsScan) -> Option<String> {
    let reasons: Option<Vec<String>> =
        scan.chains.iter().map(|chain| refused(&chain.report, scan.by_address)).collect();
    reasons?.into_iter().next()
}

/// Judges the chains that the server may present with a suite, or with one that is not known.
pub(super) fn acceptance(scan: &TlsScan, suite: Option<Suite>) -> Acceptance {
    let chains: Vec<&SeenChain> =
        scan.chains.iter().filter(|chain| authenticates(&chain.report, suite)).collect();
    let refused = |chain: &&SeenChain| refused(&chain.report, scan.by_address);
    let refusals: Vec<String> = chains.iter().filter_map(refused).collect();
    match (refusals.into_iter().next(), chains.as_slice()) {
        (_, []) => Acceptance::Accepts(Some("the certificate for it was not seen".to_owned())),
        (Some(why), chains) if chains.iter().all(|chain| refused(chain).is_some()) => {
            Acceptance::Refuses(why)
        }
        (Some(why), _) => Acceptance::Depends(format!(
            "the server has several certificates, and for one of them: {why}"
        )),
        (None, chains) => Acceptance::Accepts(chains.iter().find_map(|c| condition(&c.report))),
    }
}

/// Whether a chain's key is of the kind that a suite needs. One of which that is not known counts.
fn authenticates(report: &CertificateReport, suite: Option<Suite>) -> bool {
    let Some(leaf) = report.chain.first() else { return true };
    let key = match leaf.key.algorithm.as_str() {
        "RSA" => Authentication::Rsa,
        "EC" => Authentication::Ecdsa,
        _ => return true,
    };
    let needed = suite.and_then(Suite::info).map_or(Authentication::Any, |i| i.authentication);
    needed == Authentication::Any || needed == key
}

/// Why every client refuses a chain.
fn refused(report: &CertificateReport, by_address: bool) -> Option<String> {
    let fatal = report.problems.iter().find(|problem| match problem.verdict {
        Verdict::Unparsable
        | Verdict::Expired
        | Verdict::NotYetValid
        | Verdict::Revoked
        | Verdict::BadSignature
        | Verdict::WrongEku => true,
        Verdict::NameMismatch => !by_address,
        Verdict::Ok
        | Verdict::SelfSigned
        | Verdict::CaAsLeaf
        | Verdict::IncompleteChain
        | Verdict::UnknownIssuer
        | Verdict::BadChain
        | Verdict::NoSanCnOnly
        | Verdict::WrongOrder
        | Verdict::WeakSignature
        | Verdict::WeakKey
        | Verdict::Unverified => false,
    });
    let short = |(_, certificate): &(usize, &crate::model::certificate::Certificate)| {
        certificate.key.rsa_bits().is_some_and(|bits| bits < SHORTEST_RSA_BITS)
    };
    fatal.map(|problem| problem.detail.clone()).or_else(|| {
        let (_, certificate) = report.used().find(short)?;
        let bits = certificate.key.bits?;
        Some(format!(
            "a key has {bits} bits, and Windows refuses RSA keys below {SHORTEST_RSA_BITS}"
        ))
    })
}

/// Under which condition releases accept a chain that none refuses outright.
fn condition(report: &CertificateReport) -> Option<String> {
    let harmless = [Verdict::NoSanCnOnly, Verdict::WrongOrder];
    let problem = report.problems.iter().find(|problem| !harmless.contains(&problem.verdict))?;
    Some(match problem.verdict {
        Verdict::SelfSigned
        | Verdict::CaAsLeaf
        | Verdict::IncompleteChain
        | Verdict::UnknownIssuer => {
            format!("if the client trusts the certificate: {}", problem.detail)
        }
        Verdict::NameMismatch => {
            format!(
                "if the client knows the server by a name of the certificate: {}",
                problem.detail
            )
        }
        Verdict::Ok
        | Verdict::Unparsable
        | Verdict::Expired
        | Verdict::NotYetValid
        | Verdict::Revoked
        | Verdict::BadSignature
        | Verdict::WrongEku
        | Verdict::BadChain
        | Verdict::NoSanCnOnly
        | Verdict::WrongOrder
        | Verdict::WeakSignature
        | Verdict::WeakKey
        | Verdict::Unverified => {
            format!("if the client accepts the certificate: {}", problem.detail)
        }
    })
}
