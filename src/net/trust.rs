//! Which certification authorities are trusted, and path validation against them.

mod file;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
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

/// The certificates of `ca_file`s: each holds any number in PEM form, or one in DER form.
///
/// # Errors
/// The first file that cannot be read, is neither PEM nor DER, or holds no certificate.
pub fn read_files(paths: &[PathBuf]) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let mut found = Vec::new();
    for path in paths {
        found.extend(read_file(path)?);
    }
    Ok(found)
}

/// The certificates of one file.
///
/// # Errors
/// It cannot be read, is too large, or holds no certificate in PEM or DER.
pub fn read_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    file::read(path)
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
        let ders: Vec<CertificateDer<'_>> = presented
            .chain
            .iter()
            .zip(&chain)
            .enumerate()
            .filter(|(position, (_, parsed))| *position == 0 || !is_root(parsed))
            .map(|(_, (der, _))| CertificateDer::from(der.as_slice()))
            .collect();
        let leaf = chain.first().and_then(|leaf| leaf.as_ref().ok());
        let for_servers = leaf.is_none_or(|leaf| leaf.allows_server_auth);
        let validate = |at| self.path(&ders, for_servers, at);
        let facts = ChainFacts {
            leaf_is_trusted: presented.chain.first().is_some_and(|d| self.certificates.contains(d)),
            path: self.outcome(&chain, &validate, now),
            valid_now: validate(now).is_ok(),
            name_matches: ders
                .first()
                .zip(leaf)
                .is_some_and(|(der, leaf)| names_match(der, leaf, server_name)),
            signature_ok: presented.signature_ok,
            chain,
        };
        decide::certificate::judge(&facts, server_name, now)
    }

    /// Path validation, dates left aside: at moments at which the chain may have been valid.
    fn outcome(
        &self,
        chain: &[Result<Certificate, String>],
        validate: &impl Fn(SystemTime) -> Result<(), Error>,
        now: SystemTime,
    ) -> PathOutcome {
        for at in moments(chain, now) {
            match validate(at) {
                Ok(()) => return PathOutcome::Trusted,
                Err(Error::CertExpired { .. } | Error::CertNotValidYet { .. }) => {}
                Err(Error::InvalidSignatureForPublicKey) if self.has_odd_rsa_issuer(chain) => {
                    let why = "its issuer has an RSA key of a size that is not verified here";
                    return PathOutcome::Unverifiable(why.to_owned());
                }
                Err(error) => return meaning(&error),
            }
        }
        PathOutcome::Broken("the certificates of the chain are never valid together".to_owned())
    }

    /// Path validation (RFC 5280, section 6) at a time. What is not `for_servers` anyway is
    /// validated as a client's, so that the rest of its faults show as well.
    fn path(
        &self,
        chain: &[CertificateDer<'_>],
        for_servers: bool,
        at: SystemTime,
    ) -> Result<(), Error> {
        let (leaf, rest) = chain.split_first().ok_or(Error::UnknownIssuer)?;
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let usage = if for_servers { KeyUsage::server_auth() } else { KeyUsage::client_auth() };
        let time = UnixTime::since_unix_epoch(since);
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        EndEntityCert::try_from(leaf)?
            .verify_for_usage(algorithms, &self.anchors, rest, time, usage, None, None)
            .map(drop)
    }

    /// Whether an issuer in the chain or in the store has an RSA key of a size with which the
    /// library verifies nothing: it says the same of these as of wrong signatures.
    fn has_odd_rsa_issuer(&self, chain: &[Result<Certificate, String>]) -> bool {
        let sent = || chain.iter().filter_map(|certificate| certificate.as_ref().ok());
        let stored = self.certificates.iter().filter_map(|der| certificate::parse(der).ok());
        stored.chain(sent().cloned()).any(|issuer| {
            !certificate::has_verifiable_key(&issuer.key)
                && sent().any(|issued| issued.issuer == issuer.subject)
        })
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list of errors is open")]
fn meaning(error: &Error) -> PathOutcome {
    match error {
        Error::UnknownIssuer => PathOutcome::UnknownIssuer,
        Error::CaUsedAsEndEntity => PathOutcome::CaAsLeaf,
        Error::RequiredEkuNotFoundContext(_) => PathOutcome::WrongEku,
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => PathOutcome::WeakSignature,
        Error::CertRevoked => PathOutcome::Revoked,
        // Limits of the library, not rules of path validation.
        Error::UnsupportedCertVersion
        | Error::MaximumPathDepthExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => {
            PathOutcome::Unverifiable(format!("it cannot be validated here ({error})"))
        }
        Error::InvalidSignatureForPublicKey => {
            let why = "a signature is not by the key that is known of the issuer of that name";
            PathOutcome::Broken(why.to_owned())
        }
        other => PathOutcome::Broken(format!("path validation says {other}")),
    }
}

/// The library refuses to look at some certificates at all, but these have names, too.
fn names_match(der: &CertificateDer<'_>, leaf: &Certificate, server_name: &str) -> bool {
    let Ok(name) = ServerName::try_from(server_name) else { return false };
    EndEntityCert::try_from(der).map_or_else(
        |_| leaf.alternative_names.iter().any(|own| decide::certificate::covers(own, server_name)),
        |der| der.verify_is_valid_for_subject_name(&name).is_ok(),
    )
}

/// A root that is sent along plays no part: clients use their own copy.
fn is_root(parsed: &Result<Certificate, String>) -> bool {
    parsed.as_ref().is_ok_and(|certificate| certificate.self_signed)
}

/// Moments at which to validate a chain so that its dates do not matter: one at which all of it
/// is valid, if there is any; else, because some of it may not be needed, the present and both
/// ends of the leaf's life.
fn moments(chain: &[Result<Certificate, String>], now: SystemTime) -> Vec<SystemTime> {
    const SECOND: Duration = Duration::from_secs(1);
    let rest = chain.iter().skip(1).filter(|parsed| !is_root(parsed));
    let parsed = || chain.iter().take(1).chain(rest.clone()).filter_map(|c| c.as_ref().ok());
    let begin = parsed().map(|certificate| certificate.not_before + SECOND).max();
    let end = parsed().map(|certificate| certificate.not_after).min();
    if let Some((begin, _)) = begin.zip(end).filter(|(begin, end)| begin < end) {
        return vec![begin];
    }
    let ends = parsed().next().map(|leaf| [leaf.not_before + SECOND, leaf.not_after - SECOND]);
    [now].into_iter().chain(ends.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests;
