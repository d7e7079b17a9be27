//! Values that the update agent does not find, because of their name or of where they stand.

use crate::model::client::Location;
use crate::model::registry::{Data, Document, KeyPath, Operation, Place, Root, View};
use crate::policy::audit::facts::location;
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
    pub key: KeyPath,
    /// Its name.
    pub name: String,
    /// Its data.
    pub data: Data,
    /// Why.
    pub reason: Reason,
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
    if let Some(setting) = Setting::named(name).first().filter(|_| is_about_updates(key)) {
        return Some(Reason::WrongKey(*setting));
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

/// Whether whoever wrote a key means Windows Update: names alone may be those of other products.
fn is_about_updates(key: &KeyPath) -> bool {
    let mut path = key.path.to_lowercase();
    path.retain(|letter| letter != ' ');
    path.contains("windowsupdate") || path.ends_with("\\au")
}
