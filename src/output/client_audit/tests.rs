//! Audits with findings made by hand.

use super::*;
use crate::model::client::ClientFindingCode as Code;
use crate::model::registry::{Data, Entry, Format, Operation, Place, Remark, RemarkKind};

const PLAIN: Style = Style { color: false, width: 80 };

fn set(line: usize, setting: Setting, data: Data, certain: bool) -> Entry {
    let (key, name) = (setting.key(), setting.value_name().to_owned());
    Entry {
        at: Place::Line(line),
        operation: Operation::Set { key, name, data, soft: false },
        certain,
    }
}

fn document() -> Document {
    let text = |text: &str| Data::String(text.to_owned());
    let entries = vec![
        set(3, Setting::WuServer, text("https://wsus.corp.example"), true),
        set(4, Setting::WuStatusServer, text("https://wsus.corp.example"), true),
        set(7, Setting::AuOptions, Data::Dword(4), false),
        set(7, Setting::AutoInstallMinorUpdates, Data::Dword(0), false),
        set(8, Setting::DetectionFrequency, Data::Dword(22), true),
        set(9, Setting::RebootWarningTimeout, Data::Dword(31), true),
        set(10, Setting::ScheduledInstallDay, Data::Dword(0), true),
        set(11, Setting::ScheduledInstallTime, Data::Dword(2), true),
        set(12, Setting::UseWuServer, text("1"), true),
        set(13, Setting::SourceForFeatureUpdates, Data::Dword(1), true),
        set(14, Setting::NoAutoUpdate, Data::Binary(vec![0; 20]), true),
    ];
    let remark = Remark {
        at: Place::Line(7),
        kind: RemarkKind::SeveralOnOneLine,
        text: "\"AUOptions\"=dword:00000004 \"AutoInstallMinorUpdates\"=dword:00000000".to_owned(),
    };
    Document { format: Format::Reg5, entries, remarks: vec![remark] }
}

fn finding(code: Code, weight: Weight, lines: &[usize]) -> ClientFinding {
    let place = |line: &usize| Location {
        source: 0,
        at: Place::Line(*line),
        key: Some(Setting::UseWuServer.key()),
        value: Some("UseWUServer".to_owned()),
    };
    ClientFinding {
        code,
        weight,
        places: lines.iter().map(place).collect(),
        observed: format!(
            "{} as it was seen, told in a sentence that needs a second line of the screen",
            code.as_str()
        ),
        meaning: "what it means for this machine".to_owned(),
        action: "what to do about it".to_owned(),
    }
}

fn findings() -> Vec<ClientFinding> {
    vec![
        finding(Code::UnknownName, Weight::Note, &[9]),
        finding(Code::SeveralValuesOnOneLine, Weight::Warning, &[7, 7, 8, 9, 10, 11, 12, 13]),
        finding(Code::UseWuServerMissing, Weight::Error, &[]),
    ]
}

fn rendered(names: &[&str], findings: &[ClientFinding], style: Style) -> (String, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let documents = vec![document(); names.len()];
    let audit = Audit { names: &names, documents: &documents, findings, probed: false };
    (text(&audit, style), json(&audit).unwrap())
}

#[test]
fn audit_text() {
    insta::assert_snapshot!(rendered(&["wsus.reg"], &findings(), PLAIN).0);
}

#[test]
fn audit_text_of_two_sources_without_findings() {
    insta::assert_snapshot!(rendered(&["old/wsus.reg", "C:\\new\\wsus.reg"], &[], PLAIN).0);
}

#[test]
fn audit_document() {
    let mut findings = findings();
    findings.truncate(2);
    insta::assert_snapshot!(rendered(&["wsus.reg"], &findings, PLAIN).1);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let color = rendered(&["wsus.reg"], &findings(), Style { color: true, width: 80 }).0;
    let mut pieces = color.split("\u{1b}[");
    let first = pieces.next().unwrap().to_owned();
    let plain = pieces.fold(first, |text, piece| text + piece.split_once('m').unwrap().1);
    assert_ne!(color, plain);
    assert_eq!(plain, rendered(&["wsus.reg"], &findings(), PLAIN).0);
}

#[test]
fn no_line_is_longer_than_the_screen() {
    for names in [&["wsus.reg"][..], &["old/wsus.reg", "new/a-very-long-name-of-a-file.reg"]] {
        for line in rendered(names, &findings(), PLAIN).0.lines() {
            assert!(line.chars().count() <= PLAIN.width, "{line}");
            assert_eq!(line, line.trim_end());
        }
    }
}

#[test]
fn hostile_text_is_shown_safely_and_cut() {
    let mut hostile = findings();
    hostile[0].observed = "\u{1b}[2Jcleared\nnext \u{202e}txet".to_owned();
    let long = format!("\u{1b}]0;x\u{7}{}", "y".repeat(10_000));
    let documents = [Document {
        entries: vec![set(3, Setting::WuServer, Data::String(long), true)],
        ..document()
    }];
    let names = ["a\u{1b}[31m\r\n.reg".to_owned()];
    let audit = Audit { names: &names, documents: &documents, findings: &hostile, probed: true };
    let text = text(&audit, PLAIN);
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}', '\r']), "{text}");
    assert!(!text.contains(&"y".repeat(100)), "{text}");
    let json = json(&audit).unwrap();
    assert!(!json.contains(['\u{1b}', '\u{202e}', '\u{7}', '\r']));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["settings"][0]["text"].as_str().unwrap().len(), 10_000 + 6);
}

#[test]
fn a_source_without_settings_says_so() {
    let documents = [Document { format: Format::Reg5, entries: vec![], remarks: vec![] }];
    let names = ["empty.reg".to_owned()];
    let audit = Audit { names: &names, documents: &documents, findings: &[], probed: false };
    let expected = "no setting of Windows Update's policy is set\n\nempty.reg: nothing wrong\n";
    assert_eq!(text(&audit, PLAIN), expected);
}
