//! The scrape examples.

use std::path::PathBuf;

use super::{accepts, files, read, root, yaml};

/// A file beside the rules, as it is deployed.
fn deployed(file: &std::path::Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(file, folder.path().join("prometheus.yml")).unwrap();
    let rules = folder.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    // As documented: the configuration of the Alertmanager is in the same folder.
    let is_rule = |file: &PathBuf| file.file_name().unwrap().to_str().unwrap().starts_with("wsus-");
    for rule in files("dashboards/prometheus", "yml").into_iter().filter(is_rule) {
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

/// Whoever takes the example should not lose what the document and the lab know.
#[test]
fn examples_and_the_page_about_growing_agree() {
    let relabelled = |text: &str| {
        let wanted = ["hashmod", "__param_target", "__meta_url", "honor_labels"];
        let lines = text.lines().map(|line| line.split(" #").next().unwrap().trim());
        let keep = |line: &&str| wanted.iter().any(|part| line.contains(part));
        let lines = lines.filter(keep).map(|line| line.replace("https?:", "http:"));
        lines.collect::<Vec<_>>()
    };
    let document = read("docs/growing.md");
    let block = |name: &str| {
        let (_, rest) = document.split_once(&format!("```yaml\n# {name}\n")).unwrap();
        rest.split("```").next().unwrap().to_owned()
    };
    assert_eq!(relabelled(&read("deploy/prometheus/shard.yml")), relabelled(&block("shard.yml")));
    for file in ["shard", "agent"] {
        let example = yaml(format!("deploy/prometheus/{file}.yml"));
        let lab: serde_json::Value =
            serde_saphyr::from_str(&block(&format!("{file}.yml"))).unwrap();
        for one in [&example, &lab] {
            assert!(one["global"].get("external_labels").is_none(), "{file}");
            assert!(one.get("rule_files").is_none(), "{file}");
            let labels = &one["scrape_configs"][0]["static_configs"][0]["labels"];
            assert_eq!(labels.get("instance").is_some(), file == "agent", "{file}: {labels}");
        }
    }
}

#[test]
fn where_there_are_rules_there_is_somebody_to_tell() {
    for file in files("deploy/prometheus", "yml") {
        let config = yaml(&file);
        let has = |key: &str| config.get(key).is_some();
        assert_eq!(has("rule_files"), has("alerting"), "{}", file.display());
    }
}
