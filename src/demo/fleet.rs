//! Six regions of simulated WSUS servers, their certificates and their DNS.

pub mod fault;
mod file;
mod regions;
mod tls;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::crypto::CryptoProvider;
use tokio::net::TcpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::model::endpoint::{Endpoint, SimulatedLink};

use self::fault::Fault;
use self::regions::{MEMBERS, REGIONS, addresses, sites};
use self::tls::{SiteTls, site_tls};
use super::authority::Authority;
use super::dns::{self, DnsServer, Entry};
use super::pair::{self, Pair};
use super::server::{self, Behaviour, ServerOptions};
use super::soap::LAST_CHANGE;

/// Where the fleet's DNS listens: the one loopback address that every system has.
const DNS_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How long the fleet's DNS takes to answer: as far as a resolver in the same site.
const DNS_DELAY: Duration = Duration::from_millis(2);

/// Connections that may wait to be accepted at one server.
const BACKLOG: u32 = 1024;

/// When the configuration last changed at a second member with a database of its own.
const OTHER_LAST_CHANGE: &str = "2026-06-02T19:45:08.03Z";

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

fn zone_entry(site: &Site) -> (String, Entry) {
    let addresses = site.endpoint.expected_members.iter().copied();
    (site.endpoint.tls_name(), Entry { delay: DNS_DELAY, ..Entry::new(addresses) })
}

#[cfg(test)]
mod tests;
