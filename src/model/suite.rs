//! Cipher suites and key-exchange groups by their numbers.

use std::fmt;

use super::protocol::Protocol;

/// A cipher suite by its number in IANA's registry of TLS cipher suites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suite(pub u16);

/// How the keys are agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyExchange {
    /// Not part of the suite: TLS 1.3.
    Any,
    /// Ephemeral Diffie-Hellman on an elliptic curve.
    Ecdhe,
    /// Ephemeral Diffie-Hellman in a finite field.
    Dhe,
    /// The key is encrypted to the certificate's RSA key: no forward secrecy.
    Rsa,
}

/// The kind of key that the server's certificate must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authentication {
    /// Not part of the suite: TLS 1.3.
    Any,
    /// An elliptic-curve key.
    Ecdsa,
    /// An RSA key.
    Rsa,
    /// A DSA key.
    Dss,
}

/// The cipher and its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cipher {
    /// AES in Galois/counter mode.
    AesGcm,
    /// `ChaCha20` with Poly1305.
    ChaCha20,
    /// AES in cipher-block chaining mode.
    AesCbc,
    /// Triple DES.
    TripleDes,
    /// RC4.
    Rc4,
    /// DES.
    Des,
    /// No encryption at all.
    Null,
}

/// What is known of a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuiteInfo {
    /// The suite.
    pub suite: Suite,
    /// IANA's name.
    pub name: &'static str,
    /// How the keys are agreed on.
    pub key_exchange: KeyExchange,
    /// The kind of key that the server's certificate must have.
    pub authentication: Authentication,
    /// The cipher.
    pub cipher: Cipher,
    /// The oldest version that has it. Of TLS 1.3 and the versions before, each has suites of its
    /// own.
    pub since: Protocol,
}

impl SuiteInfo {
    /// Whether its key exchange takes a group that both sides have: always in TLS 1.3.
    pub const fn needs_group(&self) -> bool {
        match self.key_exchange {
            KeyExchange::Any | KeyExchange::Ecdhe => true,
            KeyExchange::Dhe | KeyExchange::Rsa => false,
        }
    }

    /// Whether a version has the suite.
    pub fn belongs_to(&self, protocol: Protocol) -> bool {
        match (protocol, self.since) {
            (Protocol::Tls13, since) => since == Protocol::Tls13,
            (_, Protocol::Tls13) => false,
            (protocol, since) => protocol >= since,
        }
    }
}

macro_rules! suites {
    ($($code:literal => $name:literal, $key_exchange:ident, $authentication:ident, $cipher:ident, $since:ident;)+) => {
        /// Every suite that is known here, those that are preferred today first.
        pub const SUITES: &[SuiteInfo] = &[$(SuiteInfo {
            suite: Suite($code),
            name: $name,
            key_exchange: KeyExchange::$key_exchange,
            authentication: Authentication::$authentication,
            cipher: Cipher::$cipher,
            since: Protocol::$since,
        },)+];
    };
}

// IANA, TLS Cipher Suites; the documents that define them say from which version on.
suites! {
    0x1301 => "TLS_AES_128_GCM_SHA256", Any, Any, AesGcm, Tls13;
    0x1302 => "TLS_AES_256_GCM_SHA384", Any, Any, AesGcm, Tls13;
    0x1303 => "TLS_CHACHA20_POLY1305_SHA256", Any, Any, ChaCha20, Tls13;
    0xc02b => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", Ecdhe, Ecdsa, AesGcm, Tls12;
    0xc02c => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", Ecdhe, Ecdsa, AesGcm, Tls12;
    0xc02f => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Ecdhe, Rsa, AesGcm, Tls12;
    0xc030 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", Ecdhe, Rsa, AesGcm, Tls12;
    0xcca8 => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", Ecdhe, Rsa, ChaCha20, Tls12;
    0xcca9 => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", Ecdhe, Ecdsa, ChaCha20, Tls12;
    0xc023 => "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", Ecdhe, Ecdsa, AesCbc, Tls12;
    0xc024 => "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", Ecdhe, Ecdsa, AesCbc, Tls12;
    0xc027 => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", Ecdhe, Rsa, AesCbc, Tls12;
    0xc028 => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", Ecdhe, Rsa, AesCbc, Tls12;
    0xc009 => "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", Ecdhe, Ecdsa, AesCbc, Ssl3;
    0xc00a => "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", Ecdhe, Ecdsa, AesCbc, Ssl3;
    0xc013 => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", Ecdhe, Rsa, AesCbc, Ssl3;
    0xc014 => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", Ecdhe, Rsa, AesCbc, Ssl3;
    0x009e => "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", Dhe, Rsa, AesGcm, Tls12;
    0x009f => "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", Dhe, Rsa, AesGcm, Tls12;
    0xccaa => "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", Dhe, Rsa, ChaCha20, Tls12;
    0x0067 => "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", Dhe, Rsa, AesCbc, Tls12;
    0x006b => "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", Dhe, Rsa, AesCbc, Tls12;
    0x0033 => "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", Dhe, Rsa, AesCbc, Ssl3;
    0x0039 => "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", Dhe, Rsa, AesCbc, Ssl3;
    0x0040 => "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256", Dhe, Dss, AesCbc, Tls12;
    0x006a => "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256", Dhe, Dss, AesCbc, Tls12;
    0x0032 => "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", Dhe, Dss, AesCbc, Ssl3;
    0x0038 => "TLS_DHE_DSS_WITH_AES_256_CBC_SHA", Dhe, Dss, AesCbc, Ssl3;
    0x009c => "TLS_RSA_WITH_AES_128_GCM_SHA256", Rsa, Rsa, AesGcm, Tls12;
    0x009d => "TLS_RSA_WITH_AES_256_GCM_SHA384", Rsa, Rsa, AesGcm, Tls12;
    0x003c => "TLS_RSA_WITH_AES_128_CBC_SHA256", Rsa, Rsa, AesCbc, Tls12;
    0x003d => "TLS_RSA_WITH_AES_256_CBC_SHA256", Rsa, Rsa, AesCbc, Tls12;
    0x002f => "TLS_RSA_WITH_AES_128_CBC_SHA", Rsa, Rsa, AesCbc, Ssl3;
    0x0035 => "TLS_RSA_WITH_AES_256_CBC_SHA", Rsa, Rsa, AesCbc, Ssl3;
    0xc008 => "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", Ecdhe, Ecdsa, TripleDes, Ssl3;
    0xc012 => "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", Ecdhe, Rsa, TripleDes, Ssl3;
    0x0016 => "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", Dhe, Rsa, TripleDes, Ssl3;
    0x0013 => "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", Dhe, Dss, TripleDes, Ssl3;
    0x000a => "TLS_RSA_WITH_3DES_EDE_CBC_SHA", Rsa, Rsa, TripleDes, Ssl3;
    0xc007 => "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", Ecdhe, Ecdsa, Rc4, Ssl3;
    0xc011 => "TLS_ECDHE_RSA_WITH_RC4_128_SHA", Ecdhe, Rsa, Rc4, Ssl3;
    0x0005 => "TLS_RSA_WITH_RC4_128_SHA", Rsa, Rsa, Rc4, Ssl3;
    0x0004 => "TLS_RSA_WITH_RC4_128_MD5", Rsa, Rsa, Rc4, Ssl3;
    0x0009 => "TLS_RSA_WITH_DES_CBC_SHA", Rsa, Rsa, Des, Ssl3;
    0x0012 => "TLS_DHE_DSS_WITH_DES_CBC_SHA", Dhe, Dss, Des, Ssl3;
    0x0015 => "TLS_DHE_RSA_WITH_DES_CBC_SHA", Dhe, Rsa, Des, Ssl3;
    0x003b => "TLS_RSA_WITH_NULL_SHA256", Rsa, Rsa, Null, Tls12;
    0x0002 => "TLS_RSA_WITH_NULL_SHA", Rsa, Rsa, Null, Ssl3;
    0x0001 => "TLS_RSA_WITH_NULL_MD5", Rsa, Rsa, Null, Ssl3;
}

impl Suite {
    /// What is known of it; `None` for a number that is not in [`SUITES`].
    pub fn info(self) -> Option<&'static SuiteInfo> {
        SUITES.iter().find(|info| info.suite == self)
    }

    /// Every suite of [`SUITES`] that a version has, in that order.
    pub fn of(protocol: Protocol) -> impl Iterator<Item = &'static SuiteInfo> {
        SUITES.iter().filter(move |info| info.belongs_to(protocol))
    }

    /// Whether a version has it; false for a number that is not in [`SUITES`].
    pub fn belongs_to(self, protocol: Protocol) -> bool {
        self.info().is_some_and(|info| info.belongs_to(protocol))
    }
}

impl fmt::Display for Suite {
    /// IANA's name, or the number where it is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.info() {
            Some(info) => f.write_str(info.name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}

/// A group for key exchange by its number in IANA's registry of TLS supported groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub u16);

impl Group {
    /// NIST P-256.
    pub const SECP256R1: Self = Self(23);
    /// NIST P-384.
    pub const SECP384R1: Self = Self(24);
    /// NIST P-521.
    pub const SECP521R1: Self = Self(25);
    /// Curve25519 (RFC 7748).
    pub const X25519: Self = Self(29);
    /// The 2048-bit finite field of RFC 7919.
    pub const FFDHE2048: Self = Self(256);
}

impl fmt::Display for Group {
    /// IANA's name, or the number where it is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Self::SECP256R1 => "secp256r1",
            Self::SECP384R1 => "secp384r1",
            Self::SECP521R1 => "secp521r1",
            Self::X25519 => "x25519",
            Self::FFDHE2048 => "ffdhe2048",
            Self(number) => return write!(f, "group {number}"),
        };
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{SUITES, Suite};
    use crate::model::protocol::Protocol;

    #[test]
    fn each_suite_is_there_once_and_belongs_to_its_versions() {
        let codes: BTreeSet<_> = SUITES.iter().map(|info| info.suite).collect();
        assert_eq!(codes.len(), SUITES.len());
        let has = |protocol, code| Suite::of(protocol).any(|info| info.suite == Suite(code));
        for (code, versions) in [
            (0x1301, [false, false, false, false, true]),
            (0xc030, [false, false, false, true, false]),
            (0xc014, [true, true, true, true, false]),
            (0x003c, [false, false, false, true, false]),
        ] {
            for (&protocol, expected) in Protocol::ALL.iter().zip(versions) {
                assert_eq!(has(protocol, code), expected, "{code:04x} {protocol:?}");
            }
        }
    }
}
