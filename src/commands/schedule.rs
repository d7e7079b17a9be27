//! `schedule`: when updates are due.

use std::io;
use std::sync::Arc;

use crate::cli::args::schedule::{Schedule, ScheduleOutput};
use crate::commands::local_time::{self, system_time};
use crate::commands::{Exit, Surroundings};
use crate::config::origin::{Origin, Sourced};
use crate::config::{self, Config};
use crate::decide::calendar::{self, Calendar, Question};
use crate::model::endpoint::Endpoint;
use crate::output::ical;
use crate::output::schedule::{self, Reader};

/// Writes the calendar.
///
/// # Errors
/// Writing failed.
pub fn run(
    options: &Schedule,
    config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let (calendar, reader) = match made(options, config) {
        Ok(made) => made,
        Err(error) => return surroundings.fail(&error),
    };
    let text = match options.output {
        ScheduleOutput::Text => schedule::text(&calendar, &reader, surroundings.style),
        ScheduleOutput::Json => schedule::json(&calendar, &reader)?,
        ScheduleOutput::Ical => {
            for note in &reader.notes {
                writeln!(surroundings.messages, "note: {note}")?;
            }
            ical::calendar(&calendar)
        }
    };
    surroundings.out.write_all(text.as_bytes())?;
    Ok(Exit::Healthy)
}

fn made(options: &Schedule, config: &mut Config) -> Result<(Calendar, Reader), String> {
    config.keep(&options.names).map_err(|error| error.to_string())?;
    if let Some(given) = &options.release_after {
        let given = Sourced::new(given.clone(), Origin::Flag("--release-after"));
        config.release_after = config::release_after(given).map_err(|error| error.to_string())?;
    }
    let zone = local_time::zone("--time-zone", options.time_zone.as_deref())?;
    let given = options.at.as_deref();
    let at = given.map(|at| local_time::moment("--at", at, &zone.zone)).transpose()?;
    let (now, note) = at.map_or_else(|| (local_time::now(), None), |at| (at.at, at.note));
    let endpoints: Vec<Arc<Endpoint>> =
        config.targets.iter().map(|target| Arc::clone(&target.endpoint)).collect();
    let question = Question {
        now: system_time(now),
        months: options.months,
        release_after: config.release_after.value,
    };
    let calendar = calendar::calendar(&endpoints, question).ok_or(
        "--at is too close to the first or the last year\n  hint: choose a year from 2 to 9990",
    )?;
    Ok((calendar, Reader { zone: zone.zone, name: zone.name, notes: note.into_iter().collect() }))
}
