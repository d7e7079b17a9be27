//! What holds for every file.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::model::registry::{Data, Entry, KeyPath, Operation, RemarkKind, Root};
use crate::wire::reg_file::{read, text, utf16};

fn key() -> impl Strategy<Value = KeyPath> {
    let part = "[^\\\\\\]\\pC]{1,12}";
    (prop::sample::select(&Root::ALL[..]), vec(part, 0..4))
        .prop_map(|(root, parts)| KeyPath { root, path: parts.join("\\") })
}

fn data() -> impl Strategy<Value = Data> {
    let string = any::<String>;
    prop_oneof![
        string().prop_map(Data::String),
        string().prop_map(Data::ExpandString),
        vec("[^\0]{0,9}", 0..4).prop_map(Data::MultiString),
        any::<u32>().prop_map(Data::Dword),
        any::<u64>().prop_map(Data::Qword),
        vec(any::<u8>(), 0..200).prop_map(Data::Binary),
        (prop::sample::select(&[0, 5, 6, 12, u32::MAX][..]), vec(any::<u8>(), 0..50))
            .prop_map(|(kind, bytes)| Data::Other { kind, bytes }),
        vec(any::<u8>(), 0..4).prop_map(|bytes| Data::Other { kind: 4, bytes }),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let name = "[^\r\n\0]{0,90}";
    prop_oneof![
        4 => (key(), name, data()).prop_map(|(key, name, data)| {
            Operation::Set { key, name, data, soft: false }
        }),
        1 => (key(), name).prop_map(|(key, name)| Operation::DeleteValue { key, name }),
        1 => key().prop_map(Operation::DeleteKey),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(
        operations in vec(operation(), 0..12),
        comments in vec(any::<String>(), 0..3),
    ) {
        let document = read(&utf16(&text(&comments, &operations))).unwrap();
        for remark in &document.remarks {
            let harmless =
                [RemarkKind::SetTwice, RemarkKind::UnknownType, RemarkKind::BadBytes];
            prop_assert!(harmless.contains(&remark.kind), "{remark:?}");
        }
        prop_assert!(document.entries.iter().all(|entry| entry.certain));
        let operation = |Entry { operation, .. }| operation;
        let mut found: Vec<_> = document.entries.into_iter().map(operation).collect();
        found.retain(|operation| !matches!(operation, Operation::Key(_)));
        prop_assert_eq!(found, operations);
    }

    #[test]
    fn no_bytes_are_too_much(bytes in vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_text_is_too_much(
        lines in vec(
            prop_oneof![
                "\"[a-z\\\\\"]{0,4}\"=.{0,20}",
                "\"v\"=(hex|dword|hex\\(7\\)):[0-9a-f, \\\\]{0,12}(\\\\)?",
                "\\[-?(HKLM|HKEY_USERS|x)\\\\?[a-z\\]]{0,4}\\]?",
                ".{0,20}",
            ],
            0..20,
        ),
        header in "(REGEDIT4|Windows Registry Editor Version 5\\.00|)",
    ) {
        let text = format!("{header}\r\n{}", lines.join("\n"));
        for bytes in [text.clone().into_bytes(), utf16(&text)] {
            if let Ok(document) = read(&bytes) {
                prop_assert!(document.entries.len() + document.remarks.len() <= 2 * bytes.len());
            }
        }
    }
}
