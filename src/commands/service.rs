//! `service`: the exporter as a Windows service.

use std::io;

use crate::cli::Global;
use crate::cli::args::service::ServiceCommand;
use crate::commands::{Exit, Surroundings};

/// Runs one of the commands.
///
/// # Errors
/// Writing failed.
pub fn run(
    _command: &ServiceCommand,
    _global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    surroundings.fail(&"not built yet")
}
