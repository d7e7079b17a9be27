//! How the machine restarts after an installation.

use super::super::restart::{EVENT_RESTART_BEGINS, EVENT_RESTART_NEEDED};
use super::super::{Facts, Sentence};
use super::say;
use crate::policy::effective::Effective;
use crate::policy::forecast::reading::{Paired, Reading, number, paired};
use crate::policy::setting::Setting as S;

pub(super) fn sentences(settings: &Effective, facts: &Facts) -> Vec<Sentence> {
    if facts.automatic != Some(true) {
        return Vec::new();
    }
    let decide = [S::NoAutoRebootWithLoggedOnUsers];
    let mut found = Vec::new();
    if facts.schedule.is_none() {
        found.push(say(
            "The page tells of restarts after scheduled installations only, and no installation \
             is scheduled by these settings.",
            &[S::AuOptions],
        ));
    }
    match facts.users_decide {
        None => {
            found.push(say("Whether logged-on users decide about restarts is not known.", &decide));
        }
        Some(true) => found.push(say(
            "After a scheduled installation that needs a restart, logged-on users decide when: \
             the dialog has no countdown.",
            &decide,
        )),
        Some(false) => {
            found.push(say(countdown(facts), &decide));
            found.extend(ignored(
                settings,
                S::RebootWarningTimeout,
                S::RebootWarningTimeoutEnabled,
            ));
        }
    }
    found.push(say(
        format!(
            "With users logged on, event {EVENT_RESTART_NEEDED} in the system log says that a \
             restart is needed; who logs on later is told too. When the last user has logged off, \
             event {EVENT_RESTART_BEGINS} says that the restart begins."
        ),
        &decide,
    ));
    found.push(say(ask_again(facts), &[S::RebootRelaunchTimeout, S::RebootRelaunchTimeoutEnabled]));
    found.extend(ignored(settings, S::RebootRelaunchTimeout, S::RebootRelaunchTimeoutEnabled));
    found.extend(always(settings, facts));
    found.push(say(
        "If NoAutoRebootWithLoggedOnUsers is changed while a restart is pending, it counts from \
         the next update on that needs a restart.",
        &decide,
    ));
    found
}

fn countdown(facts: &Facts) -> String {
    let minutes = facts.countdown_minutes.map_or_else(
        || "of a length that is not known".to_owned(),
        |minutes| format!("of {minutes} min"),
    );
    format!(
        "After a scheduled installation that needs a restart, logged-on users see a countdown \
         {minutes}; at its end the machine restarts."
    )
}

fn ask_again(facts: &Facts) -> String {
    facts.ask_again_minutes.map_or_else(
        || "After how long a user who put the restart off is asked again is not known.".to_owned(),
        |minutes| format!("A user who put the restart off is asked again after {minutes} min."),
    )
}

/// A number that is set and does not count.
fn ignored(settings: &Effective, value: S, enabled: S) -> Option<Sentence> {
    let Paired::Off(Some(set)) = paired(settings, value, enabled) else { return None };
    let text = format!("{} is {set} and counts only with {}=1.", value.as_str(), enabled.as_str());
    Some(say(text, &[value, enabled]))
}

fn always(settings: &Effective, facts: &Facts) -> Option<Sentence> {
    let both = [S::AlwaysAutoReboot, S::AlwaysAutoRebootMinutes];
    if !facts.always_restarts(settings) {
        return None;
    }
    let after = match number(settings, S::AlwaysAutoRebootMinutes) {
        Reading::Valid(minutes) => format!("after a warning of {minutes} min"),
        Reading::Absent | Reading::Invalid => {
            "after a warning whose length is not known".to_owned()
        }
    };
    let text = format!(
        "From Windows 8 and Server 2012 on the machine restarts {after}, whoever is logged on \
         (AlwaysAutoRebootAtScheduledTime)."
    );
    Some(say(text, &both))
}
