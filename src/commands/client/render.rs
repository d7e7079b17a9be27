//! `client render`: settings for clients.

use std::io;

use crate::cli::Global;
use crate::cli::args::client::Render;
use crate::commands::{Exit, Surroundings};

pub(super) fn run(
    _options: &Render,
    _global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    surroundings.fail(&"not built yet")
}
