//! What follows from the settings.

use super::reading::{self, Paired, Reading, number, paired, switch, text};
use super::schedule::Schedule;
use super::{BY_SCHEDULE, Facts, UpdatesFrom};
use crate::policy::effective::Effective;
use crate::policy::setting::{Setting, Unset};

/// Share of the interval that a pause between searches may at least be (MS-WUSP).
const SHORTEST_SHARE_PERCENT: u32 = 80;

impl Facts {
    pub(super) fn of(settings: &Effective) -> Self {
        use Setting as S;
        let automatic = switch(settings, S::NoAutoUpdate).map(|off| !off);
        let option = number(settings, S::AuOptions);
        Self {
            // What is not asked for by itself comes from nowhere that these settings tell.
            updates_from: if automatic == Some(false) {
                UpdatesFrom::NotKnown
            } else {
                updates_from(settings)
            },
            automatic,
            option,
            search_minutes: minutes_between_searches(settings).filter(|_| automatic == Some(true)),
            schedule: schedule_of(settings)
                .filter(|_| automatic == Some(true) && option == Reading::Valid(BY_SCHEDULE)),
            reschedule: reschedule(settings),
            users_decide: switch(settings, S::NoAutoRebootWithLoggedOnUsers),
            countdown_minutes: with_default(
                settings,
                S::RebootWarningTimeout,
                S::RebootWarningTimeoutEnabled,
            ),
            ask_again_minutes: with_default(
                settings,
                S::RebootRelaunchTimeout,
                S::RebootRelaunchTimeoutEnabled,
            ),
        }
    }
}

impl Facts {
    /// Whether the machine restarts whoever is logged on; not where those are to decide.
    pub(super) fn always_restarts(&self, settings: &Effective) -> bool {
        self.users_decide != Some(true) && settings.valid(Setting::AlwaysAutoReboot) == Some(1)
    }
}

fn updates_from(settings: &Effective) -> UpdatesFrom {
    match switch(settings, Setting::UseWuServer) {
        None => UpdatesFrom::NotKnown,
        Some(false) => UpdatesFrom::MicrosoftUpdate,
        Some(true) => {
            let server = text(settings, Setting::WuServer);
            let reports = text(settings, Setting::WuStatusServer);
            match server.filter(|_| server == reports) {
                Some(server) => UpdatesFrom::Wsus(server.to_owned()),
                None => UpdatesFrom::Nowhere,
            }
        }
    }
}

/// The number that counts; `None` where that is not known.
fn with_default(settings: &Effective, value: Setting, enabled: Setting) -> Option<u32> {
    match paired(settings, value, enabled) {
        Paired::On(number) => Some(number),
        Paired::NotKnown => None,
        Paired::Off(_) => match value.row().unset {
            Unset::Is(number) => Some(number),
            Unset::Nothing | Unset::Undocumented => None,
        },
    }
}

/// How a missed installation is made up for. Documented is that it is not where no minutes in range
/// are set, whatever the switch says.
fn reschedule(settings: &Effective) -> Paired {
    let value = Setting::RescheduleWaitTime;
    if settings.held(value).is_none() || reading::is_out_of_range(settings, value) {
        return Paired::Off(None);
    }
    paired(settings, value, Setting::RescheduleWaitTimeEnabled)
}

fn minutes_between_searches(settings: &Effective) -> Option<(u32, u32)> {
    let hours =
        with_default(settings, Setting::DetectionFrequency, Setting::DetectionFrequencyEnabled)?;
    let longest = hours * 60;
    Some((longest * SHORTEST_SHARE_PERCENT / 100, longest))
}

fn schedule_of(settings: &Effective) -> Option<Schedule> {
    let day = settings.valid(Setting::ScheduledInstallDay)?;
    Schedule::of(day, settings.valid(Setting::ScheduledInstallTime)?)
}
