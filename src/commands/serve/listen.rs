//! The sockets of the web server.

use std::io;
use std::net::{SocketAddr, TcpListener};

/// Listens at each of these addresses, or at none.
///
/// # Errors
/// The first address that cannot be had, with the reason and the remedy.
pub(super) fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, String> {
    let one = |address: &SocketAddr| {
        TcpListener::bind(address).map_err(|error| refused(*address, &error))
    };
    addresses.iter().map(one).collect()
}

/// Takes the sockets that systemd has opened.
///
/// # Errors
/// There are none.
pub(super) fn from_systemd() -> Result<Vec<TcpListener>, String> {
    let mut given = listenfd::ListenFd::from_env();
    let all = (0..given.len()).map(|index| given.take_tcp_listener(index));
    let all: Vec<_> = all
        .collect::<io::Result<Vec<_>>>()
        .map_err(|error| format!("a socket of systemd cannot be used: {error}"))?;
    let listeners: Vec<TcpListener> = all.into_iter().flatten().collect();
    if listeners.is_empty() {
        return Err(
            "systemd has passed no socket\n  hint: start the .socket unit that belongs to \
                    the service, or leave --web.systemd-socket out"
                .to_owned(),
        );
    }
    Ok(listeners)
}

fn refused(address: SocketAddr, error: &io::Error) -> String {
    let kind = error.kind();
    let hint = if kind == io::ErrorKind::AddrInUse {
        "another program, perhaps another wsus-probe, has this address: choose another with \
         --web.listen-address"
    } else if kind == io::ErrorKind::AddrNotAvailable {
        "this machine does not have this address: choose one of its own, or 0.0.0.0 for all"
    } else if kind == io::ErrorKind::PermissionDenied {
        "choose a port above 1023 with --web.listen-address"
    } else {
        "choose another address with --web.listen-address"
    };
    format!("cannot listen at {address}: {error}\n  hint: {hint}")
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_taken_address_is_told_with_the_remedy() {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let first = bind(&[free, free]).unwrap();
        let taken = first[1].local_addr().unwrap();
        let error = bind(&[free, taken]).unwrap_err();
        assert!(error.starts_with(&format!("cannot listen at {taken}: ")), "{error}");
        assert!(error.contains("hint: another program"), "{error}");
    }
}
