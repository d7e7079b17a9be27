//! Install, start, stop, look at and remove a service.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::commands::service::arguments;
use crate::commands::service::wait::{START, is_forgotten, wait, wait_for_end};
use crate::commands::service::words::{
    arguments_of, differences, log_place, not_installed, option, told, why,
};
use crate::commands::{Exit, Surroundings};
use crate::windows::service::{ACCOUNT, Definition, Services, State, Status, command_line};

/// The longest name that Windows takes for a service, in characters.
const MAX_NAME: usize = 256;

/// Whether a service can have this name.
///
/// # Errors
/// Why not.
pub fn check_name(name: &str) -> Result<(), String> {
    let bad = |c: char| matches!(c, '/' | '\\') || c.is_control();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(bad) {
        return Err(format!(
            "a service cannot be called `{name}`\n  hint: up to {MAX_NAME} characters, without \
             slashes of either kind"
        ));
    }
    Ok(())
}

/// What is to be installed: this program with these arguments.
pub fn definition(program: &Path, name: &str, arguments: &[String]) -> Definition {
    let program = program.to_string_lossy();
    let own = [&*program, "service", "run", "--name", name, "--"].map(str::to_owned);
    let command = own.into_iter().chain(arguments.iter().cloned()).collect();
    Definition { command, account: ACCOUNT.to_owned(), automatic: true }
}

/// Installs a service, once; degraded where this system refused what it can run without.
///
/// # Errors
/// Writing failed.
pub fn install(
    services: &mut dyn Services,
    name: &str,
    wanted: &Definition,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    match services.installed(name) {
        Err(error) => return surroundings.fail(&told(&error)),
        Ok(Some(found)) => {
            let differences = differences(&found, wanted);
            if differences.is_empty() {
                writeln!(surroundings.out, "service {name}: is installed already, the same")?;
                return Ok(Exit::Healthy);
            }
            let remedy = if found.is_own() {
                format!(
                    "`wsus-probe service remove{}` and install it again, or give this one another \
                     --name",
                    option(name)
                )
            } else {
                "it is a service of another program: give this one another --name".to_owned()
            };
            return surroundings.fail(&format!(
                "another service is installed as `{name}`\n{differences}  hint: {remedy}"
            ));
        }
        Ok(None) => {}
    }
    let lacking = match services.install(name, wanted) {
        Ok(lacking) => lacking,
        Err(error) => return surroundings.fail(&told(&error)),
    };
    let out = &mut *surroundings.out;
    writeln!(out, "service {name}: installed")?;
    writeln!(out, "  runs      {}", command_line::join(&wanted.command))?;
    writeln!(out, "  account   {}", wanted.account)?;
    writeln!(out, "  starts    with the machine, after the services that it may need")?;
    writeln!(out, "  log       {}", log_place(name, wanted))?;
    writeln!(out, "  next      wsus-probe service start{}", option(name))?;
    for error in &lacking {
        writeln!(surroundings.messages, "warning: {error}")?;
    }
    Ok(if lacking.is_empty() { Exit::Healthy } else { Exit::Degraded })
}

/// Starts a service, and waits until it runs or has failed to.
///
/// # Errors
/// Writing failed.
pub fn start(
    services: &mut dyn Services,
    name: &str,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let definition = match own(services, name) {
        Err(error) => return surroundings.fail(&error),
        Ok(None) => return not_installed(name, surroundings),
        Ok(Some(definition)) => definition,
    };
    if matches!(services.status(name), Ok(Some(Status { state: State::Running, .. }))) {
        writeln!(surroundings.out, "service {name}: runs already")?;
        return Ok(Exit::Healthy);
    }
    // One that is ending cannot be started until it has ended.
    if let Err(error) = wait_for_end(services, name, |state| state != State::Stopping) {
        return surroundings.fail(&error);
    }
    if let Err(error) = services.start(name) {
        return surroundings.fail(&told(&error));
    }
    let is_over = |state| matches!(state, State::Running | State::Stopped | State::Paused);
    match wait(services, name, START, is_over) {
        Err(error) => surroundings.fail(&told(&error)),
        Ok(Some(Status { state: State::Running, .. })) => {
            writeln!(surroundings.out, "service {name}: runs")?;
            Ok(Exit::Healthy)
        }
        Ok(Some(status)) => {
            let place = log_place(name, &definition);
            let mut text = format!("service {name} does not run: {}\n", why(status));
            // What can be found out here is worth more than where to look.
            let found = arguments_of(&definition)
                .and_then(|found| arguments::parse(found).and_then(|job| job.check()).err());
            let _ = match found {
                Some(found) => write!(text, "  because: {found}"),
                None => write!(text, "  hint: its log has the reason: {place}"),
            };
            surroundings.fail(&text)
        }
        Ok(None) => not_installed(name, surroundings),
    }
}

/// Stops a service, and waits until it has ended.
///
/// # Errors
/// Writing failed.
pub fn stop(
    services: &mut dyn Services,
    name: &str,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    match end(services, name) {
        Ok(Ended::NotInstalled) => not_installed(name, surroundings),
        Ok(Ended::Already) => {
            writeln!(surroundings.out, "service {name}: does not run")?;
            Ok(Exit::Healthy)
        }
        Ok(Ended::Now) => {
            writeln!(surroundings.out, "service {name}: stopped")?;
            Ok(Exit::Healthy)
        }
        Err(error) => surroundings.fail(&error),
    }
}

/// Says how a service does: healthy if it runs, down if it does not.
///
/// # Errors
/// Writing failed.
pub fn status(
    services: &dyn Services,
    name: &str,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let (status, installed) = match (services.status(name), services.installed(name)) {
        (Err(error), _) | (_, Err(error)) => return surroundings.fail(&told(&error)),
        (Ok(Some(status)), Ok(Some(installed))) => (status, installed),
        (Ok(None), _) | (_, Ok(None)) => {
            writeln!(surroundings.out, "service {name}: is not installed")?;
            return Ok(Exit::Down);
        }
    };
    let process = status.process.map(|id| format!(", process {id}")).unwrap_or_default();
    let state = why(status);
    let out = &mut *surroundings.out;
    writeln!(out, "service {name}: {state}{process}")?;
    writeln!(out, "  runs      {}", command_line::join(&installed.command))?;
    writeln!(out, "  account   {}", installed.account)?;
    let starts = if installed.automatic { "with the machine" } else { "when asked" };
    writeln!(out, "  starts    {starts}")?;
    writeln!(out, "  log       {}", log_place(name, &installed))?;
    Ok(if status.state == State::Running { Exit::Healthy } else { Exit::Down })
}

/// Stops a service and removes it.
///
/// # Errors
/// Writing failed.
pub fn remove(
    services: &mut dyn Services,
    name: &str,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    match end(services, name) {
        Ok(Ended::NotInstalled) => {
            writeln!(surroundings.out, "service {name}: is not installed")?;
            return Ok(Exit::Healthy);
        }
        Ok(Ended::Already | Ended::Now) => {}
        Err(error) => return surroundings.fail(&error),
    }
    if let Err(error) = services.remove(name) {
        return surroundings.fail(&told(&error));
    }
    let what = if is_forgotten(services, name) {
        "removed"
    } else {
        "will be gone as soon as no program looks at it (close services.msc)"
    };
    writeln!(surroundings.out, "service {name}: {what}")?;
    Ok(Exit::Healthy)
}

enum Ended {
    NotInstalled,
    Already,
    Now,
}

/// What is installed under a name, if it is this program's service.
///
/// # Errors
/// It is another program's, or cannot be read.
fn own(services: &dyn Services, name: &str) -> Result<Option<Definition>, String> {
    match services.installed(name).map_err(|error| told(&error))? {
        Some(found) if !found.is_own() => Err(format!(
            "`{name}` is a service of another program ({}); nothing was changed\n  hint: the name \
             of this program's service is the one that it was installed with, `wsus-probe` unless \
             --name was given",
            command_line::join(&found.command)
        )),
        found => Ok(found),
    }
}

fn end(services: &mut dyn Services, name: &str) -> Result<Ended, String> {
    if own(services, name)?.is_none() {
        return Ok(Ended::NotInstalled);
    }
    // It takes no wish before it runs.
    let status = wait(services, name, START, |state| state != State::Starting);
    match status.map_err(|error| told(&error))?.map(|status| status.state) {
        None => return Ok(Ended::NotInstalled),
        Some(State::Stopped) => return Ok(Ended::Already),
        // Nor one to end while it ends.
        Some(State::Stopping) => {}
        Some(State::Starting | State::Running | State::Paused) => {
            services.stop(name).map_err(|error| told(&error))?;
        }
    }
    wait_for_end(services, name, |state| state == State::Stopped).map(|()| Ended::Now)
}
