//! Whatever stands in a registry, it is judged; and findings point to where something stands.

use proptest::prelude::*;

use super::*;
use crate::model::registry::{Root, View};
use crate::policy::audit::against_catalogue;

fn key() -> impl Strategy<Value = KeyPath> {
    let path = prop_oneof![
        Just(Key::WindowsUpdate.path().path),
        Just(Key::Au.path().path),
        Just(Key::UserWindowsUpdate.path().path),
        Just(Key::UserExplorer.path().path),
        Just("SOFTWARE\\WOW6432Node\\Policies\\Microsoft\\Windows\\WindowsUpdate".to_owned()),
        Just(String::new()),
        "[ -~]{0,20}",
    ];
    (prop::sample::select(Root::ALL.to_vec()), path).prop_map(|(root, path)| KeyPath { root, path })
}

fn name() -> impl Strategy<Value = String> {
    let setting = prop::sample::select(Setting::ALL).prop_map(|s| s.value_name().to_owned());
    prop_oneof![4 => setting, 1 => ".{0,12}", 1 => Just("BranchReadinessLevel".to_owned())]
}

fn data() -> impl Strategy<Value = Data> {
    let url = prop_oneof![
        Just(SERVER.to_owned()),
        Just("http://wsus:8530/".to_owned()),
        "https?://[a-zé@:/?#\\[\\] .0-9]{0,20}",
        ".{0,20}",
    ];
    prop_oneof![
        (0_u32..40).prop_map(Data::Dword),
        any::<u32>().prop_map(Data::Dword),
        url.clone().prop_map(Data::String),
        url.prop_map(Data::ExpandString),
        prop::collection::vec(".{0,4}", 0..3).prop_map(Data::MultiString),
        any::<u64>().prop_map(Data::Qword),
        (any::<u32>(), prop::collection::vec(any::<u8>(), 0..5))
            .prop_map(|(kind, bytes)| Data::Other { kind, bytes }),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        8 => (key(), name(), data(), any::<bool>())
            .prop_map(|(key, name, data, soft)| Operation::Set { key, name, data, soft }),
        1 => key().prop_map(Operation::DeleteKey),
        1 => key().prop_map(Operation::DeleteValues),
        1 => (key(), name()).prop_map(|(key, name)| Operation::DeleteValue { key, name }),
    ]
}

fn source() -> impl Strategy<Value = Document> {
    let place = prop_oneof![
        3 => (0_usize..9).prop_map(Place::Line),
        1 => Just(Place::View(View::Bits64)),
        1 => Just(Place::View(View::Bits32)),
    ];
    let entry = (place.clone(), operation(), any::<bool>())
        .prop_map(|(at, operation, certain)| Entry { at, operation, certain });
    let remark = (place, prop::sample::select(RemarkKind::ALL), ".{0,9}")
        .prop_map(|(at, kind, text)| Remark { at, kind, text });
    (prop::collection::vec(entry, 0..30), prop::collection::vec(remark, 0..4))
        .prop_map(|(entries, remarks)| Document { format: Format::Reg5, entries, remarks })
}

proptest! {
    #[test]
    fn findings_point_to_what_stands_in_a_source(documents in prop::collection::vec(source(), 0..3)) {
        let mut found = findings(&documents);
        found.extend(against_catalogue(&documents, &fleet::known()));
        for finding in &found {
            for place in &finding.places {
                let document = &documents[place.source];
                let is_entry = document.entries.iter().any(|entry| entry.at == place.at);
                let is_remark = document.remarks.iter().any(|remark| remark.at == place.at);
                prop_assert!(is_entry || is_remark, "{finding:?}");
            }
            for text in [&finding.observed, &finding.meaning, &finding.action] {
                prop_assert!(!text.is_empty() && !text.contains(char::is_control), "{finding:?}");
                prop_assert!(text.chars().count() < 700, "{finding:?}");
            }
        }
    }
}
