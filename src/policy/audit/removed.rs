//! Settings that a source sets and then removes again.

use crate::model::client::{ClientFinding, ClientFindingCode as Code, Location, Weight};
use crate::model::registry::{Data, Document, Operation};
use crate::policy::audit::facts::{Facts, location, names};
use crate::policy::effective::{Effective, removes};
use crate::policy::setting::Setting;

/// One of them.
pub(in crate::policy) struct Removed {
    /// Which.
    pub setting: Setting,
    /// What it is set to.
    pub data: Data,
    /// Where it is set.
    pub set: Location,
    /// Where it goes.
    pub gone: Location,
}

/// Those that are not set afterwards.
pub(in crate::policy) fn removed(documents: &[Document], effective: &Effective) -> Vec<Removed> {
    let mut removed: Vec<Removed> = documents.iter().enumerate().flat_map(of_source).collect();
    removed.retain(|removed| effective.held(removed.setting).is_none());
    removed
}

fn of_source((source, document): (usize, &Document)) -> Vec<Removed> {
    let mut set: Vec<(Setting, &Data, Location)> = Vec::new();
    let mut removed: Vec<Removed> = Vec::new();
    for entry in &document.entries {
        let here = location(source, entry.at, &entry.operation);
        if let Operation::Set { key, name, data, .. } = &entry.operation {
            let Some(setting) = Setting::at(key, name) else { continue };
            removed.retain(|removed| removed.setting != setting);
            set.retain(|(other, _, _)| *other != setting);
            set.push((setting, data, here));
        } else {
            let gone = set.extract_if(.., |(setting, _, _)| removes(&entry.operation, *setting));
            removed.extend(gone.map(|(setting, data, set)| {
                let (data, gone) = (data.clone(), here.clone());
                Removed { setting, data, set, gone }
            }));
        }
    }
    removed
}

/// What is told of them, by the place that removes.
pub(super) fn findings(facts: &Facts<'_>) -> Vec<ClientFinding> {
    let mut left: Vec<&Removed> = facts.removed.iter().collect();
    let mut found = Vec::new();
    while let Some(first) = left.first().copied() {
        let together: Vec<&Removed> = left.extract_if(.., |lost| lost.gone == first.gone).collect();
        let settings: Vec<Setting> = together.iter().map(|lost| lost.setting).collect();
        let weights = settings.iter().map(|setting| facts.weight_of_loss(*setting));
        let mut places = vec![first.gone.clone()];
        places.extend(together.iter().map(|lost| lost.set.clone()));
        found.push(ClientFinding {
            code: Code::SetTwice,
            weight: weights.max().unwrap_or(Weight::Warning),
            places,
            observed: format!("{} set and removed again further on", are(&settings)),
            meaning: "what is read last counts: afterwards it is not set".to_owned(),
            action: "let what is removed stand before what is set".to_owned(),
        });
    }
    found
}

fn are(settings: &[Setting]) -> String {
    let verb = if settings.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names(settings))
}
