//! A registry file.
//!
//! On standard output it is UTF-8 without a byte order mark, which is imported as it is and can be
//! read and sent through pipes; comments tell where it is from. A file that is written is what the
//! registry editor exports, byte for byte: UTF-16 with a mark, and no comments.

use super::{Rendered, Settings};
use crate::output::text::printable_ascii;
use crate::wire::reg_file;

/// For standard output.
pub fn text(settings: &Settings<'_>) -> Rendered {
    let comments: Vec<_> = settings.origin.iter().map(|line| printable_ascii(line)).collect();
    let text = reg_file::text(&comments, settings.operations);
    Rendered { bytes: text.into_bytes(), left_out: Vec::new() }
}

/// For a file.
pub fn file(settings: &Settings<'_>) -> Rendered {
    let text = reg_file::text(&[], settings.operations);
    Rendered { bytes: reg_file::utf16(&text), left_out: Vec::new() }
}
