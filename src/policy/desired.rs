//! Settings as they should be.

pub mod assignment;
pub mod complete;

use std::collections::HashMap;
use std::fmt;

use crate::model::registry::{Data, Document, Entry, Format, KeyPath, Operation, Place};
use crate::policy::setting::Setting;

/// What is to stand in a machine's policy. What is not in the lists stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desired {
    /// Each setting at most once with its data, or absent if there must be none.
    pub values: Vec<(Setting, Option<Data>)>,
    /// What is no setting: values of others that are kept, and what has to go.
    pub others: Vec<Operation>,
}

/// Why settings cannot be what is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong. One line.
    pub text: String,
    /// What to do. One line.
    pub hint: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  hint: {}", self.text, self.hint)
    }
}

impl Desired {
    /// The settings that make a client use a server and nothing else: both URLs, which count only
    /// when equal, and that they are to be used.
    pub fn server(url: &str) -> Self {
        let mut desired = Self::default();
        desired.use_server(url);
        desired
    }

    /// Makes the client use a server, whatever was set before.
    pub fn use_server(&mut self, url: &str) {
        self.set(Setting::WuServer, Some(Data::String(url.to_owned())));
        self.set(Setting::WuStatusServer, Some(Data::String(url.to_owned())));
        self.set(Setting::UseWuServer, Some(Data::Dword(1)));
    }

    /// Sets a value, or says that there must be none.
    pub fn set(&mut self, setting: Setting, data: Option<Data>) {
        match self.values.iter_mut().find(|(known, _)| *known == setting) {
            Some((_, place)) => *place = data,
            None => self.values.push((setting, data)),
        }
    }

    /// The data that a setting is to have; absent too where nothing is said about it.
    pub fn get(&self, setting: Setting) -> Option<&Data> {
        self.values.iter().find(|(known, _)| *known == setting)?.1.as_ref()
    }

    /// The steps that lead there: first the keys that go, then key by key, the policy's before
    /// others; the values of each in the alphabetical order in which editors show them.
    pub fn operations(&self) -> Vec<Operation> {
        let mut settings: Vec<_> = self.values.iter().collect();
        settings.sort_by_key(|(setting, _)| (setting.row().key, *setting));
        let mut sections = Sections::default();
        for (setting, data) in settings {
            let (key, name) = (setting.key(), setting.value_name().to_owned());
            let step = match data.clone() {
                Some(data) => Operation::Set { key: key.clone(), name, data, soft: false },
                None => Operation::DeleteValue { key: key.clone(), name },
            };
            sections.add(&key, Some(step));
        }
        let mut steps = Vec::new();
        for other in &self.others {
            match other {
                Operation::Key(key) => sections.add(key, None),
                Operation::Set { key, .. } | Operation::DeleteValue { key, .. } => {
                    sections.add(key, Some(other.clone()));
                }
                Operation::DeleteKey(_) | Operation::DeleteValues(_) => steps.push(other.clone()),
            }
        }
        for mut section in sections.list {
            section.steps.sort_by_cached_key(|step| name_of(step).to_lowercase());
            steps.push(Operation::Key(section.key));
            steps.append(&mut section.steps);
        }
        steps
    }

    /// The same as a registry file would be read, so that it can be judged as one.
    pub fn document(&self) -> Document {
        let steps = self.operations().into_iter().zip(1..);
        let entry = |(operation, line)| Entry { at: Place::Line(line), operation, certain: true };
        Document { format: Format::Reg5, entries: steps.map(entry).collect(), remarks: Vec::new() }
    }
}

/// What is done within one key.
struct Section {
    key: KeyPath,
    steps: Vec<Operation>,
}

/// Keys in the order of their first appearance.
#[derive(Default)]
struct Sections {
    list: Vec<Section>,
    /// Where each is in the list, by its name in lower case: a file may have very many.
    places: HashMap<String, usize>,
}

impl Sections {
    fn add(&mut self, key: &KeyPath, step: Option<Operation>) {
        let next = self.list.len();
        let place = *self.places.entry(key.to_string().to_lowercase()).or_insert(next);
        if place == next {
            self.list.push(Section { key: key.clone(), steps: Vec::new() });
        }
        if let Some(section) = self.list.get_mut(place) {
            section.steps.extend(step.map(|step| within(&section.key, step)));
        }
    }
}

/// The step with the key as its section spells it.
fn within(key: &KeyPath, step: Operation) -> Operation {
    let key = key.clone();
    match step {
        Operation::Set { name, data, soft, .. } => Operation::Set { key, name, data, soft },
        Operation::DeleteValue { name, .. } => Operation::DeleteValue { key, name },
        Operation::Key(_) | Operation::DeleteKey(_) | Operation::DeleteValues(_) => step,
    }
}

fn name_of(step: &Operation) -> &str {
    match step {
        Operation::Set { name, .. } | Operation::DeleteValue { name, .. } => name,
        Operation::Key(_) | Operation::DeleteKey(_) | Operation::DeleteValues(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::setting::Key;

    #[test]
    fn steps_are_ordered_by_key_and_name() {
        let mut desired = Desired::default();
        desired.set(Setting::DetectionFrequency, Some(Data::Dword(4)));
        desired.use_server("http://a.test:8530");
        desired.set(Setting::TargetGroup, None);
        let key = KeyPath { path: Key::Au.path().path.to_uppercase(), ..Key::Au.path() };
        let name = "Contoso".to_owned();
        desired.others.push(Operation::Set { key, name, data: Data::Dword(7), soft: false });
        desired.others.push(Operation::DeleteKey(KeyPath::machine("SOFTWARE\\Old")));
        let shown: Vec<_> = desired
            .operations()
            .iter()
            .map(|step| match step {
                Operation::Key(key) => format!("[{}]", key.path.rsplit('\\').next().unwrap()),
                Operation::Set { name, .. } => name.clone(),
                Operation::DeleteValue { name, .. } => format!("-{name}"),
                Operation::DeleteKey(key) | Operation::DeleteValues(key) => format!("-[{key}]"),
            })
            .collect();
        let expected = "-[HKEY_LOCAL_MACHINE\\SOFTWARE\\Old] [WindowsUpdate] -TargetGroup WUServer \
                        WUStatusServer [AU] Contoso DetectionFrequency UseWUServer";
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn a_section_has_one_spelling_of_its_key() {
        let mut desired = Desired::server("http://a.test:8530");
        let key = KeyPath { path: Key::Au.path().path.to_uppercase(), ..Key::Au.path() };
        let name = "Contoso".to_owned();
        desired.others.push(Operation::DeleteValue { key, name });
        let steps = desired.operations();
        assert!(
            steps.contains(&Operation::DeleteValue {
                key: Key::Au.path(),
                name: "Contoso".to_owned()
            })
        );
    }

    #[test]
    fn the_last_word_about_a_setting_counts() {
        let mut desired = Desired::server("http://a.test:8530");
        desired.use_server("http://b.test:8530");
        assert_eq!(desired, Desired::server("http://b.test:8530"));
        desired.set(Setting::UseWuServer, None);
        assert_eq!(desired.get(Setting::UseWuServer), None);
        assert_eq!(desired.values.len(), 3);
    }
}
