//! Settings for tests.

use crate::model::registry::{Data, Document, Entry, Format, Operation, Place};
use crate::policy::effective::Effective;
use crate::policy::setting::Setting;

/// Numbers that are set.
pub(crate) fn settings(numbers: &[(Setting, u32)]) -> Effective {
    let numbers = numbers.iter().map(|(setting, number)| (*setting, Data::Dword(*number)));
    Effective::of(&[document(numbers)])
}

/// Anything that is set.
pub(crate) fn document(values: impl IntoIterator<Item = (Setting, Data)>) -> Document {
    let entry = |(setting, data): (Setting, Data)| Entry {
        at: Place::Whole,
        operation: Operation::Set {
            key: setting.key(),
            name: setting.value_name().to_owned(),
            data,
            soft: false,
        },
        certain: true,
    };
    let entries = values.into_iter().map(entry).collect();
    Document { format: Format::Reg5, entries, remarks: Vec::new() }
}

/// The settings of the registry block that the embedded catalogue's operator documents, with the
/// URL of the catalogue.
pub(crate) fn documented() -> Effective {
    use Setting as S;
    let url = || Data::String("https://msupdate.dfw.example.com".to_owned());
    let numbers = [
        (S::AcceptTrustedPublisherCerts, 1),
        (S::AuOptions, 4),
        (S::AutoInstallMinorUpdates, 0),
        (S::DetectionFrequency, 0x16),
        (S::DetectionFrequencyEnabled, 1),
        (S::NoAutoRebootWithLoggedOnUsers, 0),
        (S::NoAutoUpdate, 0),
        (S::ScheduledInstallDay, 0),
        (S::ScheduledInstallTime, 2),
        (S::UseWuServer, 1),
    ];
    let numbers = numbers.map(|(setting, number)| (setting, Data::Dword(number)));
    let urls = [(S::WuServer, url()), (S::WuStatusServer, url())];
    Effective::of(&[document(numbers.into_iter().chain(urls))])
}
