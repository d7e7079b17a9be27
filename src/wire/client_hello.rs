//! `ClientHello`s made by hand, to ask for exactly one version.

use crate::model::protocol::Protocol;
use crate::model::suite::{Group, Suite};
use crate::model::tls_scan::HelloShape;

/// What a `ClientHello` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The one version that is asked for.
    pub protocol: Protocol,
    /// How it is made up.
    pub shape: HelloShape,
    /// The DNS name for SNI (RFC 6066 section 3); never a literal address.
    pub server_name: Option<String>,
    /// The suites to offer, in the order of preference.
    pub suites: Vec<Suite>,
    /// The groups to offer, in the order of preference.
    pub groups: Vec<Group>,
    /// The client's random bytes; nothing is derived from them.
    pub random: [u8; 32],
}

impl Hello {
    /// A hello of the shape's own suites and groups. `host` is a DNS name, or a literal address,
    /// which does not go into SNI.
    pub fn new(protocol: Protocol, shape: HelloShape, host: &str, random: [u8; 32]) -> Self {
        let _ = host;
        Self { protocol, shape, server_name: None, suites: Vec::new(), groups: Vec::new(), random }
    }

    /// One TLS record, to be sent in one piece.
    pub fn encode(&self) -> Vec<u8> {
        Vec::new()
    }
}
