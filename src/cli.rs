//! Command line: raw options and help text.
//!
//! Nothing is judged here beyond what the parser itself can say; `config` turns the options into
//! a configuration. This is the only place that reads the environment.

pub mod args;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgAction::SetTrue;
use clap::builder::{
    BoolishValueParser, PossibleValuesParser, StringValueParser, TypedValueParser as _,
};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};

use crate::cli::args::Command;

/// Identifiers of the options that are settings of the configuration.
const CONFIGURING: [&str; 7] =
    ["config", "endpoint", "dc", "resolver", "ca_file", "family", "deadline"];

/// Those among the options of `serve`.
const CONFIGURING_SERVE: [&str; 2] = ["listen_address", "auto_reload"];

/// Those among the options of `check`.
const CONFIGURING_CHECK: [&str; 1] = ["resolvers"];

/// Printed under the help of every command that probes.
const EXIT_CODES: &str = "\
Exit codes:
  0  a healthy endpoint was found, or all that were asked about are healthy
  1  none is healthy
  2  usage, configuration or internal error: nothing is known of the endpoints
  3  degraded: something works with findings, or the choice is below --strict";

const EXAMPLES: &str = "\
Examples:
  wsus-probe nearest                        which WSUS server should this machine use, and why
  wsus-probe check                          what is wrong with which endpoint
  wsus-probe tls                            which TLS versions and Windows clients work
  wsus-probe serve                          the exporter and its status page
  wsus-probe nearest --endpoint https://wsus.corp.example:8531 --ca-file corp-ca.pem
  wsus-probe demo                           see it work, without any WSUS server";

/// Tells from the network alone whether a WSUS endpoint is healthy, how far away it is, and which
/// one a server should use.
///
/// Works without any configuration on the endpoints of the embedded catalogue; `config show`
/// prints them. Only harmless requests are sent, the same that every Windows client sends first.
/// Results go to standard output, everything else to standard error.
///
/// Every option can also be set in the environment, as shown with each. An option given on the
/// command line wins over the environment, which wins over the file.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "wsus-probe",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = EXIT_CODES,
    after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"),
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that may stand before or after the command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Configuration file in TOML; its endpoints replace the embedded catalogue
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "WSUS_PROBE_CONFIG",
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,

    /// Probe this endpoint in place of the configured ones
    ///
    /// Repeatable, or several separated by commas. The URL is what clients have in
    /// `WUServer`: scheme, host and, where it is not the scheme's own, the port. NAME=URL gives it a name;
    /// without one it is called by its host. Together with --dc the endpoint is added to those
    /// selected, to compare it with them.
    #[arg(long, global = true, value_name = "[NAME=]URL", value_delimiter = ',')]
    #[arg(env = "WSUS_PROBE_ENDPOINT", hide_env_values = true)]
    pub endpoint: Vec<String>,

    /// Probe only the configured endpoints of this data center
    ///
    /// Repeatable, or several separated by commas; upper and lower case are the same.
    #[arg(long, global = true, value_name = "CODE", value_delimiter = ',')]
    #[arg(env = "WSUS_PROBE_DC", hide_env_values = true)]
    pub dc: Vec<String>,

    /// Ask this resolver instead of those this machine is configured with
    ///
    /// `IP`, `IP:PORT`, or `tls://IP[:PORT]#NAME` for DNS over TLS, where NAME is the name that
    /// the resolver's certificate carries. `system` undoes what the file says.
    #[arg(
        long,
        global = true,
        value_name = "RESOLVER",
        env = "WSUS_PROBE_RESOLVER",
        hide_env_values = true
    )]
    pub resolver: Option<String>,

    /// Trust the certificates of this file (PEM, or one in DER) too, beside the platform's
    ///
    /// Repeatable. The environment variable takes a list of files, separated as in PATH.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "WSUS_PROBE_CA_FILE",
        hide_env_values = true
    )]
    pub ca_file: Vec<PathBuf>,

    /// Which address families to ask for and to probe; any is the default
    #[arg(
        long,
        global = true,
        value_name = "FAMILY",
        env = "WSUS_PROBE_FAMILY",
        hide_env_values = true
    )]
    #[arg(value_parser = PossibleValuesParser::new(["any", "ipv4", "ipv6"]))]
    pub family: Option<String>,

    /// How long one round of one member may take, everything included, such as 500ms
    ///
    /// The default is 5s. Each phase has a limit of its own in the configuration file; a phase
    /// never lasts longer than this.
    #[arg(
        long,
        global = true,
        value_name = "DURATION",
        env = "WSUS_PROBE_DEADLINE",
        hide_env_values = true
    )]
    pub deadline: Option<String>,

    /// Tell on standard error what each probe does, step by step
    #[arg(short, long, global = true, env = "WSUS_PROBE_VERBOSE", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub verbose: bool,

    /// Whether to use colour; auto is for terminals, and `NO_COLOR` is respected
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        env = "WSUS_PROBE_COLOR",
        hide_env_values = true
    )]
    #[arg(value_enum, default_value_t)]
    pub color: Color,

    /// The convention of no-color.org: any text but the empty one turns colour off.
    #[arg(long, global = true, hide = true, env = "NO_COLOR", action = SetTrue, default_value = "")]
    #[arg(value_parser = StringValueParser::new().map(|text| !text.is_empty()))]
    pub no_color: bool,

    /// Identifiers of the options above that were set by the environment.
    #[arg(skip)]
    pub from_environment: Vec<&'static str>,
}

impl Global {
    /// Whether output to a stream is to be coloured, given whether the stream is a terminal.
    pub const fn use_color(&self, terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !self.no_color,
        }
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Parses the arguments, the program's name first, and the environment.
///
/// # Errors
/// The parser's own: a usage error (exit code 2, for standard error), or a request for help or
/// the version (exit code 0, for standard output). [`clap::Error::print`] and
/// [`clap::Error::exit_code`] do the right thing with each.
pub fn parse<I, T>(arguments: I) -> Result<Cli, clap::Error>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let matches = Cli::command().try_get_matches_from(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    cli.global.from_environment = from_environment(&matches, &CONFIGURING);
    match (&mut cli.command, matches.subcommand()) {
        (Command::Serve(options), Some((_, matches))) => {
            options.from_environment = from_environment(matches, &CONFIGURING_SERVE);
        }
        (Command::Check(options), Some((_, matches))) => {
            options.from_environment = from_environment(matches, &CONFIGURING_CHECK);
        }
        _ => {}
    }
    Ok(cli)
}

/// Which of these options were set by the environment.
fn from_environment(matches: &ArgMatches, ids: &[&'static str]) -> Vec<&'static str> {
    let found = |id: &&str| matches.value_source(id) == Some(ValueSource::EnvVariable);
    ids.iter().copied().filter(found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::demo::{Fault, FaultKind};

    #[test]
    fn the_parser_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_stand_before_and_after_the_command() {
        for line in ["wsus-probe --dc dfw check", "wsus-probe check --dc dfw"] {
            assert_eq!(parse(line.split(' ')).unwrap().global.dc, ["dfw"], "{line}");
        }
        let cli = parse("p config show --dc a,b --dc c --ca-file x,y".split(' ')).unwrap();
        assert_eq!(cli.global.dc, ["a", "b", "c"]);
        assert_eq!(cli.global.ca_file, [PathBuf::from("x,y")]);
        assert_eq!(cli.global.from_environment, Vec::<&str>::new());
    }

    #[test]
    fn misuse_ends_with_two_and_help_with_zero() {
        for (line, code) in [
            ("p", 2),
            ("p config", 2),
            ("p -v", 2),
            ("p chek", 2),
            ("p nearest --samples 0", 2),
            ("p nearest --samples 11", 2),
            ("p nearest --strict 0.4", 2),
            ("p nearest --strict nan", 2),
            ("p nearest --output xml", 2),
            ("p check --family ipv5", 2),
            ("p tls --concurrency 0", 2),
            ("p tls --concurrency 9", 2),
            ("p demo --fault flood", 2),
            ("p serve --log.format xml", 2),
            ("p serve --web.config.file", 2),
            ("p demo --fault dead=", 2),
            ("p --help", 0),
            ("p nearest --help", 0),
            ("p --version", 0),
        ] {
            let error = parse(line.split(' ')).unwrap_err();
            assert_eq!(error.exit_code(), code, "{line}: {error}");
        }
    }

    #[test]
    fn addresses_to_listen_on_are_repeated_or_listed() {
        let line = "p serve --web.listen-address :1,[::1]:2 --web.listen-address :3 --config a";
        let cli = parse(line.split(' ')).unwrap();
        let Command::Serve(serve) = cli.command else { panic!("{:?}", cli.command) };
        assert_eq!(serve.listen_address, [":1", "[::1]:2", ":3"]);
        assert!(!serve.auto_reload && !serve.systemd_socket && serve.from_environment.is_empty());
    }

    #[test]
    fn faults_name_a_kind_and_perhaps_a_place() {
        let cli = parse("p demo --fault http-503=ORD,black-hole".split(' ')).unwrap();
        let Command::Demo(demo) = cli.command else { panic!("{:?}", cli.command) };
        let ord = Fault { kind: FaultKind::Http503, dc: Some("ORD".to_owned()) };
        assert_eq!(demo.fault, [ord, Fault { kind: FaultKind::BlackHole, dc: None }]);
    }

    #[test]
    fn every_option_has_an_environment_variable_named_after_it() {
        // The variable's value may be a secret or a path: help must not depend on it.
        fn visit(command: &clap::Command, prefix: &str) {
            for option in command.get_arguments() {
                let Some(long) = option.get_long() else { continue };
                if ["help", "version", "no-color"].contains(&long) {
                    continue;
                }
                let expected = format!("{prefix}_{}", long.to_uppercase().replace(['-', '.'], "_"));
                let found = option.get_env().map(|name| name.to_string_lossy().into_owned());
                assert_eq!(found, Some(expected), "--{long} of {}", command.get_name());
                assert!(option.is_hide_env_values_set(), "--{long}");
            }
            for sub in command.get_subcommands() {
                // Which service it is, is the same for all that is done with it.
                let is_shared = command.get_name() == "service";
                let own = format!("{prefix}_{}", sub.get_name().to_uppercase());
                visit(sub, if is_shared { prefix } else { &own });
            }
        }
        visit(&Cli::command(), "WSUS_PROBE");
    }

    #[test]
    fn colour_follows_the_option_then_the_convention_then_the_terminal() {
        let global = |color, no_color| Global { color, no_color, ..Global::default() };
        assert!(global(Color::Auto, false).use_color(true));
        assert!(!global(Color::Auto, false).use_color(false));
        assert!(!global(Color::Auto, true).use_color(true));
        assert!(global(Color::Always, true).use_color(false));
        assert!(!global(Color::Never, false).use_color(true));
    }
}
