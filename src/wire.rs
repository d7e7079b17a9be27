//! Sans-I/O encoders and decoders: bytes in, values out.

pub mod cabinet;
pub mod certificate;
pub mod client_hello;
mod der;
pub(crate) mod fields;
pub mod ocsp;
pub mod reg_file;
mod registry_build;
pub mod registry_data;
pub mod registry_pol;
pub mod registry_source;
pub mod server_flight;
pub mod soap;
pub(crate) mod vector;
