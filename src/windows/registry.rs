//! The registry of a machine.

#[cfg(windows)]
pub mod live;
pub mod memory;

use std::fmt;

use crate::model::registry::{Data, Document, Entry, Format, KeyPath, Operation, Place, View};

/// Why the registry did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryError {
    /// What was asked, such as `write HKEY_LOCAL_MACHINE\…`.
    pub what: String,
    /// Whether rights are missing.
    pub denied: bool,
    /// The system's own number and words.
    pub reason: String,
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.what, self.reason)
    }
}

/// A value as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where.
    pub key: KeyPath,
    /// The value's name.
    pub name: String,
    /// Its data, or absent if there must be no such value.
    pub data: Option<Data>,
}

/// A registry. Every call but [`Registry::change`] is one step that is done as a whole or not at
/// all. What is written is written where 64-bit programs see it.
pub trait Registry {
    /// The values of a key in the order of the system; absent where there is no such key.
    ///
    /// # Errors
    /// The key is there and cannot be read, or holds more than any policy does.
    fn values(
        &self,
        key: &KeyPath,
        view: View,
    ) -> Result<Option<Vec<(String, Data)>>, RegistryError>;

    /// One value as 64-bit programs see it; absent where there is none.
    ///
    /// # Errors
    /// It is there and cannot be read.
    fn value(&self, key: &KeyPath, name: &str) -> Result<Option<Data>, RegistryError> {
        let values = self.values(key, View::Bits64)?.unwrap_or_default();
        let is_named = |found: &str| found.to_lowercase() == name.to_lowercase();
        Ok(values.into_iter().find(|(found, _)| is_named(found)).map(|(_, data)| data))
    }

    /// Sets a value; makes the key and those above it where they are missing.
    ///
    /// # Errors
    /// Nothing was changed but that keys may have been made.
    fn set(&mut self, key: &KeyPath, name: &str, data: &Data) -> Result<(), RegistryError>;

    /// Removes a value; one that is not there is no error.
    ///
    /// # Errors
    /// Nothing was changed.
    fn remove(&mut self, key: &KeyPath, name: &str) -> Result<(), RegistryError>;

    /// Removes a key that has no keys below it; one that is not there is no error.
    ///
    /// # Errors
    /// The key is still there; it may have lost values.
    fn remove_key(&mut self, key: &KeyPath) -> Result<(), RegistryError>;

    /// Whether this process may write values of a key, or make the key where it is missing.
    ///
    /// # Errors
    /// It may not, or nobody knows.
    fn writable(&self, key: &KeyPath) -> Result<(), RegistryError>;

    /// Does a step.
    ///
    /// # Errors
    /// As for setting and removing.
    fn step(&mut self, step: &Step) -> Result<(), RegistryError> {
        match &step.data {
            Some(data) => self.set(&step.key, &step.name, data),
            None => self.remove(&step.key, &step.name),
        }
    }

    /// Does several steps: all of them or none where the system can, else one after the other.
    ///
    /// # Errors
    /// The steps were not all done; some may have been.
    fn change(&mut self, steps: &[Step]) -> Result<(), RegistryError> {
        steps.iter().try_for_each(|step| self.step(step))
    }
}

/// The registry of the machine this runs on; absent where the system has none.
pub fn of_this_machine() -> Option<Box<dyn Registry>> {
    #[cfg(windows)]
    return Some(Box::new(live::Live));
    #[cfg(not(windows))]
    None
}

/// The values of these keys in both views, as a document. Where 32-bit programs see the same
/// values as others, they are listed once: Windows shares the policies between both.
///
/// # Errors
/// A key is there and cannot be read.
pub fn document(registry: &dyn Registry, keys: &[KeyPath]) -> Result<Document, RegistryError> {
    let mut entries = Vec::new();
    for view in [View::Bits64, View::Bits32] {
        for key in keys {
            let Some(values) = registry.values(key, view)? else { continue };
            if view == View::Bits32 && registry.values(key, View::Bits64)?.as_ref() == Some(&values)
            {
                continue;
            }
            let entry = |operation| Entry { at: Place::View(view), operation, certain: true };
            entries.push(entry(Operation::Key(key.clone())));
            entries.extend(values.into_iter().map(|(name, data)| {
                entry(Operation::Set { key: key.clone(), name, data, soft: false })
            }));
        }
    }
    Ok(Document { format: Format::Live, entries, remarks: Vec::new() })
}
