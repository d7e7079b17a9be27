//! The options of `check`.

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

pub(super) const EXAMPLES: &str = "\
Examples:
  wsus-probe check                          every endpoint
  wsus-probe check dfw ord -v               two of them, in detail, with a trace of each step
  wsus-probe check --profile quick          one request to each member
  wsus-probe check --output nagios          one line for a monitoring system";

/// Options of `check`.
#[derive(Debug, Clone, Default, Args)]
pub struct Check {
    /// Names of the endpoints to check; all if none is given
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,

    /// How to print the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_CHECK_OUTPUT", hide_env_values = true)]
    pub output: CheckOutput,

    /// How much to ask of each member
    #[arg(long, value_enum, default_value_t, value_name = "PROFILE")]
    #[arg(env = "WSUS_PROBE_CHECK_PROFILE", hide_env_values = true)]
    pub profile: CheckProfile,

    /// Tell everything, not only the worst about each endpoint that is not healthy
    ///
    /// The members and their phases, each service, all findings and notes, and which release of
    /// WSUS it may be. So it is too where endpoints are named on the command line. JSON always
    /// has everything.
    #[arg(long, env = "WSUS_PROBE_CHECK_DETAILS", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub details: bool,

    /// Ask these resolvers too, and compare their answers with each other
    ///
    /// Several separated by commas; each as with --resolver, `system` among them.
    #[arg(long, value_name = "RESOLVER", value_delimiter = ',')]
    #[arg(env = "WSUS_PROBE_CHECK_RESOLVERS", hide_env_values = true)]
    pub resolvers: Vec<String>,

    /// Identifiers of the options above that were set by the environment.
    #[arg(skip)]
    pub from_environment: Vec<&'static str>,

    /// Show the internal name that a WSUS server tells to everybody (PackageServerShare)
    ///
    /// In the details and in JSON. Otherwise it appears nowhere. What else a server says of itself in the text of a
    /// fault is quoted all the same.
    #[arg(long, env = "WSUS_PROBE_CHECK_SHOW_INTERNAL_NAMES", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub show_internal_names: bool,
}

/// How much `check` asks of each member. All requests only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CheckProfile {
    /// One request: the configuration that every client asks first
    Quick,
    /// Every service, self-update and content: at most 12 requests; and where a handshake fails as
    /// if nothing were in common, which TLS versions are accepted
    #[default]
    Standard,
    /// Everything that is known to be harmless: at most 16 requests; and, as `tls` does, which
    /// TLS versions are accepted and which Windows releases can connect
    Deep,
}

/// Formats of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CheckOutput {
    /// A table for people
    #[default]
    Text,
    /// For programs
    Json,
    /// One line with performance data and the plugin exit codes 0, 1, 2, 3
    Nagios,
}
