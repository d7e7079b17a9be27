//! `ClientHello`s made by hand, to ask for exactly one version.
//!
//! They are made so that as many servers and middleboxes as possible answer them: in one record
//! and one TCP segment, with nothing in them that only some understand, and of no length that is
//! known to be taken for something else. No key is needed to make them, nor to read the answer.

mod extensions;
mod offer;

use std::net::IpAddr;

use crate::model::protocol::Protocol;
use crate::model::suite::{Group, Suite};
use crate::model::tls_scan::HelloShape;
use crate::wire::vector::{numbers, prefixed};

/// Content type of handshake records (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 22;

/// Handshake type of `ClientHello` (RFC 8446 section 4).
const CLIENT_HELLO: u8 = 1;

/// Bytes of a handshake message before its body: type and length.
const MESSAGE_HEADER: usize = 4;

/// Says that the client knows of secure renegotiation (RFC 5746 section 3.3). As a suite it needs
/// no extension. Some Windows servers refuse a TLS 1.2 hello that does not say so.
const RENEGOTIATION_INFO: Suite = Suite(0x00ff);

/// The most suites in a hello, that of renegotiation included: some servers refuse more.
pub const MAX_SUITES: usize = 128;

/// The longest DNS name, in characters without the final dot (RFC 1035 section 2.3.4).
const MAX_NAME: usize = 253;

/// What a `ClientHello` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The one version that is asked for.
    pub protocol: Protocol,
    /// How it is made up.
    pub shape: HelloShape,
    /// The DNS name for SNI (RFC 6066 section 3), in ASCII and without a final dot; never a
    /// literal address.
    pub server_name: Option<String>,
    /// The suites to offer, in the order of preference; those beyond [`MAX_SUITES`] less one are
    /// not sent. That for secure renegotiation is added to them.
    pub suites: Vec<Suite>,
    /// The groups to offer, in the order of preference. Without any, none are named, and a server
    /// may use those it likes. Not sent where the shape or the version has no extensions.
    pub groups: Vec<Group>,
    /// The client's random bytes, not all zero. They also serve as session identifier and as
    /// public key, of which nobody has the private one: none of them is secret.
    pub random: [u8; 32],
}

impl Hello {
    /// A hello of the shape's own suites and groups. `host` is a DNS name in ASCII, or a literal
    /// address, which does not go into SNI.
    ///
    /// A hello for TLS 1.3 also offers suites of TLS 1.2, so that a server that does not know
    /// TLS 1.3 can say so by choosing one: otherwise it could only refuse, for a reason unknown.
    /// TLS 1.3 cannot do without extensions: [`HelloShape::NoExtensions`] there leaves out only
    /// those that are not needed. SSL 3.0 has none in any shape.
    pub fn new(protocol: Protocol, shape: HelloShape, host: &str, random: [u8; 32]) -> Self {
        let mut hello = Self {
            protocol,
            shape,
            server_name: None,
            suites: offer::suites(protocol, shape),
            groups: Vec::new(),
            random,
        };
        if hello.has_extensions() {
            hello.groups = offer::groups(protocol);
            hello.server_name = match shape {
                HelloShape::Full | HelloShape::Short => dns_name(host),
                HelloShape::NoServerName | HelloShape::NoExtensions => None,
            };
        }
        hello
    }

    /// One TLS record, to be sent in one piece.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = self.protocol.wire().min(Protocol::Tls12.wire()).to_be_bytes().to_vec();
        body.extend(self.random);
        prefixed::<1>(&mut body, self.session_id());
        let mut suites = self.suites.clone();
        suites.truncate(MAX_SUITES - 1);
        suites.push(RENEGOTIATION_INFO);
        prefixed::<2>(&mut body, &numbers(suites.iter().map(|suite| suite.0)));
        let no_compression = [0];
        prefixed::<1>(&mut body, &no_compression);
        if self.has_extensions() {
            extensions::append(self, &mut body);
        }
        let mut message = vec![CLIENT_HELLO];
        prefixed::<3>(&mut message, &body);
        let mut record = vec![HANDSHAKE];
        // What the first record says of the version is no offer; servers that look at it want
        // the oldest (RFC 8446 section 5.1).
        record.extend(self.protocol.wire().min(Protocol::Tls10.wire()).to_be_bytes());
        prefixed::<2>(&mut record, &message);
        record
    }

    /// In TLS 1.3 it makes the handshake look like a resumption to middleboxes that know only
    /// older versions (RFC 8446 appendix D.4); some older servers want one too.
    fn session_id(&self) -> &[u8] {
        if self.protocol == Protocol::Tls13 || self.shape == HelloShape::Short {
            &self.random
        } else {
            &[]
        }
    }

    fn has_extensions(&self) -> bool {
        match self.protocol {
            Protocol::Ssl3 => false,
            Protocol::Tls10 | Protocol::Tls11 | Protocol::Tls12 => {
                self.shape != HelloShape::NoExtensions
            }
            Protocol::Tls13 => true,
        }
    }

    /// Whether only what is needed goes in.
    fn is_small(&self) -> bool {
        match self.shape {
            HelloShape::Full | HelloShape::NoServerName => false,
            HelloShape::Short | HelloShape::NoExtensions => true,
        }
    }
}

/// The name as it goes into SNI; `None` for a literal address, with or without brackets, and for
/// what cannot be a name.
fn dns_name(host: &str) -> Option<String> {
    let name = host.strip_suffix('.').unwrap_or(host);
    let sound = !name.is_empty()
        && name.len() <= MAX_NAME
        && name.is_ascii()
        && !name.contains([':', '[', ']'])
        && name.parse::<IpAddr>().is_err();
    sound.then(|| name.to_owned())
}

#[cfg(test)]
mod tests;
