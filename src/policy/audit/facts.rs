//! What all rules look at.

use crate::model::client::{Location, Weight};
use crate::model::endpoint::Endpoint;
use crate::model::registry::{Data, Document, Operation, Place, Remark};
use crate::model::text::shown;
use crate::policy::audit::lost;
use crate::policy::audit::removed::{Removed, removed};
use crate::policy::audit::stray::{Stray, strays};
use crate::policy::effective::Effective;
use crate::policy::setting::{Key, Setting};

/// Without these three a client does not use a server.
pub(super) const SERVER: [Setting; 3] =
    [Setting::WuServer, Setting::WuStatusServer, Setting::UseWuServer];

/// The sources, and what they amount to.
pub(super) struct Facts<'a> {
    /// As they were read.
    pub documents: &'a [Document],
    /// What the update agent finds, if all is read as it is meant.
    pub effective: Effective,
    /// What stands where, or is called as, the update agent does not look for it.
    pub strays: Vec<Stray>,
    /// What is set and then removed again.
    pub removed: Vec<Removed>,
    /// Settings of which a source has a line, but not one that can be read.
    unread: Vec<Setting>,
    /// The servers that are known; none where nobody asks.
    pub known: &'a [Endpoint],
}

impl<'a> Facts<'a> {
    pub(super) fn of(documents: &'a [Document], known: &'a [Endpoint]) -> Self {
        let effective = Effective::of(documents);
        let strays = strays(documents, &effective);
        let removed = removed(documents, &effective);
        let unread = documents.iter().flat_map(|document| {
            let remarks: Vec<&Remark> = document.remarks.iter().collect();
            lost::names(document, &remarks)
        });
        let unread = unread.collect();
        Self { documents, effective, strays, removed, unread, known }
    }

    /// Whether a setting is there, or another finding tells why it is not.
    pub(super) fn is_accounted(&self, setting: Setting) -> bool {
        self.is_set(setting)
            || self.strays.iter().any(|stray| stray.meant() == Some(setting))
            || self.removed.iter().any(|lost| lost.setting == setting)
            || self.unread.contains(&setting)
    }

    fn is_set(&self, setting: Setting) -> bool {
        self.effective.held(setting).is_some() && !self.effective.is_left_empty(setting)
    }

    /// Whether a setting is 1.
    pub(super) fn is_on(&self, setting: Setting) -> bool {
        self.effective.is_on(setting)
    }

    /// Those of them that are set.
    pub(super) fn set_among(&self, settings: &[Setting]) -> Vec<Setting> {
        let mut set = settings.to_vec();
        set.retain(|setting| self.is_set(*setting));
        set
    }

    /// Every value that a source sets, with its place.
    pub(super) fn all_set(&self) -> impl Iterator<Item = (Location, &Data)> {
        let documents = self.documents.iter().enumerate();
        documents.flat_map(|(source, document)| {
            document.entries.iter().filter_map(move |entry| match &entry.operation {
                Operation::Set { data, .. } => {
                    Some((location(source, entry.at, &entry.operation), data))
                }
                Operation::Key(_)
                | Operation::DeleteKey(_)
                | Operation::DeleteValue { .. }
                | Operation::DeleteValues(_) => None,
            })
        })
    }

    /// The weight of a mistake that keeps a setting from the update agent.
    pub(super) fn weight_of_loss(&self, setting: Setting) -> Weight {
        let is_lost = SERVER.contains(&setting) && self.effective.held(setting).is_none();
        if is_lost { Weight::Error } else { Weight::Warning }
    }
}

/// The place of a step.
pub(super) fn location(source: usize, at: Place, operation: &Operation) -> Location {
    let (key, value) = match operation {
        Operation::Key(key) | Operation::DeleteKey(key) | Operation::DeleteValues(key) => {
            (key, None)
        }
        Operation::Set { key, name, .. } | Operation::DeleteValue { key, name } => {
            (key, Some(name.clone()))
        }
    };
    Location { source, at, key: Some(key.clone()), value }
}

/// A value as a person would say it, with its type where that is not what one expects of it.
pub(super) fn told(data: &Data) -> String {
    match data {
        Data::Dword(number) => dword(*number),
        Data::String(text) => url(text),
        Data::ExpandString(text) => format!("REG_EXPAND_SZ {}", url(text)),
        Data::MultiString(texts) => format!("REG_MULTI_SZ of {}", texts.len()),
        Data::Qword(number) => format!("REG_QWORD {number}"),
        Data::Binary(bytes) => format!("REG_BINARY of {} bytes", bytes.len()),
        Data::Other { kind, bytes } => format!("type {kind} of {} bytes", bytes.len()),
    }
}

/// A number, and how a registry file writes it where that looks like another one.
pub(super) fn dword(number: u32) -> String {
    if number < FIRST_AMBIGUOUS {
        number.to_string()
    } else {
        format!("{number} (dword:{number:08x})")
    }
}

/// A text in quotes, without what may be a password.
pub(super) fn url(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => shown(&format!("…@{host}")),
        None => shown(text),
    }
}

/// A longer name is shortened, in characters.
const LONGEST_PLAIN: usize = 80;

/// From this number on the hexadecimal digits are others than the decimal ones.
const FIRST_AMBIGUOUS: u32 = 10;

/// A name as it is where it is one, else in quotes.
pub(super) fn plain(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    let is_short = name.chars().count() <= LONGEST_PLAIN;
    if is_short && name.chars().all(is_plain) { name.to_owned() } else { shown(name) }
}

/// At most so many names are listed in one line.
const LISTED: usize = 6;

/// `A, B and C`, shortened where there are many.
pub(super) fn list<T: AsRef<str>>(names: &[T]) -> String {
    let shown: Vec<&str> = names.iter().take(LISTED).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(LISTED);
    match shown.as_slice() {
        _ if more > 0 => format!("{} and {more} more", shown.join(", ")),
        [but_last @ .., last] if !but_last.is_empty() => {
            format!("{} and {last}", but_last.join(", "))
        }
        few => few.concat(),
    }
}

/// The names of settings in one line.
pub(super) fn names(settings: &[Setting]) -> String {
    let names: Vec<&str> = settings.iter().map(|setting| setting.value_name()).collect();
    list(&names)
}

/// Whether it is a setting of automatic updates, which are pointless where those are off.
pub(super) fn is_of_au(setting: Setting) -> bool {
    setting.row().key == Key::Au
}
