//! What people are told of services.

use std::fmt::Write as _;
use std::io;

use crate::commands::service::arguments;
use crate::commands::{Exit, Surroundings};
use crate::windows::service::{
    COULD_NOT_START, Code, Definition, ENDED_BY_FAULT, Obstacle, ServiceError, State, Status,
    command_line,
};

/// Says that nothing is installed under a name.
pub(super) fn not_installed(name: &str, surroundings: &mut Surroundings<'_>) -> io::Result<Exit> {
    surroundings.fail(&format!(
        "service {name} is not installed\n  hint: wsus-probe service install{} -- ARGUMENTS OF serve",
        option(name)
    ))
}

/// What stands in the way, and what to do about it.
pub(super) fn told(error: &ServiceError) -> String {
    let remedy = match error.obstacle {
        Obstacle::Denied => {
            "rights are missing: run this in a console that was opened with `Run as \
             administrator`; to start, the account of the service must be allowed to read this \
             program"
        }
        Obstacle::Leaving => {
            "it was removed and goes when no program looks at it any more: close services.msc"
        }
        Obstacle::Disabled => "it is disabled: `sc.exe config NAME start= delayed-auto` enables it",
        Obstacle::Silent => {
            "its process said nothing: is the program still where it was when it was installed?"
        }
        Obstacle::NotAService => {
            "only the service manager starts this: use `wsus-probe service start`, or `wsus-probe \
             serve` in a console"
        }
        Obstacle::Other => return error.to_string(),
    };
    format!("{error}\n  hint: {remedy}")
}

/// The state in words, with the reason where it ended by itself.
pub(super) fn why(status: Status) -> String {
    match (status.state, status.code) {
        (State::Running, _) => "runs".to_owned(),
        (State::Starting, _) => "is starting".to_owned(),
        (State::Stopping, _) => "is stopping".to_owned(),
        (State::Paused, _) => "is paused".to_owned(),
        (State::Stopped, Code::System(0)) => "stopped".to_owned(),
        // What Windows says of a service that was not started since the machine was.
        (State::Stopped, Code::System(1077)) => "stopped, not started yet".to_owned(),
        (State::Stopped, Code::System(code)) => format!("stopped, error {code} of Windows"),
        (State::Stopped, Code::Own(COULD_NOT_START)) => "stopped, it could not start".to_owned(),
        (State::Stopped, Code::Own(ENDED_BY_FAULT)) => "stopped by a fault".to_owned(),
        (State::Stopped, Code::Own(code)) => format!("stopped, its own error {code}"),
    }
}

/// A line for each difference.
pub(super) fn differences(found: &Definition, wanted: &Definition) -> String {
    let mut text = String::new();
    let mut differ = |what: &str, found: &str, wanted: &str| {
        let _ = writeln!(text, "  {what}: installed {found}\n  {what}: wanted    {wanted}");
    };
    if found.command != wanted.command {
        let line = |definition: &Definition| command_line::join(&definition.command);
        differ("runs", &line(found), &line(wanted));
    }
    if !found.account.eq_ignore_ascii_case(&wanted.account) {
        differ("account", &found.account, &wanted.account);
    }
    if found.automatic != wanted.automatic {
        let starts = |definition: &Definition| {
            if definition.automatic { "with the machine" } else { "when asked" }
        };
        differ("starts", starts(found), starts(wanted));
    }
    text
}

/// The arguments of `serve` in what is installed.
pub(super) fn arguments_of(definition: &Definition) -> Option<&[String]> {
    let at = definition.command.iter().position(|argument| argument == "--")?;
    definition.command.get(at + 1..)
}

/// Where a service writes its log.
pub(super) fn log_place(name: &str, definition: &Definition) -> String {
    let job = arguments_of(definition).and_then(|found| arguments::parse(found).ok());
    match job.and_then(|job| job.serve.log_file) {
        Some(file) => file.display().to_string(),
        None => format!("event log, Windows Logs, Application, source {name}"),
    }
}

/// The option for this name in a command line.
pub(super) fn option(name: &str) -> String {
    if name == crate::windows::event_log::SOURCE {
        String::new()
    } else {
        format!(" --name {}", command_line::join([name]))
    }
}
