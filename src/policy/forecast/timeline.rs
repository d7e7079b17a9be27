//! The events of a forecast.

use jiff::{Timestamp, ToSpan};

use super::missed::{Plan, plan};
use super::schedule::{Clocks, Occurrence};
use super::{Certainty, Event, EventKind, Facts, NOTICE_MINUTES, Question};
use crate::policy::effective::Effective;
use crate::policy::setting::Setting;

/// Scheduled installations that are told.
const AHEAD: usize = 3;

/// What an installation by schedule follows from.
const SCHEDULE: [Setting; 3] =
    [Setting::AuOptions, Setting::ScheduledInstallDay, Setting::ScheduledInstallTime];

const RESCHEDULE: [Setting; 2] = [Setting::RescheduleWaitTime, Setting::RescheduleWaitTimeEnabled];

/// Everything that has a time, the earliest first.
pub(super) fn events(settings: &Effective, facts: &Facts, question: &Question) -> Vec<Event> {
    let mut events: Vec<Event> = search(facts, question).into_iter().collect();
    let made_up_for = missed(facts, question, &mut events);
    installations(settings, facts, question, made_up_for, &mut events);
    events.sort_by_key(|event| event.at);
    events
}

fn search(facts: &Facts, question: &Question) -> Option<Event> {
    let (_, longest) = facts.search_minutes?;
    let at = question.runs_from()?;
    Some(Event {
        at,
        until: Some(at.checked_add(i64::from(longest).minutes()).ok()?),
        kind: EventKind::Search,
        certainty: Certainty::Certain,
        text: "Looks for updates, if the last search succeeded.".to_owned(),
        settings: vec![Setting::DetectionFrequency, Setting::DetectionFrequencyEnabled],
    })
}

/// Adds what happens because of a missed installation, and says when it is made up for.
fn missed(facts: &Facts, question: &Question, events: &mut Vec<Event>) -> Option<Timestamp> {
    let Some(plan) = plan(facts, question) else {
        events.extend(start(facts, question));
        return None;
    };
    let certain = |at, kind, text: &str, settings: &[Setting]| Event {
        at,
        until: None,
        kind,
        certainty: Certainty::Certain,
        text: text.to_owned(),
        settings: settings.to_vec(),
    };
    events.push(certain(
        question.missed?,
        EventKind::MissedInstallation,
        "The machine is off: the scheduled installation is missed.",
        &SCHEDULE,
    ));
    let start = question.service_start?;
    let finds = "The service starts and finds that it missed the installation.";
    events.push(certain(start, EventKind::ServiceStart, finds, &[]));
    let Plan::Rescheduled(at) = plan else { return None };
    let logged = format!("It logs an event with the new time, {}.", clock(at, question));
    events.push(certain(start, EventKind::NewTimeLogged, &logged, &RESCHEDULE));
    events.extend(notice(at, start));
    let installs = "Installs what was downloaded, whoever is logged on; without delay or notice \
                    where nobody is.";
    events.push(certain(at, EventKind::RescheduledInstallation, installs, &RESCHEDULE));
    Some(at)
}

/// The start of the service where nothing was missed.
fn start(facts: &Facts, question: &Question) -> Option<Event> {
    facts.schedule?;
    Some(Event {
        at: question.service_start?,
        until: None,
        kind: EventKind::ServiceStart,
        certainty: Certainty::Certain,
        text: "The service starts and calculates the next time from the schedule.".to_owned(),
        settings: SCHEDULE.to_vec(),
    })
}

/// The countdown for a logged-on administrator, where there is time for it.
fn notice(at: Timestamp, start: Timestamp) -> Option<Event> {
    let from = at.checked_sub(i64::from(NOTICE_MINUTES).minutes()).ok()?;
    (from >= start).then(|| Event {
        at: from,
        until: None,
        kind: EventKind::InstallationNotice,
        certainty: Certainty::DependsOnUser,
        text: format!(
            "An administrator who is logged on sees a countdown of {NOTICE_MINUTES} min; when it \
             is over, the installation proceeds."
        ),
        settings: RESCHEDULE.to_vec(),
    })
}

/// Adds the installations by schedule, and the restart after the first installation of all.
fn installations(
    settings: &Effective,
    facts: &Facts,
    question: &Question,
    made_up_for: Option<Timestamp>,
    events: &mut Vec<Event>,
) {
    let Some(schedule) = facts.schedule else { return };
    let later = question.missed.max(question.service_start).max(Some(question.at));
    let begin = made_up_for.max(later).unwrap_or(question.at);
    // The one that was missed, and one in the minute of the other, do not come again.
    let is_over = |at: Timestamp| question.missed.max(made_up_for) >= Some(at);
    let mut next = schedule.from(begin, &question.zone);
    let mut first = made_up_for;
    let mut told = 0;
    while let Some(found) = next.filter(|_| told < AHEAD) {
        if !is_over(found.at) {
            events.push(installation(found, question));
            first = first.or(Some(found.at));
            told += 1;
        }
        next = schedule.after(found.at, &question.zone);
    }
    if let Some(at) = first {
        restart(settings, facts, at, events);
    }
}

fn installation(found: Occurrence, question: &Question) -> Event {
    let local = clock(found.at, question);
    let clocks = match found.clocks {
        Clocks::Plain => String::new(),
        Clocks::Skip => format!(
            " The clocks skip the scheduled hour on this day; {local} is taken, and what Windows \
             does is not documented."
        ),
        Clocks::Twice => " The clocks show this hour twice on this day; the first is taken, and \
                          what Windows does is not documented."
            .to_owned(),
    };
    let (certainty, condition) = match question.runs_from() {
        Some(_) => (Certainty::Certain, ""),
        None => (Certainty::AtTheEarliest, ", if the machine runs again"),
    };
    Event {
        at: found.at,
        until: None,
        kind: EventKind::ScheduledInstallation,
        certainty,
        text: format!("Installs what was downloaded by then{condition}.{clocks}"),
        settings: SCHEDULE.to_vec(),
    }
}

/// Adds the restart after an installation at `at`.
fn restart(settings: &Effective, facts: &Facts, at: Timestamp, events: &mut Vec<Event>) {
    let mut push = |at, certainty, text: &str, settings: &[Setting]| {
        events.push(Event {
            at,
            until: None,
            kind: EventKind::Restart,
            certainty,
            text: text.to_owned(),
            settings: settings.to_vec(),
        });
    };
    let later = |minutes: u32| at.checked_add(i64::from(minutes).minutes()).ok();
    let decide = [Setting::NoAutoRebootWithLoggedOnUsers];
    let alone = "Restarts if an update needs it and nobody is logged on.";
    push(at, Certainty::AtTheEarliest, alone, &decide);
    match (facts.users_decide, facts.countdown_minutes) {
        (Some(true), _) => {
            let text = "Restarts if an update needs it, when a user who may start it does so or \
                        all users have logged off.";
            push(at, Certainty::DependsOnUser, text, &decide);
        }
        (Some(false), Some(minutes)) => {
            let text = format!(
                "Restarts if an update needs it and users are logged on: when one of them starts \
                 it, or at the end of the countdown of {minutes} min. Some may put it off."
            );
            let timeout = [
                Setting::NoAutoRebootWithLoggedOnUsers,
                Setting::RebootWarningTimeout,
                Setting::RebootWarningTimeoutEnabled,
            ];
            push(at, Certainty::AtTheEarliest, &text, &timeout);
        }
        (Some(false), None) | (None, _) => {}
    }
    let always = facts.always_restarts(settings);
    let minutes = settings.valid(Setting::AlwaysAutoRebootMinutes).filter(|_| always);
    if let Some(end) = minutes.and_then(later) {
        let text = "Restarts if an update needs it, whoever is logged on (Windows 8, Server 2012 \
                    and later).";
        let settings = [Setting::AlwaysAutoReboot, Setting::AlwaysAutoRebootMinutes];
        push(end, Certainty::AtTheEarliest, text, &settings);
    }
}

/// The time of day by the clocks of the machine.
pub(super) fn clock(at: Timestamp, question: &Question) -> String {
    at.to_zoned(question.zone.clone()).strftime("%H:%M").to_string()
}
