//! `schedule`: when updates are due.

use std::io;

use crate::cli::args::schedule::Schedule;
use crate::commands::{Exit, Surroundings};
use crate::config::Config;

/// Writes the calendar.
///
/// # Errors
/// Writing failed.
pub fn run(
    _options: &Schedule,
    _config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    surroundings.fail(&"not built yet")
}
