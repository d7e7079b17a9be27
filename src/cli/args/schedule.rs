//! Options of `schedule`.

use clap::{Args, ValueEnum};

/// Options of `schedule`.
#[derive(Debug, Clone, Args)]
pub struct Schedule {
    /// Names of the endpoints; all if none is given
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,

    /// How long after Microsoft updates are released on the servers, such as 21d
    ///
    /// The default is `release_after` of the configuration file, else three weeks.
    #[arg(long, value_name = "DURATION", env = "WSUS_PROBE_SCHEDULE_RELEASE_AFTER")]
    #[arg(hide_env_values = true)]
    pub release_after: Option<String>,

    /// Your time zone, such as Europe/Berlin; this machine's if none is given
    #[arg(long, value_name = "ZONE", env = "WSUS_PROBE_SCHEDULE_TIME_ZONE")]
    #[arg(hide_env_values = true)]
    pub time_zone: Option<String>,

    /// Tell it as of this time, such as 2026-11-21T14:00; now if none is given
    #[arg(long, value_name = "TIME", env = "WSUS_PROBE_SCHEDULE_AT", hide_env_values = true)]
    pub at: Option<String>,

    /// How many months ahead, from 1 to 24
    #[arg(long, value_name = "N", env = "WSUS_PROBE_SCHEDULE_MONTHS", hide_env_values = true)]
    #[arg(default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=24))]
    pub months: u8,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_SCHEDULE_OUTPUT", hide_env_values = true)]
    pub output: ScheduleOutput,
}

/// Formats of `schedule`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ScheduleOutput {
    /// Tables for people
    #[default]
    Text,
    /// For programs
    Json,
    /// A calendar to subscribe to or to import (iCalendar, RFC 5545)
    Ical,
}
