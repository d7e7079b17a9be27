//! `nearest`: which WSUS server this machine should use, now, and why that one.

mod apply;
mod backup;
mod current;

use std::io::{self, Write};
use std::sync::Arc;

use crate::cli::args::nearest::{Nearest, NearestOutput};
use crate::commands::progress::{Show, Shown};
use crate::commands::setup::{self, Setup};
use crate::commands::{Exit, Surroundings};
use crate::config::{Config, Target};
use crate::decide::select::Rules;
use crate::engine::member::Sampling;
use crate::engine::race::Race;
use crate::engine::round;
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl};
use crate::model::report::Verdict;
use crate::model::request::Profile;
use crate::model::selection::NearestReport;
use crate::net::clock;
use crate::output::machine::Machine;
use crate::output::{human, json, reg};
use crate::windows::registry;

/// The name of the server in use where the configuration does not list it: no endpoint of a
/// configuration can be called so.
const CURRENT: &str = "(current)";

/// Runs the race and writes the choice; knows nothing of this machine.
///
/// # Errors
/// Writing failed.
pub async fn run(
    options: &Nearest,
    current: Option<&EndpointUrl>,
    config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    match chosen(options, current, config, surroundings).await {
        Ok(report) => {
            write(&report, options, &Machine::default(), surroundings)?;
            Ok(exit(&report, options.strict))
        }
        Err(error) => surroundings.fail(&error),
    }
}

/// Runs the race with the server that this machine uses, writes the choice, and applies it where
/// that was asked for.
///
/// # Errors
/// Writing failed.
pub fn on_this_machine(
    options: &Nearest,
    config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let mut registry = registry::of_this_machine();
    if options.apply
        && let Err(error) = apply::prepare(registry.as_deref_mut(), options, surroundings)?
    {
        return surroundings.fail(&error);
    }
    let current = match current::of(options, registry.as_deref(), surroundings)? {
        Ok(current) => current,
        Err(error) => return surroundings.fail(&error),
    };
    let mut report = None;
    let exit = super::probing(surroundings, async |surroundings| {
        let url = current.as_ref().map(|current| &current.url);
        match chosen(options, url, config, surroundings).await {
            Ok(found) => {
                report = Some(found);
                Ok(Exit::Healthy)
            }
            Err(error) => surroundings.fail(&error),
        }
    })?;
    let Some(report) = report else { return Ok(exit) };
    let mut machine = Machine { current, applied: None };
    match registry.as_deref_mut().filter(|_| options.apply) {
        None => {
            write(&report, options, &machine, surroundings)?;
            Ok(self::exit(&report, options.strict))
        }
        Some(registry) => {
            let job = apply::Job { report: &report, options, at: clock::wall() };
            job.run(&mut machine, registry, &mut apply::answer_of_a_person, surroundings)
        }
    }
}

async fn chosen(
    options: &Nearest,
    current: Option<&EndpointUrl>,
    config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> Result<NearestReport, String> {
    let current = current.map(|url| position_of(url, config));
    // Without a server in use in the race, nothing is kept for its sake.
    let current = current.filter(|_| !options.force);
    let setup = setup::prepare(config, Profile::Quick, None).map_err(|e| setup::unusable(&e))?;
    Ok(race(&setup, options.samples, current, surroundings.show, surroundings.messages).await)
}

/// Runs a race of this many connections to each member.
pub(super) async fn race(
    setup: &Setup,
    samples: u8,
    current: Option<usize>,
    show: Show,
    messages: &mut dyn Write,
) -> NearestReport {
    watched(Race::new(Rules::default(), current), setup, samples, show, messages).await
}

/// Runs this race of so many connections to each member.
pub(super) async fn watched(
    race: Race,
    setup: &Setup,
    samples: u8,
    show: Show,
    messages: &mut dyn Write,
) -> NearestReport {
    let sampling = Sampling { samples: u32::from(samples), ..Sampling::default() };
    let mut watch = Shown::new(race, show, &setup.targets, messages);
    let interrupt = super::interrupted();
    let finished = round::run(&setup.targets, &setup.ports, sampling, &mut watch, interrupt).await;
    watch.finish().conclude(&finished, clock::wall())
}

/// The index of the server in use; it joins the race if it is not in it.
pub(super) fn position_of(url: &EndpointUrl, config: &mut Config) -> usize {
    if let Some(index) = config.targets.iter().position(|t| t.endpoint.url == *url) {
        return index;
    }
    let bare = Endpoint::bare(EndpointName(CURRENT.to_owned()), url.clone());
    let endpoint = Endpoint { family: config.settings.family.value, ..bare };
    let target = Target::of(Arc::new(endpoint), config);
    config.targets.push(target);
    config.targets.len().saturating_sub(1)
}

fn write(
    report: &NearestReport,
    options: &Nearest,
    machine: &Machine,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<()> {
    let out = &mut *surroundings.out;
    let choice = reg::Choice::of(report, clock::wall());
    match (options.output, choice) {
        (NearestOutput::Text, _) => {
            out.write_all(human::nearest(report, surroundings.style).as_bytes())
        }
        (NearestOutput::Json, _) => out.write_all(json::nearest(report, machine)?.as_bytes()),
        (NearestOutput::Url, Some(choice)) => writeln!(out, "{}", choice.url.for_clients()),
        (NearestOutput::Reg, Some(choice)) => out.write_all(&reg::reg(&choice)),
        (NearestOutput::Powershell, Some(choice)) => out.write_all(&reg::powershell(&choice)),
        (NearestOutput::Url | NearestOutput::Reg | NearestOutput::Powershell, None) => {
            let messages = &mut *surroundings.messages;
            let style = human::Style { color: false, ..surroundings.style };
            messages.write_all(human::nearest(report, style).as_bytes())
        }
    }
}

/// How a race with this result ends the program.
pub(super) fn exit(report: &NearestReport, strict: Option<f64>) -> Exit {
    let selection = &report.selection;
    let chosen = selection.selected.and_then(|index| report.candidates.get(index));
    let Some(chosen) = chosen else {
        let known = report.candidates.iter().any(|candidate| candidate.verdict == Verdict::Down);
        return if known { Exit::Down } else { Exit::Error };
    };
    let sure = match (strict, selection.confidence) {
        (Some(wanted), Some(confidence)) => confidence >= wanted,
        (Some(_), None) => false,
        (None, _) => true,
    };
    if chosen.verdict == Verdict::Healthy && sure { Exit::Healthy } else { Exit::Degraded }
}
