//! Installation by schedule.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Weight};
use crate::policy::audit::facts::{Facts, names};
use crate::policy::setting::Setting;
use crate::policy::setting::Setting::{AuOptions, ScheduledInstallDay, ScheduledInstallTime};

/// The choice to install by schedule.
pub(super) const BY_SCHEDULE: u32 = 4;

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    if facts.is_on(Setting::NoAutoUpdate) {
        return Vec::new();
    }
    missing(facts).into_iter().chain(ignored(facts)).collect()
}

fn missing(facts: &Facts<'_>) -> Option<ClientFinding> {
    if facts.effective.number(AuOptions) != Some(BY_SCHEDULE) {
        return None;
    }
    let mut absent = vec![ScheduledInstallDay, ScheduledInstallTime];
    absent.retain(|setting| !facts.is_accounted(*setting));
    if absent.is_empty() {
        return None;
    }
    let verb = if absent.len() == 1 { "is" } else { "are" };
    Some(ClientFinding {
        code: Code::ScheduleMissing,
        weight: Weight::Warning,
        places: facts.effective.places(&[AuOptions, ScheduledInstallDay, ScheduledInstallTime]),
        observed: format!("AUOptions is {BY_SCHEDULE}, and {} {verb} not set", names(&absent)),
        meaning: "the choice is documented as valid only with both; where it is made by Group \
                  Policy, the default is every day at 3:00"
            .to_owned(),
        action: "set ScheduledInstallDay (0 is every day, 1 is Sunday) and ScheduledInstallTime \
                 (the hour, 0 to 23)"
            .to_owned(),
    })
}

/// What counts only for installation by schedule.
const OF_SCHEDULE: [Setting; 3] =
    [ScheduledInstallDay, ScheduledInstallTime, Setting::RescheduleWaitTime];

fn ignored(facts: &Facts<'_>) -> Option<ClientFinding> {
    let choice = facts.effective.valid(AuOptions);
    let is_unclear = choice.is_none() && facts.is_accounted(AuOptions);
    let set = facts.set_among(&OF_SCHEDULE);
    if choice == Some(BY_SCHEDULE) || is_unclear || set.is_empty() {
        return None;
    }
    let mut places = facts.effective.places(&set);
    places.extend(facts.effective.places(&[AuOptions]));
    let state = choice.map_or_else(|| "not set".to_owned(), |choice| choice.to_string());
    Some(ClientFinding {
        code: Code::ScheduleIgnored,
        // The editor of Group Policy writes day and time beside every choice.
        weight: if choice.is_some() { Weight::Note } else { Weight::Warning },
        places,
        observed: format!("{} set, and AUOptions is {state}", names(&set)),
        meaning: format!("it counts only where AUOptions is {BY_SCHEDULE}"),
        action: format!(
            "set AUOptions to {BY_SCHEDULE} if updates are to be installed by schedule"
        ),
    })
}
