//! `nearest --apply`: makes this machine use the choice, or says why not.

mod warning;
mod words;

use std::io::{self, BufRead as _, IsTerminal as _, Write};
use std::time::SystemTime;

use self::words::{NO_REGISTRY, NOBODY, kept, missing_rights, no_lock, told};
use super::backup::BackupFile;
use super::{current, exit, write};
use crate::cli::args::nearest::{Nearest, NearestOutput};
use crate::commands::{Exit, Surroundings};
use crate::model::report::Verdict;
use crate::model::selection::NearestReport;
use crate::output::human;
use crate::output::machine::{Applied, AppliedState, Machine};
use crate::windows::apply::lock;
use crate::windows::apply::{Change, apply, recovery};
use crate::windows::registry::{Registry, RegistryError};
use crate::windows::rights;

/// Makes sure that a choice could be applied, before anything is sent; ends a change that was
/// begun and did not end.
///
/// # Errors
/// Writing failed; inside, why nothing can be applied.
pub(super) fn prepare(
    registry: Option<&mut (dyn Registry + 'static)>,
    options: &Nearest,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Result<(), String>> {
    let person = io::stdin().is_terminal() && io::stderr().is_terminal();
    prepare_for(registry, options.yes || person, surroundings)
}

fn prepare_for(
    registry: Option<&mut (dyn Registry + 'static)>,
    can_agree: bool,
    surroundings: &mut Surroundings<'_>,
) -> io::Result<Result<(), String>> {
    let Some(registry) = registry else { return Ok(Err(NO_REGISTRY.to_owned())) };
    if let Err(error) = rights::to_change_the_policy(registry) {
        return Ok(Err(missing_rights(&error)));
    }
    if !can_agree {
        return Ok(Err(NOBODY.to_owned()));
    }
    // What another one is about to write is no change that did not end.
    let _lock = match lock::take(registry) {
        Ok(lock) => lock,
        Err(error) => return Ok(Err(no_lock(error))),
    };
    match recovery::unfinished(registry) {
        Err(error) => Ok(Err(error.to_string())),
        Ok(None) => Ok(Ok(())),
        Ok(Some(found)) => match recovery::end(registry, &found) {
            Ok(()) => {
                let finding = recovery::finding(&found);
                let done = match found.progress {
                    recovery::Progress::HalfWritten => "the previous values are there again",
                    recovery::Progress::NotWritten
                    | recovery::Progress::Written
                    | recovery::Progress::Overtaken => "nothing had to be put back",
                };
                let (observed, meaning) = (finding.observed, finding.meaning);
                writeln!(surroundings.messages, "note: {observed}: {meaning}; {done}")?;
                Ok(Ok(()))
            }
            Err(error) => Ok(Err(format!(
                "a change that did not end cannot be undone: {error}\n  hint: import {} with \
                 `reg import` as an administrator",
                found.begun.backup
            ))),
        },
    }
}

/// Reads an answer from standard input; anything but a clear yes is none.
pub(super) fn answer_of_a_person(messages: &mut dyn Write) -> io::Result<bool> {
    write!(messages, "Apply? [y/N] ")?;
    messages.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}

/// Asks whether to go on.
pub(super) type Ask<'a> = &'a mut dyn FnMut(&mut dyn Write) -> io::Result<bool>;

/// A choice that is to be applied.
pub(super) struct Job<'a> {
    pub(super) report: &'a NearestReport,
    pub(super) options: &'a Nearest,
    pub(super) at: SystemTime,
}

impl Job<'_> {
    /// Writes the choice and applies it, if it should be. Text comes as it happens; every other
    /// format comes at the end, with people spoken to on the side.
    ///
    /// # Errors
    /// Writing failed.
    pub(super) fn run(
        &self,
        machine: &mut Machine,
        registry: &mut dyn Registry,
        ask: Ask<'_>,
        surroundings: &mut Surroundings<'_>,
    ) -> io::Result<Exit> {
        let as_text = self.options.output == NearestOutput::Text;
        if as_text {
            write(self.report, self.options, machine, surroundings)?;
        }
        let applied = self.apply(registry, ask, surroundings)?;
        self.tell(&human::applied(&applied, self.style(surroundings)), surroundings)?;
        let exit = self.exit(applied.state);
        machine.applied = Some(applied);
        if !as_text {
            write(self.report, self.options, machine, surroundings)?;
        }
        Ok(exit)
    }

    fn apply(
        &self,
        registry: &mut dyn Registry,
        ask: Ask<'_>,
        surroundings: &mut Surroundings<'_>,
    ) -> io::Result<Applied> {
        let change = match self.decide(registry) {
            Ok(change) => change,
            Err(applied) => return Ok(*applied),
        };
        let shown = human::change(&change.before, &change.after, self.style(surroundings));
        self.tell(&shown, surroundings)?;
        surroundings.out.flush()?;
        warning::of_policies(registry, &change.after, surroundings.messages)?;
        let agreed = self.options.yes || ask(surroundings.messages)?;
        let mut applied = if agreed {
            self.change(registry, &change)
        } else {
            Applied::nothing(AppliedState::Declined, "nothing was changed".to_owned())
        };
        (applied.before, applied.after) = (Some(change.before), Some(change.after));
        Ok(applied)
    }

    /// Makes the change; no other process makes one meanwhile.
    fn change(&self, registry: &mut dyn Registry, change: &Change) -> Applied {
        let _lock = match lock::take(registry) {
            Ok(lock) => lock,
            Err(error) => return Applied::nothing(AppliedState::Untouched, no_lock(error)),
        };
        let mut backup = BackupFile { path: self.options.backup.clone(), at: self.at };
        told(apply(registry, change, &mut backup))
    }

    /// The change that should be made, or why none.
    fn decide(&self, registry: &dyn Registry) -> Result<Change, Box<Applied>> {
        let selection = &self.report.selection;
        let chosen = selection.selected.and_then(|index| self.report.candidates.get(index));
        let Some(chosen) = chosen else {
            let text = "nothing was changed, because nothing was chosen".to_owned();
            return Err(Box::new(Applied::nothing(AppliedState::NothingChosen, text)));
        };
        let untouched = |error: RegistryError| {
            let text = format!("nothing was changed: {error}");
            Box::new(Applied::nothing(AppliedState::Untouched, text))
        };
        let url = &chosen.endpoint.url;
        let change = Change::to_server(registry, &url.for_clients()).map_err(untouched)?;
        if change.is_nothing() {
            let text = format!("this machine uses {url} already; nothing was changed");
            let before = Some(change.before);
            let (state, after) = (AppliedState::Already, Some(change.after));
            return Err(Box::new(Applied { before, after, ..Applied::nothing(state, text) }));
        }
        if self.options.force {
            return Ok(change);
        }
        let in_use = current::in_use(registry).map_err(untouched)?.ok();
        if in_use.is_some_and(|one| one.url == *url) {
            let text = kept(url, &selection.reason.text);
            return Err(Box::new(Applied::nothing(AppliedState::Kept, text)));
        }
        if exit(self.report, self.options.strict) != Exit::Healthy {
            let why = if chosen.verdict == Verdict::Healthy {
                "the choice is less certain than --strict asks for"
            } else {
                "the choice works with warnings only"
            };
            let text = format!("nothing was changed, because {why}\nhint: --force applies it");
            return Err(Box::new(Applied::nothing(AppliedState::NotSure, text)));
        }
        Ok(change)
    }

    fn exit(&self, state: AppliedState) -> Exit {
        match state {
            AppliedState::Applied
            | AppliedState::Already
            | AppliedState::Kept
            | AppliedState::NothingChosen
            | AppliedState::NotSure => exit(self.report, self.options.strict),
            AppliedState::Declined => Exit::Degraded,
            AppliedState::Untouched
            | AppliedState::Restored
            | AppliedState::Overtaken
            | AppliedState::NotRestored => Exit::Error,
        }
    }

    /// Text goes where the choice goes, unless that is for programs.
    fn tell(&self, text: &str, surroundings: &mut Surroundings<'_>) -> io::Result<()> {
        if self.options.output == NearestOutput::Text {
            write!(surroundings.out, "\n{text}")
        } else {
            surroundings.messages.write_all(text.as_bytes())
        }
    }

    fn style(&self, surroundings: &Surroundings<'_>) -> human::Style {
        let color = surroundings.style.color && self.options.output == NearestOutput::Text;
        human::Style { color, ..surroundings.style }
    }
}

#[cfg(test)]
mod tests;
