//! `client explain`: what a client with these settings will do, and when.

use std::io;

use crate::cli::args::TextOrJson;
use crate::cli::args::client::ClientExplain;
use crate::commands::client::sources::Sources;
use crate::commands::local_time::{self, moment};
use crate::commands::{Exit, Surroundings};
use crate::output::client_explain::{self, Explained};
use crate::output::schedule::Reader;
use crate::policy::audit::findings;
use crate::policy::effective::Effective;
use crate::policy::forecast::{Question, forecast};

pub(super) fn run(
    options: &ClientExplain,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    // What was typed is looked at before files are.
    let read = asked(options).and_then(|asked| Ok((asked, Sources::read(&options.files)?)));
    let ((question, mut reader), sources) = match read {
        Ok(read) => read,
        Err(error) => return surroundings.fail(&error),
    };
    reader.notes.extend(meant(&sources));
    let forecast =
        forecast(&Effective::of(&sources.documents), &findings(&sources.documents), &question);
    let explained = Explained {
        sources: &sources.names,
        question: &question,
        forecast: &forecast,
        reader: &reader,
    };
    let text = match options.output {
        TextOrJson::Text => client_explain::text(&explained, surroundings.style),
        TextOrJson::Json => client_explain::json(&explained)?,
    };
    surroundings.out.write_all(text.as_bytes())?;
    Ok(Exit::Healthy)
}

/// What to tell of sources that Windows reads otherwise than they are taken here.
fn meant(sources: &Sources) -> Vec<String> {
    let both = sources.names.iter().zip(&sources.documents);
    let unclear = both.filter(|(_, source)| source.entries.iter().any(|entry| !entry.certain));
    let note = |name: &String| {
        format!(
            "{name}: some of it is not what Windows would read, and is taken as it was meant; see \
             `wsus-probe client audit`"
        )
    };
    unclear.map(|(name, _)| note(name)).collect()
}

fn asked(options: &ClientExplain) -> Result<(Question, Reader), String> {
    let zone = local_time::zone("--time-zone", options.time_zone.as_deref())?;
    let mut notes = Vec::new();
    let mut time = |option, given: &Option<String>| match given {
        None => Ok(None),
        Some(given) => moment(option, given, &zone.zone).map(|moment| {
            notes.extend(moment.note);
            Some(moment.at)
        }),
    };
    let at = time("--at", &options.at)?;
    let missed = time("--missed", &options.missed)?;
    let service_start = time("--service-start", &options.service_start)?;
    if missed.zip(service_start).is_some_and(|(missed, start)| start <= missed) {
        return Err("--service-start is not after --missed: a service that runs at the scheduled \
                    time misses nothing\n  hint: give a later --service-start, or leave --missed \
                    out"
        .to_owned());
    }
    // What is asked of a time is told as of that time.
    let at = at.or(service_start).or(missed).unwrap_or_else(local_time::now);
    let question = Question { zone: zone.zone.clone(), at, missed, service_start };
    Ok((question, Reader { zone: zone.zone, name: zone.name, notes }))
}
