//! Sans-I/O encoders and decoders: bytes in, values out.

pub mod certificate;
pub mod soap;
