//! What strangers can make this process spend.

use std::time::Duration;

/// Bounds on connections, requests and renderings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once. More are closed as soon as they are accepted, so that the
    /// listener's queue never fills.
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

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A browser takes six and a Prometheus one; the rest is for storms. With a
            // descriptor each it is a quarter of the usual 1,024.
            connections: 256,
            reserved: 16,
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
            // A scan opens dozens of connections: a few at once are what a small machine serves
            // beside its own rounds without making them late.
            probes: 8,
        }
    }
}

/// Bytes of a request's head, and of what is buffered of an answer. Generous for cookies of other
/// services on the same host; hyper's least is half of it.
pub(super) const HEAD_BYTES: usize = 16 * 1024;

/// Header lines of a request: browsers send about twenty.
pub(super) const HEADER_LINES: usize = 64;
