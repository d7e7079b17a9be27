//! Which certification authorities are trusted, and path validation against them.

mod file;

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::{ClientConfig, RootCertStore};
use webpki::{EndEntityCert, Error, KeyUsage};

use crate::decide;
use crate::model::certificate::{Certificate, CertificateReport, ChainFacts, PathOutcome};
use crate::model::tls::Presented;
use crate::net::cbc_suites;
use crate::wire::certificate;

/// A certificate file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`ca_file` {}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for TrustError {}

/// The certificates of `ca_file`s in PEM form.
///
/// # Errors
/// The first file that cannot be read, is no PEM, or holds no certificate.
pub fn read_files(paths: &[PathBuf]) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let mut found = Vec::new();
    for path in paths {
        found.extend(file::read(path)?);
    }
    Ok(found)
}

/// The certificates that this machine trusts: on Windows the machine's and the user's Root
/// stores, elsewhere the usual files. What cannot be read is left out. Takes some ten
/// milliseconds, so it belongs on a blocking thread.
pub fn platform_roots() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

/// The trusted certificates of one configuration.
#[derive(Debug, Default)]
pub struct TrustStore {
    anchors: Vec<TrustAnchor<'static>>,
    certificates: HashSet<Vec<u8>>,
}

impl TrustStore {
    /// A store of these certificates. One that cannot serve as an anchor still makes a leaf that
    /// is equal to it trusted.
    pub fn new<'a>(certificates: impl IntoIterator<Item = &'a CertificateDer<'static>>) -> Self {
        let mut store = Self::default();
        for certificate in certificates {
            if let Ok(anchor) = webpki::anchor_from_trusted_cert(certificate) {
                store.anchors.push(anchor.to_owned());
            }
            store.certificates.insert(certificate.to_vec());
        }
        store
    }

    /// A configuration that really verifies, for connections whose answers are believed.
    pub fn verifying_config(&self) -> Option<ClientConfig> {
        let roots = RootCertStore { roots: self.anchors.clone() };
        let builder = ClientConfig::builder_with_provider(cbc_suites::provider().into());
        let builder = builder.with_safe_default_protocol_versions().ok()?;
        Some(builder.with_root_certificates(roots).with_no_client_auth())
    }

    /// Judges a chain for a server's name at a time.
    pub fn judge(
        &self,
        presented: &Presented,
        server_name: &str,
        now: SystemTime,
    ) -> CertificateReport {
        let chain: Vec<Result<Certificate, String>> =
            presented.chain.iter().map(|der| certificate::parse(der)).collect();
        let ders: Vec<CertificateDer<'_>> =
            presented.chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let common = common_validity(&chain).unwrap_or(now);
        let facts = ChainFacts {
            leaf_is_trusted: presented.chain.first().is_some_and(|d| self.certificates.contains(d)),
            path: self.path(&ders, common),
            valid_now: self.path(&ders, now) == PathOutcome::Trusted,
            name_matches: ders.first().is_some_and(|leaf| names_match(leaf, server_name)),
            signature_ok: presented.signature_ok,
            chain,
        };
        decide::certificate::judge(&facts, server_name, now)
    }

    /// Path validation (RFC 5280, section 6) at a time.
    fn path(&self, chain: &[CertificateDer<'_>], at: SystemTime) -> PathOutcome {
        let Some((leaf, rest)) = chain.split_first() else { return PathOutcome::UnknownIssuer };
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let verified = EndEntityCert::try_from(leaf).and_then(|leaf| {
            leaf.verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &self.anchors,
                rest,
                UnixTime::since_unix_epoch(since),
                KeyUsage::server_auth(),
                None,
                None,
            )
            .map(drop)
        });
        verified.map_or_else(|error| outcome(&error), |()| PathOutcome::Trusted)
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list of errors is open")]
fn outcome(error: &Error) -> PathOutcome {
    match error {
        Error::UnknownIssuer => PathOutcome::UnknownIssuer,
        Error::CaUsedAsEndEntity => PathOutcome::CaAsLeaf,
        Error::RequiredEkuNotFoundContext(_) => PathOutcome::WrongEku,
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => PathOutcome::WeakSignature,
        Error::CertRevoked => PathOutcome::Revoked,
        other => PathOutcome::Broken(other.to_string()),
    }
}

fn names_match(leaf: &CertificateDer<'_>, server_name: &str) -> bool {
    let Ok(name) = ServerName::try_from(server_name) else { return false };
    EndEntityCert::try_from(leaf)
        .is_ok_and(|leaf| leaf.verify_is_valid_for_subject_name(&name).is_ok())
}

/// A moment at which every presented certificate is valid, if there is one: validation then
/// tells whether dates are all that is wrong.
fn common_validity(chain: &[Result<Certificate, String>]) -> Option<SystemTime> {
    let parsed = || chain.iter().filter_map(|certificate| certificate.as_ref().ok());
    let begin = parsed().map(|certificate| certificate.not_before).max()?;
    let end = parsed().map(|certificate| certificate.not_after).min()?;
    let within = begin + Duration::from_secs(1);
    (within < end).then_some(within)
}

#[cfg(test)]
mod tests;
