//! What a member's answers to hand-made `ClientHello`s showed.

use std::time::Duration;

use super::certificate::CertificateReport;
use super::failure::Failure;
use super::protocol::Protocol;
use super::suite::{Group, Suite};
use super::timing::Timed;
use super::tls::Presented;
use super::windows_client::ClientReport;

closed_list! {
    /// How a `ClientHello` is made up. Some servers answer only some shapes.
    HelloShape {
        /// Every suite of the version and every extension.
        Full => "full",
        /// A session identifier, few suites, and no padding.
        Short => "short",
        /// Without the server's name.
        NoServerName => "no_server_name",
        /// Without any extension; not for TLS 1.3, which needs them.
        NoExtensions => "no_extensions",
    }
}

closed_list! {
    /// Whether a version is accepted.
    Support {
        /// A `ServerHello` of that version came back.
        Supported => "supported",
        /// The server said that it does not have the version.
        NotSupported => "not_supported",
        /// What came back does not tell.
        Unknown => "unknown",
    }
}

/// What a server chose, and what it presented in clear text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerChoice {
    /// The chosen suite, one of those offered.
    pub suite: Suite,
    /// The group of the key exchange, where it was told: in TLS 1.3 by the key share, before that
    /// by `ServerKeyExchange` of a suite with elliptic curves.
    pub group: Option<Group>,
    /// The bits of the prime of a finite-field key exchange before TLS 1.3.
    pub prime_bits: Option<u32>,
    /// It was a `HelloRetryRequest` (RFC 8446 section 4.1.4): the server has TLS 1.3 and wants
    /// another key share.
    pub retry: bool,
    /// The server asked for a client certificate. Not visible in TLS 1.3.
    pub client_certificate_requested: bool,
    /// The chain, where it arrived. Never in TLS 1.3, which encrypts it.
    pub presented: Option<Presented>,
    /// Why the rest of the server's messages could not be read, if it could not: what was chosen
    /// is known all the same.
    pub cut_short: Option<String>,
}

/// What came back to one `ClientHello`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A `ServerHello` of the version that was asked for.
    Chosen(Box<ServerChoice>),
    /// A `ServerHello` of another version, by its number on the wire.
    OtherVersion(u16),
    /// A fatal alert (RFC 8446 section 6), by its number.
    Alert(u8),
    /// TLS records that break the protocol or the limits, and how.
    Broken(String),
    /// No TLS at all; its first bytes as text for people.
    NotTls(String),
    /// The server closed the connection after that many bytes.
    Closed(usize),
    /// The server reset the connection after that many bytes.
    Reset(usize),
    /// Nothing conclusive came in time; that many bytes did.
    Timeout(usize),
    /// No connection could be opened.
    NotConnected(Failure),
}

impl Answer {
    /// What the server chose of the version that was asked for, if it did.
    pub fn chosen(&self) -> Option<&ServerChoice> {
        match self {
            Self::Chosen(choice) => Some(choice),
            Self::OtherVersion(_)
            | Self::Alert(_)
            | Self::Broken(_)
            | Self::NotTls(_)
            | Self::Closed(_)
            | Self::Reset(_)
            | Self::Timeout(_)
            | Self::NotConnected(_) => None,
        }
    }

    /// Whether the server ended the connection without a word about why.
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Closed(_) | Self::Reset(_))
    }
}

/// One `ClientHello` and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// How the hello was made up.
    pub shape: HelloShape,
    /// What came back.
    pub answer: Answer,
    /// Alerts of level warning that came before, by their numbers.
    pub warnings: Vec<u8>,
    /// First byte of the hello to the last byte of the answer; `None` where none came.
    pub time: Option<Timed>,
}

/// What is known about one version at one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionReport {
    /// Which version.
    pub protocol: Protocol,
    /// Whether it is accepted.
    pub support: Support,
    /// The answer names the version itself. False where it was concluded from a refusal that may
    /// have other reasons.
    pub certain: bool,
    /// Everything that was tried, in order; the last one decided.
    pub attempts: Vec<Attempt>,
}

impl VersionReport {
    /// What the server chose, and for which shape of hello, where the version is supported.
    pub fn choice(&self) -> Option<(HelloShape, &ServerChoice)> {
        self.attempts.iter().find_map(|attempt| Some((attempt.shape, attempt.answer.chosen()?)))
    }

    /// What the server chose, to add what was found out later.
    pub fn choice_mut(&mut self) -> Option<&mut ServerChoice> {
        self.attempts.iter_mut().find_map(|attempt| match &mut attempt.answer {
            Answer::Chosen(choice) => Some(choice.as_mut()),
            Answer::OtherVersion(_)
            | Answer::Alert(_)
            | Answer::Broken(_)
            | Answer::NotTls(_)
            | Answer::Closed(_)
            | Answer::Reset(_)
            | Answer::Timeout(_)
            | Answer::NotConnected(_) => None,
        })
    }
}

closed_list! {
    /// Whose order of preference decides which suite is chosen.
    SuiteOrder {
        /// The server's own.
        Server => "server",
        /// The client's.
        Client => "client",
        /// It cannot be seen: fewer than two suites, or unsteady answers.
        Unknown => "unknown",
    }
}

/// The suites and groups that are accepted with one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteReport {
    /// Which version.
    pub protocol: Protocol,
    /// The accepted suites; in the server's order of preference where that rules.
    pub accepted: Vec<Suite>,
    /// Whose order rules.
    pub order: SuiteOrder,
    /// The accepted groups, as far as they were tried.
    pub groups: Vec<Group>,
    /// Why there may be more suites or groups than are listed; `None` where all were tried.
    pub incomplete: Option<String>,
}

/// A chain that was presented, and with which versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenChain {
    /// The chain and its judgement.
    pub report: CertificateReport,
    /// The versions with which it was presented, oldest first.
    pub protocols: Vec<Protocol>,
}

/// The suites and groups of one Windows release, or of this program itself, with one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The version that the release and the server would agree on.
    pub protocol: Protocol,
    /// What the release offers with it, in its order.
    pub suites: Vec<Suite>,
    /// The groups it offers.
    pub groups: Vec<Group>,
}

/// An offer that was made, and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferAnswer {
    /// What was offered.
    pub offer: Offer,
    /// What came back.
    pub answer: Answer,
}

/// Everything that was found about the TLS of one member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsScan {
    /// The versions that were tried, oldest first.
    pub versions: Vec<VersionReport>,
    /// The different chains that were presented: more than one where the server has keys of
    /// several kinds.
    pub chains: Vec<SeenChain>,
    /// The accepted suites, where they were looked for.
    pub suites: Vec<SuiteReport>,
    /// What Windows releases offer, where the answer did not follow from the rest.
    pub offers: Vec<OfferAnswer>,
    /// Which Windows releases can connect.
    pub clients: Vec<ClientReport>,
    /// Connections that were opened or tried.
    pub connections: u32,
    /// From the first connection's start to the last answer about versions.
    pub versions_elapsed: Option<Duration>,
    /// From the first connection's start to the end; `None` where none was begun.
    pub elapsed: Option<Duration>,
    /// It was asked for by a literal address: names in certificates then prove nothing about
    /// clients, which know the server by a name.
    pub by_address: bool,
}

impl TlsScan {
    /// Whether a version is known to be accepted.
    pub fn accepts(&self, protocol: Protocol) -> bool {
        self.accepted().any(|accepted| accepted == protocol)
    }

    /// The versions that are known to be accepted, oldest first.
    pub fn accepted(&self) -> impl Iterator<Item = Protocol> {
        let supported = self.versions.iter().filter(|r| r.support == Support::Supported);
        supported.map(|report| report.protocol)
    }

    /// The report on a version, if it was tried.
    pub fn version(&self, protocol: Protocol) -> Option<&VersionReport> {
        self.versions.iter().find(|report| report.protocol == protocol)
    }
}
