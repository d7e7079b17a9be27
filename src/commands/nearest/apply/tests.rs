//! From a choice to what is there afterwards.

use std::cell::Cell;

use super::*;
use crate::commands::progress::Show;
use crate::model::registry::{Data, KeyPath, View};
use crate::output::fixture;
use crate::policy::desired::Desired;
use crate::policy::setting::Setting;
use crate::windows::apply::Outcome;
use crate::windows::apply::journal;
use crate::windows::registry::memory::Memory;

/// The endpoint that the fixture's run chose.
fn url() -> String {
    fixture::nearest().candidates[0].endpoint.url.to_string()
}

fn machine(server: &str) -> Memory {
    let mut memory = Memory::default();
    for (setting, data) in Desired::server(server).values {
        memory.set(&setting.key(), setting.value_name(), &data.unwrap()).unwrap();
    }
    memory
}

struct Run {
    exit: Exit,
    out: String,
    messages: String,
    applied: Applied,
    asked: u32,
    registry: Memory,
}

/// Applies a report in a folder of its own; the answer is what a person says if asked.
fn run(report: &NearestReport, options: Nearest, before: &Memory, answer: bool) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let backup = options.backup.clone().or_else(|| Some(folder.path().join("before.reg")));
    let options = Nearest { apply: true, backup, ..options };
    let (mut out, mut messages, mut registry) = (Vec::new(), Vec::new(), before.clone());
    let style = human::Style { color: false, width: 80 };
    let mut surroundings =
        Surroundings { out: &mut out, messages: &mut messages, style, show: Show::Nothing };
    let asked = Cell::new(0);
    let mut ask = |_: &mut dyn Write| {
        asked.set(asked.get() + 1);
        Ok(answer)
    };
    let mut machine = Machine::default();
    let job = Job { report, options: &options, at: fixture::now() };
    let exit = job.run(&mut machine, &mut registry, &mut ask, &mut surroundings).unwrap();
    let applied = machine.applied.unwrap();
    let saved = folder.path().join("before.reg").exists();
    assert!(
        options.backup != Some(folder.path().join("before.reg"))
            || saved == applied.backup.is_some()
    );
    Run {
        exit,
        out: String::from_utf8(out).unwrap().replace(&*folder.path().to_string_lossy(), "FOLDER"),
        messages: String::from_utf8(messages).unwrap(),
        applied,
        asked: asked.get(),
        registry,
    }
}

fn yes() -> Nearest {
    Nearest { yes: true, ..Nearest::default() }
}

fn forced() -> Nearest {
    Nearest { force: true, ..yes() }
}

#[test]
fn a_choice_is_shown_asked_about_and_applied() {
    let report = fixture::nearest();
    let before = machine("http://old.test:8530");
    let run = run(&report, Nearest::default(), &before, true);
    assert_eq!((run.exit, run.asked, run.applied.state), (Exit::Healthy, 1, AppliedState::Applied));
    assert_eq!(run.registry, machine(&url()));
    let out = run.out.replace(std::path::MAIN_SEPARATOR, "/");
    let (_, of_machine) = out.split_once("\nvalue ").unwrap();
    insta::assert_snapshot!(format!("value {of_machine}"));
    assert_eq!(run.messages, "");
}

#[test]
fn who_does_not_agree_changes_nothing() {
    let before = machine("http://old.test:8530");
    let run = run(&fixture::nearest(), Nearest::default(), &before, false);
    assert_eq!(
        (run.exit, run.asked, run.applied.state),
        (Exit::Degraded, 1, AppliedState::Declined)
    );
    assert_eq!(run.registry, before);
}

#[test]
fn what_is_so_already_is_not_written() {
    let before = machine(&url());
    for options in [yes(), forced()] {
        let run = run(&fixture::nearest(), options, &before, true);
        assert_eq!((run.exit, run.applied.state), (Exit::Healthy, AppliedState::Already));
        assert_eq!((run.registry, run.applied.backup), (before.clone(), None));
    }
}

/// The choice is the server in use, though its URL is not written as it should be.
#[test]
fn the_server_in_use_stays_unless_forced() {
    let before = machine(&(url() + "/"));
    let kept = run(&fixture::nearest(), yes(), &before, true);
    assert_eq!((kept.exit, kept.applied.state), (Exit::Healthy, AppliedState::Kept));
    assert_eq!(kept.registry, before);
    let forced = run(&fixture::nearest(), forced(), &before, true);
    assert_eq!(forced.applied.state, AppliedState::Applied);
    assert_eq!(forced.registry, machine(&url()));
}

#[test]
fn nothing_healthy_changes_nothing_even_by_force() {
    let before = machine("http://old.test:8530");
    for options in [yes(), forced()] {
        let run = run(&fixture::nearest_none(), options, &before, true);
        assert_eq!((run.exit, run.applied.state), (Exit::Down, AppliedState::NothingChosen));
        assert_eq!((run.registry, run.applied.backup), (before.clone(), None));
    }
}

#[test]
fn a_choice_with_warnings_or_doubts_is_applied_by_force_only() {
    let mut sick = fixture::nearest();
    sick.candidates[0].verdict = Verdict::Degraded;
    let doubtful = || Nearest { strict: Some(1.0), ..yes() };
    let before = machine("http://old.test:8530");
    for (report, options) in [(&sick, yes()), (&fixture::nearest(), doubtful())] {
        let left = run(report, options.clone(), &before, true);
        assert_eq!((left.exit, left.applied.state), (Exit::Degraded, AppliedState::NotSure));
        assert_eq!(left.registry, before);
        let forced = run(report, Nearest { force: true, ..options }, &before, true);
        assert_eq!((forced.exit, forced.applied.state), (Exit::Degraded, AppliedState::Applied));
    }
}

#[test]
fn without_a_backup_nothing_is_changed() {
    let before = machine("http://old.test:8530");
    let options = Nearest { backup: Some("/nonexistent/before.reg".into()), ..yes() };
    let run = run(&fixture::nearest(), options, &before, true);
    assert_eq!((run.exit, run.applied.state), (Exit::Error, AppliedState::Untouched));
    assert!(run.applied.text.contains("--backup"), "{}", run.applied.text);
    assert_eq!(run.registry, before);
}

#[test]
fn json_stays_json_and_tells_what_was_done() {
    let options = Nearest { output: NearestOutput::Json, ..yes() };
    let run = run(&fixture::nearest(), options, &Memory::default(), true);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let applied = &json["applied"];
    assert_eq!((&applied["state"], &json["schema_version"]), (&"applied".into(), &1.into()));
    assert!(applied["before"]["WUServer"].is_null());
    assert_eq!(applied["after"]["WUServer"], url());
    assert_eq!(applied["after"]["UseWUServer"], 1);
    assert!(applied["backup_file"].as_str().unwrap().ends_with("before.reg"));
    assert!(run.messages.contains("WUStatusServer"), "{}", run.messages);
}

/// A registry that this process may not write.
struct Guarded(Memory, bool);

impl Registry for Guarded {
    fn values(
        &self,
        key: &KeyPath,
        view: View,
    ) -> Result<Option<Vec<(String, Data)>>, RegistryError> {
        self.0.values(key, view)
    }

    fn set(&mut self, _: &KeyPath, _: &str, _: &Data) -> Result<(), RegistryError> {
        panic!("written")
    }

    fn remove(&mut self, _: &KeyPath, _: &str) -> Result<(), RegistryError> {
        panic!("written")
    }

    fn remove_key(&mut self, _: &KeyPath) -> Result<(), RegistryError> {
        panic!("written")
    }

    fn writable(&self, key: &KeyPath) -> Result<(), RegistryError> {
        let reason = "Access is denied. (0x80070005)".to_owned();
        Err(RegistryError { what: format!("write {key}"), denied: self.1, reason })
    }
}

fn prepared(
    registry: Option<&mut (dyn Registry + 'static)>,
    can_agree: bool,
) -> (Result<(), String>, String) {
    let (mut out, mut messages) = (Vec::new(), Vec::new());
    let style = human::Style { color: false, width: 80 };
    let mut surroundings =
        Surroundings { out: &mut out, messages: &mut messages, style, show: Show::Nothing };
    let result = prepare_for(registry, can_agree, &mut surroundings).unwrap();
    (result, String::from_utf8(messages).unwrap())
}

#[test]
fn what_is_missing_is_told_before_anything_else() {
    let (result, _) = prepared(None, true);
    assert!(result.unwrap_err().contains("--output reg"));
    let (result, _) = prepared(Some(&mut Guarded(Memory::default(), true)), false);
    assert!(result.unwrap_err().contains("Run as administrator"));
    let (result, _) = prepared(Some(&mut Guarded(Memory::default(), false)), true);
    assert!(!result.unwrap_err().contains("administrator"));
    let (result, _) = prepared(Some(&mut machine(&url())), false);
    assert!(result.unwrap_err().contains("--yes"));
    assert_eq!(prepared(Some(&mut machine(&url())), true), (Ok(()), String::new()));
}

/// The lock is taken for looking at a change that did not end, and for making one; not while
/// somebody is asked.
#[test]
fn two_changes_at_once_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut registry = machine("http://old.test:8530");
    let windows = Data::String(folder.path().to_str().unwrap().to_owned() + "/x");
    let key = KeyPath::machine("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion");
    std::fs::create_dir(folder.path().join("x")).unwrap();
    registry.set(&key, "SystemRoot", &windows).unwrap();
    let before = registry.clone();
    let held = lock::take(&registry).unwrap();
    let (result, _) = prepared(Some(&mut registry), true);
    assert!(result.unwrap_err().starts_with("another `wsus-probe nearest --apply` is changing"));
    let run_one = |answer| run(&fixture::nearest(), Nearest::default(), &before, answer);
    let refused = run_one(true);
    assert_eq!((refused.exit, refused.applied.state), (Exit::Error, AppliedState::Untouched));
    assert!(refused.applied.text.contains("hint: wait"), "{}", refused.applied.text);
    assert_eq!((refused.asked, refused.registry), (1, before.clone()));
    assert_eq!(run_one(false).applied.state, AppliedState::Declined);
    drop(held);
    assert_eq!(prepared(Some(&mut registry), true).0, Ok(()));
    assert_eq!(run_one(true).applied.state, AppliedState::Applied);
}

#[test]
fn values_that_something_else_set_are_told_as_such() {
    let (why, backup) = ("WUServer was written".to_owned(), "C:\\before.reg".to_owned());
    let applied = told(Outcome::Overtaken { why, backup });
    assert_eq!(applied.state, AppliedState::Overtaken);
    for part in ["Group Policy", "wrote at the same time", "C:\\before.reg"] {
        assert!(applied.text.contains(part), "{part}: {}", applied.text);
    }
}

#[test]
fn half_a_change_is_undone_first() {
    let before = machine("http://old.test:8530");
    let mut registry = before.clone();
    let change = Change::to_server(&registry, &url()).unwrap();
    journal::begin(&mut registry, &change, "C:\\before.reg").unwrap();
    let data = Data::String(url());
    registry.set(&Setting::WuServer.key(), "WUServer", &data).unwrap();
    let (result, messages) = prepared(Some(&mut registry), true);
    assert_eq!((result, registry), (Ok(()), before));
    assert!(messages.contains("did not end"), "{messages}");
}
