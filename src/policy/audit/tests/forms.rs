//! The form of a source, names and places.

use super::*;
use crate::model::client::Weight::{Error, Note, Warning};
use crate::model::registry::{Root, View};
use Setting as S;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = remarks();
    cases.extend(names());
    cases.extend(places());
    cases.extend(removed());
    cases
}

#[test]
fn forms_names_and_places() {
    check(&cases());
}

fn remarks() -> Vec<Case> {
    use RemarkKind as R;
    let unreadable = (Code::Unreadable, Warning);
    let mut cases = vec![
        Case::new("header", good().remarked(R::NoHeader), &[(Code::RegistryHeaderMissing, Error)])
            .says("5.00"),
        Case::new(
            "encoding",
            good().remarked(R::BadEncoding),
            &[(Code::EncodingNotImported, Error)],
        ),
        Case::new("twice", good().remarked(R::SetTwice), &[(Code::SetTwice, Warning)]),
        Case::new(
            "one line",
            good().remarked(R::SeveralOnOneLine),
            &[(Code::SeveralValuesOnOneLine, Error)],
        ),
    ];
    // On the first line is the server.
    for kind in [
        R::UnreadableLine,
        R::ValueWithoutKey,
        R::BadRoot,
        R::BadBrackets,
        R::UnknownRoot,
        R::BadData,
        R::DoubtfulData,
    ] {
        let lost = [(Code::Unreadable, Error)];
        cases.push(
            Case::new("the server is lost", good().remarked(kind), &lost)
                .says("without WUServer the server is not used"),
        );
        let mut other = good().remarked(kind);
        other.remarks[0].at = Place::Line(7);
        cases.push(Case::new("something else is lost", other, &[unreadable]));
    }
    for kind in [R::BadBytes, R::CutShort, R::BadRecord, R::UnknownType] {
        cases.push(Case::new("unreadable", good().remarked(kind), &[unreadable]));
    }
    let says = |kind, part: &str| {
        let mut other = good().remarked(kind);
        other.remarks[0].at = Place::Line(7);
        Case::new("its words", other, &[unreadable]).says(part)
    };
    cases.push(says(R::BadRoot, "passes over the key and all values under it"));
    cases
        .push(says(R::BadBrackets, "the values below it go to the key before it, if there is one"));
    cases.push(says(R::BadData, "client render --fix leaves out what it cannot read"));
    cases.push(says(R::DoubtfulData, "client render --fix keeps what it seems to mean"));
    cases.extend(unread());
    cases.extend(set_elsewhere());
    cases.push(Case::new(
        "nothing can be read",
        Settings(Vec::new()).remarked(R::BadData),
        &[(Code::Unreadable, Error)],
    ));
    cases
}

/// What is lost is not missed where another line that importers read sets it too.
fn set_elsewhere() -> Vec<Case> {
    use RemarkKind as R;
    let found =
        [(R::BadRoot, Code::Unreadable), (R::SeveralOnOneLine, Code::SeveralValuesOnOneLine)];
    let again = |(kind, code)| {
        let mut document = good().document();
        let server = document.entries[0].clone();
        let key = Operation::Key(Key::WindowsUpdate.path());
        let at = Place::Line(99);
        document.entries.push(Entry { at, operation: key, certain: false });
        document.entries.push(Entry { at, certain: false, ..server });
        document.remarks = vec![Remark { at, kind, text: "[HKLM]".to_owned() }];
        Case::new("set again", document, &[(code, Warning)])
    };
    found.into_iter().map(again).collect()
}

#[test]
fn what_is_lost_twice_is_missed_once() {
    let mut document = good().remarked(RemarkKind::SeveralOnOneLine);
    document.entries.push(document.entries[0].clone());
    let found = findings(&[document]);
    let several = found.iter().find(|one| one.code == Code::SeveralValuesOnOneLine).unwrap();
    assert!(several.meaning.ends_with("; without WUServer the server is not used"), "{several:?}");
}

/// Lines of which no more than the name can be read, and sections that are passed over.
fn unread() -> Vec<Case> {
    use RemarkKind as R;
    let with = |settings: Settings, key: Option<Key>, kind, text: &str| {
        let mut document = settings.document();
        let at = Place::Line(document.entries.len());
        let entry = |key: Key| Entry { at, operation: Operation::Key(key.path()), certain: true };
        document.entries.extend(key.map(entry));
        document.remarks = vec![Remark { at, kind, text: text.to_owned() }];
        document
    };
    let without = |setting: S| good().without(&[setting]);
    let (lost, other) = ([(Code::Unreadable, Error)], [(Code::Unreadable, Warning)]);
    let line = "\"usewuserver\"=foo:1";
    let mut section = good().document();
    section.entries.iter_mut().for_each(|entry| entry.certain = false);
    let key = Operation::Key(Key::WindowsUpdate.path());
    section.entries.insert(0, Entry { at: Place::Line(99), operation: key, certain: false });
    let text = "[HKLM]".to_owned();
    section.remarks = vec![Remark { at: Place::Line(99), kind: R::BadRoot, text }];
    vec![
        Case::new(
            "its data",
            with(without(S::UseWuServer), Some(Key::Au), R::BadData, line),
            &lost,
        )
        .says("without UseWUServer the server is not used"),
        Case::new("set elsewhere", with(good(), Some(Key::Au), R::BadData, line), &other),
        Case::new(
            "the data of a group",
            with(good(), Some(Key::WindowsUpdate), R::BadData, "\"TargetGroup\"=foo:1"),
            &other,
        ),
        Case::new("no key", with(without(S::UseWuServer), None, R::ValueWithoutKey, line), &lost),
        Case::new("a section", section, &lost)
            .says("without WUServer, WUStatusServer and UseWUServer the server is not used"),
    ]
}

fn names() -> Vec<Case> {
    let (policy, au) = (Key::WindowsUpdate.path(), Key::Au.path());
    let one = || Data::Dword(1);
    let misspelled = (Code::MisspelledName, Warning);
    let unknown = (Code::UnknownName, Note);
    vec![
        Case::new("vendor", good().also(&au, "RackSpaceDefaults", one()), &[unknown])
            .says("RackSpaceDefaults=1 is not known here"),
        Case::new("a date", good().also(&au, "ScheduledInstallDate", one()), &[]),
        Case::new("no upgrade", good().also(&policy, "DisableOSUpgrade", one()), &[]),
        Case::new("odd", good().also(&au, "\u{1b}[31m\n", one()), &[unknown]),
        Case::new(
            "documented elsewhere",
            good().also(&policy, "excludeWUDriversInQualityUpdate", one()),
            &[],
        ),
        Case::new("misspelled", good().also(&au, "DetectionFrequencey", one()), &[misspelled])
            .says("DetectionFrequency=1"),
        Case::new(
            "the server, misspelled",
            good().without(&[S::WuServer]).also(&policy, "WUSever", text(SERVER)),
            &[(Code::MisspelledName, Error)],
        ),
        Case::new(
            "its use, misspelled",
            good().without(&[S::UseWuServer]).also(&au, "UseWUSever", one()),
            &[(Code::MisspelledName, Error)],
        ),
        Case::new("the default value", good().also(&au, "", text("")), &[]),
    ]
}

fn places() -> Vec<Case> {
    let (policy, au) = (Key::WindowsUpdate.path(), Key::Au.path());
    let one = || Data::Dword(1);
    let of = |root, path: &str| KeyPath { root, path: path.to_owned() };
    let use_at = |key: &KeyPath| good().without(&[S::UseWuServer]).also(key, "UseWUServer", one());
    let wrong = (Code::WrongKey, Error);
    let view = (Code::WrongView, Error);
    let bits32 =
        KeyPath::machine("SOFTWARE\\Wow6432Node\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU");
    let panel = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update";
    let machine = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\WindowsUpdate";
    let sid = of(Root::Users, &format!("S-1-5-18\\{}", Key::UserWindowsUpdate.path().path));
    let mut live = good().without(&[S::UseWuServer]).also(&au, "UseWUServer", one());
    live.entries.last_mut().unwrap().at = Place::View(View::Bits32);
    let mut twice = good().also(&au, "UseWUServer", one());
    twice.entries.last_mut().unwrap().at = Place::View(View::Bits32);
    let mut other = good().also(&au, "UseWUServer", Data::Dword(0));
    other.entries.last_mut().unwrap().at = Place::View(View::Bits32);
    vec![
        Case::new("above its key", use_at(&policy), &[wrong]).says("WindowsUpdate\\AU"),
        Case::new(
            "below its key",
            good().without(&[S::WuServer]).also(&au, "WUServer", text(SERVER)),
            &[wrong],
        ),
        Case::new("beside the policy", use_at(&KeyPath::machine(machine)), &[wrong]),
        Case::new(
            "the key misspelled",
            use_at(&KeyPath::machine("SOFTWARE\\Policies\\Microsoft\\Windows\\Windows Update\\AU")),
            &[wrong],
        ),
        Case::new(
            "twice, once wrong",
            good().also(&policy, "UseWUServer", one()),
            &[(Code::WrongKey, Warning)],
        )
        .says("remove UseWUServer here"),
        Case::new(
            "the control panel",
            good().also(&KeyPath::machine(panel), "AUOptions", Data::Dword(3)),
            &[(Code::WrongKey, Note)],
        ),
        Case::new(
            "another product",
            good().also(&KeyPath::machine("SOFTWARE\\Other"), "TargetGroup", one()),
            &[],
        ),
        Case::new("a user's policy", use_at(&of(Root::CurrentUser, &au.path)), &[view])
            .says("root of a user"),
        Case::new(
            "of some user",
            use_at(&of(Root::Users, &format!("S-1-5-18\\{}", au.path))),
            &[view],
        ),
        Case::new("a user's own", good().also(&sid, "DisableWindowsUpdateAccess", one()), &[]),
        Case::new("32 bits by path", use_at(&bits32), &[view]).says("32-bit programs"),
        Case::new("32 bits by view", live, &[view]),
        Case::new("both views alike", twice, &[]),
        Case::new("both paths alike", good().also(&bits32, "UseWUServer", one()), &[]),
        Case::new("views differ", other, &[(Code::WrongView, Warning)])
            .says("otherwise than")
            .says("remove UseWUServer here"),
    ]
}

fn removed() -> Vec<Case> {
    let then = |operation| {
        let mut operations = good().operations();
        operations.push(operation);
        document(operations)
    };
    let first = |operation| {
        let mut operations = vec![operation];
        operations.extend(good().operations());
        document(operations)
    };
    let all = || Operation::DeleteKey(Key::WindowsUpdate.path());
    let one = || Operation::DeleteValue { key: Key::Au.path(), name: "detectionfrequency".into() };
    vec![
        Case::new("cleaned before", first(all()), &[]),
        Case::new("removed after", then(all()), &[(Code::SetTwice, Error)]).says("and 4 more"),
        Case::new("one removed after", then(one()), &[(Code::SetTwice, Warning)]),
        Case::new(
            "all of a key",
            then(Operation::DeleteValues(Key::Au.path())),
            &[(Code::SetTwice, Error)],
        ),
    ]
}
