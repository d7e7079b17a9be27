//! The registry settings of a public article, as they stand there; and that every code is seen.

use std::collections::BTreeSet;

use super::*;
use crate::model::client::Weight::{Error, Note, Warning};
use crate::policy::audit::against_catalogue;

const POLICY: &str = "SOFTWARE\\Policies\\Microsoft\\windows\\WindowsUpdate";

/// Several values of a line have the same place, and all but the first are read by nobody.
pub(super) fn article() -> Document {
    let server = || text("https://msupdate.dfw1.rackspace.com");
    let number = Data::Dword;
    let lines: [(&str, Vec<(&str, Data)>); 9] = [
        ("", vec![("AcceptTrustedPublisherCerts", number(1))]),
        ("", vec![("WUServer", server())]),
        ("", vec![("WUStatusServer", server())]),
        ("\\AU", vec![("AUOptions", number(4)), ("AutoInstallMinorUpdates", number(0))]),
        (
            "\\AU",
            vec![("DetectionFrequency", number(0x16)), ("DetectionFrequencyEnabled", number(1))],
        ),
        ("\\AU", vec![("NoAutoRebootWithLoggedOnUsers", number(0)), ("NoAutoUpdate", number(0))]),
        ("\\AU", vec![("RackSpaceDefaults", number(1))]),
        ("\\AU", vec![("ScheduledInstallDay", number(0))]),
        ("\\AU", vec![("ScheduledInstallTime", number(2)), ("UseWUServer", number(1))]),
    ];
    let mut entries = Vec::new();
    let remark = |at, kind| Remark { at, kind, text: String::new() };
    let mut remarks = vec![remark(Place::Line(1), RemarkKind::NoHeader)];
    for (line, (below, values)) in lines.into_iter().enumerate() {
        let (at, key) = (Place::Line(line + 1), KeyPath::machine(&format!("{POLICY}{below}")));
        if values.len() > 1 {
            remarks.push(remark(at, RemarkKind::SeveralOnOneLine));
        }
        for (name, data) in values {
            entries.push(Entry { at, operation: set_at(&key, name, data), certain: false });
        }
    }
    Document { format: Format::RegWithoutHeader, entries, remarks }
}

fn cases() -> Vec<Case> {
    let expected = [
        (Code::SeveralValuesOnOneLine, Error),
        (Code::RegistryHeaderMissing, Error),
        (Code::UnknownName, Note),
        (Code::RestartsUnasked, Note),
    ];
    vec![
        Case::new("the article", article(), &expected)
            .says("loses AUOptions, AutoInstallMinorUpdates, DetectionFrequency")
            .says("without UseWUServer the server is not used")
            .says("RackSpaceDefaults=1"),
    ]
}

#[test]
fn the_settings_of_the_article() {
    check(&cases());
    let found = against_catalogue(&[article()], &fleet::known());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].code, found[0].weight), (Code::ServerMisspelled, Warning));
    assert!(found[0].observed.contains("https://msupdate.dfw.rackspace.com (dfw)"), "{found:?}");
}

#[test]
fn every_code_is_found_somewhere() {
    let all = [cases(), values::cases(), servers::cases(), forms::cases(), fleet::cases()];
    let seen: BTreeSet<Code> = all
        .iter()
        .flatten()
        .flat_map(|case| case.found.iter().map(|finding| finding.code))
        .collect();
    let mut unseen: Vec<Code> =
        Code::ALL.iter().filter(|code| !seen.contains(code)).copied().collect();
    // What a change left behind is found by whoever makes changes.
    unseen.retain(|code| *code != Code::ChangeUnfinished);
    assert_eq!(unseen, []);
}
