//! A real Prometheus scrapes the exporter for a while: every family of the table arrives and says
//! what is true of a fleet whose faults are known.
#![cfg(test)]

use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use wsus_probe::demo::fleet::{Fault, Fleet};
use wsus_probe::metrics::table;

use crate::support::peer::{PATIENCE, connect};
use crate::support::program::{Running, wsus_probe};
use crate::support::world::{LOOPBACK, World};

/// How often Prometheus scrapes.
const SCRAPE: Duration = Duration::from_secs(1);

/// How long it may take until everything is there: the first checks and scans follow the first
/// rounds within seconds, and rates need some scrapes.
const SETTLED: Duration = Duration::from_secs(90);

const PAGE: &str = include_str!("../../docs/monitoring.md");

const CONFIG: &str =
    "[serve]\ninterval = \"1s\"\ncheck_interval = \"10s\"\ntls_interval = \"1m\"\n";

fn free_port() -> u16 {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The exporter on a fleet, and a Prometheus that scrapes both its surfaces.
struct Watched {
    _fleet: Fleet,
    _exporter: Running,
    _prometheus: Running,
    api: SocketAddr,
}

impl Watched {
    async fn start(world: &World) -> Self {
        let faults = [
            ("ord", Fault::BrokenContent),
            ("iad", Fault::HalfDead),
            ("lon", Fault::ExpiredCertificate),
            ("syd", Fault::PoolStopped),
            ("hkg", Fault::BlackHole),
        ];
        let (fleet, file) = world.fleet_with(faults);
        let config = std::fs::read_to_string(file).unwrap() + CONFIG;
        let config = world.file("exporter.toml", &config);
        let (ours, theirs) = (free_port(), free_port());
        let listen = format!("--web.listen-address=127.0.0.1:{ours}");
        // Harmless, but then its own metric is there.
        let web =
            world.file("web.yml", "http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
        let mut command = wsus_probe(["serve", "--log.level", "error"]);
        command.arg("--config").arg(config).arg(listen).arg("--web.config.file").arg(web);
        let exporter = Running::start(&mut command);
        wait_for((LOOPBACK, ours).into()).await;
        let file = world.file("prometheus.yml", &scrapes(ours));
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", file.with_extension("data").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{theirs}"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let prometheus = Running::start(&mut command);
        let api = (LOOPBACK, theirs).into();
        wait_for(api).await;
        Self { _fleet: fleet, _exporter: exporter, _prometheus: prometheus, api }
    }

    /// The values of an expression with their labels.
    fn query(&self, expression: &str) -> Vec<(Value, f64)> {
        let output = Command::new("curl")
            .args(["-sS", "--max-time", "10", "-G", "--data-urlencode"])
            .arg(format!("query={expression}"))
            .arg(format!("http://{}/api/v1/query", self.api))
            .output()
            .unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        assert_eq!(answer["status"], "success", "{expression}: {answer}");
        let results = answer["data"]["result"].as_array().unwrap().iter();
        let value = |result: &Value| result["value"][1].as_str().unwrap().parse().unwrap();
        results.map(|result| (result["metric"].clone(), value(result))).collect()
    }

    fn value(&self, expression: &str) -> Option<f64> {
        self.query(expression).first().map(|(_, value)| *value)
    }
}

async fn wait_for(address: SocketAddr) {
    let listening = async {
        while connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, listening).await.expect("nobody listens");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_real_prometheus_finds_every_family_and_the_truth() {
    let world = World::new();
    let watched = Watched::start(&world).await;
    let mut missing: Vec<&str> = table::exported().map(|family| family.name).collect();
    let complete = async {
        loop {
            missing.retain(|name| {
                // Of a histogram only its series have values.
                let series = format!("{{__name__=~\"{name}(_count)?\"}}");
                watched.query(&format!("count({series})")).is_empty()
            });
            if missing.is_empty()
                && watched.value("min(wsus_probe_attempts_total{dc!=\"HKG\"})") >= Some(20.0)
            {
                break;
            }
            tokio::time::sleep(SCRAPE).await;
        }
    };
    let settled = tokio::time::timeout(SETTLED, complete).await;
    assert!(settled.is_ok(), "never scraped: {missing:?}");
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
        assert_eq!(watched.value(expression), Some(expected), "{expression}");
    }
    let between = |expression: &str, least: f64, most: f64| {
        let value = watched.value(expression).unwrap_or(f64::NAN);
        assert!((least..=most).contains(&value), "{expression} is {value}");
    };
    // The simulated distance is 12 ms.
    between("max(wsus_probe_rtt_seconds{endpoint=\"dfw\"})", 0.012, 0.05);
    between(
        "histogram_quantile(0.5, sum by (le) (rate(wsus_probe_phase_duration_seconds_bucket{endpoint=\"dfw\",phase=\"connect\"}[30s])))",
        0.010,
        0.05,
    );
    // The world has a runtime of its own, which must not end within another one.
    tokio::task::block_in_place(|| drop((watched, world)));
}
