//! Pairs of ports: a service port and the content port below it, alike at many addresses.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpSocket;

/// Port pairs tried for one that is free at every address: another program may hold a port, and
/// so do connections that have ended a moment ago, after a storm of them most ports.
const PORT_ATTEMPTS: usize = 500;

/// The two sockets of a member, bound and not yet listening: connections are refused, and nobody
/// else can take the ports.
#[derive(Debug)]
pub struct Pair {
    /// Where the services are to be.
    pub service: TcpSocket,
    /// Where content is to be: one port below.
    pub content: TcpSocket,
    /// Address and port of `service`.
    pub address: SocketAddr,
}

/// Binds a pair at each address, all at the same two ports. Port N-1 is that which belongs to
/// the HTTPS port N (MS-WSUSSS 2.1).
///
/// # Errors
///
/// The address that could not be had, and why.
pub fn bind(addresses: &[IpAddr]) -> Result<Vec<Pair>, (SocketAddr, io::Error)> {
    let mut result = bind_all(addresses);
    for _ in 1..PORT_ATTEMPTS {
        match &result {
            Err((_, error)) if error.kind() == io::ErrorKind::AddrInUse => {
                result = bind_all(addresses);
            }
            _ => break,
        }
    }
    result
}

fn bind_all(addresses: &[IpAddr]) -> Result<Vec<Pair>, (SocketAddr, io::Error)> {
    let mut port = 0;
    let mut pairs = Vec::new();
    for address in addresses {
        let (bound, service) = bind_one(SocketAddr::new(*address, port))?;
        port = bound.port();
        let (_, content) = bind_one(SocketAddr::new(*address, port.saturating_sub(1)))?;
        pairs.push(Pair { service, content, address: bound });
    }
    Ok(pairs)
}

/// Binds without `SO_REUSEADDR`, so that the port is nobody else's at this address.
fn bind_one(address: SocketAddr) -> Result<(SocketAddr, TcpSocket), (SocketAddr, io::Error)> {
    let bind = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.bind(address)?;
        Ok((socket.local_addr()?, socket))
    };
    bind().map_err(|error| (address, error))
}
