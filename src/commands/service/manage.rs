//! Install, start, stop, look at and remove a service.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::commands::service::arguments;
use crate::commands::{Exit, Surroundings};
use crate::windows::service::{
    ACCOUNT, COULD_NOT_START, Code, Definition, ENDED_BY_FAULT, Obstacle, ServiceError, Services,
    State, Status, command_line,
};

/// How long the service may take to start: as long as it tells the system that it may, and some
/// time for the system itself.
const START: Duration = Duration::from_secs(40);

/// How long it may take to end: it promises to need a few seconds.
const END: Duration = Duration::from_secs(20);

/// How long the system may take to forget a service.
const FORGET: Duration = Duration::from_secs(5);

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(200);

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
    let mut waited = Duration::ZERO;
    while waited < FORGET {
        // A service that is leaving may refuse to be looked at.
        if !matches!(services.status(name), Ok(Some(_))) {
            writeln!(surroundings.out, "service {name}: removed")?;
            return Ok(Exit::Healthy);
        }
        services.pause(LOOK);
        waited += LOOK;
    }
    writeln!(
        surroundings.out,
        "service {name}: will be gone as soon as no program looks at it (close services.msc)"
    )?;
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

/// Waits until the service has ended, by this notion of it.
fn wait_for_end(
    services: &mut dyn Services,
    name: &str,
    is_over: fn(State) -> bool,
) -> Result<(), String> {
    match wait(services, name, END, is_over).map_err(|error| told(&error))? {
        Some(status) if !is_over(status.state) => Err(format!(
            "service {name} does not end: {}\n  hint: its process {} can be ended by the task \
             manager",
            why(status),
            status.process.map_or_else(|| "(unknown)".to_owned(), |id| id.to_string())
        )),
        None | Some(_) => Ok(()),
    }
}

/// Looks until the state is one of those, or so long: the last status seen.
fn wait(
    services: &mut dyn Services,
    name: &str,
    longest: Duration,
    is_over: impl Fn(State) -> bool,
) -> Result<Option<Status>, ServiceError> {
    let mut waited = Duration::ZERO;
    loop {
        let status = services.status(name)?;
        let over = status.is_none_or(|status| is_over(status.state));
        if over || waited >= longest {
            return Ok(status);
        }
        services.pause(LOOK);
        waited += LOOK;
    }
}

fn not_installed(name: &str, surroundings: &mut Surroundings<'_>) -> io::Result<Exit> {
    surroundings.fail(&format!(
        "service {name} is not installed\n  hint: wsus-probe service install{} -- ARGUMENTS OF serve",
        option(name)
    ))
}

/// What stands in the way, and what to do about it.
pub fn told(error: &ServiceError) -> String {
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
fn why(status: Status) -> String {
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
fn differences(found: &Definition, wanted: &Definition) -> String {
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
fn arguments_of(definition: &Definition) -> Option<&[String]> {
    let at = definition.command.iter().position(|argument| argument == "--")?;
    definition.command.get(at + 1..)
}

/// Where a service writes its log.
fn log_place(name: &str, definition: &Definition) -> String {
    let job = arguments_of(definition).and_then(|found| arguments::parse(found).ok());
    match job.and_then(|job| job.serve.log_file) {
        Some(file) => file.display().to_string(),
        None => format!("event log, Windows Logs, Application, source {name}"),
    }
}

/// The option for this name in a command line.
fn option(name: &str) -> String {
    if name == crate::windows::event_log::SOURCE {
        String::new()
    } else {
        format!(" --name {}", command_line::join([name]))
    }
}
