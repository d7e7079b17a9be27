//! Which certification authorities are trusted, and path validation against them.

mod file;
mod legacy;
mod path;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor};
use rustls::{ClientConfig, RootCertStore};
use webpki::EndEntityCert;

use self::path::Validation;
use crate::decide;
use crate::model::certificate::{Certificate, CertificateReport, ChainFacts, Staple};
use crate::model::tls::Presented;
use crate::net::cbc_suites;
use crate::wire::{certificate, ocsp};

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
    /// The certificates that the anchors were taken from, in the same order.
    roots: Vec<CertificateDer<'static>>,
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
                store.roots.push(certificate.clone());
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
        let first = presented.chain.first();
        let leaf_is_trusted = first.is_some_and(|der| self.certificates.contains(der));
        let validated = Validation::new(self, &chain, &ders).run(now);
        let itself = leaf.filter(|_| leaf_is_trusted).map(|leaf| vec![leaf.clone()]);
        let facts = ChainFacts {
            leaf_is_trusted,
            path: validated.outcome,
            verified: itself.or(validated.verified),
            issuer_is_known: self.knows_issuer(presented, &chain),
            staple: staple(presented),
            valid_now: validated.now,
            name_matches: ders
                .first()
                .zip(leaf)
                .is_some_and(|(der, leaf)| names_match(der, leaf, server_name)),
            signature_ok: presented.signature_ok,
            chain,
        };
        decide::certificate::judge(&facts, server_name, now)
    }

    /// Whether a trusted certificate has the name of the issuer at which the chain ends.
    fn knows_issuer(&self, presented: &Presented, chain: &[Result<Certificate, String>]) -> bool {
        let end = decide::certificate::end_of_chain(chain);
        let end = end.and_then(|end| presented.chain.get(end));
        end.and_then(|der| certificate::issuer_name(der)).is_some_and(|issuer| {
            self.anchors.iter().any(|anchor| anchor.subject.as_ref() == issuer)
        })
    }
}

fn staple(presented: &Presented) -> Staple {
    match (&presented.ocsp, presented.chain.first()) {
        (Some(response), Some(leaf)) => ocsp::read(response, leaf),
        (Some(_) | None, _) => Staple::Absent,
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

#[cfg(test)]
mod tests;
