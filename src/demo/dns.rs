//! A small DNS server with the troubles of real ones.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hickory_resolver::proto::rr::RecordType as WireType;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::model::report::RecordType;

mod reply;

/// Time to live of every record: shorter than any interval between two rounds, so that a change
/// of the zone is seen by the next.
pub const TTL: Duration = Duration::from_secs(5);

/// Queries and connections handled at once; further datagrams wait in the socket's buffer.
const IN_FLIGHT: usize = 512;

/// Pause after a failed receive or accept, so that a broken socket does not become a busy loop.
const FAILURE_PAUSE: Duration = Duration::from_millis(50);

/// Ports tried for one that is free for UDP and TCP: another program may hold one by chance,
/// hardly several in a row.
const PORT_ATTEMPTS: usize = 20;

/// Binds the two sockets of a DNS server at a common port that the system chooses. Must be
/// called within a tokio runtime.
///
/// # Errors
///
/// When the address is not this machine's, or no common port was found.
pub fn bind(address: IpAddr) -> io::Result<(SocketAddr, UdpSocket, TcpListener)> {
    let attempt = || {
        let udp = std::net::UdpSocket::bind((address, 0))?;
        let bound = udp.local_addr()?;
        let tcp = std::net::TcpListener::bind(bound)?;
        udp.set_nonblocking(true)?;
        tcp.set_nonblocking(true)?;
        Ok((bound, UdpSocket::from_std(udp)?, TcpListener::from_std(tcp)?))
    };
    let mut result: io::Result<_> = attempt();
    for _ in 1..PORT_ATTEMPTS {
        match &result {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => result = attempt(),
            _ => break,
        }
    }
    result
}

/// Names and what is said of them. Names are in lower case without a trailing dot; names that
/// are not there do not exist (NXDOMAIN).
pub type Zone = BTreeMap<String, Entry>;

/// What the server says of one name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// Its A and AAAA records, in this order.
    pub addresses: Vec<IpAddr>,
    /// The name it is an alias of (CNAME); its own addresses do not count then. An alias of a
    /// name that is not in the zone leads nowhere: the answer is the CNAME, with NXDOMAIN.
    pub alias: Option<String>,
    /// Time to live of its records, where that is not [`TTL`].
    pub ttl: Option<Duration>,
    /// What goes wrong.
    pub trouble: Trouble,
    /// Queries over UDP that are dropped at first, for A and for AAAA each.
    pub drop_first: u32,
    /// How long each answer takes.
    pub delay: Duration,
}

impl Entry {
    /// A name with these addresses and no trouble.
    pub fn new(addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self { addresses: addresses.into_iter().collect(), ..Self::default() }
    }

    /// An alias of another name.
    pub fn alias(target: impl Into<String>) -> Self {
        Self { alias: Some(target.into()), ..Self::default() }
    }

    /// A name with this trouble.
    pub fn trouble(trouble: Trouble) -> Self {
        Self { trouble, ..Self::default() }
    }
}

/// What can be wrong with the answers for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// The name does not exist.
    NxDomain,
    /// The server failed.
    ServFail,
    /// The server will not say.
    Refused,
    /// There is no answer at all, by UDP or TCP.
    Silent,
    /// The name exists and has no addresses.
    NoData,
    /// Over UDP only an empty answer that says "truncated"; over TCP the whole.
    Truncated,
}

/// A zone and the count of the queries for it. Both may be looked at and changed while served.
#[derive(Debug, Default)]
pub struct DnsServer {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    zone: Zone,
    /// Queries so far by name, type and transport.
    counts: HashMap<(String, WireType, Transport), u32>,
}

/// How a query came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// In a datagram.
    Udp,
    /// In a TCP stream, after its two-byte length (RFC 1035 section 4.2.2).
    Tcp,
}

impl DnsServer {
    /// A server of this zone; it answers once [`serve`](Self::serve) runs.
    pub fn new(zone: Zone) -> Self {
        Self { state: Mutex::new(State { zone, counts: HashMap::new() }) }
    }

    /// Changes the zone; the next query sees it.
    pub fn change(&self, change: impl FnOnce(&mut Zone)) {
        self.with_state(|state| change(&mut state.zone));
    }

    /// How many queries came for this name (lower case, no trailing dot) and type, dropped ones
    /// included. Only names of the zone are counted.
    pub fn queries(&self, name: &str, record_type: RecordType, transport: Transport) -> u32 {
        let record_type = match record_type {
            RecordType::A => WireType::A,
            RecordType::Aaaa => WireType::AAAA,
        };
        let key = (name.to_owned(), record_type, transport);
        self.with_state(|state| state.counts.get(&key).copied().unwrap_or_default())
    }

    /// Serves both sockets until dropped; dropping the future closes all connections.
    pub async fn serve(self: Arc<Self>, udp: UdpSocket, tcp: TcpListener) -> Infallible {
        tokio::select! {
            never = Arc::clone(&self).serve_udp(udp) => never,
            never = self.serve_tcp(tcp) => never,
        }
    }

    async fn serve_udp(self: Arc<Self>, socket: UdpSocket) -> Infallible {
        let socket = Arc::new(socket);
        let mut queries = JoinSet::new();
        let mut buffer = vec![0; usize::from(u16::MAX)];
        loop {
            while queries.len() >= IN_FLIGHT {
                queries.join_next().await;
            }
            tokio::select! {
                received = socket.recv_from(&mut buffer) => match received {
                    Ok((length, peer)) => {
                        let query = buffer.iter().take(length).copied().collect();
                        let server = Arc::clone(&self);
                        queries.spawn(server.answer_datagram(Arc::clone(&socket), peer, query));
                    }
                    Err(_) => sleep(FAILURE_PAUSE).await,
                },
                Some(_) = queries.join_next() => {}
            }
        }
    }

    async fn answer_datagram(
        self: Arc<Self>,
        socket: Arc<UdpSocket>,
        peer: SocketAddr,
        query: Vec<u8>,
    ) -> io::Result<()> {
        if let Some(answer) = self.answer(&query, Transport::Udp).await {
            socket.send_to(&answer, peer).await?;
        }
        Ok(())
    }

    async fn serve_tcp(self: Arc<Self>, listener: TcpListener) -> Infallible {
        let mut connections = JoinSet::new();
        loop {
            while connections.len() >= IN_FLIGHT {
                connections.join_next().await;
            }
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(Arc::clone(&self).answer_stream(stream));
                    }
                    Err(_) => sleep(FAILURE_PAUSE).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    /// Answers one query after the other until the client closes.
    async fn answer_stream(self: Arc<Self>, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        loop {
            let length = stream.read_u16().await?;
            let mut query = vec![0; usize::from(length)];
            stream.read_exact(&mut query).await?;
            if let Some(answer) = self.answer(&query, Transport::Tcp).await {
                let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
                let framed: Vec<u8> = length.to_be_bytes().into_iter().chain(answer).collect();
                stream.write_all(&framed).await?;
            }
        }
    }

    /// The answer to a query when it is time to send it; nothing if there is to be none.
    async fn answer(&self, query: &[u8], transport: Transport) -> Option<Vec<u8>> {
        let query = reply::Question::parse(query)?;
        let (reply, delay) = self.with_state(|state| {
            let Some(entry) = state.zone.get(&query.name) else {
                return Some((query.reply(&state.zone, transport), Duration::ZERO));
            };
            let key = (query.name.clone(), query.record_type, transport);
            let count = state.counts.entry(key).or_default();
            *count = count.saturating_add(1);
            let dropped = transport == Transport::Udp && *count <= entry.drop_first;
            if dropped || entry.trouble == Trouble::Silent {
                return None;
            }
            Some((query.reply(&state.zone, transport), entry.delay))
        })?;
        if !delay.is_zero() {
            sleep(delay).await;
        }
        reply
    }

    fn with_state<R>(&self, use_it: impl FnOnce(&mut State) -> R) -> R {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
