//! What a long run asks of the machine it runs on, as a value: so that tests can put it to sleep,
//! step its clock and take its routes away.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, SystemTime};

use crate::net::{clock, sockets};

/// Addresses for documentation (RFC 5737, RFC 3849): only a default route leads there.
const ELSEWHERE: [(&str, IpAddr, IpAddr); 2] = [
    ("IPv4", IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))),
    (
        "IPv6",
        IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
    ),
];

/// The discard service's port: no packet is sent there, but the system wants one named.
const DISCARD: u16 = 9;

/// The machine this process runs on.
pub trait Machine: Send + Sync {
    /// The wall clock.
    fn wall(&self) -> SystemTime;

    /// See [`clock::since_boot`].
    fn since_boot(&self) -> Option<Duration>;

    /// Whether the system knows a way out, for each address family, or its own words why not.
    /// Sends nothing and does not wait.
    fn routes(&self) -> Vec<(&'static str, Result<(), String>)>;

    /// How many sockets this process may have open at once.
    fn sockets(&self) -> usize;
}

/// The real one.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThisMachine;

impl Machine for ThisMachine {
    fn wall(&self) -> SystemTime {
        clock::wall()
    }

    fn since_boot(&self) -> Option<Duration> {
        clock::since_boot()
    }

    fn routes(&self) -> Vec<(&'static str, Result<(), String>)> {
        let ask = |from: IpAddr, to: IpAddr| {
            let socket = UdpSocket::bind(SocketAddr::new(from, 0))?;
            socket.connect(SocketAddr::new(to, DISCARD))
        };
        let families = ELSEWHERE.iter();
        families.map(|&(name, from, to)| (name, ask(from, to).map_err(|e| e.to_string()))).collect()
    }

    fn sockets(&self) -> usize {
        sockets::budget()
    }
}

#[cfg(test)]
mod tests {
    use super::{Machine, ThisMachine};

    #[test]
    fn each_family_is_asked_for_its_route() {
        let routes = ThisMachine.routes();
        assert_eq!(routes.iter().map(|(family, _)| *family).collect::<Vec<_>>(), ["IPv4", "IPv6"]);
        assert!(routes.iter().all(|(_, way)| way.as_ref().err().is_none_or(|e| !e.is_empty())));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn time_since_boot_does_not_go_back() {
        let first = ThisMachine.since_boot().unwrap();
        assert!(ThisMachine.since_boot().unwrap() >= first);
    }
}
