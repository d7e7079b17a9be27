//! The simulated fleet as the program for Windows sees it, beside this machine's own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wsus_probe::demo::fleet::fault::Fault;
use wsus_probe::demo::fleet::{Fleet, FleetOptions};
use wsus_probe::net::cbc_suites;

use crate::suite::Test;
use crate::support::program::{Run, run, wsus_probe};
use crate::windows::{says, windows_path};

pub(super) const TESTS: &[Test] = &[
    ("nearest_chooses_the_same", nearest_chooses_the_same),
    ("nearest_writes_urls_and_registry_files", nearest_writes_urls_and_registry_files),
    ("check_finds_the_same", check_finds_the_same),
];

/// More than any answer takes, also on a busy machine: what differs must not be time.
const DEADLINE: &str = "20s";

/// Fields of the JSON that may differ, each with the reason. Whatever ends in `_ms` may, too.
const DIFFERENT: [(&str, &str); 6] = [
    ("clock", "another system keeps other time stamps"),
    ("clocks", "another system keeps other time stamps"),
    ("rtt_clock", "another system keeps other time stamps"),
    ("resends", "counted only where the kernel tells"),
    ("syn_retransmits", "counted only where the kernel tells"),
    ("rejected", "its text says how long was waited"),
];

/// Finding that says how busy a machine is.
const OF_TIME: &str = "overloaded";

/// A fleet with a fault of every layer, which ends when this is dropped.
pub(super) struct Site {
    _runtime: Runtime,
    fleet: Fleet,
    folder: TempDir,
}

impl Site {
    pub(super) fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.unwrap();
        let faults = [
            ("ord", Fault::OldWindows(Arc::new(cbc_suites::legacy_only_provider()))),
            ("iad", Fault::HalfDead),
            ("lon", Fault::ExpiredCertificate),
            ("syd", Fault::PoolStopped),
            ("hkg", Fault::Tls10Only),
        ];
        let faults: BTreeMap<_, _> =
            faults.into_iter().map(|(place, fault)| (place.to_owned(), fault)).collect();
        let provider = Arc::new(cbc_suites::provider());
        let options = FleetOptions { now: SystemTime::now(), provider, faults };
        let fleet = {
            let _inside = runtime.enter();
            Fleet::start(&options).unwrap()
        };
        let folder = TempDir::new().unwrap();
        let site = Self { _runtime: runtime, folder, fleet };
        let write = |name: &str, text: &str| std::fs::write(site.path(name), text).unwrap();
        write("ca.pem", site.fleet.authority_pem());
        write("here.toml", &site.fleet.config_toml(&site.path("ca.pem").display().to_string()));
        let ca_file = windows_path(&site.path("ca.pem"));
        write("windows.toml", &site.fleet.config_toml(&ca_file));
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The configuration for the program for Windows.
    pub(super) fn windows_config(&self) -> String {
        windows_path(&self.path("windows.toml"))
    }

    /// The same without the root of its certificates.
    pub(super) fn windows_config_without_root(&self) -> String {
        let text = std::fs::read_to_string(self.path("windows.toml")).unwrap();
        let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("ca_file")).collect();
        assert_eq!(kept.len() + 1, text.lines().count());
        let path = self.path("rootless.toml");
        std::fs::write(&path, kept.join("\n")).unwrap();
        windows_path(&path)
    }

    /// What the program says to these arguments here, and for Windows.
    fn both(&self, words: &[&str]) -> (Run, Run) {
        let with = |config: String| {
            let mut all: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            all.extend(["--config".to_owned(), config, "--deadline".into(), DEADLINE.into()]);
            all
        };
        let here = run(&mut wsus_probe(with(self.path("here.toml").display().to_string())));
        (here, says(with(self.windows_config())))
    }
}

/// Without what may differ.
fn comparable(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| {
                !name.ends_with("_ms") && DIFFERENT.iter().all(|(different, _)| different != name)
            });
            fields.values_mut().for_each(comparable);
        }
        Value::Array(items) => {
            items.retain(|item| item["code"] != OF_TIME);
            items.iter_mut().for_each(comparable);
            // The answer that comes first stands first.
            items.sort_by_key(|item| item["record_type"].as_str().map(str::to_owned));
        }
        // What the system calls an error is in its own words.
        Value::String(text) => {
            if let Some((_, rest)) = text.split_once("(os error ") {
                *text = rest.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Both programs were given the same servers, so they say the same.
fn assert_same(here: &Run, there: &Run) {
    assert_eq!(here.code(), there.code(), "{there:?}");
    let (mut expected, mut found) = (here.json(), there.json());
    comparable(&mut expected);
    comparable(&mut found);
    assert_eq!(
        serde_json::to_string_pretty(&found).unwrap(),
        serde_json::to_string_pretty(&expected).unwrap()
    );
}

/// A run of each in which both chose without doubt: on a busy machine the
/// nearest server may look slow, and then there is another try.
fn nearest(site: &Site, output: &str) -> (Run, Run) {
    let mut tries = 3;
    loop {
        let (here, there) = site.both(&["nearest", "--output", output]);
        tries -= 1;
        if tries == 0 || (here.code() == 0 && there.code() == 0) {
            return (here, there);
        }
    }
}

fn nearest_chooses_the_same() {
    let site = Site::start();
    let (here, there) = nearest(&site, "json");
    assert_eq!(here.code(), there.code(), "{there:?}");
    let (expected, found) = (here.json(), there.json());
    assert_eq!(found["selected"]["name"], "dfw", "{there:?}");
    let mut selected = [&expected, &found].map(|report| report["selected"].clone());
    selected.iter_mut().for_each(comparable);
    assert_eq!(selected[1], selected[0]);
    // The text says how far the others had come when it was decided.
    assert_eq!(found["reason"]["code"], expected["reason"]["code"]);
    println!("nearest took {:?} here and {:?} under Wine", here.elapsed, there.elapsed);
    assert!(here.elapsed < Duration::from_secs(20));
}

fn nearest_writes_urls_and_registry_files() {
    let site = Site::start();
    for output in ["url", "reg", "powershell"] {
        let (here, there) = nearest(&site, output);
        let settings = |run: &Run| {
            // Comments tell when and why it was chosen.
            let lines = run.stdout.lines().filter(|line| !line.starts_with([';', '#']));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!((here.code(), settings(&here)), (there.code(), settings(&there)), "{there:?}");
    }
}

fn check_finds_the_same() {
    let site = Site::start();
    let (here, there) = site.both(&["check", "--output", "json"]);
    assert_same(&here, &there);
    let (_, there) = site.both(&["check", "--details"]);
    assert_eq!(there.code(), here.code());
    for word in ["certificate_expired", "wsus_pool_stopped", "refused", "*12.0"] {
        assert!(there.stdout.contains(word), "{word}: {there:?}");
    }
}
