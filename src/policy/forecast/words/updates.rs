//! When the machine looks for updates, and what it does with them.

use super::super::{BY_SCHEDULE, Facts, Question, RETRY_HOURS, Sentence};
use super::say;
use crate::policy::effective::Effective;
use crate::policy::forecast::reading::{Paired, Reading, paired, switch};
use crate::policy::setting::Setting as S;

pub(super) fn search(settings: &Effective, facts: &Facts, question: &Question) -> Vec<Sentence> {
    const PAIR: [S; 2] = [S::DetectionFrequency, S::DetectionFrequencyEnabled];
    match facts.automatic {
        Some(false) => {
            let off = "Automatic updating is off: the machine looks for nothing and installs \
                       nothing by itself.";
            return vec![say(off, &[S::NoAutoUpdate])];
        }
        None => {
            let unknown = "Whether the machine looks for updates by itself is not known.";
            return vec![say(unknown, &[S::NoAutoUpdate])];
        }
        Some(true) => {}
    }
    let Some((shortest, longest)) = facts.search_minutes else {
        return vec![say("How often it looks for updates is not known.", &PAIR)];
    };
    let why = match paired(settings, PAIR[0], PAIR[1]) {
        Paired::On(_) => "DetectionFrequency".to_owned(),
        Paired::Off(None) | Paired::NotKnown => "the default".to_owned(),
        Paired::Off(Some(set)) => format!(
            "the default; DetectionFrequency is {set} and counts only with \
             DetectionFrequencyEnabled=1"
        ),
    };
    let often = format!(
        "It looks for updates every {} to {}: each pause is 80 to 100 % of {} h ({why}).",
        pause(shortest),
        pause(longest),
        longest / 60
    );
    let when = if question.runs_from().is_some() {
        "When it did so last is not known here, and so the next time is known only as a range."
    } else {
        "The machine is off at the time that was missed: it looks for them when it runs again. Give \
         --service-start for a time."
    };
    let failed = format!("After a search that failed it waits {RETRY_HOURS} h.");
    vec![say(often, &PAIR), say(when, &[]), say(failed, &[])]
}

fn pause(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

pub(super) fn option(settings: &Effective, facts: &Facts) -> Vec<Sentence> {
    if facts.automatic != Some(true) {
        return Vec::new();
    }
    let words = match facts.option {
        Reading::Absent => {
            "AUOptions is not set: whoever uses the machine decides what happens \
                            with updates, or Windows does; there is no documented default."
        }
        Reading::Valid(2) => {
            "It tells administrators that there are updates, and downloads them \
                              only when one agrees; installing too begins with a user (AUOptions \
                              2)."
        }
        Reading::Valid(3) => {
            "It downloads updates by itself and tells administrators that they \
                              can be installed; installing begins with a user (AUOptions 3)."
        }
        Reading::Valid(BY_SCHEDULE) => {
            "It downloads updates by itself and installs them by \
                                        schedule (AUOptions 4)."
        }
        Reading::Valid(_) => {
            "Automatic updating is required, and users choose in the control \
                              panel how it is done (AUOptions 5). When updates are installed is \
                              up to them."
        }
        Reading::Invalid => invalid(settings),
    };
    let mut found = vec![say(words, &[S::AuOptions])];
    let minor = match switch(settings, S::AutoInstallMinorUpdates) {
        Some(true) => Some("Minor updates are installed at once and silently."),
        Some(false) => Some("Minor updates are treated as all others."),
        None => None,
    };
    found.extend(minor.map(|words| say(words, &[S::AutoInstallMinorUpdates])));
    found
}

/// The value of `AUOptions` that leaves installing and restarting to administrators.
const BY_ADMINISTRATORS: u32 = 7;

/// Whether a setting is that choice, which some releases know although the table has no such value.
pub(super) fn is_left_to_administrators(settings: &Effective, setting: S) -> bool {
    setting == S::AuOptions && settings.number(setting) == Some(BY_ADMINISTRATORS)
}

/// What is known of values outside the documented range.
fn invalid(settings: &Effective) -> &'static str {
    match settings.number(S::AuOptions) {
        Some(BY_ADMINISTRATORS) => {
            "Windows Server 2016 and later download updates by themselves, and an administrator \
             installs them and restarts (AUOptions 7). For older releases the choice is not \
             documented."
        }
        Some(1) => {
            "AUOptions is 1, which the page does not list for the registry. In the update \
                    agent's own interface the same number stands for automatic updating that is \
                    off."
        }
        Some(_) | None => "What AUOptions stands for here is not known.",
    }
}
