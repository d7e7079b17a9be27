//! Options of `client`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};

use crate::cli::args::TextOrJson;

const AUDIT_EXAMPLES: &str = "\
Examples:
  wsus-probe client audit wsus.reg          what is wrong with these settings
  wsus-probe client audit Registry.pol --output json
  wsus-probe client audit --probe           this machine's own (Windows), and is its server well

Exit codes:
  0  nothing but notes
  1  the machine gets no updates from the server that is named, or none at all
  2  usage error, or a file cannot be read
  3  something does not do what whoever wrote it wants";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  wsus-probe client explain wsus.reg
  wsus-probe client explain wsus.reg --time-zone America/Chicago --at 2026-11-01T00:30
  wsus-probe client explain wsus.reg --missed 2026-11-21T03:00 --service-start 2026-11-21T08:59";

const RENDER_EXAMPLES: &str = "\
Examples:
  wsus-probe client render --server https://wsus.corp.example:8531 --to wsus.reg
  wsus-probe client render --fix old.reg --to new.reg
  wsus-probe client render --nearest --to wsus.ps1
  wsus-probe client render --server https://wsus.corp.example:8531 --set AUOptions=4 \\
      --set ScheduledInstallDay=0 --set ScheduledInstallTime=3 --to dfw.yml

Exit codes:
  0  written; an audit of it has nothing but notes
  1  --nearest found no server that works, and nothing was written
  2  usage error, a file cannot be read or written, or the format cannot hold the settings
  3  written, and standard error says what is left to decide";

/// The commands under `client`.
#[derive(Debug, Clone, Subcommand)]
pub enum ClientCommand {
    /// Say what is wrong with a Windows client's settings, and what to do about it
    ///
    /// Reads registry files (.reg), policy files (Registry.pol), and on Windows the registry of
    /// this machine. Nothing is written and, without --probe, nothing is sent.
    #[command(after_long_help = AUDIT_EXAMPLES)]
    Audit(Audit),
    /// Say what a client with these settings will do, and when
    #[command(after_long_help = EXPLAIN_EXAMPLES)]
    Explain(ClientExplain),
    /// Write settings for clients: as a registry file, a script, a policy or a play
    ///
    /// What `client audit` would warn of in it is told on standard error, with exit code 3.
    #[command(after_long_help = RENDER_EXAMPLES)]
    Render(Render),
}

/// Options of `client audit`.
#[derive(Debug, Clone, Args)]
pub struct Audit {
    /// Files to read, a later one on top of the earlier; this machine's registry if none is given
    ///
    /// `-` is standard input.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Also ask the server that is set, and compare it with the configured ones
    #[arg(long, env = "WSUS_PROBE_CLIENT_AUDIT_PROBE", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub probe: bool,

    /// How to print the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_CLIENT_AUDIT_OUTPUT", hide_env_values = true)]
    pub output: TextOrJson,
}

/// Options of `client explain`.
#[derive(Debug, Clone, Args)]
pub struct ClientExplain {
    /// Files to read, a later one on top of the earlier; this machine's registry if none is given
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The time zone of the machine, such as America/Chicago; this machine's if none is given
    #[arg(long, value_name = "ZONE", env = "WSUS_PROBE_CLIENT_EXPLAIN_TIME_ZONE")]
    #[arg(hide_env_values = true)]
    pub time_zone: Option<String>,

    /// Tell it as of this time, such as 2026-11-21T14:00; now if none is given
    ///
    /// Local time in the machine's time zone, or with an offset as in 2026-11-21T14:00Z.
    /// With --missed or --service-start it is that time unless it is given.
    #[arg(long, value_name = "TIME", env = "WSUS_PROBE_CLIENT_EXPLAIN_AT")]
    #[arg(hide_env_values = true)]
    pub at: Option<String>,

    /// What if the installation at this time was missed, because the machine was off
    #[arg(long, value_name = "TIME", env = "WSUS_PROBE_CLIENT_EXPLAIN_MISSED")]
    #[arg(hide_env_values = true)]
    pub missed: Option<String>,

    /// What if the Windows Update service starts at this time
    #[arg(long, value_name = "TIME", env = "WSUS_PROBE_CLIENT_EXPLAIN_SERVICE_START")]
    #[arg(hide_env_values = true)]
    pub service_start: Option<String>,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_CLIENT_EXPLAIN_OUTPUT", hide_env_values = true)]
    pub output: TextOrJson,
}

/// Options of `client render`.
#[derive(Debug, Clone, Args)]
pub struct Render {
    /// The server for updates and reports
    #[arg(long, value_name = "URL", env = "WSUS_PROBE_CLIENT_RENDER_SERVER")]
    #[arg(hide_env_values = true, conflicts_with = "nearest")]
    pub server: Option<String>,

    /// Take the server that `nearest` chooses: the nearest as seen from this machine
    ///
    /// For clients of another site run it there, or name their server with --server.
    #[arg(long, env = "WSUS_PROBE_CLIENT_RENDER_NEAREST", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub nearest: bool,

    /// Begin with the settings of this file, and correct what is wrong with them
    ///
    /// What was corrected, and what was left to decide, is told on standard error.
    #[arg(long, value_name = "FILE", env = "WSUS_PROBE_CLIENT_RENDER_FIX")]
    #[arg(hide_env_values = true)]
    pub fix: Option<PathBuf>,

    /// Set a value of the policy, such as DetectionFrequency=4; what it is paired with follows
    ///
    /// Repeatable, or several separated by commas; a comma within a text is kept, as in
    /// `TargetGroup=Servers, Berlin`. Without a value (`TargetGroup=`) it is removed.
    #[arg(long, value_name = "NAME=VALUE")]
    #[arg(env = "WSUS_PROBE_CLIENT_RENDER_SET", hide_env_values = true)]
    pub set: Vec<String>,

    /// What to write; taken from the name of --to where that says it, else a registry file
    #[arg(long, value_enum, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_CLIENT_RENDER_FORMAT", hide_env_values = true)]
    pub format: Option<RenderFormat>,

    /// Write to this file, in place of standard output; one that exists is not replaced
    #[arg(long, value_name = "FILE", env = "WSUS_PROBE_CLIENT_RENDER_TO")]
    #[arg(hide_env_values = true)]
    pub to: Option<PathBuf>,
}

/// What `client render` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RenderFormat {
    /// A registry file, as the registry editor exports it
    Reg,
    /// A script that changes only what differs, with `-WhatIf`
    Powershell,
    /// The text that LGPO.exe reads
    Lgpo,
    /// A policy file of Group Policy (Registry.pol)
    Pol,
    /// A play for Ansible (`ansible.windows.win_regedit`), for the hosts of the group `windows`
    Ansible,
    /// For programs
    Json,
}
