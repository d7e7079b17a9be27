//! The self-update cabinet.

use crate::model::cabinet::{CabinetProblem, IdentCabinet};

/// The largest cabinet that is read, in bytes. Real ones have some tens of thousands.
pub const MAX_CABINET: usize = 1024 * 1024;

/// Reads a `wuident.cab`: its file names, the sections of its ident text, and its signature.
///
/// # Errors
/// When the bytes are not a cabinet that can be read within the limits.
pub fn parse(_bytes: &[u8]) -> Result<IdentCabinet, CabinetProblem> {
    Err(CabinetProblem("not read yet".into()))
}
