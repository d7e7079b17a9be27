//! Values that the update agent does not find, because of their name or of where they stand.

use std::collections::HashMap;

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Location, Weight};
use crate::model::registry::{Data, Document, KeyPath, Operation, Place, Root, View};
use crate::model::text::{one_line, shown};
use crate::policy::audit::facts::{Facts, is_of_au, list, location, names, plain, told};
use crate::policy::audit::other_names::is_documented;
use crate::policy::effective::Effective;
use crate::policy::setting::{Key, Setting};

/// Why a value is not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its name is near the one of a setting.
    Misspelled(Setting),
    /// It is a setting, under a key where the agent does not look.
    WrongKey(Setting),
    /// It is a setting of the machine, in a user's part of the registry or in the 32-bit view.
    WrongView(Setting),
    /// Its name is that of no setting.
    Unknown,
}

/// A value that the update agent does not find.
pub(super) struct Stray {
    /// Where it stands.
    pub location: Location,
    /// The key it stands under.
    key: KeyPath,
    /// Its name.
    name: String,
    /// Its data.
    data: Data,
    /// Why.
    reason: Reason,
}

impl Stray {
    /// The setting that it was meant to be.
    pub(super) fn meant(&self) -> Option<Setting> {
        match self.reason {
            Reason::Misspelled(setting)
            | Reason::WrongKey(setting)
            | Reason::WrongView(setting) => Some(setting),
            Reason::Unknown => None,
        }
    }
}

/// All of them, in the order of the sources.
pub(super) fn strays(documents: &[Document], effective: &Effective) -> Vec<Stray> {
    let mut found = Vec::new();
    for (source, document) in documents.iter().enumerate() {
        for entry in &document.entries {
            let Operation::Set { key, name, data, .. } = &entry.operation else { continue };
            let Some(reason) = reason(key, name, entry.at) else { continue };
            // The same in both views does no harm.
            let is_copy = |setting| effective.held(setting).is_some_and(|held| held.data == *data);
            if matches!(reason, Reason::WrongView(setting) if is_copy(setting)) {
                continue;
            }
            let location = location(source, entry.at, &entry.operation);
            let (key, name, data) = (key.clone(), name.clone(), data.clone());
            found.push(Stray { location, key, name, data, reason });
        }
    }
    found
}

fn reason(key: &KeyPath, name: &str, at: Place) -> Option<Reason> {
    let is_machine = key.root == Root::LocalMachine;
    if let Some(setting) = Setting::at(key, name) {
        let is_hidden = is_machine && at == Place::View(View::Bits32);
        return is_hidden.then_some(Reason::WrongView(setting));
    }
    if let Some(home) = home(key) {
        return Setting::at(&home, name)
            .filter(|setting| setting.key().root == Root::LocalMachine || is_machine)
            .map(Reason::WrongView);
    }
    if is_of_a_user(key, name) {
        return None;
    }
    if let Some(setting) = named(name).filter(|_| is_about_updates(key)) {
        return Some(Reason::WrongKey(setting));
    }
    let is_policy = [Key::WindowsUpdate, Key::Au].iter().any(|known| known.path().is(key));
    if !is_policy || at == Place::View(View::Bits32) || name.is_empty() || is_documented(name) {
        return None;
    }
    let near = Setting::near(name);
    Some(near.first().map_or(Reason::Unknown, |(_, setting)| Reason::Misspelled(*setting)))
}

/// Whether it is a user's own setting, in the registry of all users.
fn is_of_a_user(key: &KeyPath, name: &str) -> bool {
    let own = key.path.split_once('\\').filter(|_| key.root == Root::Users);
    own.is_some_and(|(_, path)| {
        let key = KeyPath { root: Root::CurrentUser, path: path.to_owned() };
        Setting::at(&key, name).is_some()
    })
}

/// The machine's key of which this is the one of a user, or of 32-bit programs.
fn home(key: &KeyPath) -> Option<KeyPath> {
    let mut path = key.path.to_lowercase();
    let mut is_elsewhere = key.root == Root::CurrentUser;
    if key.root == Root::Users {
        path = path.split_once('\\').map(|(_, rest)| rest.to_owned())?;
        is_elsewhere = true;
    }
    if path.contains(BITS32) {
        path = path.replace(BITS32, "\\");
        is_elsewhere = true;
    }
    let home = KeyPath::machine(&path);
    let is_policy = [Key::WindowsUpdate, Key::Au].iter().any(|known| known.path().is(&home));
    (is_elsewhere && is_policy).then_some(home)
}

/// The part of a path that is there for 32-bit programs alone.
const BITS32: &str = "\\wow6432node\\";

/// The setting of that name, wherever it belongs.
fn named(name: &str) -> Option<Setting> {
    Setting::ALL.iter().find(|setting| setting.value_name().eq_ignore_ascii_case(name)).copied()
}

/// Whether whoever wrote a key means Windows Update: names alone may be those of other products.
fn is_about_updates(key: &KeyPath) -> bool {
    let mut path = key.path.to_lowercase();
    path.retain(|letter| letter != ' ');
    path.contains("windowsupdate") || path.ends_with("\\au")
}

pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let misspelled = facts.strays.iter().filter_map(|stray| match stray.reason {
        Reason::Misspelled(setting) => Some(of_misspelled(facts, stray, setting)),
        Reason::WrongKey(_) | Reason::WrongView(_) | Reason::Unknown => None,
    });
    let misspelled = few(misspelled.collect(), "misspelled names");
    let wrong_keys = few(wrong_keys(facts), "keys where settings stand in vain");
    misspelled
        .into_iter()
        .chain(wrong_keys)
        .chain(wrong_view(facts))
        .chain(unknown(facts))
        .collect()
}

/// So many findings of a kind are told each by itself.
const MOST_OF_A_KIND: usize = 10;

/// The first findings of a kind, and the others in one.
fn few(mut found: Vec<ClientFinding>, what: &str) -> Vec<ClientFinding> {
    let rest = found.split_off(found.len().min(MOST_OF_A_KIND));
    if rest.len() < 2 {
        found.extend(rest);
        return found;
    }
    let more = rest.len();
    let observed = format!("and {more} more {what}");
    let Some(worst) = rest.iter().max_by_key(|finding| finding.weight) else { return found };
    let (code, weight, meaning) = (worst.code, worst.weight, worst.meaning.clone());
    let action = "correct them as the ones before".to_owned();
    let places = rest.into_iter().flat_map(|finding| finding.places).collect();
    found.push(ClientFinding { code, weight, places, observed, meaning, action });
    found
}

fn of_misspelled(facts: &Facts<'_>, stray: &Stray, setting: Setting) -> ClientFinding {
    let name = setting.value_name();
    ClientFinding {
        code: Code::MisspelledName,
        weight: facts.weight_of_loss(setting),
        places: vec![stray.location.clone()],
        observed: format!("{} is no setting; {name} is one", shown(&stray.name)),
        meaning: "the update agent passes over a name that it does not know".to_owned(),
        action: format!("write {name}={} in its place", told(&stray.data)),
    }
}

/// One finding for each key that is wrong.
fn wrong_keys(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let is_wrong = |stray: &&Stray| matches!(stray.reason, Reason::WrongKey(_));
    let mut groups: Vec<(&KeyPath, Vec<&Stray>)> = Vec::new();
    let mut index = HashMap::new();
    for stray in facts.strays.iter().filter(is_wrong) {
        let next = groups.len();
        let at = *index.entry((stray.key.root, stray.key.path.to_lowercase())).or_insert(next);
        match groups.get_mut(at) {
            Some((_, together)) => together.push(stray),
            None => groups.push((&stray.key, vec![stray])),
        }
    }
    groups.iter().map(|(key, together)| of_wrong_key(facts, key, together)).collect()
}

fn of_wrong_key(facts: &Facts<'_>, key: &KeyPath, strays: &[&Stray]) -> ClientFinding {
    let settings: Vec<Setting> = strays.iter().filter_map(|stray| stray.meant()).collect();
    // The control panel keeps its own choices there, on releases that have one.
    let is_panel = key.path.to_lowercase().ends_with("\\auto update");
    let (weight, meaning) = if is_panel {
        let meaning = "it holds what the control panel chose on releases up to Windows 8.1; \
                       the policy goes above it";
        (Weight::Note, meaning.to_owned())
    } else {
        let weights = settings.iter().map(|setting| facts.weight_of_loss(*setting));
        let meaning = "the update agent does not look there, so that they are as if not set";
        (weights.max().unwrap_or(Weight::Warning), meaning.to_owned())
    };
    ClientFinding {
        code: Code::WrongKey,
        weight,
        places: strays.iter().map(|stray| stray.location.clone()).collect(),
        observed: format!(
            "{} under {}",
            names(&settings),
            one_line(&key.to_string(), LONGEST_PATH)
        ),
        meaning,
        action: if is_panel { homes(&settings) } else { remedy(facts, strays) },
    }
}

/// Of a longer path the beginning is told, in characters.
const LONGEST_PATH: usize = 200;

/// What is set where it belongs needs only go from here; all else is to be set there.
fn remedy(facts: &Facts<'_>, strays: &[&Stray]) -> String {
    let settings = strays.iter().filter_map(|stray| stray.meant());
    let (there, missing): (Vec<Setting>, Vec<Setting>) =
        settings.partition(|setting| facts.effective.held(*setting).is_some());
    if there.is_empty() {
        return homes(&missing);
    }
    let remove = match there.as_slice() {
        [_] => format!("remove {} here: it is set where it belongs", names(&there)),
        _ => format!("remove {} here: they are set where they belong", names(&there)),
    };
    if missing.is_empty() { remove } else { format!("{}; {remove}", homes(&missing)) }
}

/// Where settings belong.
fn homes(settings: &[Setting]) -> String {
    let mut parts = Vec::new();
    for key in [Key::WindowsUpdate, Key::Au, Key::UserWindowsUpdate, Key::UserExplorer] {
        let of_key: Vec<Setting> =
            settings.iter().filter(|setting| setting.row().key == key).copied().collect();
        if !of_key.is_empty() {
            parts.push(format!("{} under {}", names(&of_key), key.path()));
        }
    }
    format!("set {}", parts.join("; "))
}

/// All values of the wrong view together: they come from one mistake.
fn wrong_view(facts: &Facts<'_>) -> Option<ClientFinding> {
    let is_wrong = |stray: &&Stray| matches!(stray.reason, Reason::WrongView(_));
    let strays: Vec<&Stray> = facts.strays.iter().filter(is_wrong).collect();
    let first = strays.first()?;
    let settings: Vec<Setting> = strays.iter().filter_map(|stray| stray.meant()).collect();
    let weights = settings.iter().map(|setting| facts.weight_of_loss(*setting));
    let is_of_user = matches!(first.key.root, Root::CurrentUser | Root::Users);
    let (place, meaning) = if is_of_user {
        (
            "under the root of a user",
            "they are settings of the machine, and it does not read them there",
        )
    } else {
        ("for 32-bit programs", "the update agent is a 64-bit program and does not see them")
    };
    let differ = settings.iter().any(|setting| facts.effective.held(*setting).is_some());
    let than = if differ { ", and otherwise than where it looks" } else { "" };
    Some(ClientFinding {
        code: Code::WrongView,
        weight: weights.max().unwrap_or(Weight::Warning),
        places: strays.iter().map(|stray| stray.location.clone()).collect(),
        observed: format!("{} set {place}{than}", names(&settings)),
        meaning: meaning.to_owned(),
        action: remedy(facts, &strays),
    })
}

fn unknown(facts: &Facts<'_>) -> Option<ClientFinding> {
    let strays: Vec<&Stray> =
        facts.strays.iter().filter(|stray| stray.reason == Reason::Unknown).collect();
    if strays.is_empty() {
        return None;
    }
    let names: Vec<String> = strays
        .iter()
        .map(|stray| format!("{}={}", plain(&stray.name), told(&stray.data)))
        .collect();
    let is = if names.len() == 1 { "is" } else { "are" };
    Some(ClientFinding {
        code: Code::UnknownName,
        weight: Weight::Note,
        places: strays.iter().map(|stray| stray.location.clone()).collect(),
        observed: format!("{} {is} not known here", list(&names)),
        meaning:
            "it may be a policy that this program does not judge, or the mark of a vendor's tools"
                .to_owned(),
        action: "leave it if you know whose it is".to_owned(),
    })
}

/// Settings that have no effect while automatic updates are off.
pub(super) fn of_automatic_updates(facts: &Facts<'_>) -> Vec<Setting> {
    let set = facts.effective.all().map(|(setting, _)| setting);
    set.filter(|setting| {
        (is_of_au(*setting) && *setting != Setting::NoAutoUpdate)
            || [Setting::WuServer, Setting::WuStatusServer].contains(setting)
    })
    .collect()
}
