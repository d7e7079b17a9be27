//! Rule files and their tests, as data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The files with rules, in the order in which they are loaded.
pub(crate) const FILES: [&str; 2] = ["wsus-recording.yml", "wsus-alerts.yml"];

/// One recording or alerting rule.
#[derive(Debug, Deserialize)]
pub(crate) struct Rule {
    /// The name of the recorded series.
    pub(crate) record: Option<String>,
    /// The name of the alert.
    pub(crate) alert: Option<String>,
    /// What is evaluated.
    pub(crate) expr: String,
    /// The labels that it sets.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    /// The templates of the alert's texts and links.
    #[serde(default)]
    pub(crate) annotations: BTreeMap<String, String>,
}

impl Rule {
    /// The value of a label that it sets.
    pub(super) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// The template of an annotation.
    pub(super) fn annotation(&self, name: &str) -> &str {
        self.annotations.get(name).map_or("", String::as_str)
    }
}

/// A file of rules, as far as it is looked at.
#[derive(Debug, Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

/// A series of events with what is expected of it.
#[derive(Debug)]
pub(super) struct Case {
    /// The settings of its file; its tests are this one only.
    file: Value,
}

impl Case {
    /// What it is about.
    pub(super) fn name(&self) -> &str {
        self.test()["name"].as_str().unwrap()
    }

    fn test(&self) -> &Value {
        &self.file["tests"][0]
    }

    /// Its file, as one that tests the rules in a folder.
    pub(super) fn against(&self, folder: &Path) -> String {
        let mut file = self.file.clone();
        file["rule_files"] =
            FILES.map(|name| folder.join(name).to_str().unwrap().to_owned()).to_vec().into();
        // JSON is YAML.
        file.to_string()
    }

    /// Whether it expects at some time that the alert fires, or at some time that it does not.
    pub(super) fn expects(&self, alert: &str, firing: bool) -> bool {
        let list = |name: &str| self.test()[name].as_array().cloned().unwrap_or_default();
        let by_rule = list("alert_rule_test").iter().any(|test| {
            let fires = test["exp_alerts"].as_array().is_some_and(|alerts| !alerts.is_empty());
            test["alertname"] == alert && fires == firing
        });
        let named = |text: &Value| text.as_str().unwrap().contains(&format!("\"{alert}\""));
        by_rule
            || list("promql_expr_test").iter().any(|test| {
                let samples = test["exp_samples"].as_array().unwrap();
                let seen = samples.iter().any(|sample| named(&sample["labels"]));
                let everything = test["expr"] == "ALERTS{alertstate=\"firing\"}";
                if firing { seen } else { !seen && (named(&test["expr"]) || everything) }
            })
    }
}

/// All rules of both files.
pub(crate) fn rules() -> Vec<Rule> {
    let groups = FILES.map(|name| yaml::<File>(&super::folder().join(name)).groups);
    groups.into_iter().flatten().flat_map(|group| group.rules).collect()
}

/// All cases of all files.
pub(super) fn cases() -> Vec<Case> {
    let of_file = |path: PathBuf| {
        let file: Value = yaml(&path);
        let tests = file["tests"].as_array().unwrap().clone();
        tests.into_iter().map(move |test| {
            for series in test["input_series"].as_array().unwrap() {
                assert!(series["values"].is_string(), "0x9 without quotes is a number: {series}");
            }
            let mut file = file.clone();
            file["tests"] = Value::Array(vec![test]);
            Case { file }
        })
    };
    files().into_iter().flat_map(of_file).collect()
}

/// The files with tests.
pub(super) fn files() -> Vec<PathBuf> {
    let folder = super::folder().join("tests");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn yaml<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
