//! One change of the machine's server at a time.
//!
//! The lock is on a file in the folder of Windows, where only administrators can make one. The
//! system releases it when the process that has it ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};

use crate::windows::places;
use crate::windows::registry::Registry;

/// That this process may change the machine's server, and no other, until this is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
}

/// Why there is no lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockError {
    /// Another process changes the machine's server.
    Taken,
    /// The system's answer, with the file.
    Failed(String),
}

/// Takes the lock, or says at once that another process has it. Without a folder of Windows there
/// is nothing that processes could agree about.
///
/// # Errors
/// Another process has it, or the file cannot be made or locked.
pub fn take(registry: &dyn Registry) -> Result<Lock, LockError> {
    let Some(path) = places::lock_file(registry) else { return Ok(Lock { _file: None }) };
    let failed = |error: &dyn std::fmt::Display| {
        LockError::Failed(format!("cannot lock {}: {error}", path.display()))
    };
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(|error| failed(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => Err(LockError::Taken),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry::{Data, KeyPath};
    use crate::windows::registry::memory::Memory;

    /// A machine whose folder of Windows is this one.
    fn machine(windows: &str) -> Memory {
        let mut memory = Memory::default();
        let key = KeyPath::machine("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion");
        memory.set(&key, "SystemRoot", &Data::String(windows.to_owned())).unwrap();
        memory
    }

    #[test]
    fn one_at_a_time_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let registry = machine(folder.path().join("windows").to_str().unwrap());
        if cfg!(windows) {
            std::fs::create_dir(folder.path().join("windows")).unwrap();
        }
        let first = take(&registry).unwrap();
        assert_eq!(take(&registry).unwrap_err(), LockError::Taken);
        drop(first);
        assert!(take(&registry).is_ok(), "it is free again, though its file is there");
        let gone = machine(folder.path().join("no").join("windows").to_str().unwrap());
        let LockError::Failed(why) = take(&gone).unwrap_err() else { panic!("taken") };
        assert!(why.contains("wsus-probe-apply.lock"), "{why}");
        let nowhere = Memory::default();
        let both = (take(&nowhere), take(&nowhere));
        assert!(matches!(both, (Ok(_), Ok(_))));
    }
}
