//! Restarts, and what users see of updates.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Weight};
use crate::policy::audit::facts::{Facts, names};
use crate::policy::audit::schedule::BY_SCHEDULE;
use crate::policy::setting::Setting;
use crate::policy::setting::Setting::{
    AlwaysAutoReboot, AuOptions, DisableWindowsUpdateAccess, NoAutoRebootWithLoggedOnUsers,
    RebootWarningTimeout, RebootWarningTimeoutEnabled, UserDisableWindowsUpdateAccess,
    UserNoWindowsUpdate,
};

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let mut found = Vec::new();
    if !facts.is_on(Setting::NoAutoUpdate) {
        found.extend([always(facts), countdown(facts), unasked(facts)].into_iter().flatten());
    }
    found.extend(user(facts));
    found
}

fn always(facts: &Facts<'_>) -> Option<ClientFinding> {
    let both = facts.is_on(NoAutoRebootWithLoggedOnUsers) && facts.is_on(AlwaysAutoReboot);
    both.then(|| ClientFinding {
        code: Code::Pointless,
        weight: Weight::Warning,
        places: facts.effective.places(&[AlwaysAutoReboot, NoAutoRebootWithLoggedOnUsers]),
        observed: "AlwaysAutoRebootAtScheduledTime and NoAutoRebootWithLoggedOnUsers are both 1"
            .to_owned(),
        meaning: "the first has no effect beside the second: with somebody logged on, the machine \
                  waits"
            .to_owned(),
        action: "decide which is meant, and remove the other".to_owned(),
    })
}

fn countdown(facts: &Facts<'_>) -> Option<ClientFinding> {
    let is_on = facts.is_on(NoAutoRebootWithLoggedOnUsers)
        && facts.is_on(RebootWarningTimeoutEnabled)
        && facts.effective.valid(RebootWarningTimeout).is_some();
    is_on.then(|| ClientFinding {
        code: Code::Pointless,
        weight: Weight::Note,
        places: facts.effective.places(&[RebootWarningTimeout, NoAutoRebootWithLoggedOnUsers]),
        observed: "RebootWarningTimeout is set, and NoAutoRebootWithLoggedOnUsers is 1".to_owned(),
        meaning:
            "after a scheduled installation no countdown is shown to those logged on; it counts \
                  for updates with a deadline only"
                .to_owned(),
        action: "leave it if updates have deadlines, else remove it".to_owned(),
    })
}

fn unasked(facts: &Facts<'_>) -> Option<ClientFinding> {
    let by_schedule = facts.effective.number(AuOptions) == Some(BY_SCHEDULE);
    if !by_schedule || facts.is_on(NoAutoRebootWithLoggedOnUsers) {
        return None;
    }
    let always = facts.is_on(AlwaysAutoReboot);
    let setting = if always { AlwaysAutoReboot } else { NoAutoRebootWithLoggedOnUsers };
    let held = facts.effective.number(setting);
    let state = held.map_or_else(|| "not set".to_owned(), |number| number.to_string());
    Some(ClientFinding {
        code: Code::RestartsUnasked,
        weight: Weight::Note,
        places: facts.effective.places(&[setting, AuOptions]),
        observed: format!("AUOptions is {BY_SCHEDULE}, and {} is {state}", setting.value_name()),
        meaning: "after a scheduled installation the machine restarts when a countdown ends, also \
                  while somebody works on it"
            .to_owned(),
        action: "set NoAutoRebootWithLoggedOnUsers to 1 if those logged on are to decide"
            .to_owned(),
    })
}

fn user(facts: &Facts<'_>) -> Option<ClientFinding> {
    let mut set = vec![UserDisableWindowsUpdateAccess, UserNoWindowsUpdate];
    set.retain(|setting| facts.is_on(*setting));
    if set.is_empty() {
        return None;
    }
    let overridden = facts.effective.number(DisableWindowsUpdateAccess);
    let meaning = match overridden {
        Some(number) => format!(
            "the machine's own DisableWindowsUpdateAccess, {number}, may override it for everybody"
        ),
        None if set.contains(&UserDisableWindowsUpdateAccess) => {
            "this user is not told of updates and cannot install them, not even as an administrator; \
             scheduled installations go on"
                .to_owned()
        }
        None => "this user gets only what is approved on the server; the machine's own updates go on"
            .to_owned(),
    };
    let mut places = facts.effective.places(&set);
    places.extend(facts.effective.places(&[DisableWindowsUpdateAccess]));
    Some(ClientFinding {
        code: Code::UserAccessRemoved,
        weight: Weight::Note,
        places,
        observed: format!("{} set for a user", names(&set)),
        meaning,
        action: "leave it if that is meant; Windows 10 and later do not support such settings of \
                 users"
            .to_owned(),
    })
}
