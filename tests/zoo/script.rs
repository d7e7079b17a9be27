//! What a scripted server has of TLS, what it makes of a client's hello, and what is odd about it.

use super::hello::{Hello, SERVER_NAME, SUPPORTED_VERSIONS};
use super::reply::{self, Exchange, P256, TLS12, TLS13, X25519};

/// The server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    /// Oldest first.
    pub(crate) versions: &'static [u16],
    /// In the order of preference.
    pub(crate) suites: &'static [u16],
    /// Does not know the extension that lists the client's versions.
    pub(crate) old: bool,
    /// Of the Diffie-Hellman prime.
    pub(crate) field_bits: usize,
    pub(crate) act: Act,
    pub(crate) choice: Choice,
    pub(crate) refuses: Option<Refusal>,
}

/// What the server does with a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// Without reading anything.
    AtOnce(End),
    /// Speaks before the client does, and waits.
    Greets(&'static [u8]),
    AfterHello(Reply),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Hangs,
    Resets,
    Closes,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    Ends(End),
    /// And closes.
    Says(&'static [u8]),
    /// And resets.
    SaysAndResets(&'static [u8]),
    /// Handshake records that hold nothing, without end.
    EmptyRecords,
    Negotiates(Delivery),
}

/// What is chosen of what the client offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Proper,
    /// Wants another key again and again (RFC 8446 section 4.1.4 allows it once).
    RetriesForEver,
    /// This suite, whatever was offered.
    Suite(u16),
    /// This version, whatever was offered.
    Version(u16),
    /// Its own suite where none is in common.
    Insists,
}

/// How the answer arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// As far as into the certificate.
    ByteByByte,
    /// A byte a second.
    Drip,
    /// A record for each byte.
    TinyRecords,
    /// And the sending side is closed at once.
    HalfClose,
    /// Behind an alert `unrecognized_name` of level warning.
    AfterWarning,
    /// As far as the middle of `ServerHello`, then a reset.
    Cut,
    /// With a certificate message of 16 MiB.
    EndlessCertificate,
}

/// The hellos that are answered by a reset, or as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Larger than so many bytes.
    Larger(usize),
    /// Record of 256 to 511 bytes: never answered (RFC 7685 section 1).
    MiddleSize,
    AnyExtension,
    ExtensionOfVersions,
    VersionAbove(u16),
    RecordVersionOtherThan(u16),
    /// More suites than so many.
    MoreSuites(usize),
    ServerName,
    /// Without a session identifier; closes.
    NoSession,
    /// Without either signal of secure renegotiation (RFC 5746).
    NoRenegotiationSignal,
    /// More connections than so many in a second.
    Faster(usize),
}

impl Script {
    pub(crate) const fn act(self, act: Act) -> Self {
        Self { act, ..self }
    }

    pub(crate) const fn replies(self, reply: Reply) -> Self {
        self.act(Act::AfterHello(reply))
    }

    pub(crate) const fn delivers(self, delivery: Delivery) -> Self {
        self.replies(Reply::Negotiates(delivery))
    }

    pub(crate) const fn chooses(self, choice: Choice) -> Self {
        Self { choice, ..self }
    }

    pub(crate) const fn refuses(self, refusal: Refusal) -> Self {
        Self { refuses: Some(refusal), ..self }
    }

    pub(crate) const fn suites(self, suites: &'static [u16]) -> Self {
        Self { suites, ..self }
    }

    pub(crate) const fn versions(self, versions: &'static [u16]) -> Self {
        Self { versions, ..self }
    }

    pub(crate) const fn field_bits(self, field_bits: usize) -> Self {
        Self { field_bits, ..self }
    }

    fn delivery(&self) -> Option<Delivery> {
        match self.act {
            Act::AfterHello(Reply::Negotiates(delivery)) => Some(delivery),
            Act::AfterHello(
                Reply::Ends(_) | Reply::Says(_) | Reply::SaysAndResets(_) | Reply::EmptyRecords,
            )
            | Act::AtOnce(_)
            | Act::Greets(_) => None,
        }
    }

    /// The version that answers this hello.
    fn version(&self, hello: &Hello) -> Option<u16> {
        let offered = hello.supported_versions().filter(|_| !self.old);
        let fits = |version: &u16| match &offered {
            Some(list) => list.contains(version),
            None => *version <= hello.version && *version < TLS13,
        };
        self.versions.iter().copied().rev().find(fits)
    }

    /// One with a key, if there is one.
    fn group(hello: &Hello) -> Option<u16> {
        let keys = hello.key_shares();
        let offered = hello.groups().unwrap_or_else(|| vec![P256]);
        let among = |list: &[u16]| [P256, X25519].into_iter().find(|group| list.contains(group));
        among(&keys).or_else(|| among(&offered))
    }

    fn suite(&self, hello: &Hello, version: u16) -> Option<u16> {
        let fits = |suite: &u16| {
            let group = !is_curve(*suite) || Self::group(hello).is_some();
            hello.suites.contains(suite) && has(version, *suite) && group
        };
        self.suites.iter().copied().find(fits)
    }

    /// The answer's version and handshake messages, or the number of an alert.
    pub(crate) fn negotiate(&self, hello: &Hello) -> Result<(u16, Vec<u8>), u8> {
        const PROTOCOL_VERSION: u8 = 70;
        const HANDSHAKE_FAILURE: u8 = 40;
        let version = self.version(hello).ok_or(PROTOCOL_VERSION)?;
        let own = self.suite(hello, version);
        let suite = match self.choice {
            Choice::Suite(suite) => Some(suite),
            Choice::Insists => own.or_else(|| self.suites.first().copied()),
            Choice::Proper | Choice::RetriesForEver | Choice::Version(_) => own,
        };
        let suite = suite.ok_or(HANDSHAKE_FAILURE)?;
        let version = if let Choice::Version(other) = self.choice { other } else { version };
        Ok((version, self.flight(hello, version, suite)))
    }

    fn flight(&self, hello: &Hello, version: u16, suite: u16) -> Vec<u8> {
        /// secp384r1: a group for which clients send no key unasked.
        const P384: u16 = 24;
        let retries = self.choice == Choice::RetriesForEver;
        let group = if retries { P384 } else { Self::group(hello).unwrap_or(P256) };
        let mut flight = reply::server_hello(hello, version, suite, group);
        if version >= TLS13 {
            return flight;
        }
        if self.delivery() == Some(Delivery::EndlessCertificate) {
            flight.extend(reply::endless_certificate());
            return flight;
        }
        let anonymous = ANONYMOUS.contains(&suite);
        if !anonymous {
            flight.extend(reply::certificate(&chain(suite)));
        }
        let exchange = if is_curve(suite) {
            Exchange::Curve(group)
        } else if is_field(suite) {
            Exchange::Field(self.field_bits)
        } else {
            Exchange::Encrypted
        };
        flight.extend(reply::key_exchange(exchange, version, !anonymous));
        flight.extend(reply::done());
        flight
    }
}

impl Refusal {
    pub(crate) fn meets(self, hello: &Hello) -> bool {
        match self {
            Self::Larger(most) => hello.length > most,
            Self::AnyExtension => !hello.extensions.is_empty(),
            Self::ExtensionOfVersions => hello.extension(SUPPORTED_VERSIONS).is_some(),
            Self::VersionAbove(newest) => hello.version > newest,
            Self::RecordVersionOtherThan(version) => hello.record_version != version,
            Self::MoreSuites(most) => hello.suites.len() > most,
            Self::ServerName => hello.extension(SERVER_NAME).is_some(),
            Self::NoRenegotiationSignal => !hello.signals_renegotiation(),
            Self::MiddleSize | Self::NoSession | Self::Faster(_) => false,
        }
    }
}

/// `ADH-AES256-SHA`, `ADH-RC4-MD5`, `AECDH-AES128-SHA`.
const ANONYMOUS: [u16; 3] = [0x0034, 0x0018, 0xc018];

/// Whether a suite belongs to a version, as far as the suites of the zoo go.
fn has(version: u16, suite: u16) -> bool {
    let newest = suite >> 8 == 0x13;
    let since_12 = matches!(suite, 0x003b..=0x0040 | 0x0067..=0x006d | 0x009c..=0x00a7)
        || matches!(suite, 0xc023..=0xc032 | 0xcca8..=0xccaa);
    newest == (version >= TLS13) && (!since_12 || version >= TLS12)
}

fn is_curve(suite: u16) -> bool {
    matches!(suite >> 8, 0xc0 | 0xcc)
}

fn is_field(suite: u16) -> bool {
    matches!(suite, 0x0011..=0x001b | 0x0032..=0x0034 | 0x0038..=0x003a | 0x009e | 0x009f)
        || matches!(suite, 0x0067 | 0x006b)
}

/// Of the kind of key that the suite needs.
fn chain(suite: u16) -> Vec<Vec<u8>> {
    const ECDSA: [u16; 6] = [0xc009, 0xc00a, 0xc023, 0xc024, 0xc02b, 0xc02c];
    let name = if ECDSA.contains(&suite) { "zoo_p256.pem" } else { "rsa.pem" };
    let text = std::fs::read(super::super::peer::certificate(name)).unwrap();
    pem::parse_many(text).unwrap().into_iter().map(pem::Pem::into_contents).collect()
}
