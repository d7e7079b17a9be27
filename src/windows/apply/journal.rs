//! A note in the registry that a change of the policy has begun and not ended.
//!
//! It is kept beside the policy rather than in a file: it is found from whatever folder the program
//! is started in, and as it is in the same hive as the policy, the system never keeps a later write
//! and loses an earlier one. It counts from the moment at which the new server is in it, which is
//! written last and removed first.

use super::Change;
use crate::model::registry::{Data, KeyPath};
use crate::policy::desired::Desired;
use crate::windows::registry::{Registry, RegistryError};

/// A change that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// From what to what.
    pub change: Change,
    /// Where the previous values were saved.
    pub backup: String,
}

/// The key of the note; outside the policy, which Windows may rewrite.
pub fn key() -> KeyPath {
    KeyPath::machine("SOFTWARE\\wsus-probe unfinished change")
}

/// Notes that a change begins.
///
/// # Errors
/// It could not be noted; nothing of it counts.
pub fn begin(
    registry: &mut dyn Registry,
    change: &Change,
    backup: &str,
) -> Result<(), RegistryError> {
    let Some(url) = change.after.values.iter().find_map(|(_, data)| data.as_ref()?.text()) else {
        let what = "note the change".to_owned();
        let reason = "no server is wanted".to_owned();
        return Err(RegistryError { what, denied: false, reason });
    };
    let key = key();
    for (setting, data) in &change.before.values {
        match data {
            Some(data) => registry.set(&key, setting.value_name(), data)?,
            None => registry.remove(&key, setting.value_name())?,
        }
    }
    registry.set(&key, BACKUP, &Data::String(backup.to_owned()))?;
    registry.set(&key, NEW_SERVER, &Data::String(url.to_owned()))
}

/// Takes the note away.
///
/// # Errors
/// Something of it is still there.
pub fn end(registry: &mut dyn Registry) -> Result<(), RegistryError> {
    registry.remove(&key(), NEW_SERVER)?;
    registry.remove_key(&key())
}

/// The change that was begun and not ended, if there is one.
///
/// # Errors
/// Whether there is one cannot be read.
pub fn read(registry: &dyn Registry) -> Result<Option<Begun>, RegistryError> {
    let key = key();
    let url = registry.value(&key, NEW_SERVER)?;
    let Some(url) = url.as_ref().and_then(Data::text) else { return Ok(None) };
    let after = Desired::server(url);
    let before = after.values.iter();
    let before =
        before.map(|(setting, _)| Ok((*setting, registry.value(&key, setting.value_name())?)));
    let before = Desired { values: before.collect::<Result<_, _>>()?, ..Desired::default() };
    let backup = registry.value(&key, BACKUP)?;
    let backup = backup.as_ref().and_then(Data::text).unwrap_or_default().to_owned();
    Ok(Some(Begun { change: Change { before, after }, backup }))
}

const BACKUP: &str = "Backup";
const NEW_SERVER: &str = "NewServer";
