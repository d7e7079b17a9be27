//! Path validation (RFC 5280, section 6) of one presented chain.

use std::ops::RangeInclusive;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, VerifiedPath};

use super::{TrustStore, is_root, legacy};
use crate::model::certificate::{Certificate, PathOutcome};
use crate::wire::certificate;

type Algorithms = &'static [&'static dyn SignatureVerificationAlgorithm];

/// Those that every client has, and the weak ones in addition.
static WITH_LEGACY: LazyLock<Vec<&'static dyn SignatureVerificationAlgorithm>> =
    LazyLock::new(|| [legacy::ALGORITHMS, webpki::ALL_VERIFICATION_ALGS].concat());

/// What path validation showed.
pub(super) struct Validated {
    /// Dates left aside.
    pub(super) outcome: PathOutcome,
    /// From the leaf to the trusted root; the path of today, if there is one.
    pub(super) verified: Option<Vec<Certificate>>,
    /// There is a path of today.
    pub(super) now: bool,
}

/// One chain against one store.
pub(super) struct Validation<'a> {
    store: &'a TrustStore,
    chain: &'a [Result<Certificate, String>],
    ders: &'a [CertificateDer<'a>],
}

impl<'a> Validation<'a> {
    /// Of `chain`, whose usable certificates are `ders`, leaf first.
    pub(super) const fn new(
        store: &'a TrustStore,
        chain: &'a [Result<Certificate, String>],
        ders: &'a [CertificateDer<'a>],
    ) -> Self {
        Self { store, chain, ders }
    }

    /// Validates for the present, and at moments at which the chain may have been valid; with weak
    /// algorithms as well where only these stand in the way.
    pub(super) fn run(&self, now: SystemTime) -> Validated {
        let strict = self.with(webpki::ALL_VERIFICATION_ALGS, &STRICT_RSA_BITS, now);
        match &strict.outcome {
            PathOutcome::WeakSignature | PathOutcome::Unverifiable(_) => {}
            PathOutcome::Trusted
            | PathOutcome::TrustedThoughWeak
            | PathOutcome::UnknownIssuer
            | PathOutcome::CaAsLeaf
            | PathOutcome::WrongEku
            | PathOutcome::Revoked
            | PathOutcome::Broken(_) => return strict,
        }
        let mut weak = self.with(&WITH_LEGACY, &LEGACY_RSA_BITS, now);
        if weak.outcome == PathOutcome::Trusted {
            weak.outcome = PathOutcome::TrustedThoughWeak;
        }
        weak
    }

    fn with(&self, algorithms: Algorithms, rsa_bits: &RsaBits, now: SystemTime) -> Validated {
        let today = self.path(algorithms, now).ok();
        let (outcome, verified) = self.outcome(algorithms, rsa_bits, now);
        Validated { outcome, now: today.is_some(), verified: today.or(verified) }
    }

    fn outcome(
        &self,
        algorithms: Algorithms,
        rsa_bits: &RsaBits,
        now: SystemTime,
    ) -> (PathOutcome, Option<Vec<Certificate>>) {
        for at in moments(self.chain, now) {
            match self.path(algorithms, at) {
                Ok(path) => return (PathOutcome::Trusted, Some(path)),
                Err(Error::CertExpired { .. } | Error::CertNotValidYet { .. }) => {}
                Err(Error::InvalidSignatureForPublicKey) if self.has_odd_rsa_issuer(rsa_bits) => {
                    let why = "its issuer has an RSA key of a size that is not verified here";
                    return (PathOutcome::Unverifiable(why.to_owned()), None);
                }
                Err(Error::BadDer | Error::TrailingData(_)) if self.is_too_long() => {
                    let why = "it is longer than a certificate that can be validated here";
                    return (PathOutcome::Unverifiable(why.to_owned()), None);
                }
                Err(error) => return (meaning(&error), None),
            }
        }
        let why = "the certificates of the chain are never valid together".to_owned();
        (PathOutcome::Broken(why), None)
    }

    /// The path at a time. What is not for servers anyway is validated as a client's, so that the
    /// rest of its faults show as well.
    fn path(&self, algorithms: Algorithms, at: SystemTime) -> Result<Vec<Certificate>, Error> {
        let (leaf, rest) = self.ders.split_first().ok_or(Error::UnknownIssuer)?;
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let leaf_facts = self.chain.first().and_then(|leaf| leaf.as_ref().ok());
        let for_servers = leaf_facts.is_none_or(|leaf| leaf.allows_server_auth);
        let usage = if for_servers { KeyUsage::server_auth() } else { KeyUsage::client_auth() };
        let time = UnixTime::since_unix_epoch(since);
        let leaf = EndEntityCert::try_from(leaf)?;
        let anchors = &self.store.anchors;
        let path = leaf.verify_for_usage(algorithms, anchors, rest, time, usage, None, None)?;
        Ok(self.certificates(&path))
    }

    fn certificates(&self, path: &VerifiedPath<'_>) -> Vec<Certificate> {
        let ders = std::iter::once(path.end_entity().der())
            .chain(path.intermediate_certificates().map(webpki::Cert::der));
        let sent = ders.filter_map(|der| certificate::parse(&der).ok());
        sent.chain(self.root(path.anchor())).collect()
    }

    /// The certificate of an anchor. Of several with its name and key, as there are after a
    /// renewal, the one that lasts longest.
    fn root(&self, anchor: &TrustAnchor<'_>) -> Option<Certificate> {
        let is_it = |one: &TrustAnchor<'_>| {
            one.subject == anchor.subject
                && one.subject_public_key_info == anchor.subject_public_key_info
        };
        let roots = self.store.anchors.iter().zip(&self.store.roots);
        roots
            .filter(|(one, _)| is_it(one))
            .filter_map(|(_, root)| certificate::parse(root).ok())
            .max_by_key(|root| root.not_after)
    }

    /// The library says the same of a long certificate as of one that is no DER.
    fn is_too_long(&self) -> bool {
        self.ders.iter().any(|der| der.len() > MAX_VALIDATED)
    }

    /// Whether an issuer in the chain or in the store has an RSA key of a size with which the
    /// library verifies nothing: it says the same of these as of wrong signatures.
    fn has_odd_rsa_issuer(&self, verified: &RsaBits) -> bool {
        let sent = || self.chain.iter().filter_map(|parsed| parsed.as_ref().ok());
        let stored = self.store.certificates.iter().filter_map(|der| certificate::parse(der).ok());
        stored.chain(sent().cloned()).any(|issuer| {
            let is_odd = |issued: &Certificate| {
                let least = if issued.signature.name == SHA384_WITH_RSA {
                    STRICT_RSA_BITS.start()
                } else {
                    verified.start()
                };
                issuer.key.rsa_bits().is_some_and(|bits| !(least..=verified.end()).contains(&&bits))
            };
            sent().any(|issued| issued.issuer == issuer.subject && is_odd(issued))
        })
    }
}

/// The longest certificate that the library reads, in bytes.
const MAX_VALIDATED: usize = 0xffff;

/// Sizes of RSA keys, in bits, with which signatures are verified.
type RsaBits = RangeInclusive<u32>;

/// Those of the library's own algorithms.
const STRICT_RSA_BITS: RsaBits = 2048..=8192;

/// Those of [`legacy::ALGORITHMS`].
const LEGACY_RSA_BITS: RsaBits = 1024..=8192;

/// The one signature that [`legacy::ALGORITHMS`] has not.
const SHA384_WITH_RSA: &str = "sha384WithRSAEncryption";

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
