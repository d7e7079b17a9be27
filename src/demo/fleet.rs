//! Six regions of simulated WSUS servers, their certificates and their DNS.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use rustls::crypto::CryptoProvider;
use tokio::net::TcpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::model::endpoint::{
    Endpoint, EndpointName, EndpointUrl, Family, Hierarchy, Host, PatchWindow, Scheme,
    SimulatedLink,
};
use crate::model::protocol::{Protocol, TlsExpectations};
use crate::model::suite::Suite;

use super::authority::{Authority, IssueOptions};
use super::dns::{self, DnsServer, Entry};
use super::hello::OldTls;
use super::pair::{self, Pair};
use super::script::Script;
use super::server::{self, Behaviour, ServerOptions, tls_config};
use super::soap::LAST_CHANGE;

mod file;

/// Where the fleet's DNS listens: the one loopback address that every system has.
const DNS_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How long the fleet's DNS takes to answer: as far as a resolver in the same site.
const DNS_DELAY: Duration = Duration::from_millis(2);

/// Servers behind each name: WSUS servers for many clients stand in load-balanced pairs.
const MEMBERS: u8 = 2;

/// Connections that may wait to be accepted at one server.
const BACKLOG: u32 = 1024;

/// When the configuration last changed at a second member with a database of its own.
const OTHER_LAST_CHANGE: &str = "2026-06-02T19:45:08.03Z";

/// How long ago an expired certificate expired: more than any difference of clocks.
const EXPIRED_SINCE: Duration = Duration::from_hours(3 * 24);

/// Age of an expired certificate.
const EXPIRED_AGE: Duration = Duration::from_hours(400 * 24);

/// What servers that have only TLS 1.0 accept: `TLS_ECDHE_ECDSA_WITH_AES_{256,128}_CBC_SHA`, which
/// Windows Server 2008 R2 has for certificates like those here.
const OLD_SUITES: [Suite; 2] = [Suite(0xc00a), Suite(0xc009)];

/// A place where simulated servers stand.
struct Region {
    code: &'static str,
    name: &'static str,
    time_zone: &'static str,
    round_trip: Duration,
}

const fn region(
    code: &'static str,
    name: &'static str,
    time_zone: &'static str,
    round_trip_ms: u64,
) -> Region {
    Region { code, name, time_zone, round_trip: Duration::from_millis(round_trip_ms) }
}

/// The regions, nearest first: distances as real lines from Dallas have them, more or less, and
/// far enough from each other that the nearest is never in doubt.
const REGIONS: [Region; 6] = [
    region("dfw", "Dallas", "America/Chicago", 12),
    region("ord", "Chicago", "America/Chicago", 35),
    region("iad", "Northern Virginia", "America/New_York", 48),
    region("lon", "London", "Europe/London", 110),
    region("syd", "Sydney", "Australia/Sydney", 190),
    region("hkg", "Hong Kong", "Asia/Hong_Kong", 230),
];

/// Minutes of a day.
const DAY: u64 = 24 * 60;

/// Regions with a nightly patch window, when it opens in minutes after the start of the fleet, and
/// how many minutes it stays open. The first is open at the start; the second opens while somebody
/// watches.
const PATCH_WINDOWS: [(&str, u64, u64); 2] = [("dfw", DAY - 60, 240), ("lon", 5, 120)];

/// What goes wrong in one region.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing listens.
    Dead,
    /// Connections are never answered: a matter of [`Fleet::simulated_links`]; without them the
    /// region looks dead.
    BlackHole,
    /// The certificate has expired.
    ExpiredCertificate,
    /// Every application pool is stopped, so that everything is answered by 503.
    Http503,
    /// Nothing listens at one member of the two.
    HalfDead,
    /// TLS as an old Windows release has it, by this provider's suites and groups.
    OldWindows(Arc<CryptoProvider>),
    /// TLS 1.0 and nothing newer, and no more of it than a [`hello`](super::hello).
    Tls10Only,
    /// `WsusPool` is stopped: the services answer 503, static files are served.
    PoolStopped,
    /// Nothing listens at the content ports.
    BrokenContent,
    /// TLS is required of the whole site, so that content is refused in clear text.
    ContentNeedsSsl,
    /// The self-update directory is missing.
    NoSelfUpdate,
    /// A sign-in page answers in place of the servers.
    Portal,
    /// The members do not share a database.
    DifferentDatabases,
    /// The servers answer like an update server that is not a WSUS.
    NotWsus,
}

impl Fault {
    /// The stable lower-case name used in options and output.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::BlackHole => "black_hole",
            Self::ExpiredCertificate => "expired",
            Self::Http503 => "http_503",
            Self::HalfDead => "half_dead",
            Self::OldWindows(_) => "old_windows",
            Self::Tls10Only => "tls10_only",
            Self::PoolStopped => "pool_stopped",
            Self::BrokenContent => "broken_content",
            Self::ContentNeedsSsl => "content_needs_ssl",
            Self::NoSelfUpdate => "no_self_update",
            Self::Portal => "portal",
            Self::DifferentDatabases => "different_databases",
            Self::NotWsus => "not_wsus",
        }
    }

    /// Whether that member (counted from 1) has no listener.
    const fn silences(&self, member: u8) -> bool {
        match self {
            Self::Dead | Self::BlackHole => true,
            Self::HalfDead => member == MEMBERS,
            Self::ExpiredCertificate
            | Self::Http503
            | Self::OldWindows(_)
            | Self::Tls10Only
            | Self::PoolStopped
            | Self::BrokenContent
            | Self::ContentNeedsSsl
            | Self::NoSelfUpdate
            | Self::Portal
            | Self::DifferentDatabases
            | Self::NotWsus => false,
        }
    }

    /// How the servers behave that do listen.
    fn behaviour(&self) -> Behaviour {
        match self {
            Self::Http503 => Behaviour::PoolStopped,
            Self::PoolStopped => Behaviour::Scripted(Script::pool_stopped()),
            Self::ContentNeedsSsl => Behaviour::Scripted(Script::content_needs_tls()),
            Self::NoSelfUpdate => Behaviour::Scripted(Script::no_self_update()),
            Self::Portal => Behaviour::HtmlPortal,
            Self::NotWsus => Behaviour::NotWsus,
            Self::Dead
            | Self::BlackHole
            | Self::ExpiredCertificate
            | Self::HalfDead
            | Self::OldWindows(_)
            | Self::Tls10Only
            | Self::BrokenContent
            | Self::DifferentDatabases => Behaviour::Healthy,
        }
    }
}

/// What [`Fleet::start`] should start.
#[derive(Debug, Clone)]
pub struct FleetOptions {
    /// The present, for the dates of the certificates.
    pub now: SystemTime,
    /// The TLS suites and groups of every server without an old-Windows fault.
    pub provider: Arc<CryptoProvider>,
    /// Faults by data-center code in lower case.
    pub faults: BTreeMap<String, Fault>,
}

/// One region of a fleet.
#[derive(Debug, Clone)]
pub struct Site {
    /// What to probe. The expected members are the addresses of the region's servers.
    pub endpoint: Endpoint,
    /// Its distance.
    pub round_trip: Duration,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// Why a fleet could not be started.
#[derive(Debug)]
pub enum FleetError {
    /// There is a fault for a region that does not exist.
    UnknownRegion(String),
    /// The socket for this address could not be had.
    Socket(SocketAddr, io::Error),
    /// A certificate could not be made.
    Certificate(rcgen::Error),
    /// The provider cannot serve with the certificate.
    Tls(rustls::Error),
}

impl fmt::Display for FleetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRegion(code) => {
                let known = REGIONS.map(|region| region.code).join(", ");
                write!(f, "the simulated fleet has no region {code:?}; it has {known}")
            }
            Self::Socket(address, error)
                if error.kind() == io::ErrorKind::AddrNotAvailable
                    && address.ip() != DNS_ADDRESS =>
            {
                write!(
                    f,
                    "cannot use {}: {error}; the simulated fleet needs the whole of 127.0.0.0/8 \
                     on the loopback interface, as Linux and Windows have it",
                    address.ip()
                )
            }
            Self::Socket(address, error) => write!(f, "cannot listen at {address}: {error}"),
            Self::Certificate(error) => write!(f, "cannot make a certificate: {error}"),
            Self::Tls(error) => write!(f, "cannot set up TLS: {error}"),
        }
    }
}

impl std::error::Error for FleetError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::UnknownRegion(_) => None,
            Self::Socket(_, error) => Some(error),
            Self::Certificate(error) => Some(error),
            Self::Tls(error) => Some(error),
        }
    }
}

/// A running fleet. Dropping it ends all its servers and connections.
#[derive(Debug)]
pub struct Fleet {
    sites: Vec<Site>,
    authority_pem: String,
    resolver: SocketAddr,
    dns: Arc<DnsServer>,
    behaviours: BTreeMap<IpAddr, watch::Sender<Behaviour>>,
    /// Bound and not listening: connections are refused, and nobody else can take the port.
    refusing: Vec<TcpSocket>,
    servers: JoinSet<Infallible>,
}

impl Fleet {
    /// Starts six regions of two members each and a DNS server, all on loopback; when this
    /// returns they accept. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// See [`FleetError`]. Nothing is left running.
    pub fn start(options: &FleetOptions) -> Result<Self, FleetError> {
        let known = |code: &String| REGIONS.iter().any(|region| region.code == code);
        if let Some(unknown) = options.faults.keys().find(|code| !known(code)) {
            return Err(FleetError::UnknownRegion(unknown.clone()));
        }
        let authority = Authority::new(options.now).map_err(FleetError::Certificate)?;
        let members = pair::bind(&addresses())
            .map_err(|(address, error)| FleetError::Socket(address, error))?;
        let port = members.first().map_or(0, |pair| pair.address.port());
        let (resolver, udp, tcp) = dns::bind(DNS_ADDRESS)
            .map_err(|error| FleetError::Socket(SocketAddr::new(DNS_ADDRESS, 0), error))?;
        let sites = sites(port, options);
        let server = Arc::new(DnsServer::new(sites.iter().map(zone_entry).collect()));
        let mut fleet = Self {
            sites: Vec::new(),
            authority_pem: authority.pem(),
            resolver,
            dns: Arc::clone(&server),
            behaviours: BTreeMap::new(),
            refusing: Vec::new(),
            servers: JoinSet::new(),
        };
        fleet.servers.spawn(server.serve(udp, tcp));
        let mut members = members.into_iter();
        for site in sites {
            let tls = site_tls(&site, &authority, options)?;
            for number in 1..=MEMBERS {
                if let Some(pair) = members.next() {
                    fleet.add_member(&site, number, pair, &tls)?;
                }
            }
            fleet.sites.push(site);
        }
        Ok(fleet)
    }

    fn add_member(
        &mut self,
        site: &Site,
        number: u8,
        pair: Pair,
        tls: &SiteTls,
    ) -> Result<(), FleetError> {
        let fault = site.fault.as_ref();
        if fault.is_some_and(|fault| fault.silences(number)) {
            self.refusing.extend([pair.service, pair.content]);
            return Ok(());
        }
        let (sender, behaviour) =
            watch::channel(fault.map_or(Behaviour::Healthy, Fault::behaviour));
        let apart = matches!(fault, Some(Fault::DifferentDatabases)) && number == MEMBERS;
        let options = ServerOptions {
            tls: Some(Arc::clone(&tls.whole)),
            old_tls: tls.old.clone(),
            round_trip: site.round_trip,
            machine: format!("WSUS-{}-{number}", site.endpoint.name).to_uppercase(),
            last_change: if apart { OTHER_LAST_CHANGE } else { LAST_CHANGE }.to_owned(),
            ..ServerOptions::default()
        };
        self.behaviours.insert(pair.address.ip(), sender);
        let listen = |socket: TcpSocket| {
            socket.listen(BACKLOG).map_err(|error| FleetError::Socket(pair.address, error))
        };
        if matches!(fault, Some(Fault::BrokenContent)) {
            self.refusing.push(pair.content);
        } else {
            let content = listen(pair.content)?;
            self.servers.spawn(server::serve(content, options.content_port(), behaviour.clone()));
        }
        let service = listen(pair.service)?;
        self.servers.spawn(server::serve(service, options, behaviour));
        Ok(())
    }

    /// The regions, nearest first.
    pub fn describe(&self) -> &[Site] {
        &self.sites
    }

    /// What to probe, nearest first.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        self.sites.iter().map(|site| site.endpoint.clone()).collect()
    }

    /// Where the fleet's DNS answers, by UDP and TCP.
    pub const fn resolver(&self) -> SocketAddr {
        self.resolver
    }

    /// The fleet's DNS, to change its zone or count its queries.
    pub const fn dns(&self) -> &Arc<DnsServer> {
        &self.dns
    }

    /// The root certificate that all servers' certificates come from, in PEM.
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// What a simulated dialer must put in front of each server's address: the round-trip time
    /// of connecting, which is not delayed by the servers themselves, or the black hole.
    pub fn simulated_links(&self) -> BTreeMap<IpAddr, SimulatedLink> {
        let links = self.sites.iter().flat_map(|site| {
            let link = match site.fault {
                Some(Fault::BlackHole) => SimulatedLink::BlackHole,
                _ => SimulatedLink::RoundTrip(site.round_trip),
            };
            site.endpoint.expected_members.iter().map(move |address| (*address, link))
        });
        links.collect()
    }

    /// Changes how the server at that address behaves, at both its ports; false where none
    /// listens.
    pub fn set_behaviour(&self, address: IpAddr, behaviour: Behaviour) -> bool {
        self.behaviours.get(&address).is_some_and(|sender| sender.send(behaviour).is_ok())
    }

    /// Makes the server at that address behave as it did at the start; false where none listens.
    pub fn reset_behaviour(&self, address: IpAddr) -> bool {
        let mut sites = self.sites.iter();
        let here = sites.find(|site| site.endpoint.expected_members.contains(&address));
        let fault = here.and_then(|site| site.fault.as_ref());
        self.set_behaviour(address, fault.map_or(Behaviour::Healthy, Fault::behaviour))
    }

    /// A configuration file with which the other commands see this fleet as `demo` does.
    /// `ca_file` is where [`authority_pem`](Self::authority_pem) was written to.
    pub fn config_toml(&self, ca_file: &str) -> String {
        file::render(&self.sites, self.resolver, &self.simulated_links(), ca_file)
    }
}

/// The addresses of all members, region by region.
fn addresses() -> Vec<IpAddr> {
    let regions = (1..).zip(&REGIONS);
    regions.flat_map(|(number, _)| (1..=MEMBERS).map(move |member| at(number, member))).collect()
}

/// The address of a member; both numbers count from 1.
fn at(region: u8, member: u8) -> IpAddr {
    Ipv4Addr::new(127, 77, region, member).into()
}

fn sites(port: u16, options: &FleetOptions) -> Vec<Site> {
    let site = |(number, region): (u8, &Region)| Site {
        endpoint: Endpoint {
            name: EndpointName(region.code.to_owned()),
            dc: Some(region.code.to_uppercase()),
            region: Some(region.name.to_owned()),
            url: EndpointUrl { scheme: Scheme::Https, host: Host::Name(host(region.code)), port },
            server_name: None,
            priority: None,
            expected_members: (1..=MEMBERS).map(|member| at(number, member)).collect(),
            family: Family::Any,
            resolvers_may_differ: false,
            time_zone: Some(region.time_zone.to_owned()),
            patch_window: patch_window(region, options.now),
            hierarchy: Hierarchy::default(),
            tls: TlsExpectations::default(),
        },
        round_trip: region.round_trip,
        fault: options.faults.get(region.code).cloned(),
    };
    (1..).zip(&REGIONS).map(site).collect()
}

/// The region's patch window on its own clock, to the minute.
fn patch_window(region: &Region, now: SystemTime) -> Option<PatchWindow> {
    let (_, opens, lasts) = PATCH_WINDOWS.iter().find(|(code, ..)| *code == region.code)?;
    let local = Timestamp::try_from(now).ok()?.in_tz(region.time_zone).ok()?;
    let minute = u64::try_from(i16::from(local.hour()) * 60 + i16::from(local.minute())).ok()?;
    let start = (minute + opens) % DAY;
    let end = (start + lasts) % DAY;
    Some(PatchWindow::Nightly { start: Duration::from_mins(start), end: Duration::from_mins(end) })
}

/// A region's name in DNS, under a top-level domain that never exists (RFC 6761).
fn host(code: &str) -> String {
    format!("msupdate.{code}.demo.test")
}

fn zone_entry(site: &Site) -> (String, Entry) {
    let addresses = site.endpoint.expected_members.iter().copied();
    (site.endpoint.tls_name(), Entry { delay: DNS_DELAY, ..Entry::new(addresses) })
}

/// What a region's members have of TLS.
struct SiteTls {
    whole: Arc<rustls::ServerConfig>,
    /// What is there in place of it.
    old: Option<Arc<OldTls>>,
}

/// The TLS of a region's members, which share one certificate.
fn site_tls(
    site: &Site,
    authority: &Authority,
    options: &FleetOptions,
) -> Result<SiteTls, FleetError> {
    let mut issue = IssueOptions::new([site.endpoint.tls_name()], options.now);
    if matches!(site.fault, Some(Fault::ExpiredCertificate)) {
        issue.not_before = options.now - EXPIRED_AGE;
        issue.not_after = options.now - EXPIRED_SINCE;
    }
    let provider = match &site.fault {
        Some(Fault::OldWindows(provider)) => provider,
        _ => &options.provider,
    };
    let identity = authority.issue(&issue).map_err(FleetError::Certificate)?;
    let old = matches!(site.fault, Some(Fault::Tls10Only)).then(|| {
        Arc::new(OldTls {
            oldest: Protocol::Tls10,
            newest: Protocol::Tls10,
            suites: OLD_SUITES.to_vec(),
            chain: identity.chain.clone(),
        })
    });
    let whole = tls_config(Arc::clone(provider), identity).map_err(FleetError::Tls)?;
    Ok(SiteTls { whole, old })
}

#[cfg(test)]
mod tests;
