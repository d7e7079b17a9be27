//! The example for Alertmanager: a real one is told of alerts and asked what it would do.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::ports::free_pair;
use crate::support::program::Running;

/// How long it may take to start, and to look at alerts.
const PATIENCE: Duration = Duration::from_mins(1);

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(100);

fn config() -> PathBuf {
    super::folder().join("alertmanager.yml")
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_severity_has_its_receiver() {
    let file = config();
    let file = file.to_str().unwrap();
    run("amtool", &["check-config", file]);
    let option = format!("--config.file={file}");
    for severity in ["page", "urgent", "ticket"] {
        let label = format!("severity={severity}");
        let said = run("amtool", &["config", "routes", "test", &option, "job=wsus", &label]);
        assert_eq!(said.trim(), severity);
    }
}

/// An alert as Prometheus sends it: name, severity, and further labels.
fn alert(name: &str, severity: &str, labels: &[(&str, &str)]) -> Value {
    let mut all = json!({"alertname": name, "severity": severity, "job": "wsus"});
    for (name, value) in labels {
        all[*name] = json!(value);
    }
    json!({"labels": all})
}

/// What is told, and whether it is to be suppressed.
fn alerts() -> Vec<(Value, bool)> {
    let dfw: &[_] = &[("endpoint", "dfw"), ("dc", "DFW")];
    let ord: &[_] = &[("endpoint", "ord"), ("dc", "ORD")];
    let with = |base: &[_], more: &[(&'static str, &'static str)]| [base, more].concat();
    vec![
        (alert("WsusEndpointDown", "page", dfw), false),
        (alert("WsusErrorBudgetBurn", "page", &with(dfw, &[("window", "1h")])), true),
        (alert("WsusMemberDown", "urgent", &with(dfw, &[("member", "192.0.2.1")])), true),
        (alert("WsusEndpointDownFromSite", "ticket", &with(dfw, &[("site", "fra")])), true),
        (alert("WsusCertificateExpiry", "urgent", &with(dfw, &[("within", "7d")])), false),
        (alert("WsusCertificateExpiry", "ticket", &with(dfw, &[("within", "21d")])), true),
        // Another endpoint: what is said of the first one is not said of it.
        (alert("WsusErrorBudgetBurn", "page", &with(ord, &[("window", "6h")])), false),
        (alert("WsusErrorBudgetBurn", "ticket", &with(ord, &[("window", "3d")])), true),
        (alert("WsusMemberDown", "urgent", &with(ord, &[("member", "192.0.2.9")])), false),
        (alert("WsusContentChannelBroken", "urgent", &with(ord, &[("member", "192.0.2.9")])), true),
        (
            alert("WsusContentChannelBroken", "urgent", &with(ord, &[("member", "192.0.2.8")])),
            false,
        ),
        (alert("WsusCertificateExpiry", "ticket", &with(ord, &[("within", "21d")])), false),
        // From a vantage point in trouble, and from one that is not.
        (alert("WsusLocalTrouble", "urgent", &[("site", "ams"), ("instance", "ams:18530")]), false),
        (
            alert(
                "WsusEndpointDownFromSite",
                "ticket",
                &with(ord, &[("site", "ams"), ("instance", "ams:18530")]),
            ),
            true,
        ),
        (alert("WsusEndpointDownFromSite", "ticket", &with(ord, &[("site", "lon")])), false),
        (alert("WsusRoundsDropped", "ticket", &[("site", "lon")]), false),
        // Without a site, the instance tells them apart.
        (alert("WsusLocalTrouble", "urgent", &[("instance", "x:18530")]), false),
        (alert("WsusProbeStale", "urgent", &[("instance", "x:18530")]), true),
        (alert("WsusProbeStale", "urgent", &[("instance", "y:18530")]), false),
        (alert("WsusProbeAbsent", "urgent", &[("instance", "z:18530")]), false),
        (alert("WsusNearestFlapping", "ticket", &[("instance", "z:18530")]), true),
        (alert("WsusNearestFlapping", "ticket", &[("instance", "w:18530")]), false),
        // Gone with its target.
        (alert("WsusProbeAbsent", "urgent", &[("site", "nyc")]), false),
        (alert("WsusScrapesFail", "ticket", &[("site", "nyc")]), true),
        (alert("WsusNearestFlapping", "ticket", &[("site", "nyc"), ("instance", "n:1")]), true),
        (alert("WsusScrapesFail", "ticket", &[("site", "lon")]), false),
        (alert("WsusNothingKnown", "page", &[]), false),
    ]
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a real program takes real time")]
fn what_follows_from_another_alert_is_suppressed() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_pair().port();
    let mut command = Command::new("prometheus-alertmanager");
    command.arg(format!("--config.file={}", config().display()));
    command.arg(format!("--storage.path={}", folder.path().display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
    // Alone.
    command.arg("--cluster.listen-address=");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _running = Running::start(&mut command);
    let url = format!("http://127.0.0.1:{port}/api/v2/alerts");
    let told: Vec<Value> = alerts().into_iter().map(|(alert, _)| alert).collect();
    let body = Value::Array(told).to_string();
    let patiently = ["-fsS", "--retry", "50", "--retry-connrefused", "--retry-delay", "1"];
    let rest = ["--max-time", "20", "-H", "Content-Type: application/json", "-d", &body, &url];
    run("curl", &[&patiently[..], &rest[..]].concat());
    let started = Instant::now();
    loop {
        let answer = run("curl", &["-fsS", "--max-time", "10", &url]);
        let answer: Vec<Value> = serde_json::from_str(&answer).unwrap();
        let state = |alert: &Value| {
            let found = answer.iter().find(|one| one["labels"] == alert["labels"]);
            found.map(|one| one["status"]["state"].as_str().unwrap().to_owned())
        };
        let wrong: Vec<_> = alerts()
            .into_iter()
            .map(|(alert, suppressed)| (state(&alert), suppressed, alert))
            .filter(|(state, suppressed, _)| {
                state.as_deref() != Some(if *suppressed { "suppressed" } else { "active" })
            })
            .collect();
        if wrong.is_empty() {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{wrong:#?}");
        std::thread::sleep(LOOK);
    }
}
