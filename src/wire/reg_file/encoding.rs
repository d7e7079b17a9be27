//! From the bytes of a registry file to its text.

use crate::model::registry::{Place, RemarkKind};

/// A text, and what is odd about its encoding.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) remarks: Vec<(Place, RemarkKind, String)>,
}

/// Decodes by the byte order mark; without one, by where the NULs of the first character are.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        wide(rest, u16::from_le_bytes, None)
    } else if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        wide(rest, u16::from_be_bytes, Some("UTF-16 in big-endian order"))
    } else if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        utf8(rest)
    } else {
        match bytes {
            [0, first, ..] if *first != 0 => {
                let what = "UTF-16 in big-endian order, without a byte order mark";
                wide(bytes, u16::from_be_bytes, Some(what))
            }
            [first, 0, ..] if *first != 0 => {
                wide(bytes, u16::from_le_bytes, Some("UTF-16 without a byte order mark"))
            }
            _ => narrow(bytes),
        }
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16, problem: Option<&str>) -> Decoded {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().copied().map(unit);
    let decoded = char::decode_utf16(units);
    let text: String = decoded.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let mut remarks = Vec::new();
    if let Some(problem) = problem {
        remarks.push((Place::Whole, RemarkKind::BadEncoding, problem.to_owned()));
    }
    if !rest.is_empty() {
        let what = "an odd number of bytes in UTF-16".to_owned();
        remarks.push((Place::Byte(bytes.len()), RemarkKind::CutShort, what));
    }
    remarks.extend(foreign(&text));
    Decoded { text, remarks }
}

/// UTF-8 that says so.
fn utf8(bytes: &[u8]) -> Decoded {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let remarks = foreign(&text).into_iter().collect();
    Decoded { text, remarks }
}

/// Eight bits a character, of a code page that the file does not name. Windows takes its own; where
/// the bytes are good UTF-8, whoever wrote them meant that.
fn narrow(bytes: &[u8]) -> Decoded {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(windows_1252).collect(),
    };
    let mut remarks: Vec<_> = foreign(&text).into_iter().collect();
    if let Some(line) = line_of(&text, |c| !c.is_ascii()) {
        let what = "not ASCII, and no byte order mark: the machine's code page decides";
        remarks.push((Place::Line(line), RemarkKind::BadBytes, what.to_owned()));
    }
    Decoded { text, remarks }
}

/// A remark about the first line with what is no text.
fn foreign(text: &str) -> Option<(Place, RemarkKind, String)> {
    let line = line_of(text, |c| matches!(c, '\0' | char::REPLACEMENT_CHARACTER))?;
    Some((Place::Line(line), RemarkKind::BadBytes, "bytes that are no text".to_owned()))
}

/// The first line that has such a character.
fn line_of(text: &str, is_meant: impl Fn(char) -> bool) -> Option<usize> {
    let place = text.find(is_meant)?;
    let before = text.get(..place)?;
    Some(super::lines(before).count().max(1))
}

/// One character of Windows' code page 1252; its five unused bytes are control characters there.
pub(super) fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let special = byte.checked_sub(0x80).and_then(|index| FROM_80.get(usize::from(index)));
    special.copied().unwrap_or_else(|| char::from(byte))
}
