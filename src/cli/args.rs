//! The commands and the options of each.

pub mod client;
pub mod schedule;
pub mod service;

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::cli::EXIT_CODES;
use crate::cli::args::client::ClientCommand;
use crate::cli::args::schedule::Schedule;
use crate::cli::args::service::ServiceCommand;

/// Default of `nearest --samples`, connections to each member. Three survive one lost packet and
/// still show the spread; the run ends earlier anyway as soon as no rival can win.
pub const DEFAULT_SAMPLES: u8 = 3;

/// Most samples of one `nearest` run: more would be load, not knowledge.
pub const MAX_SAMPLES: u8 = 10;

const NEAREST_EXAMPLES: &str = "\
Examples:
  wsus-probe nearest --dc dfw --dc ord      choose between two data centers
  wsus-probe nearest --output reg > wsus.reg
  wsus-probe nearest --current https://wsus.corp.example:8531 --strict 0.95";

const CHECK_EXAMPLES: &str = "\
Examples:
  wsus-probe check                          every endpoint
  wsus-probe check dfw ord -v               two of them, in detail, with a trace of each step
  wsus-probe check --profile quick          one request to each member
  wsus-probe check --output nagios          one line for a monitoring system";

/// Default of `tls --concurrency`.
pub const DEFAULT_CONCURRENCY: u8 = 2;

/// Most connections of `tls --concurrency`: more would look like an attack and be answered as one.
pub const MAX_CONCURRENCY: u8 = 8;

const TLS_EXAMPLES: &str = "\
Examples:
  wsus-probe tls                            every endpoint
  wsus-probe tls dfw https://wsus.corp.example:8531
  wsus-probe tls dfw --suites               and every suite and group that it accepts
  wsus-probe tls --output json | jq '.endpoints[].members[].tls_scan.versions'";

const SERVE_EXAMPLES: &str = "\
Examples:
  wsus-probe serve                          then open http://127.0.0.1:18530
  wsus-probe serve --config wsus.toml --config.auto-reload
  wsus-probe serve --web.listen-address 0.0.0.0:18530 --web.config.file web.yml
  curl http://127.0.0.1:18530/metrics
  curl 'http://127.0.0.1:18530/probe?target=dfw&debug=true'

Exit codes:
  0  ended as asked, by SIGTERM or Ctrl-C
  2  cannot start, or had to end: the reason is on standard error";

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

const DEMO_EXAMPLES: &str = "\
Examples:
  wsus-probe demo
  wsus-probe demo --fault black-hole=dfw --fault expired=ord
  wsus-probe demo --keep                    and watch them fail and recover in a browser";

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Say which endpoint this machine should use now, and why
    ///
    /// Connects to every member of every endpoint at once and asks each for its WSUS
    /// configuration. The nearest healthy one wins; the run ends as soon as no other can win any
    /// more, so that neither the far nor the dead cost time.
    #[command(after_long_help = format!("{NEAREST_EXAMPLES}\n\n{EXIT_CODES}"))]
    Nearest(Nearest),
    /// Say what is wrong with each endpoint and each of its members, and what to do about it
    #[command(after_long_help = format!("{CHECK_EXAMPLES}\n\n{EXIT_CODES}"))]
    Check(Check),
    /// Say which TLS versions each member accepts, which Windows releases can connect, and what is
    /// wrong with its certificates
    ///
    /// One short connection per version, all at once, and a few more where it takes them to know
    /// what Windows clients get. No handshake is completed, so this works on servers with which
    /// this program has nothing in common; but whether a server holds the key of its certificate
    /// is told by `check` only. Unless --deadline or its variable says otherwise, a member has at
    /// least 10s here, and 60s with --suites.
    #[command(after_long_help = format!("{TLS_EXAMPLES}\n\n{EXIT_CODES}"))]
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
    #[command(after_long_help = SERVE_EXAMPLES)]
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
    #[command(after_long_help = DEMO_EXAMPLES)]
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

/// Options of `tls`.
#[derive(Debug, Clone, Args)]
pub struct Tls {
    /// Names of configured endpoints, or URLs of any; every configured endpoint if none is given
    ///
    /// A URL is taken as by --endpoint. Endpoints with http:// have no TLS and are left out.
    #[arg(value_name = "NAME|URL")]
    pub places: Vec<String>,

    /// Find every suite and group that is accepted with each version, and whose order rules
    ///
    /// Takes several dozen short connections per member (of servers that change their mind up to
    /// 70 for each version), paced by --concurrency. Windows servers
    /// may write an entry to their event log (source Schannel) for each of them that they refuse.
    #[arg(long, env = "WSUS_PROBE_TLS_SUITES", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub suites: bool,

    /// Connections to a member at once while suites are looked for, from 1 to 8
    ///
    /// More is faster; but many connections at once look like an attack, and rate limiters then
    /// spoil the answers. The versions are always asked all at once.
    #[arg(long, value_name = "N", env = "WSUS_PROBE_TLS_CONCURRENCY", hide_env_values = true)]
    #[arg(default_value_t = DEFAULT_CONCURRENCY)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=i64::from(MAX_CONCURRENCY)))]
    pub concurrency: u8,

    /// Try SSL 3.0 too
    ///
    /// Off by default: intrusion detection may take it for the search for an old hole.
    #[arg(long, env = "WSUS_PROBE_TLS_SSL3", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub ssl3: bool,

    /// How to print the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_TLS_OUTPUT", hide_env_values = true)]
    pub output: TextOrJson,
}

/// Options of `serve`, named as those of Prometheus' own exporters.
#[derive(Debug, Clone, Default, Args)]
pub struct Serve {
    /// Listen here
    ///
    /// Repeatable, or several separated by commas. IP:PORT, or :PORT for every address. The
    /// default is `listen` of `[serve]` in the configuration file, else 127.0.0.1:18530, which
    /// only this machine can reach.
    #[arg(long = "web.listen-address", value_name = "ADDRESS", value_delimiter = ',')]
    #[arg(env = "WSUS_PROBE_SERVE_WEB_LISTEN_ADDRESS", hide_env_values = true)]
    pub listen_address: Vec<String>,

    /// File with the TLS, the users and the headers of the web server
    ///
    /// In YAML, in the format of Prometheus' exporter-toolkit.
    #[arg(long = "web.config.file", value_name = "FILE")]
    #[arg(env = "WSUS_PROBE_SERVE_WEB_CONFIG_FILE", hide_env_values = true)]
    pub web_config_file: Option<PathBuf>,

    /// Take the sockets of systemd (socket activation) in place of --web.listen-address
    #[arg(long = "web.systemd-socket", env = "WSUS_PROBE_SERVE_WEB_SYSTEMD_SOCKET")]
    #[arg(hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub systemd_socket: bool,

    /// Read the configuration again when its file or a certificate file in it changes
    #[arg(long = "config.auto-reload", env = "WSUS_PROBE_SERVE_CONFIG_AUTO_RELOAD")]
    #[arg(hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub auto_reload: bool,

    /// How to write the log, which goes to standard error
    #[arg(long = "log.format", value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_SERVE_LOG_FORMAT", hide_env_values = true)]
    pub log_format: LogFormat,

    /// The least that is worth a line of the log; -v stands for debug
    #[arg(long = "log.level", value_enum, default_value_t, value_name = "LEVEL")]
    #[arg(env = "WSUS_PROBE_SERVE_LOG_LEVEL", hide_env_values = true)]
    pub log_level: LogLevel,

    /// Write the log to this file, in place of standard error
    ///
    /// Lines are added at its end. A file that was moved away is made anew.
    #[arg(long = "log.file", value_name = "FILE", env = "WSUS_PROBE_SERVE_LOG_FILE")]
    #[arg(hide_env_values = true, conflicts_with = "log_events")]
    pub log_file: Option<PathBuf>,

    /// Write the log to the event log of Windows, in place of standard error
    #[arg(long = "log.events", env = "WSUS_PROBE_SERVE_LOG_EVENTS", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub log_events: bool,

    /// Identifiers of the options above that were set by the environment.
    #[arg(skip)]
    pub from_environment: Vec<&'static str>,
}

/// Formats of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// key=value
    #[default]
    Logfmt,
    /// One JSON object
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogLevel {
    /// What keeps the exporter from working
    Error,
    /// And what somebody should look at
    Warn,
    /// And each change of state
    #[default]
    Info,
    /// And what helps to find mistakes in the program
    Debug,
}

/// Options of `explain`.
#[derive(Debug, Clone, Args)]
pub struct Explain {
    /// What to explain; lists every code if none is given
    ///
    /// The name of a finding or of a cause, as `check` prints it; or a Windows Update error code:
    /// its symbol, or its number in hexadecimal or decimal, as logs show it; or the name of an
    /// alert.
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

/// Options of `demo`.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// Then watch the servers with the exporter, as `serve` does, until interrupted
    ///
    /// The servers fail and recover by a script, so that the status page has something to show
    /// within two minutes. How to look at it, and how to point other commands at the servers, is
    /// printed.
    #[arg(long, env = "WSUS_PROBE_DEMO_KEEP", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub keep: bool,

    /// With --keep, let the exporter listen here
    ///
    /// Repeatable, or several separated by commas. IP:PORT, or :PORT for every address. The
    /// default is 127.0.0.1:18530, or any port where that is taken. The simulated servers stay on
    /// this machine's loopback addresses.
    #[arg(long = "web.listen-address", value_name = "ADDRESS", value_delimiter = ',')]
    #[arg(env = "WSUS_PROBE_DEMO_WEB_LISTEN_ADDRESS", hide_env_values = true)]
    pub listen_address: Vec<String>,

    /// Give one of the servers a fault
    ///
    /// Repeatable, or several separated by commas. KIND is dead (refuses connections),
    /// black-hole (never answers), expired (its certificate has), http-503 (every application
    /// pool is stopped), half-dead (one of two members is), old-windows (only the cipher suites of
    /// Windows Server 2012 R2), tls10-only (no version of TLS newer than 1.0), pool-stopped (the
    /// services answer 503, static files are served), broken-content (its content port refuses
    /// connections), content-needs-ssl (and is refused in clear text), no-self-update (the
    /// directory is missing), portal (a sign-in page answers), different-databases (of its two
    /// members) or not-wsus (another kind of update server). DC says which server; otherwise the
    /// demo chooses.
    #[arg(long, value_name = "KIND[=DC]", value_delimiter = ',', value_parser = fault)]
    #[arg(env = "WSUS_PROBE_DEMO_FAULT", hide_env_values = true)]
    pub fault: Vec<Fault>,

    /// How to print the results
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    #[arg(env = "WSUS_PROBE_DEMO_OUTPUT", hide_env_values = true)]
    pub output: TextOrJson,
}

/// A fault of one server of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong with it.
    pub kind: FaultKind,
    /// The data center of the server, as given; absent leaves the choice to the demonstration.
    pub dc: Option<String>,
}

/// What can be wrong with a server of the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum FaultKind {
    /// Refuses connections.
    Dead,
    /// Never answers.
    BlackHole,
    /// Shows an expired certificate.
    Expired,
    /// Answers 503 for everything.
    #[value(name = "http-503")]
    Http503,
    /// One of two members is dead.
    HalfDead,
    /// Accepts only the cipher suites of Windows Server 2012 R2.
    OldWindows,
    /// Accepts no version of TLS newer than 1.0.
    Tls10Only,
    /// Answers 503 for the services and serves static files.
    PoolStopped,
    /// Refuses connections to its content port.
    BrokenContent,
    /// Refuses content in clear text.
    ContentNeedsSsl,
    /// Has no self-update directory.
    NoSelfUpdate,
    /// Answers with a sign-in page.
    Portal,
    /// Has two members with different databases.
    DifferentDatabases,
    /// Answers like an update server that is not a WSUS.
    NotWsus,
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
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    pub to: Option<PathBuf>,
}

fn confidence(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|value| (0.5..=1.0).contains(value))
        .ok_or_else(|| "expected a number from 0.5 to 1".to_owned())
}

fn fault(text: &str) -> Result<Fault, String> {
    let (kind, dc) = match text.split_once('=') {
        Some((kind, dc)) => (kind, Some(dc.to_owned())),
        None => (text, None),
    };
    if dc.as_deref() == Some("") {
        return Err("expected a data-center code after the equals sign".to_owned());
    }
    let kind = FaultKind::from_str(kind, true).map_err(|_| {
        let known = FaultKind::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let known: Vec<_> = known.map(|kind| kind.get_name().to_owned()).collect();
        format!("expected one of {}", known.join(", "))
    })?;
    Ok(Fault { kind, dc })
}
