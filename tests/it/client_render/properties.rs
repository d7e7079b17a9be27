//! Whatever the settings are: what is written is what was asked for, and what is wrong is told.

#![cfg(test)]

use proptest::prelude::*;
use wsus_probe::model::registry::{Data, Operation, Root};
use wsus_probe::output::client_render::{
    Rendered, Settings, ansible, json, lgpo, pol, powershell, reg,
};
use wsus_probe::policy::correct::{corrected, remaining};
use wsus_probe::policy::desired::Desired;
use wsus_probe::policy::setting::{Allowed, Setting};
use wsus_probe::wire::{reg_file, registry_pol};

use super::readers::{self, Step};
use super::{effective, serious};

fn url() -> impl Strategy<Value = String> {
    prop_oneof![
        "http://[a-z]{1,8}\\.corp\\.example:(80|8530|[1-9][0-9]{3})",
        "https://[a-z]{1,8}\\.corp\\.example:(8531|[1-9][0-9]{3})",
        "https://[a-z]{1,8}\\.corp\\.example(:443)?",
    ]
}

/// A value that the setting may have.
fn allowed(setting: Setting) -> BoxedStrategy<Data> {
    match setting.row().allowed {
        Allowed::Switch => (0..=1_u32).prop_map(Data::Dword).boxed(),
        Allowed::Range(least, most, _) if setting == Setting::AuOptions => {
            prop_oneof![least..=most, Just(7)].prop_map(Data::Dword).boxed()
        }
        Allowed::Range(least, most, _) => (least..=most).prop_map(Data::Dword).boxed(),
        Allowed::Url => url().prop_map(Data::String).boxed(),
        Allowed::Text => {
            "[!-~\u{fc}\u{2019}][ -~\u{fc}\u{2019}\u{1f600}\n]{0,11}".prop_map(Data::String).boxed()
        }
    }
}

/// Any of all settings, set or removed.
fn any_settings() -> impl Strategy<Value = Desired> {
    let one = |setting: &Setting| {
        let setting = *setting;
        let data = prop_oneof![
            3 => Just(None),
            1 => Just(Some(None)),
            3 => allowed(setting).prop_map(|data| Some(Some(data))),
        ];
        data.prop_map(move |data| Some((setting, data?)))
    };
    let all: Vec<_> = Setting::ALL.iter().map(one).collect();
    all.prop_map(|values| Desired {
        values: values.into_iter().flatten().collect(),
        others: Vec::new(),
    })
}

/// A server, and some of the settings that say something beside it.
fn sound_settings() -> impl Strategy<Value = Desired> {
    let one = |setting: &Setting| {
        let setting = *setting;
        proptest::option::of(allowed(setting).prop_map(move |data| (setting, data)))
    };
    let some: Vec<_> = SOUND.iter().map(one).collect();
    let schedule = (0..=7_u32, 0..=23_u32, proptest::option::of(1..=60_u32));
    (url(), some, schedule).prop_map(|(server, some, (day, hour, wait))| {
        let mut desired = Desired::server(&server);
        let mut given = vec![Setting::WuServer];
        for (setting, data) in some.into_iter().flatten() {
            desired.set(setting, Some(data));
            given.push(setting);
        }
        if desired.get(Setting::AuOptions) == Some(&Data::Dword(4)) {
            desired.set(Setting::ScheduledInstallDay, Some(Data::Dword(day)));
            desired.set(Setting::ScheduledInstallTime, Some(Data::Dword(hour)));
            if let Some(wait) = wait {
                desired.set(Setting::RescheduleWaitTime, Some(Data::Dword(wait)));
                given.push(Setting::RescheduleWaitTime);
            }
        }
        desired.complete(&given).unwrap();
        desired
    })
}

/// Settings that neither switch updates off nor lose their sense beside others.
const SOUND: [Setting; 15] = [
    Setting::AuOptions,
    Setting::DetectionFrequency,
    Setting::RebootRelaunchTimeout,
    Setting::RebootWarningTimeout,
    Setting::AutoInstallMinorUpdates,
    Setting::NoAutoRebootWithLoggedOnUsers,
    Setting::AcceptTrustedPublisherCerts,
    Setting::ElevateNonAdmins,
    Setting::TargetGroup,
    Setting::UpdateServiceUrlAlternate,
    Setting::SetProxyBehaviorForUpdateDetection,
    Setting::DoNotEnforceEnterpriseTlsCertPinning,
    Setting::DoNotConnectToInternetLocations,
    Setting::DisableDualScan,
    Setting::UserNoWindowsUpdate,
];

/// What is set, in the order in which it is read back.
fn set(desired: &Desired, is_held: impl Fn(Setting) -> bool) -> Vec<(Setting, Data)> {
    let values = desired.values.iter();
    let mut set: Vec<_> = values
        .filter(|(setting, _)| is_held(*setting))
        .filter_map(|(setting, data)| Some((*setting, data.clone()?)))
        .collect();
    set.sort_by_key(|(setting, _)| *setting);
    set
}

fn is_of_machine(setting: Setting) -> bool {
    setting.key().root == Root::LocalMachine
}

fn place_of(setting: Setting) -> String {
    format!("{}\\{}", setting.key(), setting.value_name())
}

type Reader = fn(&[u8]) -> Vec<Step>;

/// Whether a format can hold a setting with this data, or that it is removed.
type Holds = fn(Setting, Option<&Data>) -> bool;

/// The formats that this program does not read itself.
fn only_written(settings: &Settings<'_>) -> [(Rendered, Reader, Holds); 4] {
    [
        (json::document(settings, &[], &[]).unwrap(), readers::json, |_, _| true),
        (lgpo::text(settings), readers::lgpo, |_, data| {
            data.and_then(Data::text).is_none_or(is_line)
        }),
        (ansible::play(settings), readers::ansible, |setting, _| is_of_machine(setting)),
        (powershell::script(settings), readers::powershell, |setting, _| is_of_machine(setting)),
    ]
}

/// Whether a line of LGPO's text holds it.
fn is_line(text: &str) -> bool {
    text.trim() == text
        && text.chars().all(|c| matches!(c, ' '..='~'))
        && !text.starts_with([';', '*'])
}

proptest! {
    #[test]
    fn what_is_rendered_is_read_back(desired in any_settings()) {
        let operations = desired.operations();
        let settings = Settings { origin: &["From \u{fc}".to_owned()], operations: &operations };
        for (document, expected) in [
            (reg_file::read(&reg::file(&settings).bytes).unwrap(), set(&desired, |_| true)),
            (reg_file::read(&reg::text(&settings).bytes).unwrap(), set(&desired, |_| true)),
            (registry_pol::read(&pol::file(&settings).bytes).unwrap(), set(&desired, is_of_machine)),
        ] {
            prop_assert_eq!(effective(&document), expected);
            prop_assert_eq!(&document.remarks, &vec![]);
            // What an audit of it warns of is what is told.
            let told = remaining(&desired, document.format, &[]);
            prop_assert_eq!(serious(&document).len(), told.len(), "{:?}", told);
        }
        let all = readers::steps(&operations);
        for (rendered, reader, is_held) in only_written(&settings) {
            let mut expected = Vec::new();
            for step in &all {
                let (place, data) = step;
                let setting = Setting::ALL.iter().find(|setting| *place == place_of(**setting));
                let is_held = is_held(*setting.unwrap(), data.as_ref());
                let start = format!("{place}: ");
                let is_told = rendered.left_out.iter().any(|one| one.text.starts_with(&start));
                prop_assert_eq!(is_told, !is_held, "{}: {:?}", place, rendered.left_out);
                expected.extend(is_held.then(|| step.clone()));
            }
            prop_assert_eq!(reader(&rendered.bytes), expected);
        }
    }

    #[test]
    fn sound_settings_audit_clean(desired in sound_settings()) {
        prop_assert_eq!(remaining(&desired, desired.document().format, &[]), Vec::<String>::new());
        let operations = desired.operations();
        let settings = Settings { origin: &[], operations: &operations };
        for bytes in [reg::file(&settings).bytes, reg::text(&settings).bytes] {
            let document = reg_file::read(&bytes).unwrap();
            prop_assert_eq!(serious(&document), Vec::<String>::new());
            let corrected = corrected(&[document]);
            prop_assert_eq!(corrected.changed, Vec::<String>::new());
            prop_assert_eq!(corrected.desired.operations(), operations.clone());
        }
    }

    /// Whatever stands in a file: what remains is told, and a second time changes nothing.
    #[test]
    fn correcting_twice_is_correcting_once(
        lines in proptest::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u32>()), 0..20),
    ) {
        let operations: Vec<_> = lines
            .into_iter()
            .map(|(index, kind, number)| {
                let setting = *index.get(Setting::ALL);
                let number = number % 30;
                let data = match kind {
                    0 => Data::Dword(number),
                    1 => Data::String(number.to_string()),
                    2 => Data::String(format!("http://a{number}.corp.example:8530/")),
                    _ => Data::Qword(u64::from(number)),
                };
                let name = setting.value_name().to_owned();
                Operation::Set { key: setting.key(), name, data, soft: false }
            })
            .collect();
        let settings = Settings { origin: &[], operations: &operations };
        let document = reg_file::read(&reg::file(&settings).bytes).unwrap();
        let once = corrected(&[document]);
        let twice = corrected(&[once.desired.document()]);
        prop_assert_eq!(twice.changed, Vec::<String>::new());
        prop_assert_eq!(twice.desired.operations(), once.desired.operations());
        prop_assert_eq!(serious(&once.desired.document()).len(), once.left().len());
    }
}
