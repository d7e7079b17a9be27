//! What every format makes of the same settings.

use super::*;
use crate::policy::desired::Desired;
use crate::policy::setting::Setting;

/// The server, a number with its switch, a removal, and a value that is no setting.
fn usual() -> Vec<Operation> {
    let mut desired = Desired::server("https://wsus.corp.example:8531");
    desired.set(Setting::DetectionFrequency, Some(Data::Dword(4)));
    desired.set(Setting::DetectionFrequencyEnabled, Some(Data::Dword(1)));
    desired.set(Setting::TargetGroup, None);
    desired.others.push(set("ContosoDefaults", Data::Dword(u32::MAX)));
    desired.operations()
}

fn set(name: &str, data: Data) -> Operation {
    let key = Setting::UseWuServer.key();
    Operation::Set { key, name: name.to_owned(), data, soft: false }
}

/// Names and data that break out of careless quoting.
fn hostile() -> Vec<Operation> {
    let nasty =
        "'; rm -r C:\\ #\" $(x) `n {{ lookup('env','HOME') }}\r\n[HKEY_USERS]\u{2019}\u{1f600}";
    vec![
        set(nasty, Data::String(nasty.to_owned())),
        set("expand", Data::ExpandString("%{% raw %}%".to_owned())),
        set("multi", Data::MultiString(vec![nasty.to_owned(), String::new()])),
        set("qword", Data::Qword(u64::MAX)),
        set("binary", Data::Binary(vec![0, 255])),
        set("none", Data::Binary(Vec::new())),
        set("", Data::String("default".to_owned())),
        set("odd", Data::Other { kind: 4, bytes: vec![1, 2, 3] }),
        Operation::DeleteValue { key: Setting::UseWuServer.key(), name: String::new() },
        Operation::DeleteValue { key: Setting::UseWuServer.key(), name: nasty.to_owned() },
    ]
}

type Renderer = fn(&Settings<'_>) -> Rendered;

const RENDERERS: [(&str, Renderer); 3] =
    [("powershell", powershell::script), ("lgpo", lgpo::text), ("ansible", ansible::play)];

fn texts(left_out: &[LeftOut]) -> Vec<&str> {
    left_out.iter().map(|left_out| left_out.text.as_str()).collect()
}

fn shown(operations: &[Operation], render: Renderer) -> String {
    let origin = ["From a test".to_owned(), "line\nfeed \u{2028} {{ x }}".to_owned()];
    let Rendered { bytes, left_out } = render(&Settings { origin: &origin, operations });
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.is_ascii() && text.ends_with('\n'));
    format!("{}\n== left out\n{}\n", text.replace("\r\n", "\n"), texts(&left_out).join("\n"))
}

#[test]
fn every_format_in_full() {
    for (name, renderer) in RENDERERS {
        insta::assert_snapshot!(format!("usual_{name}"), shown(&usual(), renderer));
    }
    let changed = ["`WUServr` is misspelled".to_owned()];
    let settings = Settings { origin: &[], operations: &usual() };
    let document = json::document(&settings, &changed, &[]).unwrap();
    insta::assert_snapshot!("usual_json", String::from_utf8(document.bytes).unwrap());
}

#[test]
fn nothing_breaks_out_of_its_quotes() {
    for (name, renderer) in RENDERERS {
        let text = shown(&hostile(), renderer);
        // What the snapshot shows is only what differs from the usual one.
        let body = match name {
            "powershell" => text.split("\n$hive = ").nth(1).unwrap().split("\n# A start").next(),
            _ => Some(text.as_str()),
        };
        insta::assert_snapshot!(format!("hostile_{name}"), body.unwrap());
    }
    let settings = Settings { origin: &[], operations: &hostile() };
    let document = json::document(&settings, &[], &[]).unwrap();
    insta::assert_snapshot!("hostile_json", String::from_utf8(document.bytes).unwrap());
}

#[test]
fn what_a_format_cannot_hold_is_told() {
    let key = Setting::UseWuServer.key();
    let soft =
        Operation::Set { key: key.clone(), name: "a".to_owned(), data: Data::Dword(1), soft: true };
    let steps = [
        Operation::DeleteKey(key.clone()),
        Operation::DeleteValues(key.clone()),
        soft,
        Operation::Key(key.clone()),
    ];
    for (name, renderer) in RENDERERS {
        let left_out = renderer(&Settings { origin: &[], operations: &steps }).left_out;
        assert_eq!(left_out.len(), steps.len(), "{name}: {left_out:?}");
    }
    let user = Setting::UserNoWindowsUpdate;
    let data = Data::Dword(1);
    let name = user.value_name().to_owned();
    let steps = [
        Operation::Key(user.key()),
        Operation::Set { key: user.key(), name, data, soft: false },
        Operation::Key(key),
    ];
    let left_out = pol::file(&Settings { origin: &[], operations: &steps }).left_out;
    assert_eq!(left_out.len(), 1, "{left_out:?}");
}

#[test]
fn a_setting_that_a_format_cannot_hold_is_told_apart_from_values_of_others() {
    let desired = Desired::server("https://wsus.b\u{fc}ro.example:8531");
    let mut operations = desired.operations();
    operations.push(set("Contoso", Data::String("b\u{fc}ro".to_owned())));
    let rendered = lgpo::text(&Settings { origin: &[], operations: &operations });
    assert_eq!(rendered.left_out.len(), 3, "{rendered:?}");
    assert_eq!(rendered.lost_settings().len(), 2, "{rendered:?}");
    let user = [Operation::DeleteValue {
        key: Setting::UserDisableWindowsUpdateAccess.key(),
        name: "DisableWindowsUpdateAccess".to_owned(),
    }];
    for renderer in [pol::file, ansible::play, powershell::script] {
        let rendered = renderer(&Settings { origin: &[], operations: &user });
        assert_eq!(rendered.left_out.len(), 1, "{rendered:?}");
        assert_eq!(rendered.lost_settings(), Vec::<&str>::new(), "a user's stands by itself");
    }
}

/// An administrator who runs them would get what is meant for somebody else.
#[test]
fn what_is_run_by_an_administrator_sets_nothing_for_a_user() {
    let mut desired = Desired::server("https://wsus.corp.example:8531");
    desired.set(Setting::UserNoWindowsUpdate, Some(Data::Dword(1)));
    let operations = desired.operations();
    for renderer in [ansible::play, powershell::script] {
        let Rendered { bytes, left_out } =
            renderer(&Settings { origin: &[], operations: &operations });
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("UseWUServer") && !text.contains("NoWindowsUpdate"), "{text}");
        assert!(texts(&left_out).concat().contains("belongs to each user"), "{left_out:?}");
    }
}

#[test]
fn what_a_file_of_the_registry_cannot_hold_is_told() {
    let key = Setting::UseWuServer.key();
    let broken = Operation::Key(KeyPath { root: key.root, path: "a\r\n[b]".to_owned() });
    let steps = [
        set("plain", Data::Dword(1)),
        set("line\nbreak", Data::Dword(1)),
        Operation::DeleteValue { key, name: "line\rbreak".to_owned() },
        broken,
    ];
    for renderer in [reg::text, reg::file] {
        let left_out = renderer(&Settings { origin: &[], operations: &steps }).left_out;
        assert_eq!(left_out.len(), 3, "{left_out:?}");
    }
    let steps = [
        set("plain", Data::Binary(vec![0; 0xffff])),
        set("long", Data::Binary(vec![0; 0x10000])),
        set("NUL\0", Data::Dword(1)),
        set("**del.order", Data::Dword(1)),
        Operation::DeleteKey(KeyPath::machine("a\\b;c")),
    ];
    let left_out = pol::file(&Settings { origin: &[], operations: &steps }).left_out;
    assert_eq!(left_out.len(), 4, "{left_out:?}");
    assert!(left_out[0].text.contains("long: its data"), "{left_out:?}");
}
