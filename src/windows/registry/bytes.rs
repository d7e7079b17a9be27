//! The data of a value as the system keeps it: a number for the type, and bytes.

use crate::model::registry::Data;

/// The data that these bytes are. What does not fit its type stays as it is.
pub fn decode(kind: u32, bytes: &[u8]) -> Data {
    let found = match kind {
        SZ => string(bytes).map(Data::String),
        EXPAND_SZ => string(bytes).map(Data::ExpandString),
        MULTI_SZ => strings(bytes).map(Data::MultiString),
        DWORD => bytes.try_into().ok().map(u32::from_le_bytes).map(Data::Dword),
        QWORD => bytes.try_into().ok().map(u64::from_le_bytes).map(Data::Qword),
        BINARY => Some(Data::Binary(bytes.to_vec())),
        _ => None,
    };
    found.unwrap_or_else(|| Data::Other { kind, bytes: bytes.to_vec() })
}

/// The bytes of some data; strings end in NUL.
pub fn encode(data: &Data) -> Vec<u8> {
    match data {
        Data::String(text) | Data::ExpandString(text) => terminated(text),
        Data::MultiString(texts) => {
            let mut bytes: Vec<u8> = texts.iter().flat_map(|text| terminated(text)).collect();
            bytes.extend([0; 2]);
            bytes
        }
        Data::Dword(number) => number.to_le_bytes().to_vec(),
        Data::Qword(number) => number.to_le_bytes().to_vec(),
        Data::Binary(bytes) | Data::Other { bytes, .. } => bytes.clone(),
    }
}

fn terminated(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// The text without the NUL at its end. One may be missing, because whoever wrote the value
/// decides; others inside belong to the value, though most readers stop at the first.
fn string(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return None;
    }
    let text: Option<String> =
        char::decode_utf16(units.iter().copied().map(u16::from_le_bytes)).map(Result::ok).collect();
    text.map(|text| text.strip_suffix('\0').map(str::to_owned).unwrap_or(text))
}

/// The texts of a list. Readers stop at the first empty one: a list with anything behind it is
/// none.
fn strings(bytes: &[u8]) -> Option<Vec<String>> {
    let text = string(bytes)?;
    let text = text.strip_suffix('\0').unwrap_or(&text);
    if text.is_empty() {
        return Some(Vec::new());
    }
    let texts: Vec<String> = text.split('\0').map(str::to_owned).collect();
    (!texts.iter().any(String::is_empty)).then_some(texts)
}

// The numbers of winnt.h.
const SZ: u32 = 1;
const EXPAND_SZ: u32 = 2;
const BINARY: u32 = 3;
const DWORD: u32 = 4;
const MULTI_SZ: u32 = 7;
const QWORD: u32 = 11;

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn texts(texts: &[&str]) -> Data {
        Data::MultiString(texts.iter().map(|&text| text.to_owned()).collect())
    }

    #[test]
    fn every_form_of_a_string_is_read() {
        for (written, read) in
            [("", ""), ("\0", ""), ("a", "a"), ("a\0", "a"), ("a\0b\0", "a\0b"), ("é😀\0", "é😀")]
        {
            assert_eq!(decode(SZ, &wide(written)), Data::String(read.to_owned()), "{written:?}");
            assert_eq!(decode(EXPAND_SZ, &wide(written)), Data::ExpandString(read.to_owned()));
        }
        for (written, read) in [
            ("", &[] as &[&str]),
            ("\0", &[]),
            ("\0\0", &[]),
            ("a", &["a"]),
            ("a\0", &["a"]),
            ("a\0b\0", &["a", "b"]),
            ("a\0b\0\0", &["a", "b"]),
        ] {
            assert_eq!(decode(MULTI_SZ, &wide(written)), texts(read), "{written:?}");
        }
    }

    #[test]
    fn what_does_not_fit_its_type_is_kept_as_it_is() {
        for (kind, bytes) in [
            (SZ, vec![0x61]),
            (SZ, vec![0x00, 0xD8]),
            (EXPAND_SZ, vec![0x00, 0xDC, 0, 0]),
            (MULTI_SZ, wide("a\0\0b\0\0")),
            (DWORD, vec![1, 0, 0]),
            (DWORD, vec![]),
            (QWORD, vec![0; 9]),
            (0, vec![]),
            (5, vec![0, 0, 0, 1]),
            (0xFFFF_0012, vec![7]),
        ] {
            let data = decode(kind, &bytes);
            assert_eq!(data, Data::Other { kind, bytes: bytes.clone() });
            assert_eq!((data.kind(), encode(&data)), (kind, bytes));
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for data in [
            Data::String("http://a:8530".to_owned()),
            Data::String("a\0b\0".to_owned()),
            Data::ExpandString("%windir%".to_owned()),
            texts(&["a", "b"]),
            texts(&[]),
            Data::Dword(1),
            Data::Qword(u64::MAX),
            Data::Binary(Vec::new()),
        ] {
            assert_eq!(decode(data.kind(), &encode(&data)), data);
        }
    }
}
