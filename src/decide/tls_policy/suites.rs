//! Suites that are accepted and should not be.

use crate::decide::compat::suites::choices;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::suite::{Cipher, Suite};
use crate::model::tls_scan::TlsScan;

/// Suites that one line names.
const LISTED: usize = 4;

/// Weak suites that were seen to be accepted, by enumeration or because the server chose them.
/// That none was seen does not mean that there is none.
pub(super) fn weak(scan: &TlsScan) -> Option<Finding> {
    let enumerated = scan.suites.iter().flat_map(|report| report.accepted.iter().copied());
    let protocols = scan.versions.iter().map(|report| report.protocol);
    let chosen = protocols.flat_map(|protocol| choices(scan, protocol)).map(|c| c.suite);
    let mut weak: Vec<Suite> = Vec::new();
    for suite in enumerated.chain(chosen) {
        if weakness(suite).is_some() && !weak.contains(&suite) {
            weak.push(suite);
        }
    }
    let severity = weak.iter().filter_map(|suite| weakness(*suite)).max()?;
    let names: Vec<String> = weak.iter().take(LISTED).map(ToString::to_string).collect();
    let more = match weak.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (meaning, action) = match severity {
        Severity::Warning => (
            "what is sent with RC4, DES or without encryption can be read or changed on the way",
            "disable these ciphers in SChannel: no Windows release needs them",
        ),
        Severity::Note => (
            "triple DES has blocks of 64 bits, which long connections give away (Sweet32)",
            "disable it in SChannel: every Windows release since Vista has AES",
        ),
    };
    Some(Finding {
        code: FindingCode::WeakSuites,
        severity,
        observed: format!("{}{more} accepted", names.join(", ")),
        meaning: meaning.to_owned(),
        windows_update_code: None,
        action: action.to_owned(),
    })
}

/// How bad a suite is, if it is.
fn weakness(suite: Suite) -> Option<Severity> {
    match suite.info()?.cipher {
        Cipher::Rc4 | Cipher::Des | Cipher::Null => Some(Severity::Warning),
        Cipher::TripleDes => Some(Severity::Note),
        Cipher::AesGcm | Cipher::ChaCha20 | Cipher::AesCbc => None,
    }
}
