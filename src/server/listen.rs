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

/// Listens on every address: `IP:PORT`, `[IPv6]:PORT`, `localhost:PORT` (IPv4), or `:PORT` for all
/// addresses of this machine. Port 0 takes a free one. All or none.
///
/// # Errors
/// The first address that is malformed, taken or not allowed, and what to do about it.
pub fn bind<A: AsRef<str>>(addresses: &[A]) -> Result<Vec<TcpListener>, ListenError> {
    addresses.iter().map(|address| bind_one(address.as_ref())).collect()
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

fn bind_one(text: &str) -> Result<TcpListener, ListenError> {
    let (address, is_any) = parse(text)?;
    let opened = match open(address) {
        // A machine without IPv6 has no address for both families.
        Err(error) if is_any && error.kind() != io::ErrorKind::AddrInUse => {
            open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()))
        }
        opened => opened,
    };
    opened.map_err(|error| explain(text, address.port(), &error))
}

/// The address, and whether it stands for all addresses of both families.
fn parse(text: &str) -> Result<(SocketAddr, bool), ListenError> {
    let port_of = |rest: &str| rest.parse::<u16>().ok();
    if let Some(port) = text.strip_prefix(':').and_then(port_of) {
        return Ok((SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port), true));
    }
    if let Some(port) = text.strip_prefix("localhost:").and_then(port_of) {
        return Ok((SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port), false));
    }
    text.parse().map(|address| (address, false)).map_err(|_| {
        ListenError(format!(
            "{text:?} is not an address to listen on: expected IP:PORT such as 127.0.0.1:18530, \
             [IPv6]:PORT, or :PORT for all addresses of this machine; names other than localhost \
             are not looked up"
        ))
    })
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
fn explain(text: &str, port: u16, error: &io::Error) -> ListenError {
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
    ListenError(format!("cannot listen on {text}: {error}: {remedy}"))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::bind;

    #[test]
    fn addresses_are_read_or_refused_with_a_remedy() {
        for address in ["127.0.0.1:0", "localhost:0"] {
            let bound = bind(&[address]).unwrap();
            assert!(bound[0].local_addr().unwrap().ip().is_loopback());
        }
        for (address, part) in [
            ("", "expected IP:PORT"),
            ("127.0.0.1", "expected IP:PORT"),
            ("127.0.0.1:65536", "expected IP:PORT"),
            ("name.example:80", "not looked up"),
            ("192.0.2.1:0", "ip address"),
        ] {
            let error = bind(&[address]).unwrap_err().to_string();
            assert!(error.contains(part), "{address}: {error}");
        }
    }

    #[test]
    fn a_taken_port_names_the_command_that_tells_by_whom() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = taken.local_addr().unwrap();
        let error = bind(&["127.0.0.1:0".to_owned(), address.to_string()]).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(&format!("ss -ltnp 'sport = :{}'", address.port())), "{error}");
        assert!(error.contains(&address.to_string()), "{error}");
    }
}
