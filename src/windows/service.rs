//! Services: what is installed, how it does, and what can be asked of it.

pub mod command_line;
#[cfg(windows)]
pub mod live;
#[cfg(windows)]
pub mod run;

use std::fmt;
use std::time::Duration;

/// The account that the service runs as. It may use the network, as a stranger, and may write
/// nearly nothing: all that an exporter needs.
pub const ACCOUNT: &str = r"NT AUTHORITY\LocalService";

/// The first part of each service's description.
pub const DESCRIPTION: &str =
    "Watches WSUS endpoints from the network, and tells Prometheus and people how they do.";

/// When Windows starts the service again after the first, the second and each later failure. The
/// first soon, because it may have been chance; later ones so that a lasting fault costs little.
pub const RESTARTS: [Duration; 3] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_mins(1)];

/// After so long without a failure, the next one counts as the first.
pub const RESTARTS_FORGOTTEN: Duration = Duration::from_hours(24);

/// The service's own exit code where it could not start.
pub const COULD_NOT_START: u32 = 1;

/// The service's own exit code where it ran and was ended by a fault.
pub const ENDED_BY_FAULT: u32 = 2;

/// What is installed under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The program, and its arguments.
    pub command: Vec<String>,
    /// The account it runs as.
    pub account: String,
    /// Whether it starts with the machine.
    pub automatic: bool,
}

impl Definition {
    /// Whether it is a service of this program, whatever its arguments.
    pub fn is_own(&self) -> bool {
        let mut arguments = self.command.iter().skip(1).map(String::as_str);
        (arguments.next(), arguments.next()) == (Some("service"), Some("run"))
    }
}

/// What a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Stopped,
    /// It is about to run.
    Starting,
    /// It runs.
    Running,
    /// It is about to end.
    Stopping,
    /// It is paused, or about to be: nothing that this program's service does.
    Paused,
}

/// How a service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A code of Windows; 0 is a proper end.
    System(u32),
    /// A code of the service itself.
    Own(u32),
}

/// How a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// What it does.
    pub state: State,
    /// How it ended, if it did.
    pub code: Code,
    /// Its process, if it has one.
    pub process: Option<u32>,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Rights are missing.
    Denied,
    /// It was removed, and goes when nobody looks at it any more.
    Leaving,
    /// It may not be started.
    Disabled,
    /// It did not answer in time.
    Silent,
    /// This process was not started by the service manager.
    NotAService,
    /// Something else.
    Other,
}

/// Why the service manager did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// What was asked, such as `start the service`.
    pub what: &'static str,
    /// What stands in the way.
    pub obstacle: Obstacle,
    /// The system's own number and words.
    pub reason: String,
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.what, self.reason)
    }
}

impl std::error::Error for ServiceError {}

/// A service manager. What is as it should be already is no error.
pub trait Services {
    /// What is installed under a name, if anything is.
    ///
    /// # Errors
    /// It cannot be read.
    fn installed(&self, name: &str) -> Result<Option<Definition>, ServiceError>;

    /// How the service does, if it is installed.
    ///
    /// # Errors
    /// It cannot be read.
    fn status(&self, name: &str) -> Result<Option<Status>, ServiceError>;

    /// Installs a service, and a source of events of the same name. What the service lacks, because
    /// this system refused it, and can run without.
    ///
    /// # Errors
    /// Nothing was installed.
    fn install(
        &mut self,
        name: &str,
        definition: &Definition,
    ) -> Result<Vec<ServiceError>, ServiceError>;

    /// Asks a service to start.
    ///
    /// # Errors
    /// It was not started.
    fn start(&mut self, name: &str) -> Result<(), ServiceError>;

    /// Asks a service to stop.
    ///
    /// # Errors
    /// It was not asked.
    fn stop(&mut self, name: &str) -> Result<(), ServiceError>;

    /// Removes a service, and its source of events if that is this program's.
    ///
    /// # Errors
    /// It is still there.
    fn remove(&mut self, name: &str) -> Result<(), ServiceError>;

    /// Waits.
    fn pause(&mut self, time: Duration);
}
