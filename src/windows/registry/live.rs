//! The registry of this machine.

use windows_registry::{
    CLASSES_ROOT, CURRENT_CONFIG, CURRENT_USER, Key, LOCAL_MACHINE, Transaction, Type, USERS,
};
use windows_result::Error;

use super::{Registry, RegistryError, Step};
use crate::model::registry::{Data, KeyPath, Root, View};
use crate::wire::registry_data;

/// The registry that Windows keeps.
#[derive(Debug, Clone, Copy, Default)]
pub struct Live;

type Values = Vec<(String, Data)>;

impl Registry for Live {
    fn values(&self, key: &KeyPath, view: View) -> Result<Option<Values>, RegistryError> {
        let Some(path) = path_of(key, view) else { return Ok(None) };
        match open(key.root, &path, READ) {
            Ok(opened) => {
                settled(|| listed(&opened)).map(Some).map_err(|fault| fault.of("read", key))
            }
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(Fault::System(error).of("read", key)),
        }
    }

    fn value(&self, key: &KeyPath, name: &str) -> Result<Option<Data>, RegistryError> {
        let found = settled(|| match open(key.root, &key.path, READ)?.get_value(name) {
            Ok(value) => Ok(Some(registry_data::data(value.ty().into(), &value))),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error.into()),
        });
        match found {
            Err(Fault::System(error)) if is_absent(&error) => Ok(None),
            found => found.map_err(|fault| fault.of("read", key)),
        }
    }

    fn set(&mut self, key: &KeyPath, name: &str, data: &Data) -> Result<(), RegistryError> {
        let made = root(key.root).options().access(WRITE).create().open(&key.path);
        let written = made.and_then(|opened| write(&opened, name, data));
        written.map_err(|error| Fault::System(error).of("write", key))
    }

    fn remove(&mut self, key: &KeyPath, name: &str) -> Result<(), RegistryError> {
        let removed = open(key.root, &key.path, WRITE).and_then(|key| key.remove_value(name));
        unless_absent(removed).map_err(|error| Fault::System(error).of("write", key))
    }

    fn remove_key(&mut self, key: &KeyPath) -> Result<(), RegistryError> {
        let Some((above, name)) = key.path.rsplit_once('\\') else { return Ok(()) };
        let removed = open(key.root, above, REMOVE).and_then(|above| above.remove_tree(name));
        unless_absent(removed).map_err(|error| Fault::System(error).of("remove", key))
    }

    fn writable(&self, key: &KeyPath) -> Result<(), RegistryError> {
        let mut path = key.path.as_str();
        loop {
            match open(key.root, path, WRITE) {
                Ok(_) => return Ok(()),
                Err(error) if is_absent(&error) && !path.is_empty() => {
                    path = path.rsplit_once('\\').map_or("", |(above, _)| above);
                }
                Err(error) => return Err(Fault::System(error).of("write", key)),
            }
        }
    }

    fn change(&mut self, steps: &[Step]) -> Result<(), RegistryError> {
        let Some(first) = steps.first() else { return Ok(()) };
        match prepared(steps) {
            Ok(transaction) => {
                transaction.commit().map_err(|error| Fault::System(error).of("write", &first.key))
            }
            // Nothing was done yet. Either there are no transactions here, or the single steps
            // will say what is wrong.
            Err(_) => steps.iter().try_for_each(|step| self.step(step)),
        }
    }
}

/// A transaction that waits to be committed, in which all steps are done.
fn prepared(steps: &[Step]) -> windows_registry::Result<Transaction> {
    let transaction = Transaction::new()?;
    for step in steps {
        let mut options = root(step.key.root).options();
        options.access(WRITE).transaction(&transaction);
        if let Some(data) = &step.data {
            write(&options.create().open(&step.key.path)?, &step.name, data)?;
        } else {
            let removed = options.open(&step.key.path).and_then(|k| k.remove_value(&step.name));
            unless_absent(removed)?;
        }
    }
    Ok(transaction)
}

fn write(key: &Key, name: &str, data: &Data) -> windows_registry::Result<()> {
    let mut bytes = registry_data::bytes(data);
    let size = bytes.len();
    // The system looks one character behind a text without an end, and takes a zero there for its
    // end; and it refuses the address that an empty list has.
    bytes.extend([u8::MAX; 2]);
    // By its number, because the crate wants strings of its own types to be well-formed, and what
    // was there before has to be restored as it was.
    key.set_bytes(name, Type::Other(data.kind()), bytes.get(..size).unwrap_or_default())
}

/// What two readings in a row agree about. A reading asks for the size first and for the data then:
/// what has shrunk between ends in zeros, what has grown is an error or, in a list, its end without
/// a word.
fn settled<T: PartialEq>(read: impl Fn() -> Result<T, Fault>) -> Result<T, Fault> {
    let mut last = None;
    for _ in 0..READINGS {
        let now = match read() {
            Ok(now) => Some(now),
            Err(Fault::System(error)) if error.code().0 == MORE_DATA => None,
            Err(fault) => return Err(fault),
        };
        match now {
            Some(now) if last.as_ref() == Some(&now) => return Ok(now),
            now => last = now,
        }
    }
    Err(Fault::Unsteady)
}

fn listed(key: &Key) -> Result<Values, Fault> {
    let mut found = Vec::new();
    let mut room = MAX_BYTES;
    for (name, value) in key.values()? {
        room = room.checked_sub(name.len() + value.len()).ok_or(Fault::TooMuch)?;
        found.push((name, registry_data::data(value.ty().into(), &value)));
    }
    Ok(found)
}

fn open(below: Root, path: &str, access: u32) -> windows_registry::Result<Key> {
    root(below).options().access(access).open(path)
}

fn root(root: Root) -> &'static Key {
    match root {
        Root::LocalMachine => LOCAL_MACHINE,
        Root::CurrentUser => CURRENT_USER,
        Root::ClassesRoot => CLASSES_ROOT,
        Root::Users => USERS,
        Root::CurrentConfig => CURRENT_CONFIG,
    }
}

/// Where a view keeps a key; absent where it has no key of its own. By its path, not by the flag
/// for the other view: Windows shows 32-bit programs the shared policies, but somebody may have
/// written beside them all the same.
fn path_of(key: &KeyPath, view: View) -> Option<String> {
    if view == View::Bits64 {
        return Some(key.path.clone());
    }
    let (first, rest) = key.path.split_once('\\')?;
    let is_doubled = key.root == Root::LocalMachine && first.eq_ignore_ascii_case("SOFTWARE");
    is_doubled.then(|| format!("{first}\\Wow6432Node\\{rest}"))
}

/// Why nothing came of a step.
enum Fault {
    System(Error),
    TooMuch,
    Unsteady,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::System(error)
    }
}

impl Fault {
    fn of(self, verb: &str, key: &KeyPath) -> RegistryError {
        let denied = matches!(&self, Self::System(error) if error.code().0 == ACCESS_DENIED);
        let reason = match self {
            Self::System(error) => error.to_string(),
            Self::TooMuch => format!("it holds more than {} MiB", MAX_BYTES >> 20),
            Self::Unsteady => "it changes while it is read".to_owned(),
        };
        RegistryError { what: format!("{verb} {key}"), denied, reason }
    }
}

fn is_absent(error: &Error) -> bool {
    [FILE_NOT_FOUND, PATH_NOT_FOUND].contains(&error.code().0)
}

/// Success where there was nothing to remove.
fn unless_absent(removed: windows_registry::Result<()>) -> windows_registry::Result<()> {
    removed.or_else(|error| if is_absent(&error) { Ok(()) } else { Err(error) })
}

/// Names and data of one key that are read at most; a policy holds some hundred bytes.
const MAX_BYTES: usize = 32 << 20;

/// Readings until two in a row agree.
const READINGS: usize = 5;

// Access rights of winnt.h, all for the 64-bit view (KEY_WOW64_64KEY).
const VIEW: u32 = 0x0100;
const READ: u32 = 0x2_0019 | VIEW;
/// `KEY_SET_VALUE` and `KEY_CREATE_SUB_KEY`.
const WRITE: u32 = 0x0006 | VIEW;
/// What `RegDeleteTree` wants: `DELETE`, `KEY_ENUMERATE_SUB_KEYS` and `KEY_QUERY_VALUE`, and the
/// right to set values.
const REMOVE: u32 = 0x1_000B | VIEW;

// Errors of winerror.h, as results of a function.
const FILE_NOT_FOUND: i32 = of_win32(2);
const PATH_NOT_FOUND: i32 = of_win32(3);
const ACCESS_DENIED: i32 = of_win32(5);
const MORE_DATA: i32 = of_win32(234);

/// `HRESULT_FROM_WIN32`.
const fn of_win32(code: u16) -> i32 {
    i32::from_be_bytes([0x80, 0x07, code.to_be_bytes()[0], code.to_be_bytes()[1]])
}

#[cfg(test)]
mod tests;
