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

/// A registry. Every call is one step that is done as a whole or not at all.
pub trait Registry {
    /// The values of a key in the order of the system; absent where there is no such key.
    ///
    /// # Errors
    /// The key is there and cannot be read.
    fn values(
        &self,
        key: &KeyPath,
        view: View,
    ) -> Result<Option<Vec<(String, Data)>>, RegistryError>;

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
}

/// The values of these keys in both views, as a document.
///
/// # Errors
/// A key is there and cannot be read.
pub fn document(registry: &dyn Registry, keys: &[KeyPath]) -> Result<Document, RegistryError> {
    let mut entries = Vec::new();
    for view in [View::Bits64, View::Bits32] {
        for key in keys {
            let Some(values) = registry.values(key, view)? else { continue };
            let entry = |operation| Entry { at: Place::View(view), operation, certain: true };
            entries.push(entry(Operation::Key(key.clone())));
            entries.extend(values.into_iter().map(|(name, data)| {
                entry(Operation::Set { key: key.clone(), name, data, soft: false })
            }));
        }
    }
    Ok(Document { format: Format::Live, entries, remarks: Vec::new() })
}
