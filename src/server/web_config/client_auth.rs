//! Client certificates: whether they are asked for, needed, and verified.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error};
use rustls::{RootCertStore, SignatureScheme};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The verifier for a `client_auth_type` of the format, and the names one of which the
/// certificate must have.
pub(super) fn verifier(
    kind: Option<&str>,
    roots: Option<Vec<CertificateDer<'static>>>,
    sans: Option<Vec<String>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let any = |mandatory| -> Result<Arc<dyn ClientCertVerifier>, String> {
        let algorithms = provider.signature_verification_algorithms;
        Ok(Arc::new(AnyCertificate { mandatory, algorithms }))
    };
    let (verifier, is_mandatory) = match kind {
        None | Some("" | "NoClientCert") if roots.is_some() => {
            return Err("has `client_ca_file` (or `client_ca`), but `client_auth_type` does not \
                        ask for a certificate: set it to RequireAndVerifyClientCert"
                .to_owned());
        }
        None | Some("" | "NoClientCert") => (WebPkiClientVerifier::no_client_auth(), false),
        Some("RequestClientCert") => (any(false)?, false),
        Some("RequireAnyClientCert" | "RequireClientCert") => (any(true)?, true),
        Some("VerifyClientCertIfGiven") => (verifying(roots, provider, false)?, false),
        Some("RequireAndVerifyClientCert") => (verifying(roots, provider, true)?, true),
        Some(other) => {
            return Err(format!(
                "`client_auth_type` is {other:?}; known are NoClientCert, RequestClientCert, \
                 RequireAnyClientCert, VerifyClientCertIfGiven and RequireAndVerifyClientCert"
            ));
        }
    };
    match sans {
        None => Ok(verifier),
        Some(_) if !is_mandatory => Err("`client_allowed_sans` needs a `client_auth_type` of \
                                         RequireAnyClientCert or RequireAndVerifyClientCert"
            .to_owned()),
        Some(allowed) => Ok(Arc::new(WithSan { inner: verifier, allowed })),
    }
}

fn verifying(
    roots: Option<Vec<CertificateDer<'static>>>,
    provider: &Arc<CryptoProvider>,
    is_mandatory: bool,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let roots = roots.ok_or("lacks `client_ca_file` (or `client_ca`): who signs the clients?")?;
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root).map_err(|error| format!("`client_ca_file`: {error}"))?;
    }
    let builder =
        WebPkiClientVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider));
    let builder = if is_mandatory { builder } else { builder.allow_unauthenticated() };
    match builder.build() {
        Ok(verifier) => Ok(verifier),
        Err(error) => Err(format!("`client_ca_file`: {error}")),
    }
}

/// Takes every certificate whose key the client has.
#[derive(Debug)]
struct AnyCertificate {
    mandatory: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Takes of the inner verifier's certificates those with one of the names.
#[derive(Debug)]
struct WithSan {
    inner: Arc<dyn ClientCertVerifier>,
    allowed: Vec<String>,
}

impl ClientCertVerifier for WithSan {
    fn client_auth_mandatory(&self) -> bool {
        self.inner.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.inner.verify_client_cert(leaf, intermediates, now)?;
        if sans(leaf).iter().any(|name| self.allowed.contains(name)) {
            Ok(verified)
        } else {
            let refused = CertificateError::ApplicationVerificationFailure;
            Err(Error::InvalidCertificate(refused))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, leaf, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, leaf, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// The names of a certificate in the kinds that the format compares: DNS, IP, e-mail and URI.
fn sans(leaf: &CertificateDer<'_>) -> Vec<String> {
    let Ok((_, certificate)) = X509Certificate::from_der(leaf) else { return Vec::new() };
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    extension.value.general_names.iter().filter_map(text).collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the crate's list has kinds of no interest")]
fn text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => {
            Some((*text).to_owned())
        }
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}
