//! `tls`: which versions, suites and Windows releases each member accepts, and its certificates.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::cli::args::TextOrJson;
use crate::cli::args::tls::{DEFAULT_CONCURRENCY, Tls};
use crate::commands::{Exit, Surroundings, check, setup};
use crate::config::Config;
use crate::config::origin::Origin;
use crate::engine::tls_scan::{self, ScanPlan, When};
use crate::model::endpoint::{Endpoint, Scheme};
use crate::model::protocol::Protocol;
use crate::model::request::Profile;
use crate::output::{human, json};

/// The versions that are tried unless more is asked for.
const PROTOCOLS: [Protocol; 4] =
    [Protocol::Tls10, Protocol::Tls11, Protocol::Tls12, Protocol::Tls13];

/// How long a member may take with the search for suites: some fifty hellos one after another over 250 ms, at two
/// round trips each, and some that get no answer.
const DEADLINE_WITH_SUITES: Duration = Duration::from_mins(1);

/// Scans every endpoint with TLS and writes what was found.
///
/// # Errors
/// Writing failed.
pub async fn run(
    options: &Tls,
    config: &mut Config,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Exit> {
    let clear_text = take_clear_text(config);
    allow_time(config, if options.suites { DEADLINE_WITH_SUITES } else { tls_scan::DEADLINE });
    // What the check would ask plays no part: a scan stands in its place.
    let setup = match setup::prepare(config, Profile::Quick, Some(plan(options))) {
        Ok(setup) => setup,
        Err(error) => return surroundings.fail(&setup::unusable(&error)),
    };
    let (report, now) = check::round(&setup, surroundings).await;
    let text = match options.output {
        TextOrJson::Text => human::tls(&report, &clear_text, now, surroundings.style),
        TextOrJson::Json => json::tls(&report, &clear_text)?,
    };
    surroundings.out.write_all(text.as_bytes())?;
    // Of no endpoint at all everything would be true.
    Ok(if report.endpoints.is_empty() { Exit::Error } else { check::exit(&report) })
}

/// Removes the endpoints without TLS.
fn take_clear_text(config: &mut Config) -> Vec<Arc<Endpoint>> {
    let (with_tls, without) = std::mem::take(&mut config.targets)
        .into_iter()
        .partition(|target| target.endpoint.url.scheme == Scheme::Https);
    config.targets = with_tls;
    without.into_iter().map(|target| target.endpoint).collect()
}

/// Raises deadlines to `least`, but for those of the command line and the environment: a file's are
/// made for rounds that repeat.
fn allow_time(config: &mut Config, least: Duration) {
    for target in &mut config.targets {
        match target.origins.get("deadline") {
            Some(Origin::Flag(_) | Origin::Environment(_) | Origin::Argument(_)) => {}
            Some(Origin::Default | Origin::Catalogue | Origin::File { .. }) | None => {
                target.limits.deadline = target.limits.deadline.max(least);
            }
        }
    }
}

/// What other commands scan: the usual versions, and what `clients` get if that is wanted.
pub(super) fn usual_plan(when: When, clients: bool) -> ScanPlan {
    ScanPlan {
        when,
        protocols: PROTOCOLS.to_vec(),
        suites: false,
        clients,
        concurrency: u32::from(DEFAULT_CONCURRENCY),
    }
}

fn plan(options: &Tls) -> ScanPlan {
    let ssl3 = options.ssl3.then_some(Protocol::Ssl3);
    ScanPlan {
        when: When::Only,
        protocols: ssl3.into_iter().chain(PROTOCOLS).collect(),
        suites: options.suites,
        clients: true,
        concurrency: u32::from(options.concurrency),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::RawOptions;
    use crate::config::origin::Sourced;

    fn resolved(deadline: Option<Origin>, urls: &[&str]) -> Config {
        let sourced = |url: &&str| Sourced::new((*url).to_owned(), Origin::Argument("URL"));
        let options = RawOptions {
            deadline: deadline.map(|origin| Sourced::new("2s".to_owned(), origin)),
            urls: urls.iter().map(sourced).collect(),
            ..RawOptions::default()
        };
        crate::config::resolve(&options).unwrap()
    }

    #[test]
    fn a_deadline_that_was_asked_for_is_kept_and_others_are_raised() {
        for (origin, expected) in [
            (Some(Origin::Flag("--deadline")), Duration::from_secs(2)),
            (Some(Origin::Environment("WSUS_PROBE_DEADLINE")), Duration::from_secs(2)),
            (None, DEADLINE_WITH_SUITES),
        ] {
            let mut config = resolved(origin, &["https://a.test"]);
            allow_time(&mut config, DEADLINE_WITH_SUITES);
            assert_eq!(config.targets[0].limits.deadline, expected);
        }
    }

    #[test]
    fn clear_text_endpoints_are_set_aside() {
        let mut config = resolved(None, &["http://a.test", "https://b.test"]);
        let aside = take_clear_text(&mut config);
        assert_eq!(aside[0].name.0, "a.test");
        assert_eq!((aside.len(), config.targets.len()), (1, 1));
    }
}
