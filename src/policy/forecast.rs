//! What a client with its settings will do, and when.
//!
//! By Microsoft's page about clients without Active Directory, which describes WSUS 3.0 and Windows
//! XP to Server 2008, and the Windows Update Services protocol (MS-WUSP). A setting that is not
//! valid is told and nothing is concluded from it.

mod facts;
#[cfg(test)]
pub(crate) mod fixture;
mod missed;
pub mod reading;
pub mod restart;
pub mod schedule;
#[cfg(test)]
mod tests;
mod timeline;
mod words;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::reading::{Paired, Reading};
use self::schedule::Schedule;
use crate::model::client::{ClientFinding, ClientFindingCode, Location};
use crate::policy::effective::Effective;
use crate::policy::setting::Setting;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The clocks of the machine.
    pub zone: TimeZone,
    /// As of when.
    pub at: Timestamp,
    /// The scheduled installation that was missed.
    pub missed: Option<Timestamp>,
    /// When the service starts; not before `missed`.
    pub service_start: Option<Timestamp>,
}

impl Question {
    /// From when on the machine runs, as far as that was told: `None` where it was off and nobody
    /// told when it starts.
    fn runs_from(&self) -> Option<Timestamp> {
        match (self.missed, self.service_start) {
            (_, Some(start)) => Some(start.max(self.at)),
            (Some(_), None) => None,
            (None, None) => Some(self.at),
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// What follows from the settings.
    pub facts: Facts,
    /// The same in words, by subject.
    pub topics: Vec<Topic>,
    /// What happens when, the earliest first.
    pub events: Vec<Event>,
}

/// What follows from the settings. What is absent is not known or does not happen, as the topics
/// say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Where updates come from.
    pub updates_from: UpdatesFrom,
    /// Whether the machine updates itself.
    pub automatic: Option<bool>,
    /// What is done with updates.
    pub option: Reading,
    /// The shortest and the longest pause between two searches, in minutes.
    pub search_minutes: Option<(u32, u32)>,
    /// When updates are installed by schedule.
    pub schedule: Option<Schedule>,
    /// How a missed installation is made up for.
    pub reschedule: Paired,
    /// Whether logged-on users decide about restarts.
    pub users_decide: Option<bool>,
    /// The countdown before a restart, in minutes.
    pub countdown_minutes: Option<u32>,
    /// The pause until a user is asked again, in minutes.
    pub ask_again_minutes: Option<u32>,
}

/// Where updates come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdatesFrom {
    /// A WSUS server.
    Wsus(String),
    /// A WSUS server is set, and beside it a newer policy that some releases of Windows follow
    /// instead, for some or all updates.
    DependsOnRelease(String),
    /// Microsoft's servers.
    MicrosoftUpdate,
    /// A WSUS server is asked for, and none is named in a way that counts.
    Nowhere,
    /// The settings are not valid, or automatic updating is off and they say nothing about a
    /// search by hand.
    NotKnown,
}

closed_list! {
    /// What a part of the forecast is about.
    Subject {
        /// Settings that are not valid.
        NotValid => "not_valid",
        /// Where updates come from, and who is told.
        Source => "source",
        /// When the machine looks for updates.
        Search => "search",
        /// What it does with what it finds.
        Updates => "updates",
        /// When a schedule installs them.
        Installation => "installation",
        /// What happens when the machine was off.
        Missed => "missed",
        /// How it restarts.
        Restart => "restart",
        /// What users may do.
        Users => "users",
        /// What all this rests on.
        Basis => "basis",
    }
}

/// One part of the forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// What it is about.
    pub subject: Subject,
    /// What is said.
    pub sentences: Vec<Sentence>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// In words.
    pub text: String,
    /// The settings that it follows from, set or not.
    pub settings: Vec<Setting>,
}

closed_list! {
    /// What happens.
    EventKind {
        /// The machine looks for updates.
        Search => "search",
        /// The machine was off when it should have installed.
        MissedInstallation => "missed_installation",
        /// The update service starts.
        ServiceStart => "service_start",
        /// The service writes the new time of an installation into the log.
        NewTimeLogged => "new_time_logged",
        /// Somebody is told that an installation is about to begin.
        InstallationNotice => "installation_notice",
        /// An installation by schedule.
        ScheduledInstallation => "scheduled_installation",
        /// An installation that makes up for a missed one.
        RescheduledInstallation => "rescheduled_installation",
        /// A restart, if an update needs one.
        Restart => "restart",
    }
}

closed_list! {
    /// How certain an event is.
    Certainty {
        /// It happens then, if the machine runs.
        Certain => "certain",
        /// Not before then, if at all.
        AtTheEarliest => "at_the_earliest",
        /// Only if a user is there or does something.
        DependsOnUser => "depends_on_user",
    }
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, or from when on.
    pub at: Timestamp,
    /// The latest time, where only a range is known.
    pub until: Option<Timestamp>,
    /// What.
    pub kind: EventKind,
    /// How certain it is.
    pub certainty: Certainty,
    /// In words.
    pub text: String,
    /// The settings that it follows from.
    pub settings: Vec<Setting>,
}

/// Says what a client with these settings will do. Of the audit's findings about them those count
/// that tell of newer policies.
pub fn forecast(settings: &Effective, findings: &[ClientFinding], question: &Question) -> Forecast {
    let mut facts = Facts::of(settings);
    let newer: Vec<&ClientFinding> =
        findings.iter().filter(|one| one.code == ClientFindingCode::Overridden).collect();
    if newer.iter().any(|finding| decides(finding)) {
        facts.updates_from.depend_on_release();
    }
    let topics = words::topics(settings, &newer, &facts, question);
    let events = timeline::events(settings, &facts, question);
    Forecast { facts, topics, events }
}

impl UpdatesFrom {
    /// Of a WSUS server that is set it is not certain any more that it is asked.
    fn depend_on_release(&mut self) {
        if let Self::Wsus(server) = self {
            *self = Self::DependsOnRelease(std::mem::take(server));
        }
    }
}

/// Whether it is about where updates come from; a second server has files, and what is asked of the
/// first one stays.
fn decides(finding: &ClientFinding) -> bool {
    !settings_of(finding).contains(&Setting::UpdateServiceUrlAlternate)
}

/// The settings that a finding is about.
fn settings_of(finding: &ClientFinding) -> Vec<Setting> {
    let of = |place: &Location| Setting::at(place.key.as_ref()?, place.value.as_deref()?);
    finding.places.iter().filter_map(of).collect()
}

/// The value of `AUOptions` that installs by schedule.
pub const BY_SCHEDULE: u32 = 4;

/// Pause after a search that failed (MS-WUSP).
pub const RETRY_HOURS: u32 = 5;

/// The countdown that an administrator sees before a rescheduled installation, in minutes.
pub const NOTICE_MINUTES: u32 = 5;
