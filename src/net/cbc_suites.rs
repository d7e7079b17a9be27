//! ECDHE suites with CBC for TLS 1.2, so that old Windows servers can be reached.
//!
//! The defaults of Windows Server 2008 R2, 2012 and 2012 R2 hold no ECDHE-RSA suite with GCM: a
//! healthy WSUS server there, with an RSA certificate, shares no suite with rustls. These suites
//! close the gap. They are offered last, so that nothing changes for any other server.
//!
//! For probes only: records are decrypted without the countermeasures against timing attacks
//! that long-lived secrets would need, and no secret ever travels over them here.

mod key_schedule;
mod record;

use std::sync::LazyLock;

use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::{cipher_suite as like, default_provider};
use rustls::{CipherSuite, CipherSuiteCommon, SupportedCipherSuite, Tls12CipherSuite};

use key_schedule::MacKeysFirst;
use record::{Algorithm, Mac};

/// Ring's suites first, then those of this module. No post-quantum key share: the client's hello
/// stays within one segment.
pub fn provider() -> CryptoProvider {
    let mut provider = default_provider();
    provider.cipher_suites.extend_from_slice(&SUITES);
    provider
}

/// Only the suites of this module: a server that is as old as the ones they are for.
pub fn legacy_only_provider() -> CryptoProvider {
    CryptoProvider { cipher_suites: SUITES.clone(), ..default_provider() }
}

/// Whether a suite is one of this module's.
pub fn is_legacy(suite: CipherSuite) -> bool {
    SUITES.iter().any(|ours| ours.suite() == suite)
}

/// Strongest first, RSA before ECDSA as SChannel has them. Each takes hash, PRF and signature
/// schemes from the GCM suite beside it, which differs from it only in the record protection.
static SUITES: LazyLock<Vec<SupportedCipherSuite>> = LazyLock::new(|| {
    use CipherSuite as Id;
    let rsa_256 = like::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
    let rsa_128 = like::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let ecdsa_256 = like::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
    let ecdsa_128 = like::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    [
        suite(Id::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, rsa_256, 32, Mac::Sha384),
        suite(Id::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, rsa_128, 16, Mac::Sha256),
        // With SHA-1 as MAC the PRF of TLS 1.2 is still that of SHA-256 (RFC 5246, section 5).
        suite(Id::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, rsa_128, 32, Mac::Sha1),
        suite(Id::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, rsa_128, 16, Mac::Sha1),
        suite(Id::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, ecdsa_256, 32, Mac::Sha384),
        suite(Id::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, ecdsa_128, 16, Mac::Sha256),
        suite(Id::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, ecdsa_128, 32, Mac::Sha1),
        suite(Id::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, ecdsa_128, 16, Mac::Sha1),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// Records under one key before it would have to be renewed; a probe sends two.
const RECORD_LIMIT: u64 = 1 << 20;

/// Suites live as long as the process: rustls wants them static, and there are eight.
fn suite(
    id: CipherSuite,
    like: SupportedCipherSuite,
    key_length: usize,
    mac: Mac,
) -> Option<SupportedCipherSuite> {
    let SupportedCipherSuite::Tls12(like) = like else { return None };
    let prf = MacKeysFirst { inner: like.prf_provider, mac_length: mac.length() };
    let suite = Tls12CipherSuite {
        common: CipherSuiteCommon {
            suite: id,
            hash_provider: like.common.hash_provider,
            confidentiality_limit: RECORD_LIMIT,
        },
        prf_provider: Box::leak(Box::new(prf)),
        kx: like.kx,
        sign: like.sign,
        aead_alg: Box::leak(Box::new(Algorithm { key_length, mac })),
    };
    Some(SupportedCipherSuite::Tls12(Box::leak(Box::new(suite))))
}

#[cfg(test)]
mod tests;
