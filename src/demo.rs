//! A simulated fleet: WSUS-like servers on loopback.
//!
//! `wsus-probe demo` shows the program at work without any WSUS server, and the project's tests
//! use the same pieces one by one: a throw-away certificate authority, HTTP servers that answer
//! as WSUS on IIS does (or misbehave on request), a DNS server, and links that delay bytes.
//!
//! Sockets are always passed in, and everything lives inside the future that was returned or
//! the value that was started: dropping it ends it. Nothing is written to disk.

pub mod authority;
pub mod dns;
pub mod fleet;
pub mod hostile;
pub mod link;
pub mod server;

mod answer;
mod bomb;
#[cfg(test)]
mod test_client;
