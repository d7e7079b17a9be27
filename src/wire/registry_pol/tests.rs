//! Policy files, good and bad.

mod properties;

use super::*;
use crate::model::registry::{Data, Entry, KeyPath, Place, RemarkKind};

const KEY: &str = "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate";

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn record(value: &str, kind: u32, size: u32, data: &[u8]) -> Vec<u8> {
    [
        wide(&format!("[{KEY}\0;{value}\0;")),
        kind.to_le_bytes().to_vec(),
        wide(";"),
        size.to_le_bytes().to_vec(),
        wide(";"),
        data.to_vec(),
        wide("]"),
    ]
    .concat()
}

fn exact(value: &str, kind: u32, data: &[u8]) -> Vec<u8> {
    record(value, kind, u32::try_from(data.len()).unwrap(), data)
}

fn file(records: &[Vec<u8>]) -> Vec<u8> {
    [b"PReg\x01\0\0\0".to_vec(), records.concat()].concat()
}

fn operations(records: &[Vec<u8>]) -> Vec<Operation> {
    let document = read(&file(records)).unwrap();
    assert_eq!(document.remarks, []);
    document.entries.into_iter().map(|Entry { operation, .. }| operation).collect()
}

fn key() -> KeyPath {
    KeyPath::machine(KEY)
}

#[test]
fn records_and_orders() {
    let set =
        |name: &str, data, soft| Operation::Set { key: key(), name: name.to_owned(), data, soft };
    let delete = |name: &str| Operation::DeleteValue { key: key(), name: name.to_owned() };
    let below = |name: &str| Operation::DeleteKey(KeyPath::machine(&format!("{KEY}\\{name}")));
    let url = Data::String("http://a".to_owned());
    let blank = wide(" \0");
    for (records, expected) in [
        (exact("WUServer", 1, &wide("http://a\0")), vec![set("WUServer", url.clone(), false)]),
        (exact("**soft.WUServer", 1, &wide("http://a\0")), vec![set("WUServer", url, true)]),
        (exact("x", 4, &[1, 0, 0, 0]), vec![set("x", Data::Dword(1), false)]),
        (exact("**Del.WUServer", 1, &blank), vec![delete("WUServer")]),
        (exact("**del.", 1, &blank), vec![delete("")]),
        (
            exact("**DeleteValues", 1, &wide("a;b; c\0")),
            vec![delete("a"), delete("b"), delete("c")],
        ),
        (exact("**delvals.", 1, &blank), vec![Operation::DeleteValues(key())]),
        (exact("**DelVals", 1, &blank), vec![Operation::DeleteValues(key())]),
        (exact("**DeleteKeys", 1, &wide("AU;B\\C\0")), vec![below("AU"), below("B\\C")]),
        (exact("**SecureKey", 4, &[1, 0, 0, 0]), vec![Operation::Key(key())]),
        (exact("", 0, &[]), vec![Operation::Key(key())]),
        (exact("", 1, &wide("x\0")), vec![set("", Data::String("x".to_owned()), false)]),
    ] {
        assert_eq!(operations(&[records]), expected);
    }
}

#[test]
fn a_header_that_is_none_is_an_error() {
    for (bytes, byte) in
        [(&b"PRag\x01\0\0\0"[..], 0), (b"PReg\x01\0", 6), (b"PReg\x02\0\0\0", 4), (b"", 0)]
    {
        assert_eq!(read(bytes).unwrap_err().at, Place::Byte(byte), "{bytes:?}");
    }
    assert_eq!(operations(&[]), []);
}

#[test]
fn what_was_read_before_a_bad_record_is_kept() {
    let good = exact("good", 4, &[1, 0, 0, 0]);
    let place = Place::Byte(8 + good.len());
    let cut = |count: usize| {
        let mut whole = exact("x", 4, &[1, 0, 0, 0]);
        whole.truncate(whole.len() - count);
        whole
    };
    for (name, bad, kind) in [
        ("size too large", record("x", 4, 5, &[1, 0, 0, 0]), RemarkKind::CutShort),
        ("size of all memory", record("x", 4, u32::MAX, &[1, 0, 0, 0]), RemarkKind::CutShort),
        ("size too small", record("x", 4, 3, &[1, 0, 0, 0]), RemarkKind::BadRecord),
        ("no bracket", wide("x"), RemarkKind::BadRecord),
        ("half a bracket", b"[".to_vec(), RemarkKind::CutShort),
        ("key without an end", wide("[abc"), RemarkKind::CutShort),
        ("cut by a byte", cut(1), RemarkKind::CutShort),
        ("cut in the data", cut(4), RemarkKind::CutShort),
        ("cut in the size", cut(9), RemarkKind::CutShort),
    ] {
        let document = read(&file(&[good.clone(), bad, good.clone()][..2])).unwrap();
        assert_eq!(document.entries.len(), 1, "{name}");
        let remarks: Vec<_> = document.remarks.iter().map(|r| (r.at, r.kind)).collect();
        assert_eq!(remarks, [(place, kind)], "{name}");
    }
}

#[test]
fn odd_records_are_remarked_and_do_not_end_the_file() {
    let last = exact("last", 4, &[1, 0, 0, 0]);
    for (odd, kind, entries) in [
        (exact("x", 99, &[1]), RemarkKind::UnknownType, 2),
        (exact("x", 3, &vec![0; MAX_DATA + 1]), RemarkKind::BadRecord, 2),
        (exact("**What.x", 3, &[]), RemarkKind::BadRecord, 1),
    ] {
        let document = read(&file(&[odd, last.clone()])).unwrap();
        assert_eq!(document.remarks.iter().map(|r| r.kind).collect::<Vec<_>>(), [kind]);
        assert_eq!(document.entries.len(), entries, "{kind:?}");
    }
}

#[test]
fn what_is_written_is_read_again_and_what_cannot_be_said_is_left_out() {
    use crate::model::registry::Root;
    let set = |key: KeyPath, name: &str, data, soft| Operation::Set {
        key,
        name: name.to_owned(),
        data,
        soft,
    };
    let user = KeyPath { root: Root::CurrentUser, ..key() };
    let good = [
        Operation::Key(key()),
        set(key(), "WUServer", Data::String("http://a".to_owned()), false),
        set(key(), "soft", Data::Qword(7), true),
        Operation::DeleteValue { key: key(), name: "old".to_owned() },
        Operation::DeleteValues(key()),
        Operation::DeleteKey(KeyPath::machine(&format!("{KEY}\\AU"))),
        Operation::DeleteKey(KeyPath::machine("Top")),
    ];
    let unsayable = [
        set(user, "x", Data::Dword(1), false),
        set(key(), "**del.x", Data::Dword(1), false),
        set(key(), "a\0b", Data::Dword(1), false),
        set(key(), "large", Data::Binary(vec![0; MAX_DATA + 1]), false),
        Operation::DeleteKey(KeyPath::machine("a\\b;c")),
    ];
    let document = read(&write(&[&good[..], &unsayable[..]].concat())).unwrap();
    assert_eq!(document.remarks, []);
    let found: Vec<_> = document.entries.into_iter().map(|entry| entry.operation).collect();
    assert_eq!(found, good);
}

#[test]
fn the_bytes_are_those_of_the_specification() {
    let set = Operation::Set {
        key: KeyPath::machine("A"),
        name: "B".to_owned(),
        data: Data::Dword(0x16),
        soft: false,
    };
    let expected = b"PReg\x01\0\0\0[\0A\0\0\0;\0B\0\0\0;\0\x04\0\0\0;\0\x04\0\0\0;\0\x16\0\0\0]\0";
    assert_eq!(write(&[set]), expected);
}

#[test]
fn a_file_of_samba_is_read_right_and_written_again_to_the_byte() {
    let bytes = include_bytes!("../../../tests/data/registry/samba.pol");
    let document = read(bytes).unwrap();
    assert_eq!(document.remarks, []);
    let found: Vec<_> = document.entries.into_iter().map(|entry| entry.operation).collect();
    let au = KeyPath::machine(&format!("{KEY}\\AU"));
    let set = |key: &KeyPath, name: &str, data, soft| Operation::Set {
        key: key.clone(),
        name: name.to_owned(),
        data,
        soft,
    };
    let text = |text: &str| Data::String(text.to_owned());
    let expected = [
        set(&key(), "WUServer", text("http://wsus.corp.example:8530"), false),
        set(&key(), "WUStatusServer", text("http://wsus.corp.example:8530"), false),
        set(&key(), "TargetGroup", text("Prüfstand;Büro"), false),
        Operation::DeleteValue { key: key(), name: "ElevateNonAdmins".to_owned() },
        Operation::DeleteValues(au.clone()),
        set(&au, "UseWUServer", Data::Dword(1), false),
        set(&au, "DetectionFrequency", Data::Dword(22), true),
        set(&au, "DetectionFrequencyEnabled", Data::Dword(1), false),
        set(&au, "Blob", Data::Binary(vec![0, 1, 255]), false),
    ];
    assert_eq!(found, expected);
    assert_eq!(write(&found), bytes);
}
