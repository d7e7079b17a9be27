//! Registry files (`.reg`): what the registry editor exports and imports.
//!
//! There is no specification. What an importer takes and what it passes over is told here as it was
//! observed on Windows, by the conformance tests of Wine's `regedit` and `reg`, which pass there
//! too:
//!
//! * The first line is `Windows Registry Editor Version 5.00` or `REGEDIT4`, in these letter cases,
//!   with nothing but blanks before it. Blanks before a key or a value do not matter, a blank
//!   between a bracket and the root does. The letter case of roots does not.
//! * Lines end in CRLF, LF or CR. A line that begins with `;` or `#` is a comment; after a value,
//!   only `;` begins one. A backslash does not continue a comment.
//! * After a value, nothing but a comment may follow, or the value is passed over: of several
//!   values on one line, none is read, not even the first.
//! * Strings know two escapes, `\\` and `\"`; a value with `\0` is passed over.
//! * `dword:` takes one to eight digits. `hex:` and `hex(…):` take bytes of one or two digits and a
//!   type of up to eight; they go on in the next line where a comma and a backslash end one, past
//!   blank lines and comments of `;`. If then something else follows than bytes, it is lost along
//!   with the value; without the comma only the value is.
//! * `hex(2)` and `hex(7)` are UTF-16 in version 5.00 and of eight bits in `REGEDIT4`.
//! * Values after `[-key]` or after a key with an unknown root are passed over.
//!
//! Known of Wine 8 only: blanks after the first line's words, `DWORD:` and `HEX:` in capitals, and
//! a blank before a comma between bytes are not taken. `hex(1)` is like `hex(2)`. `\r` and `\n` in
//! a string are line breaks.
//!
//! Known of manuals only: the roots' names must not be abbreviated (`HKLM`; Wine's `regedit` does
//! not take it either, Wine's `reg` does), and UTF-8 may have a byte order mark (Wine does not take
//! it).
//!
//! Not known: how a line break within a quoted string is imported. Such values are exported, so they
//! are read here, as uncertain.

mod encoding;
mod line;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use crate::model::registry::{Document, Operation, ReadError};

/// The first line of what Windows has exported since 2000.
const HEADER: &str = "Windows Registry Editor Version 5.00";

/// The first line of what Windows 95 and NT 4.0 exported.
const HEADER_4: &str = "REGEDIT4";

/// Reads a registry file in any encoding. What cannot be read is left out, with a remark.
///
/// # Errors
/// It is not text at all, or no line of it is one of a registry file.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    reader::read(bytes)
}

/// The text of a registry file, with the comments after its first line; its lines end in CRLF.
///
/// What a registry file cannot say is left out with a comment in its place: to remove all values of
/// a key, to set a value only where there is none, and names with line breaks.
pub fn text(comments: &[String], operations: &[Operation]) -> String {
    writer::text(comments, operations)
}

/// Whether the names of a step keep to their line: [`text`] leaves out one that does not.
pub fn keeps_to_its_line(operation: &Operation) -> bool {
    writer::keeps_to_its_line(operation)
}

/// A text as the registry editor writes it: UTF-16 little-endian with a byte order mark.
pub fn utf16(text: &str) -> Vec<u8> {
    const BYTE_ORDER_MARK: u16 = 0xfeff;
    std::iter::once(BYTE_ORDER_MARK).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// The lines of a text whose lines end in CRLF, LF or CR.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n']) else {
            rest = None;
            return Some(text);
        };
        let (line, after) = text.split_at_checked(end)?;
        let after = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\r', '\n']))?;
        rest = Some(after);
        Some(line)
    })
}
