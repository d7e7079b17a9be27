//! `serve`: the exporter.

pub(super) mod exporter;
mod files;
mod find;
pub(super) mod log;
mod lossy;
mod prepare;
mod reload;
pub(super) mod signals;

use std::io;

use tokio::runtime::Runtime;

use crate::cli::Global;
use crate::cli::args::serve::{LogLevel, Serve};
use crate::commands::configure;
use crate::commands::serve::exporter::{Exporter, Sockets};
use crate::commands::serve::log::{Destination, Log};
use crate::commands::serve::signals::{Signals, Supervisor};
use crate::commands::{Exit, Surroundings};
use crate::net::sockets;
use crate::server::Web;

/// Runs the exporter until it is asked to end.
///
/// # Errors
/// Writing a message failed.
pub fn run(
    options: &Serve,
    global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let mut log = None;
    let ended = live(options, global, None, &mut log);
    let is_read = log.is_none_or(|log| log.end());
    match ended {
        Ok(()) => Ok(Exit::Healthy),
        // Nobody would read the reason, and to wait for it would be for ever.
        Err(_) if !is_read => Ok(Exit::Error),
        Err(error) => surroundings.fail(&error),
    }
}

/// The whole life of an exporter, in a runtime of its own. Where there is no `log` yet, it is
/// started once nothing stands in the way any more.
///
/// # Errors
/// What keeps it from starting, or from going on.
pub(super) fn live(
    options: &Serve,
    global: &Global,
    supervisor: Option<Supervisor>,
    log: &mut Option<Log>,
) -> Result<(), String> {
    let ended = runtime().map_err(|error| super::no_runtime(&error)).and_then(|runtime| {
        let ended = runtime.block_on(start_and_run(options, global, supervisor, log));
        // What reads a file from a dead disk must not keep the process alive.
        runtime.shutdown_background();
        ended
    });
    if let (Err(error), Some(log)) = (&ended, log)
        && !log.is_standard_error
    {
        log::last_words(error);
    }
    ended
}

fn runtime() -> io::Result<Runtime> {
    sockets::has_least()?;
    // One thread: what is large is written by others, times are the kernel's, and handing tasks
    // from thread to thread would cost a quarter more.
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

async fn start_and_run(
    options: &Serve,
    global: &Global,
    supervisor: Option<Supervisor>,
    log: &mut Option<Log>,
) -> Result<(), String> {
    // Before anything else, so that a signal never meets a process that does not know it.
    let mut signals = Signals::new()?;
    if let Some(supervisor) = supervisor {
        signals = signals.with(supervisor);
    }
    let raw = configure::for_exporter(global, options);
    let sockets = if options.systemd_socket { Sockets::FromSystemd } else { Sockets::Configured };
    let web = Web { config_file: options.web_config_file.clone() };
    let exporter = Exporter::prepare(raw, sockets, web)?;
    if log.is_none() {
        *log = Some(start_log(&Destination::of(options), options, global)?);
    }
    exporter.run(signals).await
}

/// Starts to log there.
///
/// # Errors
/// It cannot be opened.
pub(super) fn start_log(
    destination: &Destination,
    options: &Serve,
    global: &Global,
) -> Result<Log, String> {
    let level = if global.verbose { LogLevel::Debug } else { options.log_level };
    log::start_at(destination, options.log_format, level)
}
