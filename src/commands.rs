//! One file a command: run, render, exit code.

pub mod completions;
pub mod config;
pub mod configure;

use std::process::ExitCode;

/// How a command ended. The numbers are a contract: scripts and schedulers branch on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// A healthy endpoint was found, or all that were asked about are healthy; also the success
    /// of commands that probe nothing.
    Healthy = 0,
    /// None is healthy.
    Down = 1,
    /// The command line, the configuration or this program is at fault; nothing is known of the
    /// endpoints.
    Error = 2,
    /// Something works, with findings; or the choice is less certain than `--strict` asks for.
    Degraded = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
