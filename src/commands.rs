//! One file a command: run, render, exit code.

mod again;
pub mod check;
pub mod client;
pub mod completions;
pub mod config;
pub mod configure;
pub mod demo;
pub mod explain;
pub mod healthcheck;
mod local_time;
pub mod nearest;
pub mod progress;
pub mod schedule;
pub mod serve;
pub mod service;
pub mod setup;
pub mod tls;

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;

use tokio::runtime::Runtime;

use crate::cli::args::check::CheckOutput;
use crate::cli::args::{Command, ConfigCommand};
use crate::cli::{Cli, Global};
use crate::commands::progress::Show;
use crate::config::Config;
use crate::config::error::ConfigError;
use crate::net::sockets;
use crate::output::human::Style;
use crate::output::nagios::State;

/// Columns of the text output where nothing else is known: those of a plain terminal.
const WIDTH: usize = 80;

/// How a command ended. The numbers are a contract: scripts and schedulers branch on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: a healthy endpoint was found, or all that were asked about are healthy; also the
    /// success of commands that probe nothing.
    Healthy,
    /// 1: none is healthy.
    Down,
    /// 2: the command line, the configuration or this program is at fault; nothing is known of
    /// the endpoints.
    Error,
    /// 3: something works, with findings; or the choice is less certain than `--strict` asks for.
    Degraded,
    /// The monitoring plugins' own numbers, for their output only.
    Plugin(State),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Healthy => 0,
            Exit::Down => 1,
            Exit::Error => 2,
            Exit::Degraded => 3,
            Exit::Plugin(state) => state.code(),
        })
    }
}

/// Where a command writes, and how.
pub struct Surroundings<'a> {
    /// Data, for programs as well as people: standard output.
    pub out: &'a mut dyn Write,
    /// Progress, hints and errors: standard error.
    pub messages: &'a mut dyn Write,
    /// The layout of text on `out`.
    pub style: Style,
    /// What is shown on `messages` while a round runs.
    pub show: Show,
}

impl Surroundings<'_> {
    /// Tells an error of usage, configuration or this machine.
    ///
    /// # Errors
    /// Writing failed.
    pub fn fail(&mut self, error: &dyn fmt::Display) -> io::Result<Exit> {
        writeln!(self.messages, "error: {error}")?;
        Ok(Exit::Error)
    }
}

/// Runs a command with this process' standard streams. A reader of the output who has seen
/// enough and closed the pipe is no failure.
pub fn run(cli: &Cli) -> Exit {
    let stdout = io::stdout();
    let terminal = stdout.is_terminal();
    let mut out = io::BufWriter::new(stdout.lock());
    let mut messages = io::stderr();
    let show = match (cli.global.verbose, messages.is_terminal()) {
        (true, _) => Show::Trace,
        (false, true) => Show::Progress,
        (false, false) => Show::Nothing,
    };
    let style = Style { color: cli.global.use_color(terminal), width: WIDTH };
    let mut surroundings = Surroundings { out: &mut out, messages: &mut messages, style, show };
    let ended = dispatch(cli, &mut surroundings);
    match ended.and_then(|exit| out.flush().map(|()| exit)) {
        Ok(exit) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Healthy,
        Err(error) => {
            let _ = writeln!(messages, "error: cannot write the output: {error}");
            Exit::Error
        }
    }
}

fn dispatch(cli: &Cli, surroundings: &mut Surroundings<'_>) -> io::Result<Exit> {
    match &cli.command {
        Command::Completions(options) => completions::completions(options, surroundings.out),
        Command::Man(options) => completions::man(options, surroundings.out, surroundings.messages),
        Command::Explain(options) => explain::run(options, surroundings),
        Command::Healthcheck(options) => {
            let files = configure::trusted_files(&cli.global);
            probing(surroundings, async |surroundings| {
                healthcheck::run(options, &files, surroundings).await
            })
        }
        Command::Serve(options) => serve::run(options, &cli.global, surroundings),
        Command::Service(options) => service::run(options, &cli.global, surroundings),
        Command::Client(options) => client::run(options, &cli.global, surroundings),
        Command::Demo(options) => match threaded_runtime() {
            Ok(runtime) => runtime.block_on(demo::run(options, surroundings)),
            Err(error) => surroundings.fail(&no_runtime(&error)),
        },
        Command::Nearest(_)
        | Command::Check(_)
        | Command::Tls(_)
        | Command::Schedule(_)
        | Command::Config(_) => match configuration(cli) {
            Ok(config) => with_configuration(&cli.command, &cli.global, config, surroundings),
            Err(error) => surroundings.fail(&error),
        },
    }
}

fn configuration(cli: &Cli) -> Result<Config, ConfigError> {
    if let Command::Check(options) = &cli.command {
        return configure::for_check(&cli.global, options);
    }
    configure::configure(&cli.global, places(&cli.command))
}

/// The endpoints that a command names by name or URL.
fn places(command: &Command) -> &[String] {
    match command {
        Command::Tls(options) => &options.places,
        Command::Check(_)
        | Command::Client(_)
        | Command::Completions(_)
        | Command::Config(_)
        | Command::Demo(_)
        | Command::Explain(_)
        | Command::Healthcheck(_)
        | Command::Man(_)
        | Command::Nearest(_)
        | Command::Schedule(_)
        | Command::Service(_)
        | Command::Serve(_) => &[],
    }
}

/// Whether somebody sees the messages of the command that should know which servers it asks.
fn is_read_by_people(command: &Command) -> bool {
    match command {
        // Some monitoring systems show whatever a plugin writes as its result.
        Command::Check(options) => options.output != CheckOutput::Nagios,
        Command::Nearest(_) | Command::Tls(_) => true,
        // These say themselves where each value comes from, or ask no server.
        Command::Config(_)
        | Command::Client(_)
        | Command::Schedule(_)
        | Command::Service(_)
        | Command::Completions(_)
        | Command::Demo(_)
        | Command::Explain(_)
        | Command::Healthcheck(_)
        | Command::Man(_)
        | Command::Serve(_) => false,
    }
}

fn with_configuration(
    command: &Command,
    global: &Global,
    mut config: Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    if global.verbose {
        for note in &config.notes {
            writeln!(surroundings.messages, "note: {note}")?;
        }
    } else if let Some(note) = config.catalogue_note().filter(|_| is_read_by_people(command)) {
        writeln!(surroundings.messages, "note: {note}")?;
    }
    match command {
        Command::Config(ConfigCommand::Show(options)) => {
            config::show(&config, options.output, surroundings.out)
        }
        Command::Config(ConfigCommand::Check) => {
            config::check(&config, surroundings.out, surroundings.messages)
        }
        Command::Nearest(options) => nearest::on_this_machine(options, &mut config, surroundings),
        Command::Check(options) => {
            if let Err(error) = config.keep(&options.names) {
                return surroundings.fail(&error);
            }
            let run = |surroundings: &mut Surroundings<'_>| {
                probing(surroundings, async |surroundings| {
                    check::run(options, &config, surroundings).await
                })
            };
            match options.output {
                CheckOutput::Text => again::below(global, surroundings, run),
                CheckOutput::Json | CheckOutput::Nagios => run(surroundings),
            }
        }
        Command::Tls(options) => probing(surroundings, async |surroundings| {
            tls::run(options, &mut config, surroundings).await
        }),
        Command::Schedule(options) => schedule::run(options, &mut config, surroundings),
        Command::Client(_)
        | Command::Completions(_)
        | Command::Man(_)
        | Command::Demo(_)
        | Command::Explain(_)
        | Command::Healthcheck(_)
        | Command::Service(_)
        | Command::Serve(_) => Ok(Exit::Error),
    }
}

/// Runs a probing command on this thread: starting more would cost more than they save.
fn probing(
    surroundings: &mut Surroundings<'_>,
    command: impl AsyncFnOnce(&mut Surroundings<'_>) -> io::Result<Exit>,
) -> io::Result<Exit> {
    let runtime = sockets::has_least()
        .and_then(|()| tokio::runtime::Builder::new_current_thread().enable_all().build());
    match runtime {
        Ok(runtime) => runtime.block_on(command(surroundings)),
        Err(error) => surroundings.fail(&no_runtime(&error)),
    }
}

/// For commands that serve as well as probe.
fn threaded_runtime() -> io::Result<Runtime> {
    sockets::has_least()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn no_runtime(error: &io::Error) -> String {
    format!(
        "cannot start: {error}\n  hint: if there are too many open files, raise the limit with \
         `ulimit -n 1024`"
    )
}

/// Completes when the user or the system asks this process to end.
#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Completes when the user asks this process to end.
#[cfg(not(unix))]
async fn interrupted() {
    let _ = tokio::signal::ctrl_c().await;
}
