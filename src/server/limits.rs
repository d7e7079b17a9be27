//! What strangers can make this process spend.

use std::time::Duration;

/// Bounds on connections, requests and renderings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once. More, or too many of them from one peer, are closed as soon as
    /// they are accepted, so that the listener's queue never fills.
    pub connections: usize,
    /// Further connections for peers on loopback alone, so that an operator on the machine still
    /// gets in while the network has taken all others.
    pub reserved: usize,
    /// From one request's end, or from the start of the connection, to the end of the next
    /// request's head: bounds slow heads and idle connections alike.
    pub head: Duration,
    /// Without a byte taken by a reader, after which it is dropped.
    pub stalled_write: Duration,
    /// For a TLS handshake.
    pub handshake: Duration,
    /// From a request's head to the last byte of its answer.
    pub exchange: Duration,
    /// For a connection, after which it ends with the answer in hand.
    pub lifetime: Duration,
    /// For open connections after the shutdown began.
    pub grace: Duration,
    /// Probes on request at once.
    pub probes: usize,
}

/// Connections open at once at most, those from loopback included. A browser takes six and a
/// Prometheus one; the rest is for storms.
pub const MOST_PLACES: usize = 256;

/// Of them, for peers on loopback alone: an operator's browser and a few calls of `curl`.
const MOST_RESERVED: usize = 16;

/// One of so many places is for peers on loopback alone where there are few places.
const RESERVED_SHARE: usize = 4;

impl Limits {
    /// The usual limits, with so many connections at once, those from loopback included: each
    /// takes a descriptor, and whoever else needs some must know how many are left.
    #[must_use]
    pub fn with_places(places: usize) -> Self {
        let places = places.min(MOST_PLACES);
        let reserved = (places / RESERVED_SHARE).min(MOST_RESERVED);
        Self { connections: places - reserved, reserved, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: MOST_PLACES - MOST_RESERVED,
            reserved: MOST_RESERVED,
            // Longer than Prometheus' default interval between two scrapes of 15 s, so that its
            // connection is used again there; beyond, a new one costs it little.
            head: Duration::from_secs(20),
            // Several retransmissions in a row are survived.
            stalled_write: Duration::from_secs(10),
            handshake: Duration::from_secs(10),
            // Prometheus itself gives up after `scrape_timeout`, 10 s by default. Longer than
            // any probe on request may take.
            exchange: Duration::from_mins(2),
            // Lets clients move to another configuration of TLS before long.
            lifetime: Duration::from_mins(10),
            // Half of what systemd's default and Kubernetes' leave at the least.
            grace: Duration::from_secs(5),
            // What a Prometheus with some thousands of targets has under way at once. How many
            // sockets they use together is bounded by the budget that they share with rounds.
            probes: 128,
        }
    }
}

/// Bytes of a request's head, and of what is buffered of an answer. Generous for cookies of other
/// services on the same host; hyper's least is half of it.
pub(super) const HEAD_BYTES: usize = 16 * 1024;

/// Header lines of a request: browsers send about twenty.
pub(super) const HEADER_LINES: usize = 64;

#[cfg(test)]
mod tests {
    use super::{Limits, MOST_PLACES};

    #[test]
    fn places_include_the_reserve() {
        assert_eq!(Limits::with_places(MOST_PLACES), Limits::default());
        assert_eq!(Limits::with_places(usize::MAX), Limits::default());
        for (places, expected) in [(1, (1, 0)), (4, (3, 1)), (10, (8, 2)), (100, (84, 16))] {
            let limits = Limits::with_places(places);
            assert_eq!((limits.connections, limits.reserved), expected, "{places}");
        }
    }
}
