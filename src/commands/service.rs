//! `service`: the exporter as a Windows service.

mod arguments;
pub mod manage;
#[cfg(windows)]
mod run;
#[cfg(test)]
mod tests;
mod wait;
mod words;

use std::io;

use crate::cli::Global;
use crate::cli::args::service::{ServiceCommand, ServiceInstall};
use crate::commands::{Exit, Surroundings};
use crate::windows::service::{Definition, Services};

/// Runs one of the commands.
///
/// # Errors
/// Writing failed.
#[cfg(windows)]
pub fn run(
    command: &ServiceCommand,
    global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    if let ServiceCommand::Run(options) = command {
        return run::run(options, surroundings);
    }
    run_with(&mut crate::windows::service::live::Local, command, global, surroundings)
}

/// This system has no such services.
///
/// # Errors
/// Writing failed.
#[cfg(not(windows))]
pub fn run(
    _command: &ServiceCommand,
    _global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    surroundings.fail(
        &"services of this kind exist on Windows only\n  hint: for systemd there is \
          deploy/systemd/wsus-probe.service, which runs `wsus-probe serve`",
    )
}

/// Runs one of the commands with a service manager.
///
/// # Errors
/// Writing failed.
pub fn run_with(
    services: &mut dyn Services,
    command: &ServiceCommand,
    global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let name = match command {
        ServiceCommand::Install(options) | ServiceCommand::Run(options) => &options.service.name,
        ServiceCommand::Start(service)
        | ServiceCommand::Stop(service)
        | ServiceCommand::Status(service)
        | ServiceCommand::Remove(service) => &service.name,
    };
    if let Err(error) = manage::check_name(name) {
        return surroundings.fail(&error);
    }
    match command {
        ServiceCommand::Install(options) | ServiceCommand::Run(options) => {
            match wanted(options, global) {
                Ok(wanted) => manage::install(services, name, &wanted, surroundings),
                Err(error) => surroundings.fail(&error),
            }
        }
        ServiceCommand::Start(_) => manage::start(services, name, surroundings),
        ServiceCommand::Stop(_) => manage::stop(services, name, surroundings),
        ServiceCommand::Status(_) => manage::status(services, name, surroundings),
        ServiceCommand::Remove(_) => manage::remove(services, name, surroundings),
    }
}

/// What is to be installed, if it could run.
fn wanted(options: &ServiceInstall, global: &Global) -> Result<Definition, String> {
    if let Some(option) = arguments::misplaced(global) {
        return Err(format!(
            "{option} stands where only options of `service install` are read\n  hint: put what \
             `serve` is to be given after two dashes: wsus-probe service install -- {option} …"
        ));
    }
    arguments::parse(&options.arguments)?.check()?;
    let program = std::env::current_exe()
        .map_err(|error| format!("cannot find out where this program lies: {error}"))?;
    Ok(manage::definition(&program, &options.service.name, &options.arguments))
}
