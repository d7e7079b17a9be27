//! The ident text. Its contents are not published; only its form, that of an INI file, is relied
//! on.

use std::borrow::Cow;

use crate::model::text::one_line;

/// The most sections that are kept. MS-WUSP's product notes name six kinds.
const MAX_SECTIONS: usize = 64;

/// The longest section name that is kept, in characters.
const MAX_NAME: usize = 64;

/// The names of the sections, in order.
pub(super) fn sections(text: &[u8]) -> Vec<String> {
    let name = |line: &str| {
        let (name, _) = line.trim().strip_prefix('[')?.split_once(']')?;
        Some(one_line(name, MAX_NAME))
    };
    decode(text).lines().filter_map(name).take(MAX_SECTIONS).collect()
}

/// UTF-16 in little-endian order with its mark, UTF-8 with or without, or else some Windows code
/// page, of which only the ASCII part can be relied on.
fn decode(text: &[u8]) -> Cow<'_, str> {
    if let Some(wide) = text.strip_prefix(b"\xff\xfe") {
        let (pairs, _) = wide.as_chunks::<2>();
        let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
        return char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
    }
    String::from_utf8_lossy(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))
}
