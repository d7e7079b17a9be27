//! What the sources leave behind, sorted into settings and everything else.

use std::collections::{BTreeMap, HashMap};

use crate::model::registry::{Data, Document, Entry, KeyPath, Operation, Place, View};
use crate::policy::audit::other_names::is_documented;
use crate::policy::audit::removed::Removed;
use crate::policy::desired::Desired;
use crate::policy::desired::assignment::similar;
use crate::policy::setting::{Allowed, Key, Setting};

/// Settings while they are corrected.
pub(super) struct Draft {
    /// Absent data means that there must be none.
    pub(super) settings: BTreeMap<Setting, Item>,
    others: Vec<Operation>,
    /// What was changed, one line each.
    pub(super) changed: Vec<String>,
}

/// The data of a setting with its place.
pub(super) struct Item {
    pub(super) data: Option<Data>,
    /// Absent where it stood nowhere.
    pub(super) at: Option<Place>,
}

/// A value that no later step touches.
struct Survivor<'a> {
    key: &'a KeyPath,
    name: &'a str,
    entry: &'a Entry,
}

impl Draft {
    /// Sorts the steps of the sources. Values that the agent would look for elsewhere, or under
    /// another name, are put where it looks and removed where they were.
    pub(super) fn read(documents: &[Document]) -> Self {
        let entries = documents.iter().flat_map(|document| &document.entries);
        let entries: Vec<_> =
            entries.filter(|entry| entry.at != Place::View(View::Bits32)).collect();
        let (mut settings, mut strays) = (BTreeMap::new(), Vec::new());
        let mut others: Vec<_> = entries
            .iter()
            .map(|entry| &entry.operation)
            .filter(|o| !matches!(o, Operation::Set { .. } | Operation::DeleteValue { .. }))
            .filter(|o| !is_own_key(o))
            .cloned()
            .collect();
        for value in survivors(&entries) {
            if let Some(setting) = Setting::at(value.key, value.name) {
                let item = Item { data: data_of(value.entry), at: Some(value.entry.at) };
                settings.insert(setting, item);
            } else if let Some(data) = data_of(value.entry)
                && let Some(setting) = meant(value.key, value.name, &data)
            {
                strays.push((setting, value));
            } else {
                others.push(value.entry.operation.clone());
            }
        }
        let mut draft = Self { settings, others, changed: Vec::new() };
        for (setting, stray) in strays {
            draft.bring_home(setting, &stray);
        }
        draft
    }

    fn bring_home(&mut self, setting: Setting, stray: &Survivor<'_>) {
        let (key, name) = (stray.key.clone(), stray.name.to_owned());
        let (at, right) = (stray.entry.at, setting.value_name());
        let wrong = if right.eq_ignore_ascii_case(&name) { key.to_string() } else { name.clone() };
        if self.settings.contains_key(&setting) {
            self.changed.push(format!(
                "{at}: {wrong}: no client reads it there, and {right} is set where they do: \
                 removed"
            ));
        } else {
            let place = setting.key();
            self.changed.push(format!("{at}: {wrong}: meant was {right} under {place}: moved"));
            self.settings.insert(setting, Item { data: data_of(stray.entry), at: Some(at) });
        }
        self.others.push(Operation::DeleteValue { key, name });
    }

    /// Changes a setting and notes why.
    pub(super) fn change(&mut self, setting: Setting, data: Data, why: &str) {
        let at = self.settings.get(&setting).and_then(|item| item.at);
        let place = at.map_or_else(String::new, |at| format!("{at}: "));
        self.changed.push(format!("{place}{}: {why}", setting.as_str()));
        self.settings.insert(setting, Item { data: Some(data), at });
    }

    /// Makes sure that what the sources remove stays removed. False where it stood elsewhere too,
    /// and was brought home.
    pub(super) fn remove(&mut self, removed: &Removed) -> bool {
        let gone = Item { data: None, at: Some(removed.gone.at) };
        self.settings.entry(removed.setting).or_insert(gone).data.is_none()
    }

    /// The data of a setting; absent too where there must be none.
    pub(super) fn data(&self, setting: Setting) -> Option<&Data> {
        self.settings.get(&setting)?.data.as_ref()
    }

    pub(super) fn finish(self) -> Desired {
        let values = self.settings.into_iter().map(|(setting, item)| (setting, item.data));
        Desired { values: values.collect(), others: self.others }
    }
}

/// Keys of the policy are named again with their values.
fn is_own_key(operation: &Operation) -> bool {
    let Operation::Key(key) = operation else { return false };
    [Key::WindowsUpdate, Key::Au, Key::UserWindowsUpdate, Key::UserExplorer]
        .into_iter()
        .any(|own| own.path().is(key))
}

/// The last step about each value, unless its key is emptied or deleted later.
fn survivors<'a>(entries: &[&'a Entry]) -> Vec<Survivor<'a>> {
    let mut last: HashMap<(String, String), usize> = HashMap::new();
    let mut emptied: HashMap<String, usize> = HashMap::new();
    let mut deleted: HashMap<String, usize> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        match &entry.operation {
            Operation::Key(_) => {}
            Operation::DeleteKey(key) => drop(deleted.insert(lower(key), index)),
            Operation::DeleteValues(key) => drop(emptied.insert(lower(key), index)),
            Operation::Set { key, name, soft: true, .. } => {
                last.entry((lower(key), name.to_lowercase())).or_insert(index);
            }
            Operation::Set { key, name, .. } | Operation::DeleteValue { key, name } => {
                last.insert((lower(key), name.to_lowercase()), index);
            }
        }
    }
    let is_later = |steps: &HashMap<String, usize>, key: &str, index: usize| {
        steps.get(key).is_some_and(|later| *later > index)
    };
    let mut kept: Vec<_> = last
        .into_iter()
        .filter(|((key, _), index)| {
            let mut above = key.match_indices('\\').map(|(end, _)| key.get(..end).unwrap_or(key));
            !is_later(&emptied, key, *index)
                && !is_later(&deleted, key, *index)
                && !above.any(|key| is_later(&deleted, key, *index))
        })
        .map(|(_, index)| index)
        .collect();
    kept.sort_unstable();
    kept.into_iter().filter_map(|index| survivor(*entries.get(index)?)).collect()
}

fn survivor(entry: &Entry) -> Option<Survivor<'_>> {
    let (Operation::Set { key, name, .. } | Operation::DeleteValue { key, name }) =
        &entry.operation
    else {
        return None;
    };
    Some(Survivor { key, name, entry })
}

fn lower(key: &KeyPath) -> String {
    key.to_string().to_lowercase()
}

fn data_of(entry: &Entry) -> Option<Data> {
    let Operation::Set { data, .. } = &entry.operation else { return None };
    Some(data.clone())
}

/// The setting that a value under a key of policies was meant to be, where only one can be meant.
fn meant(key: &KeyPath, name: &str, data: &Data) -> Option<Setting> {
    let path = key.path.to_lowercase();
    let is_policy = POLICY_KEYS.into_iter().any(|end| path.ends_with(end));
    match (is_policy, Setting::named(name)) {
        (false, _) | (true, [_, _, ..]) => None,
        (true, [only]) => Some(*only),
        (true, []) if is_documented(name) => None,
        (true, []) => similar(name).filter(|setting| fits(*setting, data)),
    }
}

/// Whether data has the type that a setting has: with another one, a name that is like the
/// setting's may well be the name of something else.
const fn fits(setting: Setting, data: &Data) -> bool {
    match setting.row().allowed {
        Allowed::Switch | Allowed::Range(..) => matches!(data, Data::Dword(_)),
        Allowed::Url | Allowed::Text => matches!(data, Data::String(_) | Data::ExpandString(_)),
    }
}

/// How the keys end that are taken for those of Windows Update's policy: under any root, in the
/// 32-bit part of the registry, and beside the policies of the shell.
const POLICY_KEYS: [&str; 3] = [
    "\\policies\\microsoft\\windows\\windowsupdate",
    "\\policies\\microsoft\\windows\\windowsupdate\\au",
    "\\currentversion\\policies\\windowsupdate",
];
