//! A fleet with every fault, watched from two places, and the Prometheus that has scraped it.

#![expect(clippy::disallowed_methods, reason = "real processes are watched in real time")]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use wsus_probe::demo::fleet::Fleet;
use wsus_probe::demo::fleet::fault::Fault;
use wsus_probe::demo::server::Behaviour;
use wsus_probe::metrics::table;

use super::servers::{config, more_endpoints};
use crate::rules::{self, read};
use crate::support::exporter::{Exporter, wait_at_most};
use crate::support::peer::Peer;
use crate::support::prometheus::Prometheus;
use crate::support::world::{World, comparing};

/// How often Prometheus scrapes, and evaluates rules.
pub(crate) const SCRAPE: Duration = Duration::from_secs(2);

/// How long it may take until something is there that is waited for. A minute does where nothing
/// else runs; on a busy machine the exporters do not count the rounds that they slept through.
const SETTLED: Duration = Duration::from_mins(3);

/// Scrapes until there is something to look back at: a minute's, within which every subquery with
/// a step of a minute has a point.
const ENOUGH: f64 = 32.0;

/// Each endpoint and the state that it comes to; `partly` is healthy from Dallas and down from
/// London.
pub(crate) const STATES: [(&str, &str); 21] = [
    ("dfw", "healthy"),
    ("lon", "healthy"),
    ("ord", "degraded"),
    ("iad", "degraded"),
    ("syd", "degraded"),
    ("hkg", "down"),
    ("refused", "down"),
    ("no-such-name", "down"),
    ("tls10-only", "unknown"),
    ("tls10-too", "degraded"),
    ("expired", "down"),
    ("untrusted", "down"),
    ("five-days", "healthy"),
    ("fifteen-days", "healthy"),
    ("pool-stopped", "down"),
    ("not-wsus", "down"),
    ("slow", "healthy"),
    ("head-office", "degraded"),
    ("branch.office", "healthy"),
    ("tls13-missing", "degraded"),
    ("one-way", "partly"),
];

/// Whether the endpoint that is nearest to Dallas is chosen there.
const NEAREST: &str = r#"wsus_probe_nearest{endpoint="dfw",site="dallas"}"#;

/// Endpoints that nobody has ever been connected to, by a name or an address that leads nowhere.
pub(crate) const NEVER_REACHED: [&str; 2] = ["refused", "no-such-name"];

/// What has been watched.
pub(crate) struct Watched {
    pub(crate) prometheus: Prometheus,
    /// When everything was there.
    pub(crate) until: SystemTime,
}

/// The fleet, its two exporters and the Prometheus.
struct Fixture {
    prometheus: Prometheus,
    dallas: Exporter,
    london: Exporter,
    fleet: Fleet,
    _peers: Vec<Peer>,
    _world: World,
}

impl Watched {
    /// Watches until everything has been seen, what happens seldom included.
    pub(crate) fn new() -> Self {
        Fixture::start().end()
    }
}

impl Fixture {
    /// Starts everything, waits until everything has been seen, and makes what happens seldom
    /// happen.
    fn start() -> Self {
        let world = World::new();
        let faults = [
            ("ord", Fault::BrokenContent),
            ("iad", Fault::HalfDead),
            ("syd", Fault::DifferentDatabases),
            ("hkg", Fault::BlackHole),
        ];
        let (fleet, file) = world.fleet_with(faults);
        let demo = comparing(&std::fs::read_to_string(file).unwrap());
        let (more, peers) = more_endpoints(&world);
        let exporter = |name: &str, distances: [(&str, &str); 2], one_way: &str| {
            let config = world
                .file(&format!("{name}.toml"), &config(&world, &demo, &more, distances, one_way));
            // Harmless, but then its own metric is there.
            let web = world.file("web.yml", "http_server_config:\n  http2: false\n");
            let options = ["--log.level", "error", "--web.config.file", web.to_str().unwrap()];
            let exporter = Exporter::start(&config, &options);
            exporter.wait_for("/metrics", |answer| answer.status == 200);
            exporter
        };
        let dallas =
            exporter("dallas", [("\"12ms\"", "\"12ms\""), ("\"110ms\"", "\"110ms\"")], "60ms");
        let london =
            exporter("london", [("\"12ms\"", "\"115ms\""), ("\"110ms\"", "\"9ms\"")], "black_hole");
        let prometheus = Prometheus::start(&scrapes(&world, &dallas, &london));
        let fixture = Self { prometheus, dallas, london, fleet, _peers: peers, _world: world };
        fixture.wait_for("the nearest", || fixture.prometheus.value(NEAREST) == Some(1.0));
        fixture.change_the_nearest();
        fixture.reload();
        fixture.settle();
        fixture
    }

    /// Leaves Prometheus alone with what it knows, because nobody else's work should be in the way
    /// of thousands of questions; they are all about this moment.
    fn end(self) -> Watched {
        let now = SystemTime::now();
        // No scrape of before is cut short, which would mark series as ended.
        std::thread::sleep(SCRAPE);
        Watched { prometheus: self.prometheus, until: now }
    }

    /// The nearest endpoint of Dallas fails, and works again.
    fn change_the_nearest(&self) {
        let site = &self.fleet.describe()[0].endpoint;
        assert_eq!(site.name.to_string(), "dfw");
        for member in &site.expected_members {
            assert!(self.fleet.set_behaviour(*member, Behaviour::PoolStopped));
        }
        self.wait_for("another nearest", || self.prometheus.value(NEAREST) == Some(0.0));
        for member in &site.expected_members {
            assert!(self.fleet.reset_behaviour(*member));
        }
    }

    fn reload(&self) {
        for exporter in [&self.dallas, &self.london] {
            let answer = exporter.ask("POST", "/-/reload").unwrap();
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        let reloaded =
            "count(changes(wsus_probe_config_last_reload_success_timestamp_seconds[5m]) > 0)";
        self.wait_for("a reload", || self.prometheus.value(reloaded) == Some(2.0));
    }

    /// Waits until every family and every recorded series is there, and every endpoint is in its
    /// state as both places see it.
    fn settle(&self) {
        self.wait_for("everything", || self.missing().is_empty());
    }

    /// The endpoints that are not in these states.
    fn astray(&self, expected: &[(&str, &str)]) -> Vec<String> {
        let state = |endpoint: &str| {
            let here = format!("wsus_probe_endpoint_state{{endpoint=\"{endpoint}\"}} == 1");
            let series = self.prometheus.query(&here).into_iter();
            let mut states: Vec<String> = series
                .filter_map(|(labels, _)| Some(labels["state"].as_str()?.to_owned()))
                .collect();
            states.sort_unstable();
            states
        };
        let from_both = |wanted| if wanted == "partly" { ["down", "healthy"] } else { [wanted; 2] };
        let astray = expected.iter().map(|(endpoint, wanted)| (endpoint, wanted, state(endpoint)));
        let astray = astray.filter(|(_, wanted, states)| *states != from_both(wanted));
        astray.map(|(endpoint, _, states)| format!("{endpoint} is {states:?}")).collect()
    }

    fn missing(&self) -> Vec<String> {
        let ask = |expression: &str| self.prometheus.value(expression);
        let mut missing = self.astray(&STATES);
        for family in table::exported() {
            // Of a histogram only its series have values.
            if ask(&format!("count({{__name__=~\"{}(_count)?\"}})", family.name)).is_none() {
                missing.push(family.name.to_owned());
            }
        }
        for recorded in self.rules("recording") {
            if ask(&format!("count({recorded})")).is_none() {
                missing.push(recorded);
            }
        }
        // A vote is withheld while a machine is too busy for rounds that count.
        let votes = STATES.iter().filter(|(_, state)| *state != "unknown").count().to_string();
        if self
            .prometheus
            .query(&format!("count(site:wsus_probe_vote:bool) == 2 * {votes}"))
            .is_empty()
        {
            missing.push("votes".to_owned());
        }
        if ask("min(count_over_time(up{job=\"wsus\"}[5m]))") < Some(ENOUGH) {
            missing.push("scrapes".to_owned());
        }
        missing
    }

    /// The names of the rules of a kind.
    fn rules(&self, kind: &str) -> Vec<String> {
        let answer = self.prometheus.api("rules", &[]);
        let groups = answer["data"]["groups"].as_array().unwrap().iter();
        let rules = groups.flat_map(|group| group["rules"].as_array().unwrap());
        let rules = rules.filter(|rule| rule["type"] == kind);
        rules.map(|rule| rule["name"].as_str().unwrap().to_owned()).collect()
    }

    fn wait_for(&self, what: &str, there: impl Fn() -> bool) {
        let came = wait_at_most(SETTLED, SCRAPE, || there().then_some(()));
        assert!(came.is_some(), "waited in vain for {what}; {:?}", self.missing());
    }
}

/// Prometheus' configuration: both exporters, each with the place it stands at, and the rules.
fn scrapes(world: &World, dallas: &Exporter, london: &Exporter) -> PathBuf {
    let mut text = format!(
        "global: {{scrape_interval: {0}s, evaluation_interval: {0}s}}\nrule_files:\n",
        SCRAPE.as_secs()
    );
    for name in read::FILES {
        let rules = std::fs::read_to_string(rules::folder().join(name)).unwrap();
        writeln!(text, "  - {}", world.file(name, &hasty(&rules)).display()).unwrap();
    }
    text += "scrape_configs:\n  - job_name: wsus\n    static_configs:\n";
    for (site, exporter) in [("dallas", dallas), ("london", london)] {
        let target = exporter.address;
        writeln!(text, "      - {{targets: [\"{target}\"], labels: {{site: {site}}}}}").unwrap();
    }
    world.file("prometheus.yml", &text)
}

/// Rules that are evaluated at every scrape and fire at once: what they bring in minutes is there
/// in seconds. Their expressions stay as they are, but for the one that waits for votes of
/// minutes ago and the one that waits for a step of five minutes.
fn hasty(rules: &str) -> String {
    let line = |line: &str| {
        let key = line.trim_start();
        let (indent, _) = line.split_at(line.len() - key.len());
        match key.split(':').next() {
            Some("interval") => format!("{indent}interval: {}s", SCRAPE.as_secs()),
            Some("for") => format!("{indent}for: 0s"),
            _ => line.to_owned(),
        }
    };
    let text = rules.lines().map(line).collect::<Vec<_>>().join("\n");
    text.replace(" offset 5m", &format!(" offset {}s", SCRAPE.as_secs()))
        // Steps lie at full multiples of the step: the longer one may not come while this waits.
        .replace("[6h:5m])", "[6h:1m]) / 5")
}
