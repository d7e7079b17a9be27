//! A file with registry settings, whichever kind it is.

use crate::model::registry::{Document, ReadError};
use crate::wire::{reg_file, registry_pol};

/// Files that are larger than this are none of those that hold settings of Windows Update.
pub const MAX_BYTES: usize = 32 << 20;

/// Reads a registry file or a policy file; which one it is, its first bytes say. Where they say
/// neither, it is judged as the one that its name says.
///
/// # Errors
/// It is neither, or larger than [`MAX_BYTES`].
pub fn read(bytes: &[u8], name: &str) -> Result<Document, ReadError> {
    if bytes.starts_with(&registry_pol::SIGNATURE) {
        return registry_pol::read(bytes);
    }
    let is_policy = has_extension(name, POLICY) || registry_pol::is_like(bytes);
    reg_file::read(bytes).or_else(|error| {
        if is_policy && !bytes.is_empty() { registry_pol::read(bytes) } else { Err(error) }
    })
}

/// How the names of policy files end.
const POLICY: &str = ".pol";

fn has_extension(name: &str, extension: &str) -> bool {
    let start = name.len().saturating_sub(extension.len());
    name.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_file_with_a_broken_signature_is_told_to_be_one() {
        let policy = registry_pol::write(&[]);
        for (bytes, name, part) in [
            (&b"preg\x01\0\0\0[\0"[..], "a.txt", "PReg"),
            (b"PRe\0", "a.txt", "PReg"),
            (b"\0\0\0\0\x01\0\0\0[\0S\0", "-", "PReg"),
            (b"hello", "Registry.POL", "PReg"),
            (b"hello", "a.reg", "no line of it"),
            (b"hello", "\u{fc}", "no line of it"),
            (b"", "Registry.pol", "empty"),
            (b"regf", "a.reg", "hive"),
        ] {
            let error = read(bytes, name).unwrap_err();
            assert!(error.text.contains(part), "{bytes:?}: {error}");
        }
        assert!(read(&policy, "a.reg").is_ok());
        assert!(read(b"REGEDIT4\n", "a.pol").is_ok());
    }
}
