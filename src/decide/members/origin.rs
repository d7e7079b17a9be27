//! Which machine and which database an answer to `GetConfig` comes from.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::decide::windows_update_code::{REFRESH_CACHE, likely};
use crate::model::text::one_line;
use crate::model::windows_update::WindowsUpdateCode;
use crate::model::wsus::ServerConfig;

/// The property that holds the internal name of the machine that answered.
pub(super) const MACHINE: &str = "PackageServerShare";

/// What clients show for a `ServerChanged` fault (MS-WUSP 2.2.2.4).
pub(super) const SERVER_CHANGED: WindowsUpdateCode = likely(REFRESH_CACHE);

/// The longest time that is quoted, in characters: a date and time with an offset and nine digits
/// of a second's fraction, and some.
const MAX_TIME: usize = 40;

/// Where an answer comes from, as far as it tells.
pub(super) struct Origin<'a> {
    config: &'a ServerConfig,
}

/// A time of change, for comparing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// A moment, however many digits of its fraction were written.
    At(Timestamp),
    /// Not a time that can be read.
    Text(String),
}

impl<'a> Origin<'a> {
    pub(super) const fn of(config: &'a ServerConfig) -> Self {
        Self { config }
    }

    /// `LastChange`, if there is one.
    pub(super) fn last_change(&self) -> Option<Change> {
        let text = self.config.last_change.as_deref()?.trim();
        // WSUS writes UTC; without an offset the time is taken as such.
        let moment = text.parse::<Timestamp>().ok().or_else(|| {
            let civil = text.parse::<DateTime>().ok()?;
            TimeZone::UTC.to_timestamp(civil).ok()
        });
        Some(moment.map_or_else(|| Change::Text(text.to_owned()), Change::At))
    }

    /// `LastChange` as the server wrote it.
    pub(super) fn last_change_shown(&self) -> Option<String> {
        self.config.last_change.as_deref().map(|text| one_line(text, MAX_TIME))
    }

    /// What identifies the machine; never to be shown. Windows compares names in any case.
    fn machine(&self) -> Option<String> {
        let share = self.config.property(MACHINE)?.trim();
        (!share.is_empty()).then(|| share.to_lowercase())
    }
}

/// Whether all answers are by one machine, by what they say.
pub(super) fn is_one_machine<'a>(origins: impl IntoIterator<Item = &'a Origin<'a>>) -> bool {
    let machines: Option<Vec<String>> = origins.into_iter().map(Origin::machine).collect();
    machines.is_some_and(|machines| {
        machines.first().is_some_and(|first| machines.iter().all(|machine| machine == first))
    })
}

/// Whether two answers are by different machines, by what they say.
pub(super) fn is_several_machines<'a>(origins: impl IntoIterator<Item = &'a Origin<'a>>) -> bool {
    let machines: Vec<String> = origins.into_iter().filter_map(Origin::machine).collect();
    machines.first().is_some_and(|first| machines.iter().any(|machine| machine != first))
}
