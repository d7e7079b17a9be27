//! The versions of the protocol.

closed_list! {
    /// A version of SSL or TLS, oldest first.
    Protocol {
        /// SSL 3.0 (RFC 6101).
        Ssl3 => "ssl3",
        /// TLS 1.0 (RFC 2246).
        Tls10 => "1.0",
        /// TLS 1.1 (RFC 4346).
        Tls11 => "1.1",
        /// TLS 1.2 (RFC 5246).
        Tls12 => "1.2",
        /// TLS 1.3 (RFC 8446).
        Tls13 => "1.3",
    }
}

impl Protocol {
    /// The name in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ssl3 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }

    /// The number of the version on the wire.
    pub const fn wire(self) -> u16 {
        match self {
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }

    /// The version of a number on the wire, if it is one of these.
    pub fn from_wire(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|version| version.wire() == number)
    }
}

/// Which versions an endpoint must and must not accept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsExpectations {
    /// Versions that every member must accept.
    pub require: Vec<Protocol>,
    /// Versions that no member may accept.
    pub forbid: Vec<Protocol>,
}
