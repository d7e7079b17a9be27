//! The service itself: `serve`, supervised by the service manager.

use std::io;

use crate::cli::args::service::ServiceInstall;
use crate::commands::serve::log::{self, Destination, Log};
use crate::commands::serve::signals::Supervisor;
use crate::commands::service::arguments::{self, Job};
use crate::commands::service::words;
use crate::commands::{Exit, Surroundings, serve};
use crate::windows::service::run::{Wishes, dispatch, ready};

/// Runs until the service manager asks for the end.
///
/// # Errors
/// Writing failed.
pub(super) fn run(
    options: &ServiceInstall,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let (name, arguments) = (options.service.name.clone(), options.arguments.clone());
    let work = Box::new(move |wishes| work(&name, &arguments, wishes));
    match dispatch(&options.service.name, work) {
        Ok(()) => Ok(Exit::Healthy),
        Err(error) => surroundings.fail(&words::told(&error)),
    }
}

fn work(name: &str, arguments: &[String], wishes: Wishes) -> Result<(), ()> {
    let Wishes { ends, reloads: hangups } = wishes;
    let supervisor = Supervisor { ends, hangups, ready: Box::new(ready) };
    let Job { serve: options, global } =
        arguments::parse(arguments).map_err(|error| in_events(name, &error))?;
    let log = serve::start_log(&destination(name, &options), &options, &global);
    let log = log.map_err(|error| in_events(name, &error))?;
    let mut log = Some(log);
    let ended = serve::live(&options, &global, Some(supervisor), &mut log);
    if let Some(log) = log {
        log.end();
    }
    ended.map_err(drop)
}

/// A service has no standard error that anybody could read.
fn destination(name: &str, options: &crate::cli::args::serve::Serve) -> Destination {
    match Destination::of(options) {
        Destination::File { path, .. } => {
            Destination::File { path, service: Some(name.to_owned()) }
        }
        Destination::Events(_) | Destination::StandardError => Destination::Events(name.to_owned()),
    }
}

/// Tells what keeps the log from being started in the event log.
fn in_events(name: &str, error: &str) {
    let events = Destination::Events(name.to_owned());
    let log: Result<Log, String> = log::start_at(
        &events,
        crate::cli::args::serve::LogFormat::default(),
        crate::cli::args::serve::LogLevel::default(),
    );
    if let Ok(log) = log {
        log::last_words(error);
        log.end();
    }
}
