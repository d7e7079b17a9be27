//! Whether this process may change the machine's policy.

use super::apply::journal;
use super::registry::{Registry, RegistryError};
use crate::policy::setting::Key;

/// Asks the registry itself, key by key, rather than who runs this: that is what matters, and an
/// administrator without elevation, or one whose rights somebody took away, is told apart too.
///
/// # Errors
/// A key that would have to be written cannot be.
pub fn to_change_the_policy(registry: &dyn Registry) -> Result<(), RegistryError> {
    let keys = [Key::WindowsUpdate.path(), Key::Au.path(), journal::key()];
    keys.iter().try_for_each(|key| registry.writable(key))
}
