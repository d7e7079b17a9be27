//! Names to addresses, one family at a time, with the kernel's time.
//!
//! Each family keeps its own answer, its own time and its own error: asking for both at once
//! would hide the error of one behind the answer of the other.

mod failure;
pub mod udp;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hickory_resolver::Resolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::proto::rr::{Name, RData, RecordType as WireType};
use hickory_resolver::system_conf::read_system_conf;

use crate::model::endpoint::ResolverChoice;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::report::{Addresses, Answerer, Lookup, RecordType};
use crate::model::timing::Timed;
use crate::net::clock;
use crate::net::dns::udp::{Notebook, Runtime};

/// Answers questions for addresses.
pub trait Resolve: Send + Sync {
    /// Asks for one kind of address of one name, within `limit`. Dropping the future abandons
    /// the question.
    fn lookup<'a>(
        &'a self,
        name: &'a str,
        record_type: RecordType,
        limit: Duration,
    ) -> BoxFuture<'a, Lookup>;

    /// The servers that may be asked, in the order of the configuration; none where they are not
    /// known.
    fn servers(&self) -> Vec<SocketAddr> {
        Vec::new()
    }
}

/// A resolver over the network, without a cache: every lookup is a measurement.
pub struct Dns {
    resolver: Resolver<Runtime>,
    servers: Vec<SocketAddr>,
    /// Whoever is asked is asked by UDP first, and that is noted.
    is_noted: bool,
    notebook: Notebook,
}

impl Dns {
    /// Prepares a resolver. `tls` holds the trusted roots for [`ResolverChoice::Tls`] and is not
    /// used otherwise. Sends nothing.
    ///
    /// # Errors
    /// A failure of phase resolve when the system's configuration cannot be read or names no
    /// server.
    pub fn new(
        choice: &ResolverChoice,
        limit: Duration,
        tls: Option<rustls::ClientConfig>,
    ) -> Result<Self, Failure> {
        let notebook = Notebook::default();
        let runtime = Runtime::new(notebook.clone());
        let (config, mut options) = match choice {
            ResolverChoice::System => read_system_conf().map_err(|e| no_resolver(&e))?,
            ResolverChoice::Plain(server) => (plain(*server), ResolverOpts::default()),
            ResolverChoice::Tls { address, name } => {
                (over_tls(*address, name.as_str().into()), ResolverOpts::default())
            }
        };
        set_options(&mut options, limit, choice);
        let servers = servers(&config);
        let mut builder = Resolver::builder_with_config(config, runtime).with_options(options);
        if let (ResolverChoice::Tls { .. }, Some(tls)) = (choice, tls) {
            builder = builder.with_tls_config(tls);
        }
        let resolver = builder.build().map_err(|error| no_resolver(&error))?;
        let is_noted = !matches!(choice, ResolverChoice::Tls { .. });
        Ok(Self { resolver, servers, is_noted, notebook })
    }

    async fn ask(&self, name: &str, record_type: RecordType, limit: Duration) -> Lookup {
        let start = clock::now();
        let absolute = absolute_name(name);
        let wire_type = match record_type {
            RecordType::A => WireType::A,
            RecordType::Aaaa => WireType::AAAA,
        };
        let asked = absolute.clone();
        let outcome = match asked {
            Err(failure) => Err(failure),
            Ok(asked) => {
                // An abandoned lookup of the same name may have left its notes.
                let _ = self.noted(&asked, wire_type);
                let lookup = self.resolver.lookup(asked, wire_type);
                match tokio::time::timeout(limit, lookup).await {
                    Err(_) => Err(failure::timeout(name, limit)),
                    Ok(Err(error)) => Err(failure::of(name, record_type, &error)),
                    Ok(Ok(lookup)) => addresses(name, record_type, lookup.answers()),
                }
            }
        };
        let elapsed = clock::now().saturating_duration_since(start);
        let noted = absolute.ok().and_then(|asked| self.noted(&asked, wire_type));
        let noted_time = noted.and_then(|noted| noted.time);
        let answered = outcome.as_ref().err().is_none_or(|failure| {
            // A refusal is the resolver's word, or it is not there at all.
            is_answer(failure.cause) || (failure.cause == Cause::Refused && noted_time.is_some())
        });
        // The notes are of one exchange; an alias may have taken several.
        let alias = match &outcome {
            Ok(found) => !found.cname_chain.is_empty(),
            Err(failure) => failure.cause == Cause::DanglingCname,
        };
        let time = noted_time.filter(|_| !alias).unwrap_or_else(|| Timed::user(elapsed));
        let answered_by = answered.then(|| self.answerer(noted)).flatten();
        Lookup {
            record_type,
            time: answered.then_some(time),
            resends: noted.map(|noted| noted.resends),
            answered_by,
            outcome,
        }
    }

    fn answerer(&self, noted: Option<udp::Noted>) -> Option<Answerer> {
        if self.is_noted && noted.is_none() {
            return Some(Answerer::ThisMachine);
        }
        let only = match self.servers.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        only.or_else(|| noted?.server).map(Answerer::Server)
    }

    fn noted(&self, name: &Name, wire_type: WireType) -> Option<udp::Noted> {
        let mut wire = Vec::new();
        for label in name {
            wire.push(u8::try_from(label.len()).ok()?);
            wire.extend(label);
        }
        wire.push(0);
        self.notebook.take(&wire, wire_type.into())
    }
}

impl Resolve for Dns {
    fn lookup<'a>(
        &'a self,
        name: &'a str,
        record_type: RecordType,
        limit: Duration,
    ) -> BoxFuture<'a, Lookup> {
        Box::pin(self.ask(name, record_type, limit))
    }

    fn servers(&self) -> Vec<SocketAddr> {
        self.servers.clone()
    }
}

/// With a trailing dot, so that no search list is tried: the search would ask for other names
/// and its time would be counted as this one's.
fn absolute_name(name: &str) -> Result<Name, Failure> {
    let dotted = format!("{}.", name.trim_end_matches('.'));
    Name::from_ascii(&dotted).map_err(|error| {
        Failure::new(Phase::Resolve, Cause::NxDomain, format!("{name} is not a DNS name: {error}"))
    })
}

fn set_options(options: &mut ResolverOpts, limit: Duration, choice: &ResolverChoice) {
    options.cache_size = 0;
    if *choice != ResolverChoice::System {
        // The hosts file belongs to this machine's own resolution, not to that server.
        options.use_hosts_file = ResolveHosts::Never;
    }
    options.timeout = limit;
    // One retry with another server or after an error answer; the caller's limit rules.
    options.attempts = 1;
    // Windows may ask the user about ports that the system did not choose.
    options.os_port_selection = true;
    options.preserve_intermediates = true;
}

fn plain(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    config(server, connections.into())
}

fn over_tls(server: SocketAddr, name: Arc<str>) -> ResolverConfig {
    config(server, vec![ConnectionConfig::tls(name)])
}

fn config(server: SocketAddr, mut connections: Vec<ConnectionConfig>) -> ResolverConfig {
    for connection in &mut connections {
        connection.port = server.port();
    }
    let servers = vec![NameServerConfig::new(server.ip(), true, connections)];
    ResolverConfig::from_parts(None, Vec::new(), servers)
}

/// The addresses of the servers, by the port of their first connection.
fn servers(config: &ResolverConfig) -> Vec<SocketAddr> {
    let server = |server: &NameServerConfig| {
        Some(SocketAddr::new(server.ip, server.connections.first()?.port))
    };
    config.name_servers().iter().filter_map(server).collect()
}

fn no_resolver(error: &impl std::fmt::Display) -> Failure {
    Failure::new(Phase::Resolve, Cause::NoResolver, error.to_string())
}

/// Whether the cause means that a server answered, so that the time is an answer's.
fn is_answer(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::NxDomain
            | Cause::NoData
            | Cause::ServFail
            | Cause::DanglingCname
            | Cause::BadDnsAnswer
    )
}

fn addresses(
    name: &str,
    record_type: RecordType,
    answers: &[hickory_resolver::proto::rr::Record],
) -> Result<Addresses, Failure> {
    let mut found = Addresses::default();
    for record in answers {
        if let RData::CNAME(target) = &record.data {
            let target = target.0.to_string();
            found.cname_chain.push(target.trim_end_matches('.').to_owned());
        }
        let Some(address) = record.data.ip_addr() else { continue };
        let ttl = Duration::from_secs(u64::from(record.ttl));
        found.ttl = Some(found.ttl.map_or(ttl, |least| least.min(ttl)));
        if !found.addresses.contains(&address) {
            found.addresses.push(address);
        }
    }
    if !found.addresses.is_empty() {
        return Ok(found);
    }
    Err(failure::no_address(name, record_type, &found.cname_chain))
}

/// The outcome of a question that could not be asked.
pub fn unavailable(record_type: RecordType, failure: &Failure) -> Lookup {
    let outcome = Err(failure.clone());
    Lookup { record_type, time: None, resends: None, answered_by: None, outcome }
}

/// Stands in for a resolver that cannot be had: every lookup fails with the reason.
pub struct Unavailable {
    failure: Failure,
}

impl Unavailable {
    /// `failure` is of phase resolve.
    pub fn new(failure: Failure) -> Self {
        Self { failure }
    }
}

impl Resolve for Unavailable {
    fn lookup<'a>(
        &'a self,
        _name: &'a str,
        record_type: RecordType,
        _limit: Duration,
    ) -> BoxFuture<'a, Lookup> {
        let lookup = unavailable(record_type, &self.failure);
        Box::pin(async move { lookup })
    }
}
