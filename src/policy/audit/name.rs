//! What is told of values that the update agent does not find.

use std::collections::HashMap;

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Weight};
use crate::model::registry::{KeyPath, Root};
use crate::model::text::{one_line, shown};
use crate::policy::audit::facts::{Facts, list, names, plain, told};
use crate::policy::audit::stray::{Reason, Stray};
use crate::policy::setting::{Key, Setting};

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
