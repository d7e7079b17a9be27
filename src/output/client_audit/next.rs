//! What to do after an audit: the command that writes the settings corrected, if there is one.

use super::{Audit, STANDARD_INPUT};
use crate::model::client::{ClientFinding, ClientFindingCode as Code, Weight};
use crate::model::registry::Format;
use crate::policy::audit::pair::OF_SERVER;
use crate::policy::correct::{Corrected, corrected};
use crate::policy::setting::Setting;

/// The command and what it does. None where it would change and lose nothing.
pub(super) fn step(audit: &Audit<'_>) -> Option<String> {
    let ([name], [document]) = (audit.names, audit.documents) else { return None };
    if document.format == Format::Live {
        return None;
    }
    let corrected = corrected(audit.documents);
    let (mut server, mut values) = (false, !corrected.removed.is_empty());
    let lacks_server = audit.findings.iter().any(|finding| finding.code == Code::ServerMissing);
    for finding in left(audit, &corrected) {
        match demand(finding, lacks_server) {
            Demand::Server => server = true,
            Demand::Value => values = true,
            Demand::Nothing => {}
        }
    }
    let (options, with) = match (server, values) {
        (true, true) => {
            (" --server URL --set NAME=VALUE", ", with the server and the values that you choose")
        }
        (true, false) => (" --server URL", ", with the server that you choose"),
        (false, true) => (" --set NAME=VALUE", ", with the values that you choose"),
        (false, false) if corrected.changed.is_empty() && corrected.lost.is_empty() => return None,
        (false, false) => ("", ""),
    };
    let lost = if corrected.lost.is_empty() { "" } else { ", and tells what it cannot read" };
    let file = argument(name);
    Some(format!(
        "wsus-probe client render --fix {file}{options} writes them corrected{with}{lost}"
    ))
}

/// What was found and is still there when everything is corrected that has one right answer.
/// Correcting compares with no known server, so that what such a comparison found stays.
fn left<'a>(audit: &Audit<'a>, corrected: &Corrected) -> Vec<&'a ClientFinding> {
    let still: Vec<Code> = corrected.left().iter().map(|finding| finding.code).collect();
    let of_catalogue = [Code::ServerMisspelled, Code::ServerNotInCatalogue];
    let mut found: Vec<_> = audit.findings.iter().collect();
    found.retain(|finding| {
        let is_left = still.contains(&finding.code) || of_catalogue.contains(&finding.code);
        is_left && finding.weight > Weight::Note
    });
    found
}

/// As a shell takes it.
fn argument(name: &str) -> String {
    if name == STANDARD_INPUT {
        "-".to_owned()
    } else if name.contains(char::is_whitespace) {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

/// What a person must give so that a finding goes.
enum Demand {
    Server,
    Value,
    /// Nothing that an option could say.
    Nothing,
}

fn demand(finding: &ClientFinding, lacks_server: bool) -> Demand {
    match finding.code {
        Code::ServersDiffer
        | Code::ServerMissing
        | Code::PortForOtherScheme
        | Code::PortMissing
        | Code::ShortNameWithTls
        | Code::ServerMisspelled
        | Code::ServerNotInCatalogue => Demand::Server,
        Code::WrongType | Code::ServerUrlInvalid
            if is_about(finding, &[Setting::WuServer, Setting::WuStatusServer]) =>
        {
            Demand::Server
        }
        Code::Pointless if lacks_server && is_about(finding, &OF_SERVER) => Demand::Server,
        Code::WrongType
        | Code::ServerUrlInvalid
        | Code::OutOfRange
        | Code::DecimalOrHex
        | Code::Unpaired
        | Code::SwitchedOff
        | Code::UseWuServerMissing
        | Code::AutomaticUpdatesOff
        | Code::ScheduleMissing
        | Code::ScheduleIgnored
        | Code::Pointless
        | Code::Overridden
        | Code::AccessDisabled
        | Code::UserAccessRemoved
        | Code::RestartsUnasked => Demand::Value,
        Code::SeveralValuesOnOneLine
        | Code::RegistryHeaderMissing
        | Code::Unreadable
        | Code::EncodingNotImported
        | Code::SetTwice
        | Code::MisspelledName
        | Code::UnknownName
        | Code::WrongKey
        | Code::WrongView
        | Code::TrailingSlash
        | Code::CleartextServer
        | Code::ServerSick
        | Code::NearerServer
        | Code::NearerServerNotWorthIt
        | Code::ServerUnknown
        | Code::ChangeUnfinished => Demand::Nothing,
    }
}

/// Whether it is about one of these settings.
fn is_about(finding: &ClientFinding, settings: &[Setting]) -> bool {
    let mut names = finding.places.iter().filter_map(|place| place.value.as_deref());
    names.any(|name| settings.iter().any(|setting| setting.value_name().eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry::{Data, Document, Entry, Operation, Place, Remark, RemarkKind};
    use crate::policy::audit;

    fn next(name: &str, values: &[(Setting, Data)], ends: &[Operation]) -> Option<String> {
        next_of(name, &[document(values, ends)])
    }

    fn document(values: &[(Setting, Data)], ends: &[Operation]) -> Document {
        let set = |(setting, data): &(Setting, Data)| Operation::Set {
            key: setting.key(),
            name: setting.value_name().to_owned(),
            data: data.clone(),
            soft: false,
        };
        let steps = values.iter().map(set).chain(ends.iter().cloned()).zip(1..);
        let entry = |(operation, line)| Entry { at: Place::Line(line), operation, certain: true };
        let entries = steps.map(entry).collect();
        Document { format: Format::Reg5, entries, remarks: Vec::new() }
    }

    fn next_of(name: &str, documents: &[Document]) -> Option<String> {
        let findings = audit::findings(documents);
        let names = [name.to_owned()];
        let audit = Audit { names: &names, documents, findings: &findings, probed: false };
        step(&audit)
    }

    fn server(url: &str) -> Vec<(Setting, Data)> {
        let text = || Data::String(url.to_owned());
        let switch = (Setting::UseWuServer, Data::Dword(1));
        vec![(Setting::WuServer, text()), (Setting::WuStatusServer, text()), switch]
    }

    const GOOD: &str = "https://a.example:8531";

    #[test]
    fn the_command_is_one_that_changes_something() {
        let fix = "wsus-probe client render --fix";
        let (frequency, switch) = (Setting::DetectionFrequency, Setting::DetectionFrequencyEnabled);
        let with = |more: &[(Setting, Data)]| [&server(GOOD), more].concat();
        assert_eq!(next("a.reg", &with(&[(switch, Data::Dword(0))]), &[]), None);
        let slash = next(STANDARD_INPUT, &server(&format!("{GOOD}/")), &[]);
        assert_eq!(slash.unwrap(), format!("{fix} - writes them corrected"));
        let text = next("a b.reg", &server("http://a.example"), &[]).unwrap();
        assert!(text.starts_with(&format!("{fix} \"a b.reg\" --server URL writes")), "{text}");
        let wrong = [(frequency, Data::Dword(99)), (switch, Data::Dword(1))];
        let text = next("a.reg", &with(&wrong), &[]).unwrap();
        assert!(text.starts_with(&format!("{fix} a.reg --set NAME=VALUE writes")), "{text}");
        let gone = Operation::DeleteKey(Setting::TargetGroup.key());
        let text = next("a.reg", &server(GOOD), &[gone]).unwrap();
        assert!(text.contains("--set NAME=VALUE"), "{text}");
        assert!(next("a.reg", &[], &[]).unwrap().contains("--server URL writes"));
    }

    #[test]
    fn the_command_is_named_where_something_would_be_lost() {
        let mut document = document(&server(GOOD), &[]);
        let (at, text) = (Place::Line(9), "junk".to_owned());
        document.remarks.push(Remark { at, kind: RemarkKind::UnreadableLine, text });
        let text = next_of("a.reg", &[document]).unwrap();
        assert!(
            text.ends_with("a.reg writes them corrected, and tells what it cannot read"),
            "{text}"
        );
    }

    #[test]
    fn what_counts_only_with_a_server_asks_for_one() {
        let group = |data| {
            vec![(Setting::TargetGroup, data), (Setting::TargetGroupEnabled, Data::Dword(1))]
        };
        let group = group(Data::String("x".to_owned()));
        let text = next("a.reg", &group, &[]).unwrap();
        assert!(text.contains("a.reg --server URL writes"), "{text}");
        let both = [Setting::AlwaysAutoReboot, Setting::NoAutoRebootWithLoggedOnUsers];
        let both: Vec<_> = both.into_iter().map(|setting| (setting, Data::Dword(1))).collect();
        let text = next("a.reg", &both, &[]).unwrap();
        assert!(text.contains("a.reg --set NAME=VALUE writes"), "{text}");
    }
}
