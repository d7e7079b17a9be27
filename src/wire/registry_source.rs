//! A file with registry settings, whichever kind it is.

use crate::model::registry::{Document, ReadError};
use crate::wire::{reg_file, registry_pol};

/// Files that are larger than this are none of those that hold settings of Windows Update.
pub const MAX_BYTES: usize = 32 << 20;

/// Reads a registry file or a policy file; which one it is, its first bytes say.
///
/// # Errors
/// It is neither, or larger than [`MAX_BYTES`].
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    if bytes.starts_with(&registry_pol::SIGNATURE) {
        registry_pol::read(bytes)
    } else {
        reg_file::read(bytes)
    }
}
