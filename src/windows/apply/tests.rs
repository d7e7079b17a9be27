//! A change is stopped at every step, in every way in which it can be.

use std::cell::Cell;
use std::fmt::Write as _;

use super::recovery::{Progress, unfinished};
use super::*;
use crate::model::registry::{Data, KeyPath, View};
use crate::windows::registry::memory::Memory;

const OLD: &str = "http://old.test:8530";
const NEW: &str = "https://new.test:8531";

/// What happens at one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The process ends before the step: nothing happens any more.
    DiesBefore,
    /// The process ends after it.
    DiesAfter,
    /// The step fails; later ones do not.
    Fails,
    /// It and all later steps that write fail; reading goes on.
    WritesFailFromHere,
    /// The step says that it was done, and was not.
    Lies,
}

/// When something else sets all values, at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    /// Before it.
    Before,
    /// After it.
    After,
    /// Before it, and then the step fails.
    AndFails,
}

/// The steps of the note, before the first of the policy: three values, where they were saved, and
/// the new server.
const NOTE: usize = 5;

const THIRD: &str = "http://third.test:8530";

const FAULTS: [Fault; 5] =
    [Fault::DiesBefore, Fault::DiesAfter, Fault::Fails, Fault::WritesFailFromHere, Fault::Lies];

/// A registry that has a fault at its nth step, counted from 0. Steps are what writes.
struct Faulty {
    inner: Memory,
    fault: Option<(usize, Fault)>,
    step: usize,
    dead: Cell<bool>,
    /// Does several steps as one, as the system does with transactions.
    transactions: bool,
    /// Something else that writes, too.
    third: Option<(usize, Meanwhile)>,
}

impl Faulty {
    fn new(inner: Memory, fault: Option<(usize, Fault)>, transactions: bool) -> Self {
        Self { inner, fault, step: 0, dead: Cell::new(false), transactions, third: None }
    }

    fn error() -> RegistryError {
        RegistryError { what: "try".to_owned(), denied: false, reason: "made to fail".to_owned() }
    }

    fn write(&mut self, action: impl FnOnce(&mut Memory)) -> Result<(), RegistryError> {
        let third = self.third.filter(|(at, _)| *at == self.step).map(|(_, when)| when);
        if matches!(third, Some(Meanwhile::Before | Meanwhile::AndFails)) {
            set_server(&mut self.inner, THIRD);
        }
        let done = if third == Some(Meanwhile::AndFails) {
            self.step += 1;
            Err(Self::error())
        } else {
            self.write_itself(action)
        };
        if third == Some(Meanwhile::After) {
            set_server(&mut self.inner, THIRD);
        }
        done
    }

    fn write_itself(&mut self, action: impl FnOnce(&mut Memory)) -> Result<(), RegistryError> {
        let step = self.step;
        self.step += 1;
        if self.dead.get() {
            return Err(Self::error());
        }
        match self.fault {
            Some((at, fault)) if at == step => match fault {
                Fault::DiesBefore => self.dead.set(true),
                Fault::DiesAfter => {
                    action(&mut self.inner);
                    self.dead.set(true);
                }
                Fault::Fails | Fault::WritesFailFromHere => {}
                Fault::Lies => return Ok(()),
            },
            Some((at, Fault::WritesFailFromHere)) if step > at => {}
            _ => {
                action(&mut self.inner);
                return Ok(());
            }
        }
        Err(Self::error())
    }
}

impl Registry for Faulty {
    fn values(
        &self,
        key: &KeyPath,
        view: View,
    ) -> Result<Option<Vec<(String, Data)>>, RegistryError> {
        if self.dead.get() { Err(Self::error()) } else { self.inner.values(key, view) }
    }

    fn set(&mut self, key: &KeyPath, name: &str, data: &Data) -> Result<(), RegistryError> {
        self.write(|inner| inner.set(key, name, data).unwrap())
    }

    fn remove(&mut self, key: &KeyPath, name: &str) -> Result<(), RegistryError> {
        self.write(|inner| inner.remove(key, name).unwrap())
    }

    fn remove_key(&mut self, key: &KeyPath) -> Result<(), RegistryError> {
        self.write(|inner| inner.remove_key(key).unwrap())
    }

    fn writable(&self, _key: &KeyPath) -> Result<(), RegistryError> {
        Ok(())
    }

    fn change(&mut self, steps: &[Step]) -> Result<(), RegistryError> {
        if self.transactions {
            return self.write(|inner| inner.change(steps).unwrap());
        }
        steps.iter().try_for_each(|step| self.step(step))
    }
}

/// Keeps what was saved, or cannot.
#[derive(Default)]
struct Saved {
    operations: Vec<Operation>,
    full: bool,
}

impl Backup for Saved {
    fn save(&mut self, previous: &[Operation]) -> Result<String, String> {
        if self.full {
            return Err("the disk is full".to_owned());
        }
        self.operations = previous.to_vec();
        Ok("before.reg".to_owned())
    }
}

/// The settings that a machine may have before, each with what it does at the moment.
fn beginnings() -> Vec<(&'static str, Memory)> {
    let with = |values: &[(Setting, Data)]| {
        let mut memory = Memory::default();
        for (setting, data) in values {
            memory.set(&setting.key(), setting.value_name(), data).unwrap();
        }
        memory
    };
    let text = |url: &str| Data::String(url.to_owned());
    vec![
        ("nothing", Memory::default()),
        (
            "another server",
            with(&[
                (Setting::WuServer, text(OLD)),
                (Setting::WuStatusServer, text(OLD)),
                (Setting::UseWuServer, Data::Dword(1)),
                (Setting::DetectionFrequency, Data::Dword(4)),
            ]),
        ),
        (
            "switched off",
            with(&[
                (Setting::WuServer, text(OLD)),
                (Setting::WuStatusServer, text(OLD)),
                (Setting::UseWuServer, Data::Dword(0)),
            ]),
        ),
        (
            "odd",
            with(&[
                (Setting::WuServer, Data::Other { kind: 1, bytes: vec![1, 2, 3] }),
                (Setting::UseWuServer, text("1")),
            ]),
        ),
    ]
}

fn set_server(memory: &mut Memory, url: &str) {
    for (setting, data) in Desired::server(url).values {
        memory.set(&setting.key(), setting.value_name(), &data.unwrap()).unwrap();
    }
}

fn policy(memory: &Memory) -> Desired {
    held(memory, &Desired::server(NEW)).unwrap()
}

/// What the client makes of it, in a word.
fn word(memory: &Memory) -> &'static str {
    let now = policy(memory);
    let [server, status, used] = [0, 1, 2].map(|index: usize| now.values[index].1.clone());
    match (server, status, used) {
        (Some(Data::String(a)), Some(Data::String(b)), Some(Data::Dword(1))) if a == b => {
            if a == NEW { "new" } else { "old" }
        }
        (_, _, Some(Data::Dword(1))) => "none",
        _ => "Microsoft",
    }
}

/// The number of steps that a change of this machine takes when nothing goes wrong.
fn steps(before: &Memory, transactions: bool) -> usize {
    let mut registry = Faulty::new(before.clone(), None, transactions);
    let change = Change::to_server(&registry, NEW).unwrap();
    let outcome = apply(&mut registry, &change, &mut Saved::default());
    assert!(matches!(outcome, Outcome::Applied { leftover: None, .. }), "{outcome:?}");
    registry.step
}

#[test]
fn a_change_leaves_everything_else_alone_and_can_be_undone() {
    for (name, before) in beginnings() {
        let mut registry = before.clone();
        let change = Change::to_server(&registry, NEW).unwrap();
        let mut saved = Saved::default();
        let outcome = apply(&mut registry, &change, &mut saved);
        let expected = Outcome::Applied { backup: "before.reg".to_owned(), leftover: None };
        assert_eq!(outcome, expected, "{name}");
        assert_eq!(word(&registry), "new");
        assert!(Change::to_server(&registry, NEW).unwrap().is_nothing());
        for operation in saved.operations {
            match operation {
                Operation::Set { key, name, data, .. } => registry.set(&key, &name, &data).unwrap(),
                Operation::DeleteValue { key, name } => registry.remove(&key, &name).unwrap(),
                Operation::Key(_) => {}
                Operation::DeleteKey(_) | Operation::DeleteValues(_) => panic!("too much"),
            }
        }
        assert_eq!(registry, before, "{name}");
    }
}

/// The heart of it: every fault at every step, with and without transactions, from every
/// beginning. What is told is true, and what is left is the old, the new, or what the next run
/// repairs.
#[test]
fn whatever_happens_at_any_step_nothing_half_written_survives_a_rerun() {
    let mut cases = 0;
    for (name, before) in beginnings() {
        for transactions in [false, true] {
            for step in 0..steps(&before, transactions) {
                for fault in FAULTS {
                    let at = format!("{name}, step {step}, {fault:?}, {transactions}");
                    stop(&before, (step, fault), transactions, &at);
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 300, "{cases}");
}

fn stop(before: &Memory, fault: (usize, Fault), transactions: bool, at: &str) {
    let mut registry = Faulty::new(before.clone(), Some(fault), transactions);
    let change = Change::to_server(&registry, NEW).unwrap();
    let outcome = apply(&mut registry, &change, &mut Saved::default());
    let mut left = registry.inner;
    let survived = !registry.dead.get();
    let now = policy(&left);
    if survived {
        match &outcome {
            Outcome::Applied { .. } => assert_eq!(now, change.after, "{at}"),
            Outcome::Untouched { .. } | Outcome::Restored { .. } => {
                assert_eq!(now, change.before, "{at}");
            }
            Outcome::Overtaken { .. } => panic!("{at}: by nobody"),
            Outcome::Stuck { .. } => {
                let found = unfinished(&left).unwrap();
                assert!(found.is_some() || now == change.before, "{at}: told and not found");
            }
        }
    }
    if transactions {
        assert!([&change.before, &change.after].contains(&&now), "{at}: not at once");
    }
    // The rerun: first what was begun is ended, then the change is made.
    if let Some(found) = unfinished(&left).unwrap() {
        assert_ne!(found.progress, Progress::Overtaken, "{at}");
        recovery::end(&mut left, &found).unwrap();
        assert_eq!(unfinished(&left), Ok(None), "{at}");
        let expected =
            if found.progress == Progress::Written { &change.after } else { &change.before };
        assert_eq!(&policy(&left), expected, "{at}");
    } else {
        assert!([&change.before, &change.after].contains(&&now), "{at}: half and not noted");
    }
    let again = Change::to_server(&left, NEW).unwrap();
    if !again.is_nothing() {
        let outcome = apply(&mut left, &again, &mut Saved::default());
        assert!(matches!(outcome, Outcome::Applied { leftover: None, .. }), "{at}: {outcome:?}");
    }
    // A note that does not count may be left by a run that ended at once; nothing of the policy is.
    left.remove_key(&journal::key()).unwrap();
    let mut undisturbed = before.clone();
    apply(&mut undisturbed, &change, &mut Saved::default());
    assert_eq!(left, undisturbed, "{at}");
}

/// Something else sets all values at any step, and the step may fail besides: what it set is only
/// written over by what was on the way already, and never by the values from before.
#[test]
fn what_something_else_sets_at_any_step_is_not_taken_back() {
    let (mut told, whens) =
        (Vec::new(), [Meanwhile::Before, Meanwhile::After, Meanwhile::AndFails]);
    for (name, before) in beginnings() {
        for transactions in [false, true] {
            for step in 0..steps(&before, transactions) {
                for when in whens {
                    let at = format!("{name}, step {step}, {when:?}, {transactions}");
                    let mut registry = Faulty::new(before.clone(), None, transactions);
                    registry.third = Some((step, when));
                    let change = Change::to_server(&registry, NEW).unwrap();
                    let outcome = apply(&mut registry, &change, &mut Saved::default());
                    if step < NOTE {
                        assert!(matches!(outcome, Outcome::Untouched { .. }), "{at}: {outcome:?}");
                    }
                    told.push(is_respected(&change, &registry.inner, &outcome, &at));
                }
            }
        }
    }
    for outcome in ["applied", "untouched", "overtaken"] {
        assert!(told.contains(&outcome), "{outcome}: {told:?}");
    }
}

fn is_respected(change: &Change, left: &Memory, outcome: &Outcome, at: &str) -> &'static str {
    let (now, third) = (policy(left), Desired::server(THIRD));
    let each = now.values.iter().zip(&third.values).zip(&change.after.values);
    for ((now, third), after) in each {
        assert!(now == third || now == after, "{at}: {now:?}, {outcome:?}");
    }
    match outcome {
        // It may come when everything is done.
        Outcome::Applied { .. } => {
            assert!(now == change.after || now == third, "{at}: {now:?}");
            "applied"
        }
        Outcome::Untouched { .. } => {
            assert_eq!(now, third, "{at}");
            "untouched"
        }
        Outcome::Overtaken { .. } => {
            assert_ne!(now, change.after, "{at}");
            assert_eq!(unfinished(left), Ok(None), "{at}: there is nothing left to do");
            "overtaken"
        }
        Outcome::Restored { .. } | Outcome::Stuck { .. } => panic!("{at}: {outcome:?}"),
    }
}

/// A step fails, and something else comes at any later one: what is told of it is true.
#[test]
fn what_is_told_is_true_whoever_comes_on_the_way_back() {
    let mut overtaken = 0;
    for (name, before) in beginnings() {
        let all = steps(&before, false);
        for (step, third) in (0..all).flat_map(|step| (step + 1..2 * all).map(move |t| (step, t))) {
            for when in [Meanwhile::Before, Meanwhile::After] {
                let at = format!("{name}, step {step}, then {third}, {when:?}");
                let mut registry = Faulty::new(before.clone(), Some((step, Fault::Fails)), false);
                registry.third = Some((third, when));
                let change = Change::to_server(&registry, NEW).unwrap();
                let outcome = apply(&mut registry, &change, &mut Saved::default());
                let now = policy(&registry.inner);
                match outcome {
                    Outcome::Applied { .. } => assert!(step > 7, "{at}"),
                    // It may come when the note is taken away.
                    Outcome::Untouched { .. } | Outcome::Restored { .. } => assert!(
                        now == change.before || now == Desired::server(THIRD),
                        "{at}: {now:?}"
                    ),
                    Outcome::Overtaken { .. } => {
                        assert!(now != change.before && now != change.after, "{at}");
                        overtaken += 1;
                    }
                    Outcome::Stuck { .. } => {
                        assert!(unfinished(&registry.inner) != Ok(None), "{at}");
                    }
                }
            }
        }
    }
    assert!(overtaken > 0);
}

/// What a crash leaves at each step, for a machine that used another server.
#[test]
fn states_after_a_crash() {
    let mut table = String::new();
    for (name, before) in beginnings().into_iter().take(3) {
        writeln!(table, "{name}").unwrap();
        for step in 0..=steps(&before, false) {
            let fault = Some((step, Fault::DiesBefore));
            let mut registry = Faulty::new(before.clone(), fault, false);
            let change = Change::to_server(&registry, NEW).unwrap();
            apply(&mut registry, &change, &mut Saved::default());
            let mut left = registry.inner;
            let found = unfinished(&left).unwrap();
            let progress = found
                .as_ref()
                .map_or_else(|| "-".to_owned(), |found| format!("{:?}", found.progress));
            let uses = word(&left);
            if let Some(found) = found {
                recovery::end(&mut left, &found).unwrap();
            }
            writeln!(table, "{step:>2}  {uses:<10} {progress:<12} {}", word(&left)).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn nothing_is_written_where_the_previous_values_cannot_be_saved() {
    let (_, before) = beginnings().remove(1);
    let mut registry = Faulty::new(before.clone(), None, false);
    let change = Change::to_server(&registry, NEW).unwrap();
    let mut saved = Saved { full: true, ..Saved::default() };
    let outcome = apply(&mut registry, &change, &mut saved);
    let why = "the disk is full".to_owned();
    assert_eq!(outcome, Outcome::Untouched { why, backup: None });
    assert_eq!((registry.step, registry.inner), (0, before));
}

#[test]
fn what_changed_after_it_was_shown_is_not_written_over() {
    let (_, mut registry) = beginnings().remove(1);
    let change = Change::to_server(&registry, NEW).unwrap();
    registry.set(&Setting::UseWuServer.key(), "UseWUServer", &Data::Dword(0)).unwrap();
    let left = registry.clone();
    let outcome = apply(&mut registry, &change, &mut Saved::default());
    assert!(matches!(outcome, Outcome::Untouched { backup: None, .. }), "{outcome:?}");
    assert_eq!(registry, left);
}

/// Half of a change was written; then a policy set another server. Going back would undo that.
#[test]
fn values_that_something_else_set_since_are_left_alone() {
    let (_, before) = beginnings().remove(1);
    let mut registry = Faulty::new(before, Some((6, Fault::DiesBefore)), false);
    let change = Change::to_server(&registry, NEW).unwrap();
    apply(&mut registry, &change, &mut Saved::default());
    let mut left = registry.inner;
    assert_eq!(unfinished(&left).unwrap().unwrap().progress, Progress::HalfWritten);
    let third = Data::String("http://third.test:8530".to_owned());
    left.set(&Setting::WuServer.key(), "WUServer", &third).unwrap();
    let found = unfinished(&left).unwrap().unwrap();
    assert_eq!(found.progress, Progress::Overtaken);
    let values = policy(&left);
    recovery::end(&mut left, &found).unwrap();
    assert_eq!((policy(&left), unfinished(&left)), (values, Ok(None)));
}

#[test]
fn an_audit_tells_half_a_change_as_an_error() {
    let begun = journal::Begun {
        change: Change { before: Desired::server(OLD), after: Desired::server(NEW) },
        backup: "C:\\before.reg".to_owned(),
    };
    for (progress, weight) in [
        (Progress::HalfWritten, "error"),
        (Progress::NotWritten, "note"),
        (Progress::Written, "note"),
    ] {
        let found = recovery::finding(&recovery::Unfinished { begun: begun.clone(), progress });
        assert_eq!(found.weight.as_str(), weight);
        assert_eq!(found.action.contains("before.reg"), progress == Progress::HalfWritten);
    }
}
