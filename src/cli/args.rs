//! The commands and the options of each.

pub mod check;
pub mod client;
pub mod demo;
pub mod nearest;
pub mod schedule;
pub mod serve;
pub mod service;
pub mod tls;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::cli::EXIT_CODES;
use crate::cli::args::check::Check;
use crate::cli::args::client::ClientCommand;
use crate::cli::args::demo::Demo;
use crate::cli::args::nearest::Nearest;
use crate::cli::args::schedule::Schedule;
use crate::cli::args::serve::Serve;
use crate::cli::args::service::ServiceCommand;
use crate::cli::args::tls::Tls;

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  wsus-probe explain                        every code with one line each
  wsus-probe explain 0x80244022             a code from a client's log
  wsus-probe explain -2145107934            the same, as some logs write it
  wsus-probe explain wsus_pool_stopped http_503
  wsus-probe explain WsusEndpointDown       what to do about an alert";

const HEALTHCHECK_EXAMPLES: &str = "\
Examples:
  wsus-probe healthcheck                    the exporter at its usual address
  wsus-probe healthcheck https://probe.corp.example:18530 --ca-file corp-ca.pem

Exit codes:
  0  it serves; also where it asks for a user, as it does with basic_auth_users
  1  it does not, and why not is on standard error
  2  the command line or a certificate file is at fault";

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Say which endpoint this machine should use now, and why
    ///
    /// Connects to every member of every endpoint at once and asks each for its WSUS
    /// configuration. The nearest healthy one wins; the run ends as soon as no other can win any
    /// more, so that neither the far nor the dead cost time.
    #[command(after_long_help = format!("{}\n\n{EXIT_CODES}", nearest::EXAMPLES))]
    Nearest(Nearest),
    /// Say what is wrong with each endpoint and each of its members, and what to do about it
    #[command(after_long_help = format!("{}\n\n{EXIT_CODES}", check::EXAMPLES))]
    Check(Check),
    /// Say which TLS versions each member accepts, which Windows releases can connect, and what is
    /// wrong with its certificates
    ///
    /// One short connection per version, all at once, and a few more where it takes them to know
    /// what Windows clients get. No handshake is completed, so this works on servers with which
    /// this program has nothing in common; but whether a server holds the key of its certificate
    /// is told by `check` only. Unless --deadline or its variable says otherwise, a member has at
    /// least 10s here, and 60s with --suites.
    #[command(after_long_help = format!("{}\n\n{EXIT_CODES}", tls::EXAMPLES))]
    Tls(Tls),
    /// Audit, explain and write the Windows Update settings of a client
    #[command(subcommand, arg_required_else_help = true)]
    Client(ClientCommand),
    /// Say when updates are due: Patch Tuesday, their release, and each region's nightly window
    ///
    /// In the region's time, in UTC and in yours. Sends nothing.
    #[command(after_long_help = "\
Examples:
  wsus-probe schedule                       what is open now, what comes next
  wsus-probe schedule dfw --time-zone Europe/Berlin
  wsus-probe schedule --output ical > wsus.ics")]
    Schedule(Schedule),
    /// Watch every endpoint all the time, and tell Prometheus and people what was seen
    ///
    /// Makes a round over every endpoint each 30s, the check of `check` each 5m and the scan of
    /// `tls` each 6h; the configuration file can say otherwise. Serves /metrics, /probe, /nearest,
    /// an API and a status page. What may be reached from other machines is up to
    /// --web.listen-address and --web.config.file; nothing is without them. SIGHUP or a POST to
    /// /-/reload reads the configuration again; one that is wrong is told and changes nothing.
    #[command(after_long_help = serve::EXAMPLES)]
    Serve(Serve),
    /// Run the exporter as a Windows service
    #[command(subcommand, arg_required_else_help = true)]
    Service(ServiceCommand),
    /// Explain a finding, the cause of a failure, a Windows Update error code, or an alert; offline
    ///
    /// What it means, what a probe sees where it applies, likely reasons, what to do, and what is
    /// not certain. Of an alert, what the runbook says.
    #[command(after_long_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Ask a running exporter whether it serves; for containers that have no shell
    ///
    /// Asks for /-/healthy once, and waits for two seconds at most. How the endpoints fare does
    /// not matter here: an exporter is not to be restarted because a server is down.
    #[command(after_long_help = HEALTHCHECK_EXAMPLES)]
    Healthcheck(Healthcheck),
    /// Show a simulated fleet at work, without any WSUS server
    ///
    /// Starts six servers on this machine that answer like WSUS, puts simulated distances in
    /// front of them, runs `nearest` and `check` against them and ends.
    #[command(after_long_help = demo::EXAMPLES)]
    Demo(Demo),
    /// Show or check the configuration
    #[command(subcommand, arg_required_else_help = true)]
    Config(ConfigCommand),
    /// Print the completion script of a shell
    #[command(after_long_help = "\
Examples:
  wsus-probe completions bash > /etc/bash_completion.d/wsus-probe
  wsus-probe completions powershell >> $PROFILE")]
    Completions(Completions),
    /// Print the manual page, in roff
    #[command(after_long_help = "\
Examples:
  wsus-probe man | man -l -
  wsus-probe man client audit > wsus-probe-client-audit.1
  wsus-probe man --to /usr/local/share/man/man1")]
    Man(Man),
}

/// Options of `explain`.
#[derive(Debug, Clone, Args)]
pub struct Explain {
    /// What to explain; lists every code if none is given
    ///
    /// The name of a finding or of a cause, as `check` prints it; or a Windows Update error code:
    /// its symbol, or its number in hexadecimal or decimal, as logs show it; or the name of an
    /// alert; or the name of a value of Windows Update's policy, such as `AUOptions`.
    #[arg(value_name = "CODE", allow_negative_numbers = true)]
    pub codes: Vec<String>,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_EXPLAIN_OUTPUT", hide_env_values = true)]
    pub output: TextOrJson,
}

/// Options of `healthcheck`.
#[derive(Debug, Clone, Args)]
pub struct Healthcheck {
    /// Where the exporter is
    ///
    /// http:// or https://, and the path under which a proxy may have put it. A certificate is
    /// verified as everywhere, so with https:// the host is the certificate's name.
    #[arg(value_name = "URL", default_value = "http://127.0.0.1:18530")]
    pub url: String,
}

/// Formats of commands with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TextOrJson {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// The commands under `config`.
#[derive(Debug, Clone, Subcommand)]
pub enum ConfigCommand {
    /// Print the effective configuration and where each value comes from
    ///
    /// The TOML that is printed is itself a configuration file with the same meaning.
    Show(ConfigShow),
    /// Validate the configuration and the certificate files it names
    ///
    /// Ends with `ok` and exit code 0, or with every mistake that was found, its line and its
    /// remedy, and exit code 2.
    Check,
}

/// Options of `config show`.
#[derive(Debug, Clone, Args)]
pub struct ConfigShow {
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_CONFIG_SHOW_OUTPUT", hide_env_values = true)]
    pub output: ConfigOutput,
}

/// Formats of `config show`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ConfigOutput {
    /// A configuration file with comments
    #[default]
    Toml,
    /// For programs
    Json,
}

/// Options of `completions`.
#[derive(Debug, Clone, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Options of `man`.
#[derive(Debug, Clone, Args)]
pub struct Man {
    /// The command to describe, such as `client audit`; the program itself if none is given
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,

    /// Write the pages of the program and of every command into this folder
    #[arg(long, value_name = "FOLDER", env = "WSUS_PROBE_MAN_TO", hide_env_values = true)]
    #[arg(conflicts_with = "command")]
    pub to: Option<PathBuf>,
}
