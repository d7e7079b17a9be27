//! Sans-I/O encoders and decoders: bytes in, values out.

pub mod cabinet;
pub mod certificate;
pub mod soap;
