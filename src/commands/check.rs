//! `check`: what exactly is wrong with which endpoint, what clients see, and what to do.

use std::io;
use std::time::SystemTime;

use crate::cli::args::check::{Check, CheckOutput, CheckProfile};
use crate::commands::progress::Shown;
use crate::commands::setup::{self, Setup};
use crate::commands::{Exit, Surroundings, tls};
use crate::config::Config;
use crate::decide::{findings, hierarchy};
use crate::engine::member::Sampling;
use crate::engine::ports::Ports;
use crate::engine::race::WaitForAll;
use crate::engine::round;
use crate::engine::tls_scan::{ScanPlan, When};
use crate::model::report::Verdict;
use crate::model::request::Profile;
use crate::model::selection::CheckReport;
use crate::net::clock;
use crate::output::human::View;
use crate::output::{human, json, nagios};

/// Checks every configured endpoint and writes the report.
///
/// # Errors
/// Writing failed.
pub async fn run(
    options: &Check,
    config: &Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let (profile, scan) = (profile(options.profile), scan(options));
    let setup = match setup::prepare(config, profile, scan) {
        Ok(Setup { targets, ports }) => Setup { targets, ports: Ports { compares: true, ..ports } },
        Err(error) => return surroundings.fail(&setup::unusable(&error)),
    };
    let (mut report, now) = round(&setup, surroundings).await;
    hierarchy::apply(&mut report.endpoints);
    let out = &mut *surroundings.out;
    match options.output {
        CheckOutput::Text => {
            let view = View {
                details: options.details || !options.names.is_empty(),
                internal_names: options.show_internal_names,
            };
            let text = human::check(&report, now, view, surroundings.style);
            out.write_all(text.as_bytes())?;
        }
        CheckOutput::Json => {
            let document = json::check(&report, options.show_internal_names)?;
            out.write_all(document.as_bytes())?;
        }
        CheckOutput::Nagios => {
            let (line, state) = nagios::check(&report);
            out.write_all(line.as_bytes())?;
            return Ok(Exit::Plugin(state));
        }
    }
    Ok(exit(&report))
}

/// Runs a round over every target to its end, or until this process is asked to end. Beside the
/// report, the moment for which it was made.
pub(super) async fn round(
    setup: &Setup,
    surroundings: &mut Surroundings<'_>,
) -> (CheckReport, SystemTime) {
    let messages = &mut *surroundings.messages;
    let mut watch = Shown::new(WaitForAll, surroundings.show, &setup.targets, messages);
    let (targets, ports) = (&setup.targets, &setup.ports);
    let interrupt = super::interrupted();
    let finished = round::run(targets, ports, Sampling::default(), &mut watch, interrupt).await;
    watch.finish();
    let now = clock::wall();
    let endpoints = finished.board.reports(now);
    let report = CheckReport {
        local_findings: findings::local(&endpoints, now),
        endpoints,
        elapsed: finished.elapsed,
        interrupted: finished.interrupted,
    };
    (report, now)
}

/// How the TLS of members is scanned beside the check.
fn scan(options: &Check) -> Option<ScanPlan> {
    let profile = options.profile;
    let when = match profile {
        // A monitoring system asks often, and has no place for the result.
        CheckProfile::Standard if options.output == CheckOutput::Nagios => return None,
        CheckProfile::Quick => return None,
        CheckProfile::Standard => When::Incompatible,
        CheckProfile::Deep => When::Beside,
    };
    Some(tls::usual_plan(when, profile == CheckProfile::Deep))
}

const fn profile(wanted: CheckProfile) -> Profile {
    match wanted {
        CheckProfile::Quick => Profile::Quick,
        CheckProfile::Standard => Profile::Standard,
        CheckProfile::Deep => Profile::Deep,
    }
}

/// The exit code by the verdicts of all endpoints.
pub(super) fn exit(report: &CheckReport) -> Exit {
    let all = |verdict| report.endpoints.iter().all(|endpoint| endpoint.verdict == verdict);
    let works = |verdict| matches!(verdict, Verdict::Healthy | Verdict::Degraded);
    if all(Verdict::Healthy) && report.interrupted {
        // What there was no time for may be anything.
        Exit::Error
    } else if all(Verdict::Healthy) {
        Exit::Healthy
    } else if report.endpoints.iter().any(|endpoint| works(endpoint.verdict)) {
        Exit::Degraded
    } else if all(Verdict::Unknown) {
        Exit::Error
    } else {
        Exit::Down
    }
}
