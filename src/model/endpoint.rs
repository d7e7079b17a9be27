//! What is probed: an endpoint, its address on the network and what is expected of it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::protocol::TlsExpectations;

/// The unique name of an endpoint; becomes the `endpoint` label of every metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointName(pub String);

impl fmt::Display for EndpointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The two schemes a WSUS client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Clear text; most WSUS servers, on port 8530.
    Http,
    /// TLS; on port 443 or 8531.
    Https,
}

impl Scheme {
    /// The scheme as written in a URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port a URL of this scheme means when it names none.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The host part of an endpoint's URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A literal address: there is nothing to resolve and no SNI is sent.
    Address(IpAddr),
    /// A DNS name in lower case without a trailing dot.
    Name(String),
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Where an endpoint listens: scheme, host and port, nothing else.
///
/// A path is refused when the URL is parsed: the update agent appends its own paths
/// to the value of `WUServer` as plain text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EndpointUrl {
    /// Clear text or TLS.
    pub scheme: Scheme,
    /// Name or literal address.
    pub host: Host,
    /// TCP port, 1 to 65535.
    pub port: u16,
}

impl EndpointUrl {
    /// The clear-text port that serves content beside this URL: 80 belongs to 443, N-1 to any
    /// other HTTPS port N, and a clear-text port to itself (MS-WSUSSS 2.1). `None` for HTTPS at
    /// port 1, below which there is none.
    pub fn content_url(&self) -> Option<Self> {
        let port = match (self.scheme, self.port) {
            (Scheme::Http, port) => port,
            (Scheme::Https, 443) => Scheme::Http.default_port(),
            (Scheme::Https, port) => port.checked_sub(1).filter(|port| *port > 0)?,
        };
        Some(Self { scheme: Scheme::Http, host: self.host.clone(), port })
    }

    /// The URL as a client is to have it in `WUServer`. In clear text port 80 is written out:
    /// where no port stands, nobody can tell it from one that was forgotten.
    pub fn for_clients(&self) -> String {
        match self.scheme {
            Scheme::Http if self.port == self.scheme.default_port() => {
                format!("{self}:{}", self.port)
            }
            Scheme::Http | Scheme::Https => self.to_string(),
        }
    }
}

impl fmt::Display for EndpointUrl {
    /// Without a slash at its end, and with the port only where it is not the scheme's own. What
    /// clients are to have is [`EndpointUrl::for_clients`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.host)?;
        if self.port == self.scheme.default_port() { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// Which address families are asked for and probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Family {
    /// IPv4 and IPv6.
    #[default]
    Any,
    /// IPv4 only.
    Ipv4,
    /// IPv6 only.
    Ipv6,
}

impl Family {
    /// The name used in configuration and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }
}

/// A nightly window in the endpoint's local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchWindow {
    /// From `start` to `end`, each as time since local midnight, below 24 hours; `end` may be
    /// before `start`, and then the window crosses midnight.
    Nightly {
        /// First moment of the window.
        start: Duration,
        /// First moment after the window.
        end: Duration,
    },
    /// The source that lists the endpoint documents no window for it.
    NotDocumented,
}

/// One WSUS endpoint with everything that is known of it before it is probed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Unique in one configuration.
    pub name: EndpointName,
    /// Data-center code such as `DFW`.
    pub dc: Option<String>,
    /// Region in words such as `Dallas`.
    pub region: Option<String>,
    /// Where it listens.
    pub url: EndpointUrl,
    /// The name used for SNI, the certificate check and the `Host` header in place of the
    /// URL's host.
    pub server_name: Option<String>,
    /// Breaks near ties: the lower number wins. Absent counts as the highest number.
    pub priority: Option<u32>,
    /// Member addresses that should be behind the name; empty is "no expectation".
    pub expected_members: Vec<IpAddr>,
    /// Which address families to probe.
    pub family: Family,
    /// The resolvers that are compared differ on purpose.
    pub resolvers_may_differ: bool,
    /// IANA time zone of the site.
    pub time_zone: Option<String>,
    /// When the site's servers are patched.
    pub patch_window: Option<PatchWindow>,
    /// Its place among the WSUS servers that synchronize from each other.
    pub hierarchy: Hierarchy,
    /// Which TLS versions its members must and must not accept.
    pub tls: TlsExpectations,
}

/// An endpoint's place in a hierarchy of WSUS servers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hierarchy {
    /// Other WSUS servers synchronize from it, whether or not they are endpoints here.
    pub is_upstream: bool,
    /// The oldest release among the servers that synchronize from it.
    pub downstream_generation: Option<DownstreamGeneration>,
    /// The endpoint that it synchronizes from.
    pub upstream: Option<EndpointName>,
}

/// A release of a downstream server, as far as it matters to its upstream server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DownstreamGeneration {
    /// WSUS 3.0 SP2, whose version is 3.2: over HTTPS it speaks TLS 1.0 only.
    Wsus32,
    /// The role of Windows Server 2012 or later.
    Server2012OrLater,
}

impl DownstreamGeneration {
    /// The name used in configuration and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wsus32 => "3.2",
            Self::Server2012OrLater => "6.2",
        }
    }
}

impl Endpoint {
    /// An endpoint of which nothing but its name and its URL is known.
    pub fn bare(name: EndpointName, url: EndpointUrl) -> Self {
        Self {
            name,
            dc: None,
            region: None,
            url,
            server_name: None,
            priority: None,
            expected_members: Vec::new(),
            family: Family::default(),
            resolvers_may_differ: false,
            time_zone: None,
            patch_window: None,
            hierarchy: Hierarchy::default(),
            tls: TlsExpectations::default(),
        }
    }

    /// The name that the server's certificate must carry and that goes into SNI and `Host`:
    /// the override if there is one, else the URL's host.
    pub fn tls_name(&self) -> String {
        self.server_name.clone().unwrap_or_else(|| match &self.url.host {
            Host::Address(address) => address.to_string(),
            Host::Name(name) => name.clone(),
        })
    }

    /// The URL as it is requested: [`Self::url`] with the name override in place of its host.
    pub fn requested_url(&self) -> EndpointUrl {
        let host = self.server_name.as_deref().map_or_else(
            || self.url.host.clone(),
            |name| name.parse().map_or_else(|_| Host::Name(name.to_lowercase()), Host::Address),
        );
        EndpointUrl { host, ..self.url.clone() }
    }
}

/// How long each step may take at most. The deadline rules over all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One member, everything included: counted from the start of the round, so that a round
    /// ends by then, however many targets it has.
    pub deadline: Duration,
    /// One question for addresses.
    pub resolve: Duration,
    /// One connection attempt.
    pub connect: Duration,
    /// One handshake.
    pub tls: Duration,
    /// The WSUS request once its connection stands.
    pub wsus: Duration,
}

/// Who is asked to resolve names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum ResolverChoice {
    /// The resolvers this machine is configured with.
    #[default]
    System,
    /// One resolver, by UDP, with TCP after truncation.
    Plain(SocketAddr),
    /// One resolver, by DNS over TLS (RFC 7858).
    Tls {
        /// Address and port, by default 853.
        address: SocketAddr,
        /// The name its certificate must carry.
        name: String,
    },
}

impl fmt::Display for ResolverChoice {
    /// As the configuration spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str(Self::SYSTEM),
            Self::Plain(address) => write!(f, "{address}"),
            Self::Tls { address, name } => write!(f, "tls://{address}#{name}"),
        }
    }
}

impl ResolverChoice {
    /// The word for the resolvers this machine is configured with.
    pub const SYSTEM: &str = "system";

    /// The server that is named; `None` for those of the system.
    pub const fn server(&self) -> Option<SocketAddr> {
        match self {
            Self::System => None,
            Self::Plain(address) | Self::Tls { address, .. } => Some(*address),
        }
    }
}

/// A delay or a fault that this process puts in front of an address, for demonstrations.
/// Everything measured through it is labelled [`crate::model::timing::Clock::Simulated`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SimulatedLink {
    /// Connections are never answered.
    BlackHole,
    /// Connecting takes this round-trip time.
    RoundTrip(Duration),
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, EndpointName, EndpointUrl, Host, Scheme};

    #[test]
    fn each_https_port_has_its_content_port() {
        let content = |scheme, port| {
            EndpointUrl { scheme, host: Host::Name("wsus.example.test".into()), port }
                .content_url()
                .map(|url| (url.scheme, url.port))
        };
        let expected = [
            (Scheme::Https, 443, Some(80)),
            (Scheme::Https, 8531, Some(8530)),
            (Scheme::Https, 2, Some(1)),
            (Scheme::Https, 1, None),
            (Scheme::Http, 80, Some(80)),
            (Scheme::Http, 8530, Some(8530)),
        ];
        for (scheme, port, expected) in expected {
            assert_eq!(content(scheme, port), expected.map(|port| (Scheme::Http, port)));
        }
    }

    #[test]
    fn clients_have_the_port_wherever_its_absence_would_be_a_question() {
        for (scheme, port, expected) in [
            (Scheme::Http, 80, "http://wsus.example.test:80"),
            (Scheme::Http, 443, "http://wsus.example.test:443"),
            (Scheme::Http, 8530, "http://wsus.example.test:8530"),
            (Scheme::Https, 80, "https://wsus.example.test:80"),
            (Scheme::Https, 443, "https://wsus.example.test"),
            (Scheme::Https, 8531, "https://wsus.example.test:8531"),
        ] {
            let url = EndpointUrl { scheme, host: Host::Name("wsus.example.test".into()), port };
            assert_eq!(url.for_clients(), expected);
        }
    }

    #[test]
    fn the_name_override_is_what_is_requested() {
        let url = EndpointUrl {
            scheme: Scheme::Https,
            host: Host::Address([192, 0, 2, 1].into()),
            port: 8531,
        };
        let mut endpoint = Endpoint::bare(EndpointName("one".into()), url);
        let cases = [
            (None, "https://192.0.2.1:8531"),
            (Some("WSUS.example.test"), "https://wsus.example.test:8531"),
            (Some("2001:db8::1"), "https://[2001:db8::1]:8531"),
        ];
        for (name, expected) in cases {
            endpoint.server_name = name.map(str::to_owned);
            assert_eq!(endpoint.requested_url().to_string(), expected);
        }
    }
}
