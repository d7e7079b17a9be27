//! `client`: the Windows Update settings of a client.

mod audit;
mod explain;
mod render;
mod sources;

use std::io;

use crate::cli::Global;
use crate::cli::args::client::ClientCommand;
use crate::commands::{Exit, Surroundings};

/// Runs one of the commands.
///
/// # Errors
/// Writing failed.
pub fn run(
    command: &ClientCommand,
    global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    match command {
        ClientCommand::Audit(options) => audit::run(options, global, surroundings),
        ClientCommand::Explain(options) => explain::run(options, surroundings),
        ClientCommand::Render(options) => render::run(options, global, surroundings),
    }
}
