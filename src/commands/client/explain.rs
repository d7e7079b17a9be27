//! `client explain`: what a client with these settings will do, and when.

use std::io;

use crate::cli::args::client::ClientExplain;
use crate::commands::{Exit, Surroundings};

pub(super) fn run(
    _options: &ClientExplain,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    surroundings.fail(&"not built yet")
}
