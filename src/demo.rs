//! A simulated fleet: WSUS-like servers on loopback.
