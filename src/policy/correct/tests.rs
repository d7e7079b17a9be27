//! What is corrected and what is not, and that correcting twice changes nothing.

use super::*;
use crate::model::registry::{Data, Entry, Format, KeyPath, Operation, Place};
use crate::policy::setting::{Key, Setting};

const SERVER: &str = "https://wsus.corp.example:8531";

fn set_at(key: KeyPath, name: &str, data: Data) -> Operation {
    Operation::Set { key, name: name.to_owned(), data, soft: false }
}

fn set(setting: Setting, data: Data) -> Operation {
    set_at(setting.key(), setting.value_name(), data)
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

fn server() -> Vec<Operation> {
    vec![
        set(Setting::WuServer, text(SERVER)),
        set(Setting::WuStatusServer, text(SERVER)),
        set(Setting::UseWuServer, Data::Dword(1)),
    ]
}

fn document(operations: Vec<Operation>) -> Document {
    let entries = operations.into_iter().zip(1..).map(|(operation, line)| Entry {
        at: Place::Line(line),
        operation,
        certain: true,
    });
    Document { format: Format::Reg5, entries: entries.collect(), remarks: Vec::new() }
}

fn left_of(corrected: &Corrected) -> Vec<String> {
    remaining(&corrected.desired, corrected.written_in, &[])
}

/// Corrects, and once more what came of it.
fn corrected_twice(operations: Vec<Operation>) -> Corrected {
    let once = corrected(&[document(operations)]);
    let twice = corrected(&[once.desired.document()]);
    assert_eq!(twice.changed, Vec::<String>::new());
    assert_eq!(twice.desired.operations(), once.desired.operations());
    once
}

#[test]
fn right_settings_stay_as_they_are() {
    let once = corrected_twice(server());
    assert_eq!(once.changed, Vec::<String>::new());
    assert_eq!(once.desired.operations(), Desired::server(SERVER).operations());
}

#[test]
fn single_values_have_one_right_answer_or_stay() {
    let frequency = Setting::DetectionFrequency;
    let bytes = |bytes: [u8; 4]| bytes.to_vec();
    for (setting, wrong, right) in [
        (frequency, text("4"), Data::Dword(4)),
        (frequency, text(" 0x16 "), Data::Dword(22)),
        (frequency, Data::Qword(4), Data::Dword(4)),
        (frequency, Data::Binary(bytes([4, 0, 0, 0])), Data::Dword(4)),
        (frequency, Data::Other { kind: 5, bytes: bytes([0, 0, 0, 4]) }, Data::Dword(4)),
        (Setting::TargetGroup, Data::ExpandString("a".to_owned()), text("a")),
        (
            Setting::UpdateServiceUrlAlternate,
            text(" http://b.test:8530// "),
            text("http://b.test:8530"),
        ),
        (
            Setting::UpdateServiceUrlAlternate,
            Data::MultiString(vec!["http://b.test:8530/".to_owned()]),
            text("http://b.test:8530"),
        ),
    ] {
        let once = corrected_twice(vec![set(setting, wrong.clone())]);
        assert_eq!(once.desired.get(setting), Some(&right), "{wrong:?}");
        assert!(once.changed.iter().any(|line| line.starts_with("line 1: ")), "{:?}", once.changed);
    }
    for (setting, doubtful) in [
        (frequency, text("four")),
        (frequency, text("99")),
        (frequency, Data::Dword(0x99)),
        (frequency, Data::Dword(24)),
        (frequency, Data::Dword(0x22)),
        (Setting::ScheduledInstallTime, Data::Dword(24)),
        (Setting::RebootRelaunchTimeout, Data::Dword(0x1440)),
        (frequency, Data::Dword(0x2f)),
        (frequency, Data::Binary(vec![4])),
        (Setting::AuOptions, Data::Dword(9)),
        (Setting::TargetGroup, Data::ExpandString("%COMPUTERNAME%".to_owned())),
        (Setting::TargetGroup, Data::MultiString(vec!["a".to_owned(), "b".to_owned()])),
    ] {
        let once = corrected_twice(vec![set(setting, doubtful.clone())]);
        assert_eq!(once.desired.get(setting), Some(&doubtful));
    }
}

#[test]
fn numbers_out_of_range_are_left_with_their_range_and_asked_about_where_written_in_hexadecimal() {
    let mut source = document(vec![set(Setting::DetectionFrequency, Data::Dword(0x22))]);
    let asks = |source: &Document| {
        let left = left_of(&corrected(std::slice::from_ref(source)));
        assert!(left.iter().any(|line| line.contains("1 to 22 hours")), "{left:?}");
        left.iter().any(|line| line.contains("was 22 meant?"))
    };
    assert!(asks(&source));
    for format in [Format::PolicyFile, Format::Live] {
        source.format = format;
        assert!(!asks(&source), "{format:?}");
    }
}

#[test]
fn what_was_decided_about_the_server_is_left() {
    let (reports, switch) = (Setting::WuStatusServer, Setting::UseWuServer);
    for (setting, data) in [(reports, text("http://other.test:8530")), (switch, Data::Dword(0))] {
        let mut operations = server();
        operations.push(set(setting, data.clone()));
        let once = corrected_twice(operations);
        assert_eq!(once.desired.get(setting), Some(&data));
        let left = left_of(&once);
        assert!(left.iter().any(|line| line.contains(setting.as_str())), "{left:?}");
    }
}

#[test]
fn values_that_are_no_misspelled_settings_stay_where_they_are() {
    let au = Key::Au.path();
    for (name, data) in [
        ("ScheduledInstallDate", Data::Dword(3)),
        ("UseWSUServer", text("wsus")),
        ("DetectionFrequencey", Data::Binary(vec![4])),
    ] {
        let value = set_at(au.clone(), name, data);
        let once = corrected_twice(server().into_iter().chain([value.clone()]).collect());
        assert_eq!(once.changed, Vec::<String>::new());
        assert_eq!(once.desired.others, [value]);
    }
}

#[test]
fn both_urls_and_their_switch_belong_together() {
    let (server, reports) = (Setting::WuServer, Setting::WuStatusServer);
    let expected = Desired::server(SERVER).operations();
    for given in [
        vec![set(server, text(SERVER))],
        vec![set(reports, text(SERVER))],
        vec![set(server, text(SERVER)), set(reports, text("HTTPS://WSUS.corp.example:8531"))],
        vec![set(server, text(SERVER)), set(reports, text(&format!("{SERVER}/")))],
        vec![set(server, text(&format!("{SERVER}/"))), set(Setting::UseWuServer, text("1"))],
    ] {
        let once = corrected_twice(given.clone());
        assert_eq!(once.desired.operations(), expected, "{given:?}");
        assert!(!once.changed.is_empty());
    }
    let gone = Operation::DeleteValue { key: server.key(), name: "WUServer".to_owned() };
    let once = corrected_twice(vec![gone, set(reports, text(SERVER))]);
    assert_eq!(once.changed, Vec::<String>::new(), "what is removed on purpose stays removed");
}

#[test]
fn numbers_get_their_switch_unless_it_was_decided() {
    let (number, switch) = (Setting::RescheduleWaitTime, Setting::RescheduleWaitTimeEnabled);
    let once = corrected_twice(vec![set(number, Data::Dword(5))]);
    assert_eq!(once.desired.get(switch), Some(&Data::Dword(1)));
    let once = corrected_twice(vec![set(number, Data::Dword(5)), set(switch, Data::Dword(0))]);
    assert_eq!(once.desired.get(switch), Some(&Data::Dword(0)));
    let once = corrected_twice(vec![set(switch, Data::Dword(1))]);
    assert_eq!(once.desired.get(number), None);
    let once = corrected_twice(vec![set(Setting::AlwaysAutoRebootMinutes, Data::Dword(15))]);
    assert_eq!(once.desired.get(Setting::AlwaysAutoReboot), None);
}

#[test]
fn values_are_brought_to_where_clients_look() {
    let (policy, au) = (Key::WindowsUpdate.path(), Key::Au.path());
    let wow = KeyPath::machine(&au.path.replace("SOFTWARE\\", "SOFTWARE\\Wow6432Node\\"));
    let user = KeyPath { root: crate::model::registry::Root::CurrentUser, ..policy.clone() };
    for (key, name) in [
        (&policy, "UseWUServer"),
        (&wow, "usewuserver"),
        (&user, "UseWUServer"),
        (&au, "UseWSUServer"),
        (&policy, "UseWUSrver"),
    ] {
        let mut operations = server();
        operations[2] = set_at(key.clone(), name, Data::Dword(1));
        let once = corrected_twice(operations);
        assert_eq!(once.desired.get(Setting::UseWuServer), Some(&Data::Dword(1)));
        assert_eq!(once.changed.len(), 1, "{:?}", once.changed);
        let removal = Operation::DeleteValue { key: key.clone(), name: name.to_owned() };
        assert_eq!(once.desired.others, [removal]);
    }
    let mut both = server();
    both.push(set_at(policy, "UseWUServer", Data::Dword(0)));
    let once = corrected_twice(both);
    assert_eq!(once.desired.get(Setting::UseWuServer), Some(&Data::Dword(1)));
    assert_eq!(once.desired.others.len(), 1);
}

#[test]
fn what_is_of_others_stays() {
    let preferences = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update";
    let others = [
        set_at(Key::Au.path(), "RackSpaceDefaults", Data::Dword(1)),
        set_at(KeyPath::machine(preferences), "AUOptions", Data::Dword(4)),
        set_at(KeyPath::machine("SOFTWARE\\Contoso"), "WUServer", text("x")),
        // The machine's or the user's: nobody knows.
        set_at(
            KeyPath::machine(
                "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\WindowsUpdate",
            ),
            "DisableWindowsUpdateAccess",
            Data::Dword(1),
        ),
    ];
    let once = corrected_twice(server().into_iter().chain(others.clone()).collect());
    assert_eq!(once.changed, Vec::<String>::new());
    assert_eq!(once.desired.others, others);
}

#[test]
fn deletions_count_in_their_order() {
    let (policy, au) = (Key::WindowsUpdate.path(), Key::Au.path());
    let vendor = set_at(au.clone(), "Contoso", Data::Dword(1));
    let gone = Operation::DeleteKey(policy);
    let mut before = vec![gone.clone(), vendor.clone()];
    before.extend(server());
    let once = corrected_twice(before);
    assert_eq!(once.desired.others, [gone.clone(), vendor.clone()]);
    assert_eq!(once.desired.values.len(), 3);

    let mut after = server();
    after.extend([vendor.clone(), gone.clone()]);
    let once = corrected_twice(after);
    assert!(once.desired.values.iter().all(|(_, data)| data.is_none()));
    assert_eq!((once.desired.values.len(), once.desired.others), (3, vec![gone]));

    let emptied = Operation::DeleteValues(au);
    let mut after = server();
    after.extend([vendor, emptied.clone()]);
    let once = corrected(&[document(after)]);
    assert_eq!(once.desired.others, [emptied]);
}

/// What a source takes back is no mistake with one right answer.
#[test]
fn what_is_set_and_removed_again_is_told_and_not_completed() {
    let au = Key::Au.path();
    let frequency = || set(Setting::DetectionFrequency, Data::Dword(4));
    let single = Operation::DeleteValue { key: au.clone(), name: "detectionfrequency".to_owned() };
    for (step, how) in [
        (Operation::DeleteKey(au.clone()), "removes all of its key (line 5)"),
        (Operation::DeleteValues(au.clone()), "removes all of its key (line 5)"),
        (single, "removes it (line 5)"),
    ] {
        let mut steps = server();
        steps.extend([frequency(), step.clone()]);
        let found = corrected_twice(steps.clone());
        assert_eq!(found.changed, Vec::<String>::new());
        let told = found.removed.iter().find(|one| one.setting == Setting::DetectionFrequency);
        let text = &told.unwrap().text;
        let parts = ["is set (line 4)", how, "--set \"DetectionFrequency=4\""];
        assert!(parts.iter().all(|part| text.contains(part)), "{step:?}: {text}");
        assert_eq!(found.desired.get(Setting::DetectionFrequency), None);
        let is_gone = found.removed.iter().any(|one| one.setting == Setting::UseWuServer);
        assert_eq!(is_gone, found.desired.get(Setting::UseWuServer).is_none(), "{step:?}");

        steps.push(frequency());
        let again = corrected_twice(steps);
        assert!(again.removed.iter().all(|one| one.setting != Setting::DetectionFrequency));
        assert_eq!(again.desired.get(Setting::DetectionFrequency), Some(&Data::Dword(4)));
    }
    let mut stray = server();
    stray.push(Operation::DeleteValue { key: au, name: "UseWUServer".to_owned() });
    stray.push(set_at(Key::WindowsUpdate.path(), "UseWUServer", Data::Dword(1)));
    let found = corrected_twice(stray);
    let is_set = found.desired.get(Setting::UseWuServer).is_some();
    assert_eq!(found.removed.is_empty(), is_set, "{found:?}");
}

#[test]
fn a_wrong_number_is_not_switched_on() {
    for (setting, data) in [
        (Setting::DetectionFrequency, Data::Dword(100)),
        (Setting::DetectionFrequency, text("four")),
        (Setting::RescheduleWaitTime, Data::Dword(0)),
        (Setting::TargetGroup, text(" ")),
    ] {
        let once = corrected_twice(vec![set(setting, data.clone())]);
        assert_eq!(once.desired.get(setting.row().pair.unwrap()), None, "{data:?}");
    }
}

#[test]
fn the_form_of_a_source_is_mended_or_told() {
    let remark = |kind| Remark { at: Place::Line(7), kind, text: "x".to_owned() };
    let mut source = document(server());
    source.remarks = RemarkKind::ALL.iter().copied().map(remark).collect();
    let once = corrected(&[source]);
    assert_eq!(once.changed.len(), 6, "{:?}", once.changed);
    assert_eq!(once.lost.len(), 8, "{:?}", once.lost);
    assert_eq!(once.lost[0], "line 7: cannot be read, and is left out: x");
    let doubtful = once.lost.iter().find(|line| line.contains("bytes")).unwrap();
    assert!(!doubtful.contains("left out"), "{doubtful}");
    let kept = "line 7: the data is not written as importers read it; what it seems to mean is kept: \
                check it: x";
    assert!(once.lost.iter().any(|line| line == kept), "{:?}", once.lost);
}

#[test]
fn very_many_steps_take_little_time() {
    let key = |number| KeyPath::machine(&format!("SOFTWARE\\Contoso\\{number}"));
    let steps = (0..100_000).flat_map(|number| {
        [Operation::DeleteKey(key(number)), set_at(key(number), "a", Data::Dword(1))]
    });
    let once = corrected(&[document(steps.collect())]);
    assert_eq!(once.desired.operations().len(), 300_000);
}
