//! The fleet's sockets: one port that is free at many addresses.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpSocket;

use super::FleetError;

/// Ports tried for one that is free at every address: another program may hold one by chance,
/// hardly several in a row.
const PORT_ATTEMPTS: usize = 20;

/// A socket for each address, bound and not yet listening, all at the same port.
pub(super) struct Bound {
    pub(super) port: u16,
    pub(super) sockets: Vec<(SocketAddr, TcpSocket)>,
}

/// Binds a TCP socket at each address, at a common port.
pub(super) fn bind(addresses: &[IpAddr]) -> Result<Bound, FleetError> {
    retry(|| {
        let mut port = 0;
        let mut sockets = Vec::new();
        for address in addresses {
            let (bound, socket) = bind_one(SocketAddr::new(*address, port))?;
            port = bound.port();
            sockets.push((bound, socket));
        }
        Ok(Bound { port, sockets })
    })
}

/// Binds without `SO_REUSEADDR`, so that the port is nobody else's at this address.
fn bind_one(address: SocketAddr) -> Result<(SocketAddr, TcpSocket), FleetError> {
    let bind = || {
        let socket = TcpSocket::new_v4()?;
        socket.bind(address)?;
        Ok((socket.local_addr()?, socket))
    };
    bind().map_err(|error| FleetError::Socket(address, error))
}

/// Tries again while a port turns out to be taken.
fn retry<T>(mut attempt: impl FnMut() -> Result<T, FleetError>) -> Result<T, FleetError> {
    let mut result = attempt();
    for _ in 1..PORT_ATTEMPTS {
        match &result {
            Err(FleetError::Socket(_, error)) if error.kind() == io::ErrorKind::AddrInUse => {
                result = attempt();
            }
            _ => break,
        }
    }
    result
}
