//! Every rule by cases: settings in, codes and weights out.

mod fleet;
mod forms;
mod properties;
mod seen;
mod servers;
mod values;

use super::findings;
use crate::model::client::ClientFindingCode as Code;
use crate::model::client::{ClientFinding, Weight};
use crate::model::registry::{
    Data, Document, Entry, Format, KeyPath, Operation, Place, Remark, RemarkKind,
};
use crate::policy::setting::{Key, Setting};

const SERVER: &str = "https://msupdate.dfw.rackspace.com";

/// What was found, and what should have been.
struct Case {
    name: &'static str,
    found: Vec<ClientFinding>,
    expected: Vec<(Code, Weight)>,
}

impl Case {
    fn new(name: &'static str, document: Document, expected: &[(Code, Weight)]) -> Self {
        Self { name, found: findings(&[document]), expected: expected.to_vec() }
    }

    /// Whether a text of a finding has a part, which then need not be asked for by each case.
    fn says(self, part: &str) -> Self {
        let told = |f: &ClientFinding| format!("{} {} {}", f.observed, f.meaning, f.action);
        let texts: Vec<String> = self.found.iter().map(told).collect();
        assert!(
            texts.iter().any(|text| text.contains(part)),
            "{}: {part} in {texts:#?}",
            self.name
        );
        self
    }
}

fn check(cases: &[Case]) {
    for case in cases {
        let found: Vec<(Code, Weight)> = case.found.iter().map(|f| (f.code, f.weight)).collect();
        assert_eq!(found, case.expected, "{}: {:#?}", case.name, case.found);
        for finding in &case.found {
            for text in [&finding.observed, &finding.meaning, &finding.action] {
                assert!(!text.is_empty(), "{}", case.name);
                assert!(!text.ends_with('.') && !text.contains("  "), "{}: {text}", case.name);
                assert!(!text.contains(char::is_control), "{}: {text}", case.name);
            }
        }
    }
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

fn set_at(key: &KeyPath, name: &str, data: Data) -> Operation {
    Operation::Set { key: key.clone(), name: name.to_owned(), data, soft: false }
}

fn document(operations: Vec<Operation>) -> Document {
    let entry = |(line, operation)| Entry { at: Place::Line(line), operation, certain: true };
    let entries = operations.into_iter().enumerate().map(entry).collect();
    Document { format: Format::Reg5, entries, remarks: Vec::new() }
}

/// Settings that have nothing wrong.
struct Settings(Vec<(Setting, Data)>);

fn good() -> Settings {
    Settings(vec![
        (Setting::WuServer, text(SERVER)),
        (Setting::WuStatusServer, text(SERVER)),
        (Setting::UseWuServer, Data::Dword(1)),
        (Setting::NoAutoUpdate, Data::Dword(0)),
        (Setting::AuOptions, Data::Dword(4)),
        (Setting::ScheduledInstallDay, Data::Dword(0)),
        (Setting::ScheduledInstallTime, Data::Dword(18)),
        (Setting::DetectionFrequency, Data::Dword(22)),
        (Setting::DetectionFrequencyEnabled, Data::Dword(1)),
        (Setting::NoAutoRebootWithLoggedOnUsers, Data::Dword(1)),
    ])
}

impl Settings {
    fn with(mut self, setting: Setting, data: Data) -> Self {
        self.0.retain(|(other, _)| *other != setting);
        self.0.push((setting, data));
        self
    }

    fn on(self, setting: Setting) -> Self {
        self.with(setting, Data::Dword(1))
    }

    fn number(self, setting: Setting, number: u32) -> Self {
        self.with(setting, Data::Dword(number))
    }

    fn without(mut self, settings: &[Setting]) -> Self {
        self.0.retain(|(other, _)| !settings.contains(other));
        self
    }

    fn server(self, url: &str) -> Self {
        self.with(Setting::WuServer, text(url)).with(Setting::WuStatusServer, text(url))
    }

    fn operations(self) -> Vec<Operation> {
        let set =
            |(setting, data): (Setting, Data)| set_at(&setting.key(), setting.value_name(), data);
        self.0.into_iter().map(set).collect()
    }

    fn document(self) -> Document {
        document(self.operations())
    }

    /// With a value more, wherever and whatever.
    fn also(self, key: &KeyPath, name: &str, data: Data) -> Document {
        let mut operations = self.operations();
        operations.push(set_at(key, name, data));
        document(operations)
    }

    /// With a remark about its first line.
    fn remarked(self, kind: RemarkKind) -> Document {
        let remark = Remark { at: Place::Line(0), kind, text: "what\nstands there".to_owned() };
        let mut document = Document { remarks: vec![remark], ..self.document() };
        document.entries.iter_mut().for_each(|entry| entry.certain &= entry.at != Place::Line(0));
        document
    }
}

#[test]
fn what_is_right_has_no_findings() {
    assert_eq!(findings(&[good().document()]), []);
    let also = [Setting::RescheduleWaitTime, Setting::RebootRelaunchTimeout];
    let mut more =
        good().with(Setting::TargetGroup, text("Web;Test")).on(Setting::TargetGroupEnabled);
    for setting in also {
        more = more.number(setting, 10).on(setting.row().pair.unwrap());
    }
    assert_eq!(findings(&[more.server("https://wsus.corp.example:8531").document()]), []);
}

#[test]
fn the_most_important_comes_first() {
    let key = Key::Au.path();
    let document = good().server("http://wsus:8530/").number(Setting::UseWuServer, 0);
    let document = document.also(&key, "RackSpaceDefaults", Data::Dword(1));
    let weights: Vec<Weight> = findings(&[document]).iter().map(|f| f.weight).collect();
    assert_eq!(weights, [Weight::Error, Weight::Warning, Weight::Note, Weight::Note]);
}

/// Many mistakes of a kind are folded, and do not take the square of their time.
#[test]
fn many_of_a_kind_are_folded() {
    let many = 1000;
    let mut steps = good().operations();
    for number in 0..many {
        let key = KeyPath::machine(&format!("Software\\WindowsUpdate{number}"));
        steps.push(set_at(&key, "TargetGroup", text("a")));
        steps.push(set_at(
            &KeyPath { path: key.path.to_uppercase(), ..key },
            "WUServer",
            text("a"),
        ));
    }
    let found = findings(&[document(steps)]);
    let wrong: Vec<&ClientFinding> = found.iter().filter(|f| f.code == Code::WrongKey).collect();
    assert_eq!(wrong.len(), 11, "{}", wrong.len());
    assert!(wrong.iter().any(|f| f.observed.starts_with("and 990 more keys")));
    assert_eq!(wrong.iter().map(|f| f.places.len()).sum::<usize>(), 2 * many);
}
