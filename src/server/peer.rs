//! Who is at the other end of a connection, as far as shares are concerned.

use std::net::{IpAddr, Ipv6Addr};

/// Leading bits of an IPv6 address that name a network: one host may use any of the addresses
/// below them (RFC 4291 section 2.5.4).
const NETWORK_BITS: u32 = 64;

/// An IPv4 address, or the network of an IPv6 address: what one peer can hardly have many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Peer(IpAddr);

impl Peer {
    /// The peer at this address.
    pub(super) fn at(address: IpAddr) -> Self {
        match address.to_canonical() {
            // Its network is the loopback's own.
            IpAddr::V6(ip) if !ip.is_loopback() => {
                let network = ip.to_bits() & !(u128::MAX >> NETWORK_BITS);
                Self(Ipv6Addr::from_bits(network).into())
            }
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => Self(ip),
        }
    }

    /// Whether it is this machine.
    pub(super) fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::Peer;

    #[test]
    fn a_network_of_ipv6_is_one_peer() {
        for (one, other, are_one) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8::1", "2001:db8::ffff:0:0:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("::1", "::2", false),
        ] {
            let [first, second] = [one, other].map(|ip| Peer::at(ip.parse().unwrap()));
            assert_eq!(first == second, are_one, "{one} {other}");
        }
        for (ip, expected) in [("127.0.0.2", true), ("::1", true), ("192.0.2.1", false)] {
            assert_eq!(Peer::at(ip.parse().unwrap()).is_loopback(), expected, "{ip}");
        }
    }
}
