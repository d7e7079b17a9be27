//! Ports of loopback that stay free until whoever is to have them takes them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// An address whose port and the one below are free, and below those that the system gives to
/// connections and to listeners that do not care: one in between cannot be taken by them.
pub(crate) fn free_pair() -> SocketAddr {
    const FIRST: u32 = 20_001;
    const PAIRS: u32 = 6_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        // Test programs that run at the same time start at different places.
        let place =
            std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FIRST + 2 * (place % PAIRS)).unwrap();
        let free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if free(port) && free(port - 1) {
            return (Ipv4Addr::LOCALHOST, port).into();
        }
    }
}
