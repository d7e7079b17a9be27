//! Forecasts of settings, the worked examples of their source among them.

use super::fixture::{document, documented, settings};
use super::*;
use crate::model::registry::Data;

use Setting as S;

/// Every day at 3 o'clock.
const AT_THREE: [(Setting, u32); 3] =
    [(S::AuOptions, 4), (S::ScheduledInstallDay, 0), (S::ScheduledInstallTime, 3)];

const BERLIN: &str = "Europe/Berlin";

fn moment(text: &str, zone: &TimeZone) -> Timestamp {
    let local: jiff::civil::DateTime = text.parse().unwrap();
    zone.to_timestamp(local).unwrap()
}

fn ask(zone: &str, at: &str, missed: Option<&str>, start: Option<&str>) -> Question {
    let zone = TimeZone::get(zone).unwrap();
    let time = |text: &str| moment(text, &zone);
    let (at, missed, service_start) = (time(at), missed.map(time), start.map(time));
    Question { zone, at, missed, service_start }
}

/// Each event but the search as its local time, kind and certainty.
fn timeline(
    settings: &Effective,
    question: &Question,
) -> Vec<(String, &'static str, &'static str)> {
    let forecast = forecast(settings, &[], question);
    let events = forecast.events.iter().filter(|event| event.kind != EventKind::Search);
    events
        .map(|event| {
            let local = event.at.to_zoned(question.zone.clone()).strftime("%d %H:%M");
            (local.to_string(), event.kind.as_str(), event.certainty.as_str())
        })
        .collect()
}

fn expect(settings: &Effective, question: &Question, expected: &[(&str, &str, &str)]) {
    let found = timeline(settings, question);
    let found: Vec<_> = found.iter().map(|(at, kind, how)| (at.as_str(), *kind, *how)).collect();
    assert_eq!(found, expected);
}

fn with(more: &[(Setting, u32)]) -> Effective {
    settings(&[&AT_THREE, more].concat())
}

fn rescheduled(minutes: u32) -> Effective {
    with(&[(S::RescheduleWaitTime, minutes), (S::RescheduleWaitTimeEnabled, 1)])
}

fn said(settings: &Effective, question: &Question, subject: Subject) -> String {
    let topics = forecast(settings, &[], question).topics;
    let topic = topics.into_iter().find(|topic| topic.subject == subject);
    let sentences = topic.map(|topic| topic.sentences).unwrap_or_default();
    sentences.into_iter().map(|sentence| sentence.text).collect::<Vec<_>>().join("\n")
}

/// The page's first example: the installation follows the start of the system at once.
#[test]
fn example_of_one_minute() {
    let start = "2026-11-21T08:59";
    let question = ask(BERLIN, start, Some("2026-11-21T03:00"), Some(start));
    expect(
        &rescheduled(1),
        &question,
        &[
            ("21 03:00", "missed_installation", "certain"),
            ("21 08:59", "service_start", "certain"),
            ("21 08:59", "new_time_logged", "certain"),
            ("21 09:00", "rescheduled_installation", "certain"),
            ("21 09:00", "restart", "at_the_earliest"),
            ("21 09:00", "restart", "at_the_earliest"),
            ("22 03:00", "scheduled_installation", "certain"),
            ("23 03:00", "scheduled_installation", "certain"),
            ("24 03:00", "scheduled_installation", "certain"),
        ],
    );
    let events = forecast(&rescheduled(1), &[], &question).events;
    let text = |kind| events.iter().find(|e| e.kind == kind).unwrap().text.clone();
    assert!(text(EventKind::NewTimeLogged).contains("09:00"));
    assert!(text(EventKind::RescheduledInstallation).contains("without delay or notice"));
}

/// The page's second example: a quarter of an hour later, with an administrator who looks on.
#[test]
fn example_of_fifteen_minutes() {
    let start = "2026-11-21T08:45";
    let question = ask(BERLIN, start, Some("2026-11-21T03:00"), Some(start));
    expect(
        &rescheduled(15),
        &question,
        &[
            ("21 03:00", "missed_installation", "certain"),
            ("21 08:45", "service_start", "certain"),
            ("21 08:45", "new_time_logged", "certain"),
            ("21 08:55", "installation_notice", "depends_on_user"),
            ("21 09:00", "rescheduled_installation", "certain"),
            ("21 09:00", "restart", "at_the_earliest"),
            ("21 09:00", "restart", "at_the_earliest"),
            ("22 03:00", "scheduled_installation", "certain"),
            ("23 03:00", "scheduled_installation", "certain"),
            ("24 03:00", "scheduled_installation", "certain"),
        ],
    );
}

#[test]
fn without_a_time_to_wait_a_missed_installation_waits_for_the_schedule() {
    let start = "2026-11-21T08:45";
    let question = ask(BERLIN, start, Some("2026-11-21T03:00"), Some(start));
    for more in [
        &[] as &[_],
        &[(S::RescheduleWaitTime, 15)],
        &[(S::RescheduleWaitTime, 15), (S::RescheduleWaitTimeEnabled, 0)],
        &[(S::RescheduleWaitTimeEnabled, 1)],
        &[(S::RescheduleWaitTime, 0), (S::RescheduleWaitTimeEnabled, 1)],
        &[(S::RescheduleWaitTime, 61), (S::RescheduleWaitTimeEnabled, 1)],
    ] {
        let events = timeline(&with(more), &question);
        let kinds: Vec<_> =
            events.iter().map(|(at, kind, _)| (at.as_str(), *kind)).take(3).collect();
        let expected = [
            ("21 03:00", "missed_installation"),
            ("21 08:45", "service_start"),
            ("22 03:00", "scheduled_installation"),
        ];
        assert_eq!(kinds, expected, "{more:?}");
    }
    let missed = |settings: &Effective| said(settings, &question, Subject::Missed);
    for enabled in [0, 1, 2] {
        let outside = [(S::RescheduleWaitTime, 61), (S::RescheduleWaitTimeEnabled, enabled)];
        let text = missed(&with(&outside));
        assert!(text.contains("61, and only 1 to 60") && text.contains("on Sun 2026"), "{text}");
    }
    assert!(missed(&with(&[(S::RescheduleWaitTimeEnabled, 1)])).contains("is not set"));
    let outside = with(&[(S::RescheduleWaitTime, 61), (S::RescheduleWaitTimeEnabled, 1)]);
    assert!(said(&outside, &question, Subject::NotValid).contains("counts as not set"));
    // Of another type it is no number: nothing is guessed.
    let of_text = [
        (S::AuOptions, Data::Dword(4)),
        (S::ScheduledInstallDay, Data::Dword(0)),
        (S::ScheduledInstallTime, Data::Dword(3)),
        (S::RescheduleWaitTime, Data::String("15".to_owned())),
        (S::RescheduleWaitTimeEnabled, Data::Dword(1)),
    ];
    assert!(missed(&Effective::of(&[document(of_text)])).contains("is not known"));
}

#[test]
fn a_changed_schedule_wins_over_the_new_time() {
    // Missed at 3 by a schedule that says 5 by now.
    let start = "2026-11-21T04:00";
    let question = ask(BERLIN, start, Some("2026-11-21T03:00"), Some(start));
    let changed = settings(&[
        (S::AuOptions, 4),
        (S::ScheduledInstallDay, 0),
        (S::ScheduledInstallTime, 5),
        (S::RescheduleWaitTime, 15),
        (S::RescheduleWaitTimeEnabled, 1),
    ]);
    let events = timeline(&changed, &question);
    assert!(events.iter().all(|(_, kind, _)| *kind != "rescheduled_installation"), "{events:?}");
    assert!(events.contains(&("21 05:00".to_owned(), "scheduled_installation", "certain")));
    assert!(said(&changed, &question, Subject::Missed).contains("the change wins"));
    assert!(said(&rescheduled(15), &question, Subject::Missed).contains("the new schedule wins"));
}

#[test]
fn the_new_time_wins_only_where_the_schedule_comes_later() {
    let missed = Some("2026-11-20T03:00");
    for (start, minutes, expected) in [
        // 02:59 is before 03:00; 03:00 is not, and 03:05 neither.
        ("2026-11-21T02:44", 15, "rescheduled_installation"),
        ("2026-11-21T02:45", 15, "scheduled_installation"),
        ("2026-11-21T02:50", 15, "scheduled_installation"),
    ] {
        let events = timeline(&rescheduled(minutes), &ask(BERLIN, start, missed, Some(start)));
        let first = events.iter().find(|(_, kind, _)| {
            kind.ends_with("d_installation") && *kind != "missed_installation"
        });
        assert_eq!(first.unwrap().1, expected, "{start}");
    }
}

#[test]
fn a_start_without_anything_missed_only_calculates() {
    let start = "2026-11-21T08:45";
    let events = timeline(&rescheduled(15), &ask(BERLIN, start, None, Some(start)));
    let kinds: Vec<_> = events.iter().map(|(at, kind, _)| (at.as_str(), *kind)).take(2).collect();
    assert_eq!(kinds, [("21 08:45", "service_start"), ("22 03:00", "scheduled_installation")]);
}

/// Each search as its first and last time.
fn searches(settings: &Effective, question: &Question) -> Vec<[String; 2]> {
    let local = |at: Timestamp| at.to_zoned(question.zone.clone()).strftime("%d %H:%M").to_string();
    let events = forecast(settings, &[], question).events.into_iter();
    let searches = events.filter(|event| event.kind == EventKind::Search);
    searches.map(|event| [local(event.at), local(event.until.unwrap())]).collect()
}

#[test]
fn a_machine_that_is_off_looks_for_nothing() {
    const MISSED: Option<&str> = Some("2026-11-21T03:00");
    let of = |missed, start| {
        let question = ask(BERLIN, "2026-11-21T03:00", missed, start);
        (searches(&rescheduled(15), &question), said(&rescheduled(15), &question, Subject::Search))
    };
    let range = |from: &str, to: &str| vec![[from.to_owned(), to.to_owned()]];
    let start = Some("2026-11-21T08:45");
    assert_eq!(of(MISSED, start).0, range("21 08:45", "22 06:45"));
    assert_eq!(of(None, start).0, range("21 08:45", "22 06:45"));
    assert_eq!(of(None, None).0, range("21 03:00", "22 01:00"));
    let (none, text) = of(MISSED, None);
    assert!(none.is_empty() && text.contains("when it runs again"), "{none:?} {text}");
    assert!(!of(MISSED, start).1.contains("when it runs again"));
}

#[test]
fn a_machine_that_nobody_starts_installs_at_the_earliest() {
    let question = ask(BERLIN, "2026-11-21T03:00", Some("2026-11-21T03:00"), None);
    let plain = with(&[]);
    expect(
        &plain,
        &question,
        &[
            ("21 03:00", "missed_installation", "certain"),
            ("22 03:00", "scheduled_installation", "at_the_earliest"),
            ("22 03:00", "restart", "at_the_earliest"),
            ("22 03:00", "restart", "at_the_earliest"),
            ("23 03:00", "scheduled_installation", "at_the_earliest"),
            ("24 03:00", "scheduled_installation", "at_the_earliest"),
        ],
    );
    let text = said(&plain, &question, Subject::Missed);
    assert!(text.contains("Sun 2026-11-22 03:00, if the machine runs then"), "{text}");
}

#[test]
fn where_nothing_is_scheduled_none_can_be_missed_and_it_says_why() {
    let question = ask(BERLIN, "2026-11-21T03:00", Some("2026-11-21T03:00"), None);
    for (set, why) in [
        (&[(S::NoAutoUpdate, 1_u32)][..], "NoAutoUpdate is 1."),
        (&[(S::NoAutoUpdate, 2)], "NoAutoUpdate is not valid."),
        (&[], "AUOptions is not set."),
        (&[(S::AuOptions, 5)], "AUOptions is 5, and only 4 installs by schedule."),
        (&[(S::AuOptions, 9)], "AUOptions is not valid."),
        (
            &[(S::AuOptions, 4)],
            "AUOptions is 4, which takes both ScheduledInstallDay and ScheduledInstallTime (not \
             set: ScheduledInstallDay, ScheduledInstallTime).",
        ),
        (
            &[(S::AuOptions, 4), (S::ScheduledInstallDay, 8), (S::ScheduledInstallTime, 3)],
            "AUOptions is 4, which takes both ScheduledInstallDay and ScheduledInstallTime (one of \
             them is not valid).",
        ),
    ] {
        let text = said(&settings(set), &question, Subject::Missed);
        let expected = format!(
            "No installation is scheduled by these settings, so that none can be missed: {why}"
        );
        assert_eq!(text, expected, "{set:?}");
    }
}

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
    let (from, text) = of(&[(S::UpdateServiceUrlAlternate, url())], false);
    assert_eq!(from, wsus);
    assert!(text.contains("files are downloaded from there"), "{text}");
    let (from, text) = of(&four(1), false);
    assert_eq!(from, wsus);
    assert!(text.contains("come from the WSUS server") && text.contains("Not taken"), "{text}");
}

#[test]
fn without_a_start_nothing_is_dated() {
    let question = ask(BERLIN, "2026-11-21T04:00", Some("2026-11-21T03:00"), None);
    let events = timeline(&rescheduled(15), &question);
    assert!(events.iter().all(|(_, kind, _)| *kind != "rescheduled_installation"), "{events:?}");
    assert!(said(&rescheduled(15), &question, Subject::Missed).contains("give --service-start"));
}

#[test]
fn clocks_that_change_are_told() {
    let at = |hour, at: &str| {
        let schedule = settings(&[
            (S::AuOptions, 4),
            (S::ScheduledInstallDay, 0),
            (S::ScheduledInstallTime, hour),
        ]);
        let events = forecast(&schedule, &[], &ask("America/Chicago", at, None, None)).events;
        let first = events.into_iter().find(|e| e.kind == EventKind::ScheduledInstallation);
        first.map(|event| (event.at.to_string(), event.text)).unwrap()
    };
    let (time, text) = at(2, "2027-03-14T00:30");
    assert_eq!(time, "2027-03-14T08:00:00Z");
    assert!(text.contains("skip") && text.contains("03:00 is taken"), "{text}");
    let (time, text) = at(1, "2026-11-01T00:30");
    assert_eq!(time, "2026-11-01T06:00:00Z");
    assert!(text.contains("twice") && text.contains("not documented"), "{text}");
    assert!(!at(3, "2026-11-01T00:30").1.contains("clocks"));
}

#[test]
fn searches_are_a_range_of_the_interval() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    for (more, minutes) in [
        (&[] as &[_], Some((1056, 1320))),
        (&[(S::DetectionFrequency, 4)], Some((1056, 1320))),
        (&[(S::DetectionFrequency, 4), (S::DetectionFrequencyEnabled, 1)], Some((192, 240))),
        (&[(S::DetectionFrequency, 1), (S::DetectionFrequencyEnabled, 1)], Some((48, 60))),
        (&[(S::DetectionFrequency, 23), (S::DetectionFrequencyEnabled, 1)], None),
        (&[(S::NoAutoUpdate, 1)], None),
        (&[(S::NoAutoUpdate, 2)], None),
    ] {
        let forecast = forecast(&settings(more), &[], &now);
        assert_eq!(forecast.facts.search_minutes, minutes, "{more:?}");
        let search = forecast.events.iter().find(|event| event.kind == EventKind::Search);
        assert_eq!(
            search.map(|event| (event.at, event.until)),
            minutes.map(|(_, longest)| {
                (now.at, Some(now.at + jiff::SignedDuration::from_mins(longest.into())))
            })
        );
    }
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
fn nothing_is_dated_where_it_depends_on_what_is_not_known_or_off() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    for more in [
        &[(S::AuOptions, 2u32)] as &[_],
        &[(S::AuOptions, 1)],
        &[(S::AuOptions, 7)],
        &[(S::AuOptions, 5), (S::ScheduledInstallDay, 0), (S::ScheduledInstallTime, 3)],
        &[(S::AuOptions, 4), (S::ScheduledInstallDay, 0)],
        &[(S::AuOptions, 4), (S::ScheduledInstallDay, 8), (S::ScheduledInstallTime, 3)],
    ] {
        assert_eq!(timeline(&settings(more), &now), [], "{more:?}");
    }
    for off in [1, 2] {
        assert_eq!(forecast(&with(&[(S::NoAutoUpdate, off)]), &[], &now).events, []);
    }
}

#[test]
fn users_who_decide_are_no_date() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    let restarts = |more: &[(Setting, u32)]| {
        let mut events = timeline(&with(more), &now);
        events.retain(|(_, kind, _)| *kind == "restart");
        events.into_iter().map(|(at, _, how)| (at, how)).collect::<Vec<_>>()
    };
    let at = |at: &str, how| (at.to_owned(), how);
    let alone = at("22 03:00", "at_the_earliest");
    assert_eq!(
        restarts(&[(S::NoAutoRebootWithLoggedOnUsers, 1)]),
        [alone.clone(), at("22 03:00", "depends_on_user")]
    );
    let countdown = [(S::RebootWarningTimeout, 30), (S::RebootWarningTimeoutEnabled, 1)];
    // A user may start it at once, however long the countdown is.
    assert_eq!(restarts(&countdown), [alone.clone(), alone.clone()]);
    let events = forecast(&with(&countdown), &[], &now).events;
    assert!(events.iter().any(|event| event.text.contains("countdown of 30 min")), "{events:?}");
    assert_eq!(restarts(&[(S::NoAutoRebootWithLoggedOnUsers, 3)]), std::slice::from_ref(&alone));
    let always = [(S::AlwaysAutoReboot, 1), (S::AlwaysAutoRebootMinutes, 45)];
    let always = restarts(&always);
    assert_eq!(always[0], alone);
    assert_eq!(always[2], at("22 03:45", "at_the_earliest"));
}

/// Beside it the machine waits for those who are logged on.
#[test]
fn users_who_decide_keep_the_machine_from_restarting_always() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    let of = |decide| {
        let settings = with(&[
            (S::AlwaysAutoReboot, 1),
            (S::AlwaysAutoRebootMinutes, 45),
            (S::NoAutoRebootWithLoggedOnUsers, decide),
        ]);
        let is_told = said(&settings, &now, Subject::Restart).contains("whoever is logged on");
        let events = forecast(&settings, &[], &now).events;
        (is_told, events.iter().any(|event| event.text.contains("whoever is logged on (W")))
    };
    assert_eq!(of(0), (true, true));
    assert_eq!(of(1), (false, false));
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

#[test]
fn every_setting_that_is_not_valid_is_told() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    assert_eq!(said(&documented(), &now, Subject::NotValid), "");
    for setting in Setting::ALL {
        let wrong = Effective::of(&[document([(*setting, Data::Binary(vec![1]))])]);
        let text = said(&wrong, &now, Subject::NotValid);
        assert!(text.contains(setting.as_str()) && text.contains("client audit"), "{text}");
    }
}

#[test]
fn settings_of_users_and_of_the_machine() {
    let now = ask(BERLIN, "2026-11-21T08:00", None, None);
    let users = |more: &[(Setting, u32)]| said(&settings(more), &now, Subject::Users);
    assert!(users(&[(S::UserDisableWindowsUpdateAccess, 1)]).contains("cannot install updates"));
    assert!(users(&[(S::UserNoWindowsUpdate, 1)]).contains("greyed out"));
    assert!(users(&[(S::UseWuServer, 1)]).contains("stays on the start menu"));
    assert!(users(&[(S::DisableWindowsUpdateAccess, 1)]).contains("overrides both"));
    assert!(users(&[(S::ElevateNonAdmins, 1)]).contains("group Users may approve"));
}
