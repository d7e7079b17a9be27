//! A registry in memory, for tests and for showing what a change would do.

use std::collections::BTreeMap;

use super::{Registry, RegistryError};
use crate::model::registry::{Data, KeyPath, View};

/// A registry without views: both show the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory {
    /// Values by key and name, both in lower case, each with its name as it was written.
    pub values: BTreeMap<(String, String), (String, Data)>,
}

impl Memory {
    fn place(key: &KeyPath, name: &str) -> (String, String) {
        (key.to_string().to_lowercase(), name.to_lowercase())
    }
}

impl Registry for Memory {
    fn values(
        &self,
        key: &KeyPath,
        _view: View,
    ) -> Result<Option<Vec<(String, Data)>>, RegistryError> {
        let (path, _) = Self::place(key, "");
        let of_key = self.values.iter().filter(|((key, _), _)| *key == path);
        let found: Vec<_> = of_key.map(|(_, value)| value.clone()).collect();
        Ok((!found.is_empty()).then_some(found))
    }

    fn set(&mut self, key: &KeyPath, name: &str, data: &Data) -> Result<(), RegistryError> {
        self.values.insert(Self::place(key, name), (name.to_owned(), data.clone()));
        Ok(())
    }

    fn remove(&mut self, key: &KeyPath, name: &str) -> Result<(), RegistryError> {
        self.values.remove(&Self::place(key, name));
        Ok(())
    }

    fn remove_key(&mut self, key: &KeyPath) -> Result<(), RegistryError> {
        let (path, _) = Self::place(key, "");
        self.values.retain(|(key, _), _| *key != path);
        Ok(())
    }

    fn writable(&self, _key: &KeyPath) -> Result<(), RegistryError> {
        Ok(())
    }
}
