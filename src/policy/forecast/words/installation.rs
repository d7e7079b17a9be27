//! Installations by schedule, and those that were missed.

use jiff::Timestamp;

use super::super::missed::{Plan, plan};
use super::super::{BY_SCHEDULE, Facts, NOTICE_MINUTES, Question, Sentence};
use super::say;
use crate::policy::effective::Effective;
use crate::policy::forecast::reading::{Paired, Reading, number};
use crate::policy::setting::Setting as S;

const SCHEDULE: [S; 3] = [S::AuOptions, S::ScheduledInstallDay, S::ScheduledInstallTime];

const PAIR: [S; 2] = [S::RescheduleWaitTime, S::RescheduleWaitTimeEnabled];

pub(super) fn schedule(settings: &Effective, facts: &Facts) -> Vec<Sentence> {
    if facts.automatic != Some(true) {
        return Vec::new();
    }
    let parts = [S::ScheduledInstallDay, S::ScheduledInstallTime];
    if facts.option != Reading::Valid(BY_SCHEDULE) {
        let is_set = parts.iter().any(|setting| settings.held(*setting).is_some());
        let ignored = "ScheduledInstallDay and ScheduledInstallTime count only with AUOptions 4.";
        return is_set.then(|| say(ignored, &SCHEDULE)).into_iter().collect();
    }
    if let Some(schedule) = facts.schedule {
        let words = format!(
            "Installations are scheduled {}, by the clocks of the machine. Administrators who are \
             logged on can install before.",
            schedule.words()
        );
        return vec![say(words, &SCHEDULE)];
    }
    let words = format!(
        "When updates are installed is not known: AUOptions 4 is valid only with both \
         ScheduledInstallDay and ScheduledInstallTime ({}).",
        lacking(settings)
    );
    vec![say(words, &SCHEDULE)]
}

/// What a schedule lacks.
fn lacking(settings: &Effective) -> String {
    let parts = [S::ScheduledInstallDay, S::ScheduledInstallTime];
    let absent = parts.into_iter().filter(|part| number(settings, *part) == Reading::Absent);
    let names: Vec<&str> = absent.map(S::as_str).collect();
    if names.is_empty() {
        "one of them is not valid".to_owned()
    } else {
        format!("not set: {}", names.join(", "))
    }
}

/// That nothing is scheduled, and why.
fn none_scheduled(settings: &Effective, facts: &Facts) -> Sentence {
    let why = match (facts.automatic, facts.option) {
        (Some(false), _) => "NoAutoUpdate is 1".to_owned(),
        (None, _) => "NoAutoUpdate is not valid".to_owned(),
        (Some(true), Reading::Absent) => "AUOptions is not set".to_owned(),
        (Some(true), Reading::Invalid) => "AUOptions is not valid".to_owned(),
        (Some(true), Reading::Valid(BY_SCHEDULE)) => format!(
            "AUOptions is 4, which takes both ScheduledInstallDay and ScheduledInstallTime ({})",
            lacking(settings)
        ),
        (Some(true), Reading::Valid(option)) => {
            format!("AUOptions is {option}, and only 4 installs by schedule")
        }
    };
    let words = format!(
        "No installation is scheduled by these settings, so that none can be missed: {why}."
    );
    let [option, day, time] = SCHEDULE;
    say(words, &[S::NoAutoUpdate, option, day, time])
}

pub(super) fn missed(settings: &Effective, facts: &Facts, question: &Question) -> Vec<Sentence> {
    if facts.schedule.is_none() {
        return question.missed.map(|_| none_scheduled(settings, facts)).into_iter().collect();
    }
    let mut found = rule(settings, facts.reschedule);
    if let Paired::On(minutes) = facts.reschedule {
        if minutes < NOTICE_MINUTES {
            let short = format!(
                "An administrator who is logged on would be told {NOTICE_MINUTES} min before, \
                 which is more than there is; what is shown then is not documented."
            );
            found.push(say(short, &PAIR));
        }
        found.push(say(
            "If day or hour of the schedule are changed meanwhile, the new schedule wins over the \
             new time. If the next scheduled time is not later than the new time, the schedule \
             wins too.",
            &PAIR,
        ));
    }
    found.push(say(
        "Whenever the service starts, it calculates the next time from the schedule. If that is \
         not the one in ScheduledInstallDate, it writes it there and logs an event.",
        &SCHEDULE,
    ));
    found.push(say(
        "Updates whose deadline is over are installed as soon as possible, whatever this says.",
        &PAIR,
    ));
    found.extend(plan(facts, question).map(|plan| say(told(plan, question), &PAIR)));
    found
}

fn rule(settings: &Effective, reschedule: Paired) -> Vec<Sentence> {
    let waits = "If the machine is off at the scheduled time, the installation waits for the next \
                 scheduled time";
    match reschedule {
        Paired::On(minutes) => vec![say(
            format!(
                "If the machine is off at the scheduled time, the installation takes place \
                 {minutes} min after the update service starts."
            ),
            &PAIR,
        )],
        Paired::Off(None) => {
            vec![say(format!("{waits}: {}.", not_in_use(settings)), &PAIR)]
        }
        Paired::Off(Some(set)) => vec![say(
            format!(
                "{waits}: RescheduleWaitTime is {set}, which by the page's table counts only with \
                 RescheduleWaitTimeEnabled=1. The page's examples do not mention that value."
            ),
            &PAIR,
        )],
        Paired::NotKnown => {
            vec![say("What happens when the machine was off is not known.", &PAIR)]
        }
    }
}

/// Why a missed installation is not made up for.
fn not_in_use(settings: &Effective) -> String {
    let [value, enabled] = PAIR;
    match (number(settings, value), settings.number(value)) {
        (Reading::Invalid, Some(number)) => {
            format!("RescheduleWaitTime is {number}, and only 1 to 60 count")
        }
        (Reading::Absent, _) if settings.is_on(enabled) => {
            "RescheduleWaitTimeEnabled is 1, but RescheduleWaitTime is not set".to_owned()
        }
        (Reading::Absent | Reading::Valid(_) | Reading::Invalid, _) => {
            "RescheduleWaitTime is not in use".to_owned()
        }
    }
}

fn told(plan: Plan, question: &Question) -> String {
    let local = |at: Timestamp| {
        at.to_zoned(question.zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
    };
    let missed = question.missed.map(local).unwrap_or_default();
    let then = if question.runs_from().is_some() { "" } else { ", if the machine runs then" };
    match plan {
        Plan::Rescheduled(at) => {
            format!("The installation of {missed} takes place on {}.", local(at))
        }
        Plan::ScheduleFirst(at, next) => format!(
            "The installation of {missed} would take place on {}, but the next scheduled one is \
             not later: that takes place, on {}.",
            local(at),
            local(next.at)
        ),
        Plan::NextSchedule(next) => {
            format!("The installation of {missed} takes place on {}{then}.", local(next.at))
        }
        Plan::ScheduleChanged(next) => format!(
            "{missed} is no time of this schedule. If it was one of an earlier schedule, the \
             change wins: the installation takes place on {}{then}.",
            local(next.at)
        ),
        Plan::StartNotKnown(minutes) => format!(
            "The installation of {missed} takes place {minutes} min after the service starts; \
             give --service-start for a date."
        ),
        Plan::NotKnown => format!("When the installation of {missed} takes place is not known."),
    }
}
