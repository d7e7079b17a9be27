//! Where updates come from.

use super::*;

#[test]
fn a_newer_policy_is_told_as_the_audit_tells_it() {
    use crate::model::registry::{Entry, Operation, Place};
    use crate::policy::setting::Key;

    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    let url = || Data::String("https://a.test:8531".to_owned());
    let of = |more: &[(Setting, Data)], deferral: bool| {
        let mut set = vec![
            (S::WuServer, url()),
            (S::WuStatusServer, url()),
            (S::UseWuServer, Data::Dword(1)),
        ];
        set.extend_from_slice(more);
        let mut document = document(set);
        if deferral {
            let name = "DeferQualityUpdates".to_owned();
            let (key, data) = (Key::WindowsUpdate.path(), Data::Dword(1));
            let operation = Operation::Set { key, name, data, soft: false };
            document.entries.push(Entry { at: Place::Whole, operation, certain: true });
        }
        let documents = [document];
        let findings = crate::policy::audit::findings(&documents);
        let forecast = forecast(&Effective::of(&documents), &findings, &now);
        let of_source = forecast.topics.into_iter().find(|one| one.subject == Subject::Source);
        let texts = of_source.unwrap().sentences.into_iter().map(|one| one.text);
        (forecast.facts.updates_from, texts.collect::<Vec<_>>().join("\n"))
    };
    let source = |setting, number| (setting, Data::Dword(number));
    let four = |number| {
        [
            source(S::SourceForFeatureUpdates, number),
            source(S::SourceForQualityUpdates, number),
            source(S::SourceForDriverUpdates, number),
            source(S::SourceForOtherUpdates, number),
            source(S::UseUpdateClassPolicySource, 1),
        ]
    };
    let server = "https://a.test:8531".to_owned();
    let (depends, wsus) =
        (UpdatesFrom::DependsOnRelease(server.clone()), UpdatesFrom::Wsus(server));
    let (from, text) = of(&four(0), false);
    assert_eq!(from, depends);
    assert!(text.contains("these updates come from Microsoft"), "{text}");
    assert!(!text.contains("come from the WSUS server") && !text.contains("Not taken"), "{text}");
    let (from, text) = of(&[], true);
    assert_eq!(from, depends);
    assert!(text.contains("DeferQualityUpdates set beside WUServer: since"), "{text}");
    let other = Data::String("https://b.test".to_owned());
    let (from, text) = of(&[(S::UpdateServiceUrlAlternate, other)], false);
    assert_eq!(from, wsus);
    assert!(text.contains("files are downloaded from there"), "{text}");
    assert!(text.contains("Reports go to https://a.test:8531."), "{text}");
    let (from, text) = of(&four(1), false);
    assert_eq!(from, wsus);
    assert!(text.contains("come from the WSUS server") && text.contains("Not taken"), "{text}");
}

#[test]
fn updates_come_from_one_source_or_none() {
    let url = |text: &str| Data::String(text.to_owned());
    let of =
        |values: Vec<(Setting, Data)>| Facts::of(&Effective::of(&[document(values)])).updates_from;
    let (a, b) = ("https://a.test:8531", "https://A.test:8531");
    let on = || (S::UseWuServer, Data::Dword(1));
    let pair = |one, two| vec![(S::WuServer, url(one)), (S::WuStatusServer, url(two))];
    let used = |mut values: Vec<_>| {
        values.push(on());
        values
    };
    assert_eq!(of(used(pair(a, a))), UpdatesFrom::Wsus(a.to_owned()));
    assert_eq!(of(used(pair(a, b))), UpdatesFrom::Nowhere);
    assert_eq!(of(used(pair("", ""))), UpdatesFrom::Nowhere);
    assert_eq!(of(used(vec![(S::WuServer, url(a))])), UpdatesFrom::Nowhere);
    assert_eq!(of(vec![on()]), UpdatesFrom::Nowhere);
    assert_eq!(of(pair(a, a)), UpdatesFrom::MicrosoftUpdate);
    assert_eq!(of(vec![(S::UseWuServer, Data::Dword(2))]), UpdatesFrom::NotKnown);
    assert_eq!(of(vec![(S::UseWuServer, url("1"))]), UpdatesFrom::NotKnown);
}

#[test]
fn the_choice_of_servers_is_no_mistake() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    let servers = settings(&[(S::AuOptions, 7)]);
    assert!(said(&servers, &now, Subject::Updates).contains("Server 2016 and later"));
    assert_eq!(said(&servers, &now, Subject::NotValid), "");
}

#[test]
fn a_machine_that_does_not_update_itself_has_no_source() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    let url = || Data::String("https://a.test:8531".to_owned());
    let of = |off| {
        let set = [(S::WuServer, url()), (S::WuStatusServer, url())];
        let numbers = [(S::UseWuServer, 1), (S::NoAutoUpdate, off)];
        let numbers = numbers.map(|(setting, number)| (setting, Data::Dword(number)));
        Effective::of(&[document(set.into_iter().chain(numbers))])
    };
    assert!(said(&of(0), &now, Subject::Source).contains("come from the WSUS server"));
    let text = said(&of(1), &now, Subject::Source);
    assert!(!text.contains("come from") && text.contains("by hand asks is not certain"), "{text}");
    assert_eq!(forecast(&of(1), &[], &now).facts.updates_from, UpdatesFrom::NotKnown);
}

#[test]
fn a_second_server_that_is_left_empty_is_not_told() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    let source = |second: &str| {
        let second = (S::UpdateServiceUrlAlternate, Data::String(second.to_owned()));
        said(&Effective::of(&[document([second])]), &now, Subject::Source)
    };
    assert!(source("https://b.test").contains("UpdateServiceUrlAlternate"));
    assert!(!source("").contains("UpdateServiceUrlAlternate"));
}
