//! What one round of probing found, per member and per endpoint.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::certificate::CertificateReport;
use super::endpoint::Endpoint;
use super::exchange::Exchange;
use super::failure::Failure;
use super::finding::Finding;
use super::generation::Generation;
use super::resolvers::ResolverReport;
use super::service::ServiceReport;
use super::timing::Timed;
use super::tls::TlsSession;
use super::tls_scan::TlsScan;
use super::wsus::WsusAnswer;

/// The state of a member or an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Works, and nothing is known against it.
    Healthy,
    /// Works, with at least one warning.
    Degraded,
    /// Does not work; there is a [`Failure`] that says why.
    Down,
    /// Not enough was seen to say, for example because the round was cut short.
    Unknown,
}

impl Verdict {
    /// The stable lower-case name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }
}

/// The answer for one address family of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// `A` or `AAAA`.
    pub record_type: RecordType,
    /// Time from the first question to the answer; absent when none came.
    pub time: Option<Timed>,
    /// Questions sent beyond the first; `None` where the transport cannot tell.
    pub resends: Option<u32>,
    /// Who answered last, where that can be told.
    pub answered_by: Option<Answerer>,
    /// The addresses, or why there are none.
    pub outcome: Result<Addresses, Failure>,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answerer {
    /// A resolver at this address.
    Server(SocketAddr),
    /// Nobody was asked: it stands in the hosts file of this machine, or is a name like
    /// `localhost`. The TTL means nothing.
    ThisMachine,
}

/// Which address record was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordType {
    /// IPv4.
    A,
    /// IPv6.
    Aaaa,
}

impl RecordType {
    /// The mnemonic of RFC 1035 and RFC 3596.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
        }
    }
}

/// The addresses of a successful lookup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    /// In the order of the answer.
    pub addresses: Vec<std::net::IpAddr>,
    /// The shortest TTL of the answer's address records.
    pub ttl: Option<Duration>,
    /// The names a CNAME chain went through, the asked name excluded.
    pub cname_chain: Vec<String>,
}

/// How long each completed phase of a member took. An absent phase did not complete, or does
/// not exist for the endpoint (a literal address is not resolved, `http://` has no TLS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Phases {
    /// Resolving the name, for this member's address family.
    pub resolve: Option<Timed>,
    /// SYN to SYN-ACK.
    pub connect: Option<Timed>,
    /// First byte of the `ClientHello` to the last byte of the server's handshake.
    pub tls: Option<Timed>,
    /// `GetConfig` request to response head, connection set-up excluded.
    pub wsus: Option<Timed>,
}

/// What was found about one address behind an endpoint's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberReport {
    /// Address and port.
    pub address: SocketAddr,
    /// The state.
    pub verdict: Verdict,
    /// The smallest round-trip time over all samples without a retransmitted SYN.
    pub rtt: Option<Timed>,
    /// Each sample's round-trip time in the order of sending; absent ones did not answer or
    /// were spoilt by a retransmission.
    pub samples: Vec<Option<Timed>>,
    /// SYNs sent again, over all samples; `None` where the system cannot tell.
    pub syn_retransmits: Option<u32>,
    /// Durations of the completed phases.
    pub phases: Phases,
    /// The handshake's outcome.
    pub tls: Option<TlsSession>,
    /// The presented chain and its judgement.
    pub certificate: Option<CertificateReport>,
    /// The answer to `GetConfig`, when it was that of a WSUS server.
    pub wsus: Option<WsusAnswer>,
    /// Every request that was made or planned, in the order of [`Request::ALL`].
    ///
    /// [`Request::ALL`]: super::request::Request::ALL
    pub exchanges: Vec<Exchange>,
    /// The services that were asked about, in the order of [`Service::ALL`].
    ///
    /// [`Service::ALL`]: super::service::Service::ALL
    pub services: Vec<ServiceReport>,
    /// Which release of WSUS it may be; absent when nothing tells.
    pub generation: Option<Generation>,
    /// Which TLS versions, suites and clients it accepts, where that was looked at.
    pub tls_scan: Option<TlsScan>,
    /// The first phase that failed.
    pub failure: Option<Failure>,
    /// Observations about this member.
    pub findings: Vec<Finding>,
}

impl MemberReport {
    /// A member of which nothing but the address is known.
    pub fn unprobed(address: SocketAddr) -> Self {
        Self {
            address,
            verdict: Verdict::Unknown,
            rtt: None,
            samples: Vec::new(),
            syn_retransmits: None,
            phases: Phases::default(),
            tls: None,
            certificate: None,
            wsus: None,
            exchanges: Vec::new(),
            services: Vec::new(),
            generation: None,
            tls_scan: None,
            failure: None,
            findings: Vec::new(),
        }
    }
}

/// What was found about one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointReport {
    /// What was probed.
    pub endpoint: Arc<Endpoint>,
    /// The state of the name as a whole.
    pub verdict: Verdict,
    /// The median of its members' round-trip times: a name is as near as its typical member.
    pub rtt: Option<Timed>,
    /// One entry per address family asked; empty for a literal address.
    pub lookups: Vec<Lookup>,
    /// What each resolver that was to be compared says; empty where none was asked.
    pub resolvers: Vec<ResolverReport>,
    /// One entry per address, sorted by address.
    pub members: Vec<MemberReport>,
    /// Why no member works: that of the member that came farthest, or of resolving the name when
    /// there is no member at all.
    pub failure: Option<Failure>,
    /// Observations about the name.
    pub findings: Vec<Finding>,
}
