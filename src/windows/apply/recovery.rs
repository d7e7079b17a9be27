//! What to do about a change that was begun and did not end.

use super::journal::{self, Begun};
use super::{Change, go_back, held};
use crate::model::client::{ClientFinding, ClientFindingCode, Location, Weight};
use crate::model::registry::{Place, View};
use crate::policy::desired::Desired;
use crate::windows::registry::{Registry, RegistryError};

/// How far a change came that did not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Everything is as it was before.
    NotWritten,
    /// Some values are the new ones, some are the old ones.
    HalfWritten,
    /// Everything is as it was to be.
    Written,
    /// Something else has changed the values since. They are not this program's any more.
    Overtaken,
}

/// A change that did not end, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The change.
    pub begun: Begun,
    /// How far.
    pub progress: Progress,
}

/// Looks for a change that did not end. Writes nothing.
///
/// # Errors
/// The registry cannot be read.
pub fn unfinished(registry: &dyn Registry) -> Result<Option<Unfinished>, RegistryError> {
    let Some(begun) = journal::read(registry)? else { return Ok(None) };
    let now = held(registry, &begun.change.after)?;
    let progress = progress(&begun.change, &now);
    Ok(Some(Unfinished { begun, progress }))
}

/// Ends it: puts the previous values back where only some are the new ones, and leaves everything
/// else as it is.
///
/// # Errors
/// What went wrong. It will be found again.
pub fn end(registry: &mut dyn Registry, unfinished: &Unfinished) -> Result<(), String> {
    match unfinished.progress {
        Progress::HalfWritten => go_back(registry, &unfinished.begun.change.before),
        Progress::NotWritten | Progress::Written | Progress::Overtaken => {
            journal::end(registry).map_err(|error| error.to_string())
        }
    }
}

/// Judges every value by itself: each is the old one, the new one, or both at once.
pub(super) fn progress(change: &Change, now: &Desired) -> Progress {
    let Change { before, after } = change;
    if now == after {
        return Progress::Written;
    }
    if now == before {
        return Progress::NotWritten;
    }
    let mut each = now.values.iter().zip(&before.values).zip(&after.values);
    if each.all(|((now, before), after)| now == before || now == after) {
        Progress::HalfWritten
    } else {
        Progress::Overtaken
    }
}

/// What an audit says about it.
pub fn finding(unfinished: &Unfinished) -> ClientFinding {
    let (weight, meaning, action) = match unfinished.progress {
        Progress::HalfWritten => (
            Weight::Error,
            "some values are the new ones and some the old ones: the machine may use no server",
            format!(
                "run `wsus-probe nearest --apply` as an administrator, which puts the previous \
                 values back first; or import {}",
                unfinished.begun.backup
            ),
        ),
        Progress::NotWritten => (
            Weight::Note,
            "the values are those from before the change",
            "nothing has to be done; the next `wsus-probe nearest --apply` clears the note"
                .to_owned(),
        ),
        Progress::Written => (
            Weight::Note,
            "the values are the new ones; only the note about the change was left",
            "nothing has to be done; the next `wsus-probe nearest --apply` clears the note"
                .to_owned(),
        ),
        Progress::Overtaken => (
            Weight::Note,
            "something else has changed the values since, a policy for instance; they stay",
            "nothing has to be done; the next `wsus-probe nearest --apply` clears the note"
                .to_owned(),
        ),
    };
    let key = Some(journal::key());
    let location = Location { source: 0, at: Place::View(View::Bits64), key, value: None };
    ClientFinding {
        code: ClientFindingCode::ChangeUnfinished,
        weight,
        places: vec![location],
        observed: "a change of the server in use was begun and did not end".to_owned(),
        meaning: meaning.to_owned(),
        action,
    }
}
