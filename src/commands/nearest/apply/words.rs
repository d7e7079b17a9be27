//! What people are told of a change.

use crate::model::endpoint::EndpointUrl;
use crate::output::machine::{Applied, AppliedState};
use crate::windows::apply::Outcome;
use crate::windows::apply::lock::LockError;
use crate::windows::registry::RegistryError;

pub(super) fn missing_rights(error: &RegistryError) -> String {
    if error.denied {
        format!(
            "changing this machine's server takes administrator rights: {error}\n  hint: start \
             the prompt with `Run as administrator` and try again; nothing was sent or changed"
        )
    } else {
        error.to_string()
    }
}

pub(super) fn no_lock(error: LockError) -> String {
    match error {
        LockError::Taken => ANOTHER.to_owned(),
        LockError::Failed(why) => {
            format!("{why}\n  hint: let administrators write this file; nothing was changed")
        }
    }
}

pub(super) fn kept(url: &EndpointUrl, reason: &str) -> String {
    format!(
        "{url} is in use and stays: {reason}\nnothing was changed; --force takes the nearest all \
         the same, and writes it as it should be written"
    )
}

pub(super) fn told(outcome: Outcome) -> Applied {
    let (state, text, backup) = match outcome {
        Outcome::Applied { backup, leftover } => {
            let leftover = leftover.map_or_else(String::new, |why| {
                format!("\nnote: the note that a change is being made is still there: {why}")
            });
            (AppliedState::Applied, format!("{}{leftover}", applied(&backup)), Some(backup))
        }
        Outcome::Untouched { why, backup } => {
            (AppliedState::Untouched, format!("nothing was changed: {why}"), backup)
        }
        Outcome::Restored { why, backup } => {
            let text = format!("{why}\nthe previous values are there again");
            (AppliedState::Restored, text, Some(backup))
        }
        Outcome::Overtaken { why, backup } => {
            let text = format!(
                "{why}\nsomething else, a Group Policy for instance, wrote at the same time: nothing is \
                 put back, and some of what is there may be from here\nhint: `wsus-probe client \
                 audit` says what the client makes of it; the values from before are in {backup}"
            );
            (AppliedState::Overtaken, text, Some(backup))
        }
        Outcome::Stuck { why, then, backup } => {
            let text = format!(
                "{why}\nthe previous values could not be put back: {then}\nhint: `reg import \
                 \"{backup}\"` as an administrator, or run this again"
            );
            (AppliedState::NotRestored, text, Some(backup))
        }
    };
    Applied { backup, ..Applied::nothing(state, text) }
}

fn applied(backup: &str) -> String {
    format!(
        "both URLs and UseWUServer are written and were read back\nto undo it: reg import \
         \"{backup}\"\nthe client reads it when its service starts, or at its next search for \
         updates, up to 22 hours from now; at once with `Restart-Service wuauserv`, then \
         `wuauclt /detectnow` up to Windows Server 2012 R2 or `usoclient StartScan` since 2016"
    )
}

pub(super) const NO_REGISTRY: &str =
    "this system has no registry, so a choice cannot be applied to it
  hint: run this on the Windows machine, or write a file for it with --output reg";

const ANOTHER: &str = "another `wsus-probe nearest --apply` is changing this machine's server; \
nothing was changed
  hint: wait until it has ended and run this again";

pub(super) const NOBODY: &str = "nobody can be asked: this is not a terminal
  hint: --yes applies the choice without asking";
