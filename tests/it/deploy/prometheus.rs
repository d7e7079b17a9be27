//! The scrape examples.

use super::{accepts, files, root};

/// A file beside the rules, as it is deployed.
fn deployed(file: &std::path::Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(file, folder.path().join("prometheus.yml")).unwrap();
    let rules = folder.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    for rule in files("dashboards/prometheus", "yml") {
        std::fs::copy(&rule, rules.join(rule.file_name().unwrap())).unwrap();
    }
    folder
}

/// Prometheus takes the file and finds the rules that it names.
pub(super) fn accepted(file: &std::path::Path, agent: bool) {
    let folder = deployed(file);
    let file = folder.path().join("prometheus.yml");
    let mut arguments = vec!["check", "config", file.to_str().unwrap()];
    if agent {
        arguments.push("--agent");
    }
    accepts("promtool", "prometheus", &arguments);
}

#[test]
fn every_scrape_example_is_accepted() {
    for file in files("deploy/prometheus", "yml") {
        accepted(&file, file.ends_with("agent.yml"));
    }
}

#[test]
fn shards_take_each_target_once() {
    let text = std::fs::read_to_string(root().join("deploy/prometheus/shard.yml")).unwrap();
    let jobs = text.matches("action: hashmod").count();
    assert_eq!(jobs, text.matches("job_name:").count());
    assert_eq!(text.matches("regex: \"0\", action: keep").count(), jobs);
    assert_eq!(text.matches("modulus: 2").count(), jobs);
}
