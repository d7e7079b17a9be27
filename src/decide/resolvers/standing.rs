//! How each resolver stands to what the others say.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Voice, addresses, is_complete, relate, voice};
use crate::model::endpoint::Endpoint;
use crate::model::resolvers::{Agreement, ResolverReport, Said};

/// What answers are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// What more than half of those say that said anything, or what none contradicts.
    Most,
    /// What is among the members that the configuration lists, because no answer has more than half
    /// on its side.
    Members,
    /// Nothing: no answer has more than half on its side, and none is among the members.
    Nothing,
}

/// How they all stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What they are compared with.
    pub basis: Basis,
    /// Each; `None` where it is not known, because it did not answer.
    pub each: Vec<Option<Agreement>>,
    /// What [`Self::basis`] says.
    pub(super) reference: Option<Voice>,
}

/// Compares each with most; of several answers none of which has more than half on its side, that
/// of the configured members is the right one, and where that settles nothing either, none is.
pub fn standing(endpoint: &Endpoint, reports: &[ResolverReport]) -> Standing {
    let voices: Vec<Voice> = reports.iter().map(voice).filter(|voice| !voice.is_empty()).collect();
    let is_disputed = voices.iter().any(|voice| is_contradicted(voice, &voices));
    let (basis, reference) = match most(reports) {
        Some(most) if most.is_majority || !is_disputed => (Basis::Most, Some(most.voice)),
        Some(_) | None => match as_configured(endpoint, &voices) {
            Some(voice) => (Basis::Members, Some(voice)),
            None => (Basis::Nothing, None),
        },
    };
    let each = reports.iter().map(|report| agreement(report, reference.as_ref(), &voices));
    Standing { basis, each: each.collect(), reference }
}

fn agreement(
    report: &ResolverReport,
    reference: Option<&Voice>,
    voices: &[Voice],
) -> Option<Agreement> {
    let own = voice(report);
    let Some(reference) = reference else {
        return is_contradicted(&own, voices).then_some(Agreement::Split);
    };
    let agreement = relate(&own, reference)?;
    // What it did not answer about may differ.
    (agreement != Agreement::Same || is_complete(report)).then_some(agreement)
}

fn is_contradicted(one: &Voice, voices: &[Voice]) -> bool {
    voices.iter().any(|other| relate(one, other).is_some_and(|how| how != Agreement::Same))
}

/// What most say.
struct Most {
    voice: Voice,
    /// More than half of those who said anything say so, as far as they say something about the
    /// same, and no contradiction of it has as many.
    is_majority: bool,
}

fn most(reports: &[ResolverReport]) -> Option<Most> {
    let voices: Vec<(Voice, bool)> = reports
        .iter()
        .map(|report| (voice(report), is_complete(report)))
        .filter(|(voice, _)| !voice.is_empty())
        .collect();
    let agree = |one: &Voice, other: &Voice| relate(one, other) == Some(Agreement::Same);
    // One that did not answer everything supports whoever says the same, and speaks for itself only
    // where nobody who answered everything does so: two such may still differ in the rest.
    let has_speaker =
        |one: &Voice| voices.iter().any(|(other, complete)| *complete && agree(one, other));
    let speakers: Vec<&Voice> = voices
        .iter()
        .filter(|(one, complete)| *complete || !has_speaker(one))
        .map(|(one, _)| one)
        .collect();
    let count = |one: &Voice| voices.iter().filter(|(other, _)| agree(one, other)).count();
    let is_most = |one: &Voice| count(one) * 2 > voices.len();
    let largest = speakers.iter().map(|one| count(one)).max()?;
    let first = *speakers.iter().find(|one| count(one) == largest)?;
    let rivals: Vec<Voice> = speakers.into_iter().filter(|one| is_most(one)).cloned().collect();
    let is_majority = is_most(first) && !is_contradicted(first, &rivals);
    Some(Most { voice: first.clone(), is_majority })
}

/// All that those say together who give configured members and no other address.
fn as_configured(endpoint: &Endpoint, voices: &[Voice]) -> Option<Voice> {
    let expected: BTreeSet<IpAddr> = endpoint.expected_members.iter().copied().collect();
    let is_right = |voice: &&Voice| {
        let addresses = addresses(voice);
        !addresses.is_empty() && addresses.is_subset(&expected)
    };
    let mut together: Option<Voice> = None;
    for voice in voices.iter().filter(is_right) {
        let together = together.get_or_insert_default();
        for (record_type, said) in voice {
            let known = together.entry(*record_type).or_insert(Said::Nothing);
            *known = match (&*known, said) {
                (Said::Addresses(one), Said::Addresses(other)) => {
                    Said::Addresses(one.union(other).copied().collect())
                }
                (Said::Nothing, said) | (said @ Said::Addresses(_), Said::Nothing) => said.clone(),
            };
        }
    }
    together
}
