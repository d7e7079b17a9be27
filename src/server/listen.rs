//! Listening sockets, and messages that say what to do when there are none.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use listenfd::ListenFd;
use socket2::{Domain, Protocol, Socket, Type};

/// Connections that wait to be accepted: a storm of scrapes fits; the system may take fewer.
const BACKLOG: i32 = 1024;

/// Why an address cannot be listened on, with the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenError(String);

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ListenError {}

/// Listens on every address, or on none; port 0 takes a free one. Where there is no IPv6, the
/// address for all of both families stands for all of IPv4.
///
/// # Errors
/// The first address that is taken or not allowed, and what to do about it.
pub fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, ListenError> {
    addresses.iter().map(|address| bind_one(*address)).collect()
}

/// The sockets that systemd passed to this process (`sd_listen_fds(3)`). Takes them: a second call
/// finds none. It clears the environment's variables for them, so it belongs before the first
/// thread is started.
///
/// # Errors
/// None was passed, or one is not a listening TCP socket.
pub fn from_systemd() -> Result<Vec<TcpListener>, ListenError> {
    let mut passed = ListenFd::from_env();
    if passed.len() == 0 {
        return Err(ListenError(
            "systemd passed no socket to this process: start its .socket unit, not the .service \
             alone, or use --web.listen-address"
                .to_owned(),
        ));
    }
    let unusable = |index: usize, fault: &str| {
        ListenError(format!(
            "the socket {} that systemd passed cannot be used: {fault}; the .socket unit should \
             have only ListenStream= with an address and a port",
            index + 1
        ))
    };
    (0..passed.len())
        .map(|index| match passed.take_tcp_listener(index) {
            Ok(Some(listener)) => Ok(listener),
            Ok(None) => Err(unusable(index, "it is gone")),
            Err(error) => Err(unusable(index, &error.to_string())),
        })
        .collect()
}

fn bind_one(address: SocketAddr) -> Result<TcpListener, ListenError> {
    let is_any = address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    let opened = match open(address) {
        Err(error) if is_any && error.kind() != io::ErrorKind::AddrInUse => {
            open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()))
        }
        opened => opened,
    };
    opened.map_err(|error| explain(address, &error))
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Connections of a process that has ended must not keep its successor from starting. On
    // Windows the option would let another process take the port away.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(address.ip() != IpAddr::V6(Ipv6Addr::UNSPECIFIED))?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "std's list of kinds is open")]
fn explain(address: SocketAddr, error: &io::Error) -> ListenError {
    let port = address.port();
    let remedy = match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "another program listens there, or another wsus-probe; `ss -ltnp 'sport = :{port}'` \
             (on Windows `netstat -ano`) tells which; or choose another port with \
             --web.listen-address"
        ),
        io::ErrorKind::PermissionDenied => {
            "this user may not listen there: ports below 1024 need root or \
             AmbientCapabilities=CAP_NET_BIND_SERVICE; choose a port above"
                .to_owned()
        }
        io::ErrorKind::AddrNotAvailable => {
            "no interface of this machine has that address; `ip address` lists them, and :PORT \
             stands for all"
                .to_owned()
        }
        _ => "choose another address with --web.listen-address".to_owned(),
    };
    ListenError(format!("cannot listen on {address}: {error}\n  hint: {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_had_or_refused_with_a_remedy() {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let bound = bind(&[free, (Ipv6Addr::UNSPECIFIED, 0).into()]).unwrap();
        assert_eq!(bound.len(), 2);
        let taken = bound[0].local_addr().unwrap();
        // An address that is for documentation.
        let foreign = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 0));
        for (address, part) in [(taken, "ss -ltnp"), (foreign, "ip address")] {
            let error = bind(&[free, address]).unwrap_err().to_string();
            assert!(error.starts_with(&format!("cannot listen on {address}: ")), "{error}");
            assert!(error.contains("hint: ") && error.contains(part), "{error}");
        }
    }
}
