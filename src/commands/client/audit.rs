//! `client audit`: what is wrong with a client's settings.

use std::io;

use crate::cli::Global;
use crate::cli::args::client::Audit;
use crate::commands::client::sources::Sources;
use crate::commands::{Exit, Surroundings};

pub(super) fn run(
    options: &Audit,
    _global: &Global,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    match Sources::read(&options.files) {
        Ok(sources) => surroundings.fail(&sources.names.len().max(sources.documents.len())),
        Err(error) => surroundings.fail(&error),
    }
}
