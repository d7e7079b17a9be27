//! What one connection's handshake showed, whether or not it was completed.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, ResolvesClientCert, Resumption};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use crate::model::tls::Presented;
use crate::net::cbc_suites;
use crate::wire::certificate;

/// What all configurations have in common: TLS 1.2 and 1.3, no resumption. Made once, because its
/// suites live for ever, and because a builder makes a cache of sessions that is not used.
static TEMPLATE: LazyLock<ClientConfig> = LazyLock::new(|| {
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let provider = Arc::new(cbc_suites::provider());
    let recorder = Arc::new(Recorder::new(Evidence::default(), &provider));
    #[expect(clippy::expect_used, reason = "the provider has suites of both versions")]
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions)
        .expect("suites of both versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&recorder) as Arc<dyn ServerCertVerifier>)
        .with_client_cert_resolver(recorder);
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
});

/// Signature schemes offered beyond those that can be verified, so that servers which know
/// nothing else go on with the handshake and show their certificate.
const SCHEMES_BEYOND: [SignatureScheme; 5] = [
    SignatureScheme::RSA_PKCS1_SHA1,
    SignatureScheme::ECDSA_SHA1_Legacy,
    // rsa_pss_pss_sha256, _sha384 and _sha512 of RFC 8446, section 4.2.3.
    SignatureScheme::Unknown(0x0809),
    SignatureScheme::Unknown(0x080a),
    SignatureScheme::Unknown(0x080b),
];

/// Collects what one handshake shows. Clones share their state.
#[derive(Debug, Clone, Default)]
pub struct Evidence(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    presented: Option<Presented>,
    client_certificate_requested: bool,
}

impl Evidence {
    /// A configuration for one connection, whose handshake is recorded here: TLS 1.2 and 1.3,
    /// every certificate accepted, no resumption (a resumed connection shows no certificate and
    /// saves a round trip that a first one needs).
    pub fn client_config(&self) -> ClientConfig {
        let mut config = TEMPLATE.clone();
        let recorder = Arc::new(Recorder::new(self.clone(), config.crypto_provider()));
        config.client_auth_cert_resolver = Arc::clone(&recorder) as Arc<dyn ResolvesClientCert>;
        config.dangerous().set_certificate_verifier(recorder);
        config
    }

    /// The chain, once the server has presented one.
    pub fn presented(&self) -> Option<Presented> {
        self.lock().presented.clone()
    }

    /// Whether the server asked for a client certificate.
    pub fn client_certificate_requested(&self) -> bool {
        self.lock().client_certificate_requested
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts everything and notes it.
struct Recorder {
    seen: Evidence,
    algorithms: WebPkiSupportedAlgorithms,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recorder").field(&self.seen).finish()
    }
}

impl Recorder {
    fn new(seen: Evidence, provider: &CryptoProvider) -> Self {
        Self { seen, algorithms: provider.signature_verification_algorithms }
    }

    /// Notes a signature that is not by the certificate's key, and goes on either way. A
    /// certificate, key or scheme that cannot be verified here proves nothing against the server.
    fn note_signature(
        &self,
        checked: &Result<HandshakeSignatureValid, Error>,
        leaf: &CertificateDer<'_>,
    ) {
        let wrong = Error::InvalidCertificate(CertificateError::BadSignature);
        let verifiable = || {
            certificate::parse(leaf).is_ok_and(|leaf| certificate::has_verifiable_key(&leaf.key))
        };
        if checked.as_ref().err() == Some(&wrong)
            && verifiable()
            && let Some(presented) = self.seen.lock().presented.as_mut()
        {
            presented.signature_ok = false;
        }
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(leaf).chain(rest).map(|der| der.as_ref().to_vec()).collect();
        let ocsp = (!ocsp.is_empty()).then(|| ocsp.to_vec());
        self.seen.lock().presented = Some(Presented { chain, signature_ok: true, ocsp });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let checked = verify_tls12_signature(message, leaf, signature, &self.algorithms);
        self.note_signature(&checked, leaf);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let checked = verify_tls13_signature(message, leaf, signature, &self.algorithms);
        self.note_signature(&checked, leaf);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.algorithms.supported_schemes();
        schemes.extend(SCHEMES_BEYOND);
        schemes
    }
}

impl ResolvesClientCert for Recorder {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.seen.lock().client_certificate_requested = true;
        None
    }

    /// Says yes, so that [`Self::resolve`] is asked; it never has any.
    fn has_certs(&self) -> bool {
        true
    }
}
