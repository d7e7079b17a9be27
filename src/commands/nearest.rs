//! `nearest`: which WSUS server this machine should use, now, and why that one.

use std::io::{self, Write};
use std::sync::Arc;

use crate::cli::args::{Nearest, NearestOutput};
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
use crate::output::{human, json, reg};

/// The name of the server in use where the configuration does not list it: no endpoint of a
/// configuration can be called so.
const CURRENT: &str = "(current)";

/// Runs the race and writes the choice.
///
/// # Errors
/// Writing failed.
pub async fn run(
    options: &Nearest,
    current: Option<&EndpointUrl>,
    config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let current = current.map(|url| position_of(url, config));
    let setup = match setup::prepare(config, Profile::Quick, None) {
        Ok(setup) => setup,
        Err(error) => return surroundings.fail(&setup::unusable(&error)),
    };
    let report =
        race(&setup, options.samples, current, surroundings.show, surroundings.messages).await;
    write(&report, options, surroundings)?;
    Ok(exit(&report, options.strict))
}

/// Runs a race of this many connections to each member.
pub(super) async fn race(
    setup: &Setup,
    samples: u8,
    current: Option<usize>,
    show: Show,
    messages: &mut dyn Write,
) -> NearestReport {
    let sampling = Sampling { samples: u32::from(samples), ..Sampling::default() };
    let race = Race::new(Rules::default(), current);
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
    surroundings: &mut Surroundings<'_>,
) -> io::Result<()> {
    let out = &mut *surroundings.out;
    let choice = reg::Choice::of(report, clock::wall());
    match (options.output, choice) {
        (NearestOutput::Text, _) => {
            out.write_all(human::nearest(report, surroundings.style).as_bytes())
        }
        (NearestOutput::Json, _) => out.write_all(json::nearest(report)?.as_bytes()),
        (NearestOutput::Url, Some(choice)) => writeln!(out, "{}", choice.url),
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
