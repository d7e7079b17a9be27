//! Services with a service manager in memory.

#![cfg(test)]

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use super::manage;
use crate::commands::progress::Show;
use crate::commands::{Exit, Surroundings};
use crate::output::human::Style;
use crate::windows::service::{
    COULD_NOT_START, Code, Definition, Obstacle, ServiceError, Services, State, Status,
};

/// A manager with one service, whose states follow one another with each pause.
#[derive(Default)]
struct Fake {
    installed: Option<Definition>,
    state: Option<Status>,
    after_start: Vec<Status>,
    after_stop: Vec<Status>,
    coming: VecDeque<Status>,
    refused: Option<Obstacle>,
    lacking: Vec<&'static str>,
    waited: Duration,
}

const fn status(state: State, code: Code) -> Status {
    Status { state, code, process: None }
}

const STOPPED: Status = status(State::Stopped, Code::System(0));
const STARTING: Status = status(State::Starting, Code::System(0));
const RUNNING: Status = status(State::Running, Code::System(0));
const STOPPING: Status = status(State::Stopping, Code::System(0));

fn error(what: &'static str, obstacle: Obstacle) -> ServiceError {
    ServiceError { what, obstacle, reason: "no".to_owned() }
}

impl Fake {
    fn refuse(&self) -> Result<(), ServiceError> {
        self.refused.map_or(Ok(()), |obstacle| Err(error("do it", obstacle)))
    }

    /// What Windows says of any wish while the service ends: error 1061 to end, 1056 to start.
    fn busy(&self, what: &'static str) -> Result<(), ServiceError> {
        let is_busy = self.state.is_some_and(|status| status.state == State::Stopping);
        if is_busy { Err(error(what, Obstacle::Other)) } else { Ok(()) }
    }
}

impl Services for Fake {
    fn installed(&self, _name: &str) -> Result<Option<Definition>, ServiceError> {
        Ok(self.installed.clone())
    }

    fn status(&self, _name: &str) -> Result<Option<Status>, ServiceError> {
        Ok(self.state)
    }

    fn install(
        &mut self,
        _name: &str,
        definition: &Definition,
    ) -> Result<Vec<ServiceError>, ServiceError> {
        self.refuse()?;
        self.installed = Some(definition.clone());
        self.state = Some(STOPPED);
        Ok(self.lacking.iter().map(|what| error(what, Obstacle::Other)).collect())
    }

    fn start(&mut self, _name: &str) -> Result<(), ServiceError> {
        self.refuse()?;
        self.busy("start it")?;
        self.state = Some(STARTING);
        self.coming = self.after_start.clone().into();
        Ok(())
    }

    fn stop(&mut self, _name: &str) -> Result<(), ServiceError> {
        self.refuse()?;
        self.busy("stop it")?;
        self.state = Some(STOPPING);
        self.coming = self.after_stop.clone().into();
        Ok(())
    }

    fn remove(&mut self, _name: &str) -> Result<(), ServiceError> {
        self.refuse()?;
        assert_eq!(self.state, Some(STOPPED), "it is stopped first");
        (self.installed, self.state) = (None, None);
        Ok(())
    }

    fn pause(&mut self, time: Duration) {
        self.waited += time;
        self.state = self.coming.pop_front().or(self.state);
    }
}

type Act = fn(&mut Fake, &mut Surroundings<'_>) -> std::io::Result<Exit>;

fn done(fake: &mut Fake, act: Act) -> (Exit, String, String) {
    let (mut out, mut messages) = (Vec::new(), Vec::new());
    let style = Style { color: false, width: 80 };
    let show = Show::Nothing;
    let mut surroundings = Surroundings { out: &mut out, messages: &mut messages, style, show };
    let exit = act(fake, &mut surroundings).unwrap();
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(messages).unwrap())
}

fn wanted(arguments: &[&str]) -> Definition {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    manage::definition(Path::new(r"C:\Program Files\p.exe"), "wsus-probe", &arguments)
}

const INSTALL: Act =
    |fake, to| manage::install(fake, "wsus-probe", &wanted(&["--config", r"C:\a b.toml"]), to);
const START: Act = |fake, to| manage::start(fake, "wsus-probe", to);
const STOP: Act = |fake, to| manage::stop(fake, "wsus-probe", to);
const STATUS: Act = |fake, to| manage::status(fake, "wsus-probe", to);
const REMOVE: Act = |fake, to| manage::remove(fake, "wsus-probe", to);

#[test]
fn a_life() {
    let mut fake = Fake {
        after_start: vec![STARTING, RUNNING],
        after_stop: vec![STOPPING, STOPPED],
        ..Fake::default()
    };
    let steps: [(Act, Exit, &str); 15] = [
        (STATUS, Exit::Down, "service wsus-probe: is not installed\n"),
        (START, Exit::Error, "error: service wsus-probe is not installed\n  hint: "),
        (STOP, Exit::Error, "error: service wsus-probe is not installed\n  hint: "),
        (REMOVE, Exit::Healthy, "service wsus-probe: is not installed\n"),
        (INSTALL, Exit::Healthy, "service wsus-probe: installed\n  runs      \"C:\\Program "),
        (INSTALL, Exit::Healthy, "service wsus-probe: is installed already, the same\n"),
        (STATUS, Exit::Down, "service wsus-probe: stopped\n"),
        (STOP, Exit::Healthy, "service wsus-probe: does not run\n"),
        (START, Exit::Healthy, "service wsus-probe: runs\n"),
        (START, Exit::Healthy, "service wsus-probe: runs already\n"),
        (STATUS, Exit::Healthy, "service wsus-probe: runs\n"),
        (STOP, Exit::Healthy, "service wsus-probe: stopped\n"),
        (START, Exit::Healthy, "service wsus-probe: runs\n"),
        (REMOVE, Exit::Healthy, "service wsus-probe: removed\n"),
        (STATUS, Exit::Down, "service wsus-probe: is not installed\n"),
    ];
    for (number, (act, exit, text)) in steps.into_iter().enumerate() {
        let (found, out, messages) = done(&mut fake, act);
        assert_eq!(found, exit, "{number}: {out}{messages}");
        assert!(format!("{out}{messages}").starts_with(text), "{number}: {out}{messages}");
    }
}

#[test]
fn another_service_of_this_program_is_shown_and_left_alone() {
    let other = Definition { account: "LocalSystem".to_owned(), ..wanted(&["--dc", "dfw"]) };
    let mut fake = Fake { installed: Some(other.clone()), ..Fake::default() };
    let (exit, out, messages) = done(&mut fake, INSTALL);
    assert_eq!((exit, out.as_str()), (Exit::Error, ""));
    for part in [
        "runs: installed \"C:\\Program Files\\p.exe\" service run --name wsus-probe -- --dc dfw\n",
        "runs: wanted    \"C:\\Program Files\\p.exe\" service run --name wsus-probe -- --config \"C:\\a b.toml\"\n",
        "account: installed LocalSystem\n",
        "service remove` and install",
    ] {
        assert!(messages.contains(part), "{part} in {messages}");
    }
    assert_eq!(fake.installed, Some(other));
}

/// Wine and Windows have many: none of them is this program's to change.
#[test]
fn a_service_of_another_program_is_left_alone() {
    let program = |rest: &[&str]| {
        let command = [r"C:\Windows\svchost.exe"].iter().chain(rest).map(ToString::to_string);
        Definition { command: command.collect(), ..wanted(&[]) }
    };
    for rest in [&["-k", "netsvcs"][..], &["service"], &["run", "service", "run"], &[]] {
        let foreign = program(rest);
        for state in [RUNNING, STOPPED] {
            for act in [START, STOP, REMOVE, INSTALL] {
                let installed = Some(foreign.clone());
                let mut fake = Fake { installed, state: Some(state), ..Fake::default() };
                let (exit, out, messages) = done(&mut fake, act);
                assert_eq!((exit, out.as_str()), (Exit::Error, ""), "{messages}");
                assert!(messages.contains("of another program"), "{messages}");
                assert!(!messages.contains("service remove"), "{messages}");
                assert_eq!((fake.installed, fake.state), (Some(foreign.clone()), Some(state)));
            }
        }
    }
    assert!(program(&["service", "run", "--name", "x", "--"]).is_own());
}

#[test]
fn a_service_that_is_ending_is_waited_for() {
    for (act, text) in [(START, "runs"), (STOP, "stopped"), (REMOVE, "removed")] {
        let installed = Some(wanted(&[]));
        let mut fake = Fake { installed, state: Some(STOPPING), ..Fake::default() };
        fake.after_start = vec![STARTING, RUNNING];
        fake.coming = [STOPPING, STOPPED].into();
        let (exit, out, messages) = done(&mut fake, act);
        assert_eq!(
            (exit, out),
            (Exit::Healthy, format!("service wsus-probe: {text}\n")),
            "{messages}"
        );
    }
    // One that never ends cannot be started either.
    let state = Some(Status { process: Some(7), ..STOPPING });
    let mut fake = Fake { installed: Some(wanted(&[])), state, ..Fake::default() };
    let (exit, _, messages) = done(&mut fake, START);
    assert!(exit == Exit::Error && messages.contains("does not end: is stopping"), "{messages}");
}

#[test]
fn a_service_that_does_not_start_or_end_is_told_with_the_place_of_its_log() {
    let failed = status(State::Stopped, Code::Own(COULD_NOT_START));
    let log = if cfg!(windows) { r"C:\log" } else { "/log" };
    let by_log = format!("has the reason: {log}");
    for (arguments, after_start, part) in [
        (vec![], vec![failed], "could not start\n  hint: its log has the reason: event log"),
        (vec!["--log.file", log], vec![failed], &*by_log),
        (vec!["--log.file", "log"], vec![failed], "because: --log.file log is relative"),
        (vec![], vec![STARTING], "is starting"),
    ] {
        let (installed, state) = (Some(wanted(&arguments)), Some(STOPPED));
        let mut fake = Fake { installed, state, after_start, ..Fake::default() };
        let (exit, _, messages) = done(&mut fake, START);
        assert!(exit == Exit::Error && messages.contains(part), "{messages}");
        assert!(fake.waited < Duration::from_mins(1));
    }
    let (installed, state) = (Some(wanted(&[])), Some(Status { process: Some(7), ..RUNNING }));
    let mut fake = Fake { installed, state, ..Fake::default() };
    for act in [STOP, REMOVE] {
        let (exit, _, messages) = done(&mut fake, act);
        assert_eq!(exit, Exit::Error);
        assert!(messages.contains("does not end") && messages.contains("hint:"), "{messages}");
        assert!(fake.installed.is_some());
    }
}

#[test]
fn what_an_installed_service_lacks_is_told() {
    let mut fake = Fake { lacking: vec!["restart it when it fails"], ..Fake::default() };
    let (exit, out, messages) = done(&mut fake, INSTALL);
    assert!(out.starts_with("service wsus-probe: installed\n"), "{out}");
    let warning = "warning: cannot restart it when it fails: no\n";
    assert_eq!((exit, messages.as_str()), (Exit::Degraded, warning));
}

#[test]
fn missing_rights_are_told_with_the_remedy() {
    let (installed, state) = (Some(wanted(&[])), Some(STOPPED));
    for (act, is_there) in [(INSTALL, false), (START, true), (REMOVE, true)] {
        let mut fake = Fake { refused: Some(Obstacle::Denied), ..Fake::default() };
        if is_there {
            (fake.installed, fake.state) = (installed.clone(), state);
        }
        let (exit, _, messages) = done(&mut fake, act);
        let told = "error: cannot do it: no\n  hint: rights are missing";
        assert!(exit == Exit::Error && messages.starts_with(told), "{messages}");
    }
}

#[test]
fn names_are_those_that_windows_takes() {
    for name in ["wsus-probe", "Größe 2", &"x".repeat(256)] {
        assert_eq!(manage::check_name(name), Ok(()));
    }
    for name in ["", "a/b", r"a\b", "a\nb", &"x".repeat(257)] {
        assert!(manage::check_name(name).unwrap_err().contains("hint:"), "{name}");
    }
}
