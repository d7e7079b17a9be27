//! A real Prometheus scrapes the exporter for a while: every family of the table arrives and says
//! what is true of a fleet whose faults are known.
#![cfg(test)]

use std::time::Duration;

use wsus_probe::demo::fleet::Fleet;
use wsus_probe::demo::fleet::fault::Fault;
use wsus_probe::metrics::table;

use crate::support::exporter::{Exporter, wait_at_most};
use crate::support::prometheus::Prometheus;
use crate::support::world::{World, comparing};

/// How often Prometheus scrapes.
const SCRAPE: Duration = Duration::from_secs(1);

/// How long it may take until everything is there: the first checks and scans follow the first
/// rounds within seconds, and rates need some scrapes.
const SETTLED: Duration = Duration::from_secs(90);

const PAGE: &str = include_str!("../../docs/monitoring.md");

const CONFIG: &str =
    "[serve]\ninterval = \"1s\"\ncheck_interval = \"10s\"\ntls_interval = \"1m\"\n";

/// The exporter on a fleet, and a Prometheus that scrapes both its surfaces.
struct Watched {
    _fleet: Fleet,
    _exporter: Exporter,
    prometheus: Prometheus,
}

impl Watched {
    fn start(world: &World) -> Self {
        let faults = [
            ("ord", Fault::BrokenContent),
            ("iad", Fault::HalfDead),
            ("lon", Fault::ExpiredCertificate),
            ("syd", Fault::PoolStopped),
            ("hkg", Fault::BlackHole),
        ];
        let (fleet, file) = world.fleet_with(faults);
        let config = comparing(&std::fs::read_to_string(file).unwrap()) + CONFIG;
        let config = world.file("exporter.toml", &config);
        // Harmless, but then its own metric is there.
        let web =
            world.file("web.yml", "http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
        let options = ["--log.level", "error", "--web.config.file", web.to_str().unwrap()];
        let exporter = Exporter::start(&config, &options);
        let file = world.file("prometheus.yml", &scrapes(exporter.address.port()));
        Self { _fleet: fleet, _exporter: exporter, prometheus: Prometheus::start(&file) }
    }
}

/// The documented example at these addresses and paces: `/metrics`, and `/probe` for every target that
/// the exporter itself lists.
fn scrapes(port: u16) -> String {
    let (_, rest) = PAGE.split_once("```yaml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let path = "    metrics_path: /probe\n";
    assert!(example.contains("127.0.0.1:18530") && example.contains(path), "{example}");
    let example = example
        .replace("127.0.0.1:18530", &format!("127.0.0.1:{port}"))
        .replace(path, &format!("    scrape_interval: 5s\n{path}"));
    format!("global:\n  scrape_interval: {}s\n{example}", SCRAPE.as_secs())
}

#[test]
fn a_real_prometheus_finds_every_family_and_the_truth() {
    let world = World::new();
    let Watched { prometheus, .. } = &Watched::start(&world);
    let missing = || {
        let mut names = table::exported().map(|family| family.name);
        names.find(|name| {
            // Of a histogram only its series have values.
            let series = format!("{{__name__=~\"{name}(_count)?\"}}");
            prometheus.query(&format!("count({series})")).is_empty()
        })
    };
    let rounds = || prometheus.value("min(wsus_probe_attempts_total{dc!=\"HKG\"})");
    let settled = wait_at_most(SETTLED, SCRAPE, || {
        (missing().is_none() && rounds() >= Some(20.0)).then_some(())
    });
    assert!(settled.is_some(), "never scraped: {:?}; rounds: {:?}", missing(), rounds());
    for (expression, expected) in [
        ("up{job=\"wsus\"}", 1.0),
        ("count(wsus_probe_endpoint_state == 1)", 6.0),
        ("wsus_probe_endpoint_state{endpoint=\"dfw\",state=\"healthy\"}", 1.0),
        ("wsus_probe_endpoint_state{endpoint=\"ord\",state=\"degraded\"}", 1.0),
        ("wsus_probe_endpoint_state{endpoint=\"iad\",state=\"degraded\"}", 1.0),
        ("wsus_probe_endpoint_state{endpoint=\"lon\",state=\"down\"}", 1.0),
        ("wsus_probe_endpoint_state{endpoint=\"syd\",state=\"down\"}", 1.0),
        ("wsus_probe_endpoint_state{endpoint=\"hkg\",state=\"down\"}", 1.0),
        ("wsus_probe_nearest{endpoint=\"dfw\"}", 1.0),
        ("sum(wsus_probe_nearest)", 1.0),
        ("wsus_probe_members{endpoint=\"iad\"}", 2.0),
        ("wsus_probe_failure_info{endpoint=\"syd\",phase=\"wsus\",cause=\"http_503\"}", 1.0),
        ("wsus_probe_failure_info{endpoint=\"hkg\",phase=\"connect\",cause=\"timeout\"}", 1.0),
        ("wsus_probe_finding_active{endpoint=\"ord\",code=\"content_failed\"}", 1.0),
        ("min(wsus_probe_tls_protocol_supported{endpoint=\"dfw\",version=\"1.3\"})", 1.0),
        ("min(wsus_probe_certificate_valid{endpoint=\"lon\"})", 0.0),
        (
            "min(wsus_probe_certificate_not_after_timestamp_seconds{endpoint=\"lon\",position=\"0\"}) < bool time()",
            1.0,
        ),
        ("wsus_probe_local_trouble", 0.0),
        ("wsus_probe_config_last_reload_successful", 1.0),
        ("sum(wsus_probe_rounds_tainted_total) < bool 20", 1.0),
        ("min(rate(wsus_probe_attempts_total{endpoint=\"dfw\"}[10s])) > bool 0.8", 1.0),
        ("max(rate(wsus_probe_failures_total{endpoint=\"dfw\"}[10s]))", 0.0),
        ("count(wsus_probe_rtt_seconds{endpoint=\"hkg\"}) or vector(0)", 0.0),
        ("count(wsus_probe_endpoint_info)", 6.0),
        (
            "count(wsus_probe_endpoint_rtt_seconds * on(endpoint) group_left(region) \
             wsus_probe_endpoint_info{region=\"Dallas\"})",
            1.0,
        ),
        ("count(probe_success * on(endpoint) group_left(region) wsus_probe_endpoint_info)", 6.0),
        ("count(probe_success{instance=\"dfw\"})", 1.0),
        ("probe_success{job=\"wsus-probe\",endpoint=\"dfw\"}", 1.0),
        ("probe_success{job=\"wsus-probe\",endpoint=\"syd\"}", 0.0),
    ] {
        assert_eq!(prometheus.value(expression), Some(expected), "{expression}");
    }
    let between = |expression: &str, least: f64, most: f64| {
        let value = prometheus.value(expression).unwrap_or(f64::NAN);
        assert!((least..=most).contains(&value), "{expression} is {value}");
    };
    // The simulated distance is 12 ms.
    between("max(wsus_probe_rtt_seconds{endpoint=\"dfw\"})", 0.012, 0.05);
    between(
        "histogram_quantile(0.5, sum by (le) (rate(wsus_probe_phase_duration_seconds_bucket{endpoint=\"dfw\",phase=\"connect\"}[30s])))",
        0.010,
        0.05,
    );
}
