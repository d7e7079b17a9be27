//! Signatures that no client should accept and some do: to tell a chain that is only weak from
//! one that is not trusted at all.

use ring::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RsaParameters, UnparsedPublicKey,
};
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// RSA signatures with SHA-1, and by keys down to 1024 bits. With SHA-384 the library has none
/// for such keys.
pub(super) const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    &Legacy { id: SHA1_WITH_RSA, how: &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY },
    &Legacy { id: alg_id::RSA_PKCS1_SHA256, how: &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY },
    &Legacy { id: alg_id::RSA_PKCS1_SHA512, how: &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY },
];

/// `sha1WithRSAEncryption` with its NULL parameters (RFC 3279, section 2.2.1), as the contents of
/// the DER sequence.
const SHA1_WITH_RSA: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
]);

#[derive(Debug)]
struct Legacy {
    id: AlgorithmIdentifier,
    how: &'static RsaParameters,
}

impl SignatureVerificationAlgorithm for Legacy {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(self.how, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.id
    }
}
