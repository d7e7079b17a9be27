//! The exporter as a whole, over its pages: readiness, every path, reload, demonstration.

#![cfg(all(test, target_os = "linux"))]
#![expect(clippy::disallowed_methods, reason = "the life of a real process is real time")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use wsus_probe::demo::server::Behaviour;

use crate::support::exporter::{Answer, Exporter};
use crate::support::world::{World, nobody};

const FAST: &str = "\n[serve]\ninterval = \"1s\"\ncheck_interval = \"10s\"\n\
                    allow_targets = [\"https://msupdate.*.demo.test:1\"]\n";

fn ready(answer: &Answer) -> bool {
    answer.status == 200
}

/// The fleet's file with rounds that a test can wait for.
fn fast(world: &World, config: &Path) -> PathBuf {
    world.file("fast.toml", &format!("{}{FAST}", std::fs::read_to_string(config).unwrap()))
}

/// The value of the series that begins so.
fn value(metrics: &str, series: &str) -> Option<f64> {
    let line = metrics.lines().find(|line| line.starts_with(series))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[test]
fn every_path_answers_once_the_first_rounds_are_over() {
    let world = World::new();
    let (_fleet, config) = world.fleet();
    let exporter = Exporter::start(&fast(&world, &config), &[]);
    exporter.wait_for("/-/ready", ready);
    for (path, status, part) in [
        ("/", 200, "dfw"),
        ("/endpoint/dfw", 200, "127.77.1.1"),
        ("/metrics", 200, "wsus_probe_endpoint_state{endpoint=\"dfw\""),
        ("/probe?target=dfw", 200, "probe_success 1"),
        ("/probe?target=dfw&profile=quick&debug=true", 200, "connected"),
        ("/probe?target=mars", 403, "allow_targets"),
        ("/probe?target=https://127.0.0.1:22", 403, "allow_targets"),
        ("/probe?target=https://msupdate.x.demo.test:1", 200, "probe_success 0"),
        ("/probe", 400, "target"),
        ("/api/v1/endpoints", 200, "\"schema_version\""),
        ("/api/v1/endpoints/dfw/history", 200, "\"schema_version\""),
        ("/api/v1/targets", 200, "\"targets\""),
        ("/-/healthy", 200, ""),
        ("/nosuch", 404, ""),
    ] {
        let answer = exporter.get(path).unwrap_or_else(|| panic!("{path}: {}", exporter.log()));
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert!(answer.body.contains(part), "{path}: {answer:?}");
    }
    let (run, log) = exporter.end();
    assert_eq!(run.code(), 0, "{log}");
}

#[test]
fn the_choice_leaves_a_sick_server_and_comes_back() {
    let world = World::new();
    let (fleet, config) = world.fleet();
    let exporter = Exporter::start(&fast(&world, &config), &[]);
    exporter.wait_for("/nearest", |answer| answer.body.contains("msupdate.dfw."));
    let dfw = fleet.endpoints().swap_remove(0);
    for member in &dfw.expected_members {
        assert!(fleet.set_behaviour(*member, Behaviour::PoolStopped));
    }
    exporter.wait_for("/nearest", |answer| answer.body.contains("msupdate.ord."));
    for member in &dfw.expected_members {
        assert!(fleet.reset_behaviour(*member));
    }
    exporter.wait_for("/nearest", |answer| answer.body.contains("msupdate.dfw."));
    let log = exporter.log();
    assert!(log.contains("endpoint=dfw") && log.contains("to=down"), "{log}");
    let (run, log) = exporter.end();
    assert_eq!(run.code(), 0, "{log}");
}

#[test]
fn a_reload_over_http_is_answered_and_a_refused_one_is_told_everywhere() {
    let world = World::new();
    let (_fleet, config) = world.fleet();
    let file = fast(&world, &config);
    let good = std::fs::read_to_string(&file).unwrap();
    let exporter = Exporter::start(&file, &[]);
    exporter.wait_for("/-/ready", ready);
    let attempts = |metrics: &str| value(metrics, "wsus_probe_attempts_total{endpoint=\"dfw\"");
    let before = attempts(&exporter.get("/metrics").unwrap().body).unwrap();

    std::fs::write(&file, format!("nosuch = 1\n{good}")).unwrap();
    let answer = exporter.ask("POST", "/-/reload").unwrap();
    assert!(answer.status >= 400 && answer.body.contains("nosuch"), "{answer:?}");
    // Pages are rendered once for a moment and the same for everybody until then.
    let successful =
        |answer: &Answer| value(&answer.body, "wsus_probe_config_last_reload_successful");
    exporter.wait_for("/metrics", |answer| successful(answer) == Some(0.0));
    exporter.wait_for("/", |answer| answer.body.contains("nosuch"));

    // Without its last endpoint.
    let (kept, _) = good.split_at(good.rfind("[[endpoint]]").unwrap());
    let simulated = good.split_at(good.find("[simulated]").unwrap()).1;
    std::fs::write(&file, format!("{kept}{simulated}")).unwrap();
    let answer = exporter.ask("POST", "/-/reload").unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    let metrics = exporter.wait_for("/metrics", |answer| !answer.body.contains("\"hkg\"")).body;
    exporter.wait_for("/metrics", |answer| successful(answer) == Some(1.0));
    assert!(attempts(&metrics).unwrap() >= before, "what stays keeps its counters");
    let answer = exporter.get("/-/reload").unwrap();
    assert_eq!(answer.status, 405, "{answer:?}");
    exporter.end();
}

#[test]
fn with_a_dead_resolver_it_is_healthy_and_not_ready() {
    let world = World::new();
    let config = format!(
        "resolver = \"{}\"\n[[endpoint]]\nname = \"one\"\nurl = \"https://a.test\"\n\
         [[endpoint]]\nname = \"two\"\nurl = \"https://b.test\"\n{FAST}",
        nobody()
    );
    let exporter = Exporter::start(&world.file("x.toml", &config), &[]);
    exporter.wait_for("/-/healthy", ready);
    std::thread::sleep(Duration::from_secs(3));
    let metrics = exporter.get("/metrics").unwrap().body;
    assert_eq!(value(&metrics, "wsus_probe_nearest{"), None, "{metrics}");
    assert_eq!(exporter.get("/nearest").unwrap().status, 503);
    assert!(exporter.get("/").unwrap().head.contains("200"));
    let (run, log) = exporter.end();
    assert_eq!(run.code(), 0, "{log}");
}

#[test]
fn a_broken_web_file_keeps_it_from_starting() {
    let world = World::new();
    let (_fleet, config) = world.fleet();
    let web = world.file("web.yml", "nonsense: [");
    let exporter = Exporter::start(&config, &["--web.config.file", web.to_str().unwrap()]);
    let log = exporter.wait_for_log("error: ", 1);
    assert!(log.contains("web.yml"), "{log}");
}
