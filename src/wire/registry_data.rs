//! The data of registry values, from the bytes that a registry keeps and back.

use crate::model::registry::Data;

/// The data of a value of this type, the number of `RegSetValueEx`.
///
/// The NUL at the end of a string and at the end of a list is not asked for: whoever imports or
/// reads such a value adds it. Bytes that do not fit the type are kept as they are.
pub fn data(kind: u32, bytes: &[u8]) -> Data {
    let fitting = match kind {
        1 => text(bytes).map(Data::String),
        2 => text(bytes).map(Data::ExpandString),
        3 => Some(Data::Binary(bytes.to_vec())),
        4 => bytes.try_into().ok().map(|four| Data::Dword(u32::from_le_bytes(four))),
        7 => list(bytes).map(Data::MultiString),
        11 => bytes.try_into().ok().map(|eight| Data::Qword(u64::from_le_bytes(eight))),
        _ => None,
    };
    fitting.unwrap_or_else(|| Data::Other { kind, bytes: bytes.to_vec() })
}

/// The bytes that a registry keeps for it, with the NULs at the ends of strings and lists.
pub fn bytes(data: &Data) -> Vec<u8> {
    match data {
        Data::String(text) | Data::ExpandString(text) => utf16(text, 1),
        Data::MultiString(list) => {
            let mut bytes: Vec<u8> = list.iter().flat_map(|text| utf16(text, 1)).collect();
            bytes.extend([0, 0]);
            bytes
        }
        Data::Dword(number) => number.to_le_bytes().to_vec(),
        Data::Qword(number) => number.to_le_bytes().to_vec(),
        Data::Binary(bytes) | Data::Other { bytes, .. } => bytes.clone(),
    }
}

/// A text in UTF-16 with a number of NULs after it.
pub(super) fn utf16(text: &str, nuls: usize) -> Vec<u8> {
    text.encode_utf16().chain(std::iter::repeat_n(0, nuls)).flat_map(u16::to_le_bytes).collect()
}

/// The text of UTF-16 in little-endian order, if it is nothing but that.
pub(super) fn from_utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().copied().map(u16::from_le_bytes))
        .collect::<Result<String, _>>()
        .ok()
}

fn text(bytes: &[u8]) -> Option<String> {
    let mut text = from_utf16(bytes)?;
    if text.ends_with('\0') {
        text.pop();
    }
    Some(text)
}

fn list(bytes: &[u8]) -> Option<Vec<String>> {
    let all = text(bytes)?;
    if all.is_empty() {
        return Some(Vec::new());
    }
    let all = all.strip_suffix('\0').unwrap_or(&all);
    Some(all.split('\0').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(list: &[&str]) -> Data {
        Data::MultiString(list.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn data_of_every_type() {
        let other = |kind, bytes: &[u8]| Data::Other { kind, bytes: bytes.to_vec() };
        for (kind, bytes, expected) in [
            (1, &b"a\0b\0\0\0"[..], Data::String("ab".to_owned())),
            (1, b"a\0b\0", Data::String("ab".to_owned())),
            (1, b"a\0\0\0\0\0", Data::String("a\0".to_owned())),
            (1, b"", Data::String(String::new())),
            (1, b"a\0b", other(1, b"a\0b")),
            (2, b"%\0\0\0", Data::ExpandString("%".to_owned())),
            (2, b"\0\xd8", other(2, b"\0\xd8")),
            (3, b"\x01\x02", Data::Binary(vec![1, 2])),
            (4, b"\x16\0\0\0", Data::Dword(0x16)),
            (4, b"\x16\0\0", other(4, b"\x16\0\0")),
            (5, b"\0\0\0\x16", other(5, b"\0\0\0\x16")),
            (7, b"a\0\0\0b\0\0\0\0\0", strings(&["a", "b"])),
            (7, b"a\0\0\0b\0\0\0", strings(&["a", "b"])),
            (7, b"a\0", strings(&["a"])),
            (7, b"\0\0", strings(&[])),
            (7, b"", strings(&[])),
            (7, b"\0\0\0\0", strings(&[""])),
            (7, b"\0\0a\0\0\0\0\0", strings(&["", "a"])),
            (11, b"\x01\0\0\0\0\0\0\x02", Data::Qword(0x0200_0000_0000_0001)),
            (11, b"\x01", other(11, b"\x01")),
        ] {
            assert_eq!(data(kind, bytes), expected, "{kind} {bytes:?}");
            assert_eq!(data(kind, &super::bytes(&expected)), expected, "{kind} {bytes:?} again");
        }
    }
}
