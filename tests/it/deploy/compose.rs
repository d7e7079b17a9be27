//! The compose file: pinned, closed, and with everything that it mounts.

use serde_json::Value;

use super::{accepts, configuration_is_sound, parses, prometheus, root, strings, yaml};

const FOLDER: &str = "deploy/compose";

/// Paths of the host that a service mounts, each with where it is seen.
fn mounts(service: &Value) -> Vec<(String, String)> {
    let volumes = service.get("volumes").map(strings).unwrap_or_default();
    let split = |volume: &String| {
        let mut parts = volume.splitn(3, ':').map(str::to_owned);
        (parts.next().unwrap(), parts.next().unwrap())
    };
    volumes.iter().map(split).filter(|(from, _)| from.starts_with('.')).collect()
}

#[test]
fn services_are_closed_and_pinned_and_what_they_mount_exists() {
    let compose = yaml(format!("{FOLDER}/compose.yml"));
    for (name, service) in compose["services"].as_object().unwrap() {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(strings(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(strings(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        for port in strings(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name} is open to the network: {port}");
        }
        let image = service["image"].as_str().unwrap();
        let (_, tag) = image.rsplit_once(':').unwrap();
        let is_exact = tag.split('.').count() == 3;
        assert!(is_exact || service.get("build").is_some(), "{name}: {image} is a moving target");
    }
    for file in ["compose.yml", "own.yml"] {
        for (name, service) in yaml(format!("{FOLDER}/{file}"))["services"].as_object().unwrap() {
            for (from, _) in mounts(service) {
                let path = root().join(FOLDER).join(&from);
                assert!(path.exists(), "{name} mounts {from}, which does not exist");
            }
        }
    }
}

#[test]
fn the_program_has_the_options_and_takes_the_configuration() {
    for file in ["compose.yml", "own.yml"] {
        let compose = yaml(format!("{FOLDER}/{file}"));
        parses(&strings(&compose["services"]["wsus-probe"]["command"]));
    }
    configuration_is_sound("deploy/compose/wsus-probe/wsus.toml");
}

#[test]
fn prometheus_and_alertmanager_take_their_files() {
    prometheus::accepted(&root().join(FOLDER).join("prometheus.yml"), false);
    let file = root().join("dashboards/prometheus/alertmanager.yml");
    accepts("amtool", "prometheus-alertmanager", &["check-config", file.to_str().unwrap()]);
}

#[test]
fn grafana_finds_the_dashboards_and_knows_the_pace() {
    let compose = yaml(format!("{FOLDER}/compose.yml"));
    let grafana = &compose["services"]["grafana"];
    let provider = yaml(format!("{FOLDER}/grafana/dashboards/wsus.yml"));
    let path = provider["providers"][0]["options"]["path"].as_str().unwrap();
    assert_eq!(provider["providers"][0]["allowUiUpdates"], false);
    let (from, _) = mounts(grafana).into_iter().find(|(_, to)| to == path).expect(path);
    let home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"].as_str();
    let home = home.unwrap().strip_prefix(path).unwrap().trim_start_matches('/');
    assert!(root().join(FOLDER).join(from).join(home).exists(), "{home}");

    let source = &yaml(format!("{FOLDER}/grafana/datasources/prometheus.yml"))["datasources"][0];
    let scrape = &yaml(format!("{FOLDER}/prometheus.yml"))["global"]["scrape_interval"];
    assert_eq!(&source["jsonData"]["timeInterval"], scrape);
    // By its name in the network of the compose file.
    assert_eq!(source["url"], "http://prometheus:9090");
    assert!(compose["services"].get("prometheus").is_some());
}
