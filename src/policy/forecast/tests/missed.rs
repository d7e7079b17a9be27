//! What becomes of an installation that was missed.

use super::*;

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
fn without_a_start_nothing_is_dated() {
    let question = ask(BERLIN, "2026-11-21T04:00", Some("2026-11-21T03:00"), None);
    let events = timeline(&rescheduled(15), &question);
    assert!(events.iter().all(|(_, kind, _)| *kind != "rescheduled_installation"), "{events:?}");
    assert!(said(&rescheduled(15), &question, Subject::Missed).contains("give --service-start"));
}
