//! Rounds of the real product, set up as its commands do, inside the probe's namespace.

use std::collections::HashMap;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use wsus_probe::commands::setup;
use wsus_probe::config::origin::{Origin, Sourced};
use wsus_probe::config::{RawOptions, resolve};
use wsus_probe::engine::board::Board;
use wsus_probe::engine::event::{Event, Sight, What};
use wsus_probe::engine::member::Sampling;
use wsus_probe::engine::ports::Target;
use wsus_probe::engine::round::{self, Next, Watch};
use wsus_probe::model::report::EndpointReport;
use wsus_probe::model::request::Profile;

use crate::regions::Regions;
use crate::wan::block_on;

/// What a round brought.
pub(crate) struct Round {
    /// As the commands see them.
    pub(crate) reports: Vec<EndpointReport>,
    /// What each connect took by the clock of the engine's own events.
    pub(crate) user: Vec<Duration>,
    /// From the first question to the last answer.
    pub(crate) elapsed: Duration,
}

/// Runs a round to its end: `copies` probes of each of these URLs at once.
pub(crate) fn round(regions: &Regions, urls: &[String], copies: usize, samples: u32) -> Round {
    round_of(Profile::Quick, regions, urls, copies, samples)
}

/// The same, asking as much as that profile does.
pub(crate) fn round_of(
    profile: Profile,
    regions: &Regions,
    urls: &[String],
    copies: usize,
    samples: u32,
) -> Round {
    let flag = |text: &str| Sourced::new(text.to_owned(), Origin::Flag("test"));
    let resolver = crate::regions::RESOLVER.to_string();
    let config = resolve(&RawOptions {
        endpoints: urls.iter().map(|url| flag(url)).collect(),
        resolver: Some(flag(&resolver)),
        ca_files: Some(Sourced::new(vec![regions.ca_file()], Origin::Flag("test"))),
        ..RawOptions::default()
    });
    let config = config.expect("the options are valid");
    regions.lab.in_probe(|| {
        block_on(async {
            let setup = setup::prepare(&config, profile, None).expect("the CA file is in order");
            let each = setup.targets.iter().flat_map(|t| std::iter::repeat_n(t, copies));
            let targets: Arc<[Target]> = each.cloned().collect();
            let sampling = Sampling { samples, ..Sampling::default() };
            let mut stopwatch = Stopwatch::default();
            let round = round::run(&targets, &setup.ports, sampling, &mut stopwatch, pending());
            let finished = round.await;
            let reports = finished.board.reports(SystemTime::now());
            Round { reports, user: stopwatch.connects, elapsed: finished.elapsed }
        })
    })
}

/// Watches a round to its end and times its connects by its events.
#[derive(Default)]
struct Stopwatch {
    sent: HashMap<(usize, SocketAddr, u32), Duration>,
    connects: Vec<Duration>,
}

impl Watch for Stopwatch {
    fn event(&mut self, event: &Event) {
        let What::Of(address, sight) = &event.what else { return };
        if let Sight::Sent { sample } = sight {
            self.sent.insert((event.target, *address, *sample), event.at);
        }
        if let Sight::Connected { sample, .. } = sight {
            let sent = self.sent.get(&(event.target, *address, *sample));
            self.connects.extend(sent.map(|sent| event.at.saturating_sub(*sent)));
        }
    }

    fn next(&mut self, _board: &Board, _now: Duration) -> Next {
        Next::Continue(None)
    }
}
