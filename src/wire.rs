//! Sans-I/O encoders and decoders: bytes in, values out.

pub mod cabinet;
pub mod certificate;
pub mod client_hello;
mod der;
pub(crate) mod fields;
pub mod ocsp;
pub mod server_flight;
pub mod soap;
pub(crate) mod vector;
