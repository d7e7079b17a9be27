//! Registry files (`.reg`), as the registry editor reads and writes them.

use crate::model::registry::{Document, Operation, Place, ReadError};

/// Reads a registry file in any encoding.
///
/// # Errors
/// It is not text at all.
pub fn read(_bytes: &[u8]) -> Result<Document, ReadError> {
    Err(ReadError {
        at: Place::Whole,
        text: "registry files cannot be read yet".to_owned(),
        remedy: "wait".to_owned(),
    })
}

/// The text of a registry file, with the comments after its first line; its lines end in CRLF.
pub fn text(_comments: &[String], _operations: &[Operation]) -> String {
    String::new()
}

/// A text as the registry editor writes it: UTF-16 little-endian with a byte order mark.
pub fn utf16(_text: &str) -> Vec<u8> {
    Vec::new()
}
