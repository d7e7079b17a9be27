//! What holds for every file.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::model::registry::{Data, KeyPath, Operation, RemarkKind};
use crate::wire::registry_pol::{read, write};

fn operation() -> impl Strategy<Value = Operation> {
    let key = || vec("[^\\\\;\0]{1,9}", 1..4).prop_map(|parts| KeyPath::machine(&parts.join("\\")));
    let name = "[^*\0][^\0]{0,40}";
    let data = prop_oneof![
        any::<String>().prop_map(Data::String),
        vec("[^\0]{0,9}", 0..4).prop_map(Data::MultiString),
        any::<u32>().prop_map(Data::Dword),
        any::<u64>().prop_map(Data::Qword),
        vec(any::<u8>(), 0..200).prop_map(Data::Binary),
    ];
    prop_oneof![
        4 => (key(), name, data, any::<bool>())
            .prop_map(|(key, name, data, soft)| Operation::Set { key, name, data, soft }),
        1 => (key(), name).prop_map(|(key, name)| Operation::DeleteValue { key, name }),
        1 => key().prop_map(Operation::Key),
        1 => key().prop_map(Operation::DeleteValues),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(operations in vec(operation(), 0..12)) {
        let document = read(&write(&operations)).unwrap();
        for remark in &document.remarks {
            let harmless = [RemarkKind::SetTwice, RemarkKind::BadBytes];
            prop_assert!(harmless.contains(&remark.kind), "{remark:?}");
        }
        let found: Vec<_> = document.entries.into_iter().map(|entry| entry.operation).collect();
        prop_assert_eq!(found, operations);
    }

    #[test]
    fn a_file_that_is_cut_or_changed_keeps_what_came_before(
        operations in vec(operation(), 1..6),
        cut in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let whole = write(&operations);
        let place = cut.index(whole.len());
        if let Ok(document) = read(&whole[..place]) {
            let found: Vec<_> = document.entries.into_iter().map(|entry| entry.operation).collect();
            prop_assert_eq!(&found[..], &operations[..found.len()]);
        }
        let mut changed = whole;
        changed[place] = byte;
        let _ = read(&changed);
    }
}
