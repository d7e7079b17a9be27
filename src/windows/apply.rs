//! A change of the server that a client uses: all of it or nothing, whatever happens on the way.
//!
//! The order is: read what is there; save it in a file; note in the registry itself that a change
//! begins ([`journal`]); write; read back; take the note away. Whoever finds the note later knows
//! that the change did not end, and what was there before ([`recovery`]). Where the system has
//! transactions the values change at once; where it has none, the order in which they are written
//! sees to it that a change cut short leaves the client with its old server, its new one, or two
//! URLs that differ: and then it uses neither, rather than one that nobody chose.
//!
//! Nothing is written over what somebody else wrote meanwhile, a Group Policy for instance: before
//! it goes back, it looks whether every value is still the old one or the new one.

pub mod journal;
pub mod lock;
pub mod recovery;

use self::recovery::Progress;
use super::registry::{Registry, RegistryError, Step};
use crate::model::registry::Operation;
use crate::policy::desired::Desired;
use crate::policy::setting::Setting;

/// What is there, and what is to be there instead. Both have the same settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// As it was read.
    pub before: Desired,
    /// As it is wanted.
    pub after: Desired,
}

impl Change {
    /// What has to change for a machine to use a server.
    ///
    /// # Errors
    /// A value is there and cannot be read.
    pub fn to_server(registry: &dyn Registry, url: &str) -> Result<Self, RegistryError> {
        let after = Desired::server(url);
        Ok(Self { before: held(registry, &after)?, after })
    }

    /// Whether everything is as it is wanted.
    pub fn is_nothing(&self) -> bool {
        self.before == self.after
    }
}

/// Where the previous values are saved before anything is written.
pub trait Backup {
    /// Saves them so that they survive a crash of the machine; tells where.
    ///
    /// # Errors
    /// What went wrong, and what to do, in one or more lines. Nothing is there then.
    fn save(&mut self, previous: &[Operation]) -> Result<String, String>;
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The new values are there; they were read back.
    Applied {
        /// Where the previous values are.
        backup: String,
        /// The note about the change could not be taken away, and why; harmless, and the next
        /// change does it.
        leftover: Option<String>,
    },
    /// Nothing was written to the policy.
    Untouched {
        /// Why not.
        why: String,
        /// Where the previous values are, if they were saved.
        backup: Option<String>,
    },
    /// The change failed, and the previous values are there again; they were read back.
    Restored {
        /// What failed.
        why: String,
        /// Where the previous values are as well.
        backup: String,
    },
    /// The change failed because something else wrote the values at the same time: nothing is put
    /// back.
    Overtaken {
        /// What failed.
        why: String,
        /// Where the previous values are.
        backup: String,
    },
    /// The change failed, and so did going back: nobody knows what is there.
    Stuck {
        /// What failed at first.
        why: String,
        /// What failed on the way back.
        then: String,
        /// Where the previous values are.
        backup: String,
    },
}

/// Makes a change that was read and shown before.
pub fn apply(registry: &mut dyn Registry, change: &Change, backup: &mut dyn Backup) -> Outcome {
    if let Err(why) = is_still(registry, &change.before) {
        return Outcome::Untouched { why, backup: None };
    }
    let file = match backup.save(&change.before.operations()) {
        Ok(file) => file,
        Err(why) => return Outcome::Untouched { why, backup: None },
    };
    if let Err(error) = journal::begin(registry, change, &file) {
        return Outcome::Untouched { why: error.to_string(), backup: Some(file) };
    }
    // Saving takes its time: the disk has to confirm it.
    if let Err(why) = is_still(registry, &change.before) {
        end_quietly(registry);
        return Outcome::Untouched { why, backup: Some(file) };
    }
    match put(registry, &change.after, Order::Forward) {
        Ok(()) => {
            let leftover = journal::end(registry).err().map(|error| error.to_string());
            Outcome::Applied { backup: file, leftover }
        }
        Err(why) => give_up(registry, change, why, file),
    }
}

/// Whether the settings are as they were read.
fn is_still(registry: &dyn Registry, before: &Desired) -> Result<(), String> {
    match held(registry, before) {
        Ok(now) if now == *before => Ok(()),
        Ok(_) => Err("the settings have changed since they were shown".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Goes back after a change that failed, unless something else has set the values since.
fn give_up(registry: &mut dyn Registry, change: &Change, why: String, backup: String) -> Outcome {
    let gone_back = match how_far(registry, change) {
        Ok(Progress::NotWritten) => {
            end_quietly(registry);
            return Outcome::Untouched { why, backup: Some(backup) };
        }
        Ok(Progress::HalfWritten | Progress::Written) => go_back(registry, &change.before),
        Ok(Progress::Overtaken) => Ok(()),
        // What cannot be read is not written over.
        Err(error) => Err(error.to_string()),
    };
    // On the way back something else may have set them as well.
    match (how_far(registry, change), gone_back) {
        (Ok(Progress::Overtaken), _) => {
            end_quietly(registry);
            Outcome::Overtaken { why, backup }
        }
        (Ok(Progress::NotWritten), _) => {
            end_quietly(registry);
            Outcome::Restored { why, backup }
        }
        (_, Ok(())) => Outcome::Restored { why, backup },
        (_, Err(then)) => Outcome::Stuck { why, then, backup },
    }
}

fn how_far(registry: &dyn Registry, change: &Change) -> Result<Progress, RegistryError> {
    Ok(recovery::progress(change, &held(registry, &change.after)?))
}

/// A note that stays is judged by what is there: nothing is left to do about it.
fn end_quietly(registry: &mut dyn Registry) {
    let _ = journal::end(registry);
}

/// Puts the previous values back and takes the note about the change away.
///
/// # Errors
/// What went wrong. The note is still there where the values are not.
fn go_back(registry: &mut dyn Registry, before: &Desired) -> Result<(), String> {
    put(registry, before, Order::Backward)?;
    end_quietly(registry);
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// The server first, and last that it is to be used.
    Forward,
    /// The other way round.
    Backward,
}

/// Writes values and reads them back.
fn put(registry: &mut dyn Registry, values: &Desired, order: Order) -> Result<(), String> {
    let mut steps: Vec<Step> = values
        .values
        .iter()
        .map(|(setting, data)| Step {
            key: setting.key(),
            name: setting.value_name().to_owned(),
            data: data.clone(),
        })
        .collect();
    if order == Order::Backward {
        steps.reverse();
    }
    registry.change(&steps).map_err(|error| error.to_string())?;
    let now = held(registry, values).map_err(|error| error.to_string())?;
    let differs = now.values.iter().zip(&values.values).find(|(now, wanted)| now != wanted);
    match differs {
        None => Ok(()),
        Some(((setting, _), _)) => {
            let name = setting.value_name();
            Err(format!("{name} was written, and something else is there when it is read back"))
        }
    }
}

/// What a machine holds of the settings of a list.
///
/// # Errors
/// A value is there and cannot be read.
pub fn held(registry: &dyn Registry, settings: &Desired) -> Result<Desired, RegistryError> {
    let read = |(setting, _): &(Setting, _)| {
        Ok((*setting, registry.value(&setting.key(), setting.value_name())?))
    };
    let values = settings.values.iter().map(read).collect::<Result<_, _>>()?;
    Ok(Desired { values, ..Desired::default() })
}

#[cfg(test)]
mod tests;
