//! What a machine ends up with after its sources were read in order.

use std::collections::BTreeMap;

use crate::model::client::Location;
use crate::model::registry::{Data, Document, KeyPath, Operation, Place, View};
use crate::policy::setting::Setting;

/// A value that is set, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its data.
    pub data: Data,
    /// Where it was set last.
    pub location: Location,
}

/// The settings that the update agent finds. Values elsewhere are not among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effective {
    values: BTreeMap<Setting, Held>,
}

impl Effective {
    /// Reads the sources in order, a later one on top of the earlier. What is only recognizable as
    /// meant counts too; the 32-bit view of a registry does not, because the agent does not see it.
    pub fn of(documents: &[Document]) -> Self {
        let mut found = Self::default();
        for (source, document) in documents.iter().enumerate() {
            for entry in &document.entries {
                if entry.at != Place::View(View::Bits32) {
                    found.apply(source, entry.at, &entry.operation);
                }
            }
        }
        found
    }

    fn apply(&mut self, source: usize, at: Place, operation: &Operation) {
        match operation {
            Operation::Key(_) => {}
            Operation::DeleteKey(_)
            | Operation::DeleteValues(_)
            | Operation::DeleteValue { .. } => {
                self.values.retain(|setting, _| !removes(operation, *setting));
            }
            Operation::Set { key, name, data, soft } => {
                let Some(setting) = Setting::at(key, name) else { return };
                if *soft && self.values.contains_key(&setting) {
                    return;
                }
                let location =
                    Location { source, at, key: Some(key.clone()), value: Some(name.clone()) };
                self.values.insert(setting, Held { data: data.clone(), location });
            }
        }
    }

    /// The value with its place.
    pub fn held(&self, setting: Setting) -> Option<&Held> {
        self.values.get(&setting)
    }

    /// Where these are set, those that are.
    pub fn places(&self, settings: &[Setting]) -> Vec<Location> {
        let held = settings.iter().filter_map(|setting| self.held(*setting));
        held.map(|held| held.location.clone()).collect()
    }

    /// Every value that is set.
    pub fn all(&self) -> impl Iterator<Item = (Setting, &Held)> {
        self.values.iter().map(|(setting, held)| (*setting, held))
    }

    /// The number of a `REG_DWORD`; absent too where the value has another type.
    pub fn number(&self, setting: Setting) -> Option<u32> {
        self.held(setting)?.data.number()
    }

    /// The number if it is in the setting's range.
    pub fn valid(&self, setting: Setting) -> Option<u32> {
        self.number(setting).filter(|number| setting.allows(*number))
    }

    /// Whether a setting of 0 or 1 is 1.
    pub fn is_on(&self, setting: Setting) -> bool {
        self.number(setting) == Some(1)
    }

    /// Whether it is set to an empty text that counts as not set. The editor of Group Policy leaves
    /// one behind for a server that is optional.
    pub fn is_left_empty(&self, setting: Setting) -> bool {
        setting == Setting::UpdateServiceUrlAlternate
            && self.text(setting).is_some_and(str::is_empty)
    }

    /// The text of a `REG_SZ`; absent too where the value has another type.
    pub fn text(&self, setting: Setting) -> Option<&str> {
        self.held(setting)?.data.text()
    }
}

/// Whether a step takes a setting away.
pub fn removes(operation: &Operation, setting: Setting) -> bool {
    match operation {
        Operation::Key(_) | Operation::Set { .. } => false,
        Operation::DeleteKey(gone) => is_within(&setting.key(), gone),
        Operation::DeleteValues(gone) => setting.key().is(gone),
        Operation::DeleteValue { key, name } => Setting::at(key, name) == Some(setting),
    }
}

/// Whether a key is another one or lies below it.
fn is_within(key: &KeyPath, above: &KeyPath) -> bool {
    let (path, prefix) = (key.path.to_lowercase(), above.path.to_lowercase());
    let rest = path.strip_prefix(&prefix);
    key.root == above.root
        && rest.is_some_and(|rest| prefix.is_empty() || rest.is_empty() || rest.starts_with('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry::{Entry, Format};

    fn set(name: &str, number: u32, soft: bool) -> Operation {
        let key = Setting::UseWuServer.key();
        Operation::Set { key, name: name.to_owned(), data: Data::Dword(number), soft }
    }

    fn number(operations: Vec<Operation>) -> Option<u32> {
        let entries = operations.into_iter().enumerate();
        let entry = |(line, operation)| Entry { at: Place::Line(line), operation, certain: true };
        let entries = entries.map(entry).collect();
        let document = Document { format: Format::Reg5, entries, remarks: Vec::new() };
        Effective::of(&[document]).number(Setting::UseWuServer)
    }

    #[test]
    fn operations_take_effect_in_order() {
        let (key, name) = (Setting::UseWuServer.key(), "usewuserver".to_owned());
        let above = KeyPath::machine("software\\policies\\microsoft");
        let beside = KeyPath { path: key.path.replace("AU", "A"), ..key.clone() };
        let one = || set("UseWUServer", 1, false);
        assert_eq!(number(vec![set("UseWUServer", 0, false), one()]), Some(1));
        assert_eq!(number(vec![one(), set("UseWUServer", 0, true)]), Some(1));
        assert_eq!(number(vec![set("UseWUServer", 0, true)]), Some(0));
        assert_eq!(number(vec![one(), Operation::DeleteValue { key: key.clone(), name }]), None);
        assert_eq!(number(vec![one(), Operation::DeleteValues(key)]), None);
        assert_eq!(number(vec![one(), Operation::DeleteKey(above)]), None);
        assert_eq!(number(vec![one(), Operation::DeleteKey(beside)]), Some(1));
    }
}
