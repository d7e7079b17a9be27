//! What a completed TLS handshake showed.

/// The version that was negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TlsVersion {
    /// TLS 1.2, RFC 5246.
    Tls12,
    /// TLS 1.3, RFC 8446.
    Tls13,
}

impl TlsVersion {
    /// The number as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }
}

/// The outcome of one handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSession {
    /// Negotiated version.
    pub version: TlsVersion,
    /// Negotiated suite, in rustls' spelling of the IANA name, such as
    /// `TLS13_AES_256_GCM_SHA384` or `TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384`.
    pub suite: String,
    /// Negotiated key-exchange group, such as `X25519` or `secp256r1`.
    pub group: Option<String>,
    /// Negotiated application protocol.
    pub alpn: Option<String>,
    /// Whether the suite is one of those that exist here only to reach old Windows servers.
    pub legacy_suite: bool,
}

/// The chain that a server presented.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presented {
    /// DER certificates as sent, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// False once a signature turned out not to be by the leaf's key. What cannot be verified,
    /// or was never sent because the handshake ended before, proves nothing and leaves it true.
    pub signature_ok: bool,
    /// The OCSP response that the server stapled (RFC 6066 section 8), in DER.
    pub ocsp: Option<Vec<u8>>,
}
