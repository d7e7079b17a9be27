//! A throw-away certificate authority.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Half the life of the authority, before and after the moment it is made. Longer than
/// [`LEAF_LIFE`] and [`LEAF_AGE`], so that its own dates never spoil a test of a leaf's dates.
const AUTHORITY_SPAN: Duration = Duration::from_hours(10 * 365 * 24);

/// Age of a certificate made with [`IssueOptions::new`]: clients may be a little behind.
const LEAF_AGE: Duration = Duration::from_hours(24);

/// Remaining life of a certificate made with [`IssueOptions::new`]: far enough from its end that
/// no judgement calls it short, near enough that none calls it long.
const LEAF_LIFE: Duration = Duration::from_hours(365 * 24);

/// A root and an intermediate, both with P-256 keys made for the occasion.
///
/// There are no RSA keys: rcgen makes none with the *ring* backend.
pub struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

/// What [`Authority::issue`] should make.
#[derive(Debug, Clone)]
pub struct IssueOptions {
    /// DNS names and literal addresses; the first is the common name too. May be empty.
    pub names: Vec<String>,
    /// Whether the names stand in the subject alternative name extension, or the first of them
    /// only in the common name.
    pub alternative_names: bool,
    /// Start of validity.
    pub not_before: SystemTime,
    /// End of validity.
    pub not_after: SystemTime,
    /// Who signs, and what is sent along.
    pub chain: Chain,
    /// What the extended key usage allows.
    pub usage: Usage,
}

impl IssueOptions {
    /// A certificate for servers of these names without any defect: issued by the root, valid
    /// from a day before `now` to a year after.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>, now: SystemTime) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
            alternative_names: true,
            not_before: now - LEAF_AGE,
            not_after: now + LEAF_LIFE,
            chain: Chain::Direct,
            usage: Usage::Server,
        }
    }
}

/// Who signs a certificate, and what is sent along with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// The root signs; the leaf is sent alone.
    Direct,
    /// The intermediate signs and is sent along.
    Intermediate,
    /// The intermediate signs and is left out.
    Incomplete,
    /// The leaf signs itself.
    SelfSigned,
}

/// What a certificate's extended key usage allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// Server authentication.
    Server,
    /// Client authentication only.
    ClientOnly,
    /// The leaf is itself a CA certificate (and allows server authentication).
    Ca,
}

/// A certificate chain, leaf first, and the leaf's private key.
#[derive(Debug)]
pub struct Identity {
    /// What the server presents.
    pub chain: Vec<CertificateDer<'static>>,
    /// The leaf's key.
    pub key: PrivateKeyDer<'static>,
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

impl Authority {
    /// Makes root and intermediate, valid for ten years on either side of `now`.
    ///
    /// # Errors
    ///
    /// When the system gives no randomness.
    pub fn new(now: SystemTime) -> Result<Self, rcgen::Error> {
        let root = ca_params("wsus-probe demo root", now);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;
        let intermediate = ca_params("wsus-probe demo intermediate", now);
        let intermediate = CertifiedIssuer::signed_by(intermediate, KeyPair::generate()?, &root)?;
        Ok(Self { root, intermediate })
    }

    /// The root certificate in PEM, for a `ca_file`.
    pub fn pem(&self) -> String {
        self.root.pem()
    }

    /// The root certificate in DER.
    pub fn der(&self) -> &CertificateDer<'static> {
        self.root.der()
    }

    /// Makes a key and a certificate for it.
    ///
    /// # Errors
    ///
    /// When a name is not ASCII, or the system gives no randomness.
    pub fn issue(&self, options: &IssueOptions) -> Result<Identity, rcgen::Error> {
        let key = KeyPair::generate()?;
        let params = leaf_params(options)?;
        let chain = match options.chain {
            Chain::Direct => vec![params.signed_by(&key, &self.root)?.into()],
            Chain::Intermediate => {
                let leaf = params.signed_by(&key, &self.intermediate)?;
                vec![leaf.into(), self.intermediate.der().clone()]
            }
            Chain::Incomplete => vec![params.signed_by(&key, &self.intermediate)?.into()],
            Chain::SelfSigned => vec![params.self_signed(&key)?.into()],
        };
        Ok(Identity { chain, key: key.into() })
    }
}

fn ca_params(common_name: &str, now: SystemTime) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = (now - AUTHORITY_SPAN).into();
    params.not_after = (now + AUTHORITY_SPAN).into();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params(options: &IssueOptions) -> Result<CertificateParams, rcgen::Error> {
    let names = if options.alternative_names { options.names.clone() } else { Vec::new() };
    let mut params = CertificateParams::new(names)?;
    let common_name = options.names.first().map_or("wsus-probe demo", String::as_str);
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = options.not_before.into();
    params.not_after = options.not_after.into();
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = match options.usage {
        Usage::Server | Usage::Ca => vec![ExtendedKeyUsagePurpose::ServerAuth],
        Usage::ClientOnly => vec![ExtendedKeyUsagePurpose::ClientAuth],
    };
    params.is_ca = match options.usage {
        Usage::Ca => IsCa::Ca(BasicConstraints::Unconstrained),
        Usage::Server | Usage::ClientOnly => IsCa::ExplicitNoCa,
    };
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::{CertificateError, RootCertStore};
    use std::sync::Arc;

    const NAME: &str = "wsus.demo.test";

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 56)
    }

    /// The judgement of webpki on what the options make, for [`NAME`], at [`now`].
    fn judge(change: impl FnOnce(&mut IssueOptions)) -> Result<(), rustls::Error> {
        let authority = Authority::new(now()).unwrap();
        let mut options = IssueOptions::new([NAME], now());
        change(&mut options);
        let chain = authority.issue(&options).unwrap().chain;
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let now = UnixTime::since_unix_epoch(now().duration_since(SystemTime::UNIX_EPOCH).unwrap());
        let name = ServerName::try_from(NAME).unwrap();
        verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], now).map(|_| ())
    }

    fn complaint(change: impl FnOnce(&mut IssueOptions)) -> CertificateError {
        match judge(change) {
            Err(rustls::Error::InvalidCertificate(complaint)) => complaint,
            other => panic!("expected an invalid certificate, got {other:?}"),
        }
    }

    #[test]
    fn sound_chains_are_trusted() {
        assert_eq!(judge(|_| ()), Ok(()));
        assert_eq!(judge(|options| options.chain = Chain::Intermediate), Ok(()));
    }

    #[test]
    fn each_defect_shows() {
        let hour = Duration::from_hours(1);
        assert!(matches!(
            complaint(|options| options.not_after = now() - hour),
            CertificateError::ExpiredContext { .. }
        ));
        assert!(matches!(
            complaint(|options| options.not_before = now() + hour),
            CertificateError::NotValidYetContext { .. }
        ));
        assert!(matches!(
            complaint(|options| options.names = vec!["other.demo.test".into()]),
            CertificateError::NotValidForNameContext { .. }
        ));
        assert!(matches!(
            complaint(|options| options.alternative_names = false),
            CertificateError::NotValidForNameContext { .. }
        ));
        for chain in [Chain::Incomplete, Chain::SelfSigned] {
            let complaint = complaint(|options| options.chain = chain);
            assert_eq!(complaint, CertificateError::UnknownIssuer, "{chain:?}");
        }
        assert!(matches!(
            complaint(|options| options.usage = Usage::ClientOnly),
            CertificateError::InvalidPurposeContext { .. }
        ));
        assert!(matches!(
            complaint(|options| options.usage = Usage::Ca),
            CertificateError::Other(_)
        ));
    }
}
