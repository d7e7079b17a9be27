//! The server that a race chooses.

use std::io;

use crate::cli::args::nearest::DEFAULT_SAMPLES;
use crate::commands::setup::{self, Setup};
use crate::commands::{Exit, Surroundings, nearest, probing};
use crate::config::Config;
use crate::model::request::Profile;
use crate::net::clock;
use crate::output::human::{self, Style};
use crate::output::reg::Choice;

/// What a race came to.
pub(super) enum Chosen {
    /// A server to use.
    Server(Server),
    /// None; everything has been told.
    None(Exit),
}

/// A chosen server.
pub(super) struct Server {
    /// As clients are to have it.
    pub(super) url: String,
    /// Why this one, for comments.
    pub(super) origin: Vec<String>,
    /// Whether nothing is wrong with it.
    pub(super) healthy: bool,
}

/// Runs the race of `nearest` among the configured endpoints.
///
/// # Errors
/// Writing failed.
pub(super) fn nearest(config: &Config, surroundings: &mut Surroundings<'_>) -> io::Result<Chosen> {
    if let Some(note) = config.catalogue_note() {
        writeln!(surroundings.messages, "note: {note}")?;
    }
    let mut report = None;
    let exit = probing(surroundings, async |surroundings| {
        let setup: Setup = match setup::prepare(config, Profile::Quick, None) {
            Ok(setup) => setup,
            Err(error) => return surroundings.fail(&setup::unusable(&error)),
        };
        let (show, messages) = (surroundings.show, &mut *surroundings.messages);
        report = Some(nearest::race(&setup, DEFAULT_SAMPLES, None, show, messages).await);
        Ok(Exit::Healthy)
    })?;
    let Some(report) = report else { return Ok(Chosen::None(exit)) };
    let exit = nearest::exit(&report, None);
    if let Some(choice) = Choice::of(&report, clock::wall()) {
        let (url, origin) = (choice.url.for_clients(), choice.origin());
        return Ok(Chosen::Server(Server { url, origin, healthy: exit == Exit::Healthy }));
    }
    let style = Style { color: false, ..surroundings.style };
    surroundings.messages.write_all(human::nearest(&report, style).as_bytes())?;
    Ok(Chosen::None(exit))
}
