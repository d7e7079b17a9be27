//! The options of `nearest`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

/// Default of `nearest --samples`, connections to each member. Three survive one lost packet and
/// still show the spread; the run ends earlier anyway as soon as no rival can win.
pub const DEFAULT_SAMPLES: u8 = 3;

/// Most samples of one `nearest` run: more would be load, not knowledge.
pub const MAX_SAMPLES: u8 = 10;

pub(super) const EXAMPLES: &str = "\
Examples:
  wsus-probe nearest --dc dfw --dc ord      choose between two data centers
  wsus-probe nearest --output reg > wsus.reg
  wsus-probe nearest --current https://wsus.corp.example:8531 --strict 0.95";

/// Options of `nearest`.
#[derive(Debug, Clone, Default, Args)]
pub struct Nearest {
    /// How to print the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_NEAREST_OUTPUT", hide_env_values = true)]
    pub output: NearestOutput,

    /// The URL in use: stays the choice unless leaving it is worth a full scan of the clients
    #[arg(long, value_name = "URL", env = "WSUS_PROBE_NEAREST_CURRENT", hide_env_values = true)]
    pub current: Option<String>,

    /// Make this machine use the choice (Windows, as an administrator)
    ///
    /// Shows the change and asks; saves the values that are there now in a registry file; writes
    /// both URLs and `UseWUServer`, or nothing; reads them back. The server in use stays unless
    /// leaving it is worth a full scan of the client, or it is sick.
    #[arg(long, env = "WSUS_PROBE_NEAREST_APPLY", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub apply: bool,

    /// With --apply, do not ask
    #[arg(long, requires = "apply", env = "WSUS_PROBE_NEAREST_YES", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub yes: bool,

    /// With --apply, take the nearest healthy server even where it is not worth the change
    #[arg(long, requires = "apply", env = "WSUS_PROBE_NEAREST_FORCE", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub force: bool,

    /// With --apply, save the previous values here, in place of a file with the time in its name
    /// in the current folder
    #[arg(long, requires = "apply", value_name = "FILE")]
    #[arg(env = "WSUS_PROBE_NEAREST_BACKUP", hide_env_values = true)]
    pub backup: Option<PathBuf>,

    /// Exit with 3 if the choice is less certain than this, from 0.5 (a coin toss) to 1
    #[arg(
        long,
        value_name = "CONFIDENCE",
        env = "WSUS_PROBE_NEAREST_STRICT",
        hide_env_values = true
    )]
    #[arg(value_parser = confidence)]
    pub strict: Option<f64>,

    /// Connections to each member, from 1 to 10
    #[arg(long, value_name = "N", env = "WSUS_PROBE_NEAREST_SAMPLES", hide_env_values = true)]
    #[arg(default_value_t = DEFAULT_SAMPLES)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=i64::from(MAX_SAMPLES)))]
    pub samples: u8,
}

/// Formats of `nearest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum NearestOutput {
    /// For people
    #[default]
    Text,
    /// The chosen URL and nothing else
    Url,
    /// For programs
    Json,
    /// A registry file that sets the choice on a Windows client
    Reg,
    /// A script that sets the choice on a Windows client and applies it
    Powershell,
}

fn confidence(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|value| (0.5..=1.0).contains(value))
        .ok_or_else(|| "expected a number from 0.5 to 1".to_owned())
}
