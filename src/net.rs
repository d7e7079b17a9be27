//! The ports: the only modules that open sockets or read clocks.

pub mod cbc_suites;
pub mod clock;
pub mod dns;
pub mod hello;
pub mod http;
pub mod kernel;
pub mod machine;
pub mod simulated;
pub mod sockets;
pub mod stamp;
pub mod system_error;
pub mod tap;
pub mod tcp;
pub mod tls;
pub mod trust;
