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
pub mod hello;
pub mod hostile;
pub mod link;
pub mod mangle;
pub mod pair;
pub mod script;
pub mod server;
pub mod soap;

mod answer;
mod body;
mod bomb;
mod cabinet;
mod call;
mod site;
mod static_file;
#[cfg(test)]
mod test_client;
