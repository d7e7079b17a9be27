//! Forecasts of settings, the worked examples of their source among them.

mod missed;
mod source;

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
