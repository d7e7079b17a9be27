//! What it means that resolvers say different things.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::findings::finding;
use super::standing::{Basis, Standing, standing};
use super::{Voice, addresses, is_complete, relate, rotates, shared, voice};
use crate::model::endpoint::Endpoint;
use crate::model::failure::Cause;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::report::{Answerer, Lookup};
use crate::model::resolvers::{Agreement, ResolverReport};

/// Most addresses that a text lists of one resolver.
const MOST_LISTED: usize = 6;

pub(super) fn disagreement(endpoint: &Endpoint, reports: &[ResolverReport]) -> Option<Finding> {
    let standing = standing(endpoint, reports);
    if standing.each.iter().flatten().all(|agreement| *agreement == Agreement::Same) {
        return None;
    }
    let is_serious = is_contradictory(&standing, reports) && !is_balanced(endpoint, reports);
    let (meaning, action) = if is_serious {
        (consequence(endpoint, &standing, reports), what_to_do(endpoint).to_owned())
    } else {
        (
            "some resolvers gave only a part of the addresses, or others at each question: load \
             balancing by DNS does that, and so does a change that has not reached every resolver"
                .to_owned(),
            "nothing if the name is balanced so; otherwise compare again when the longest TTL has \
             run out"
                .to_owned(),
        )
    };
    let hurts =
        is_serious && !endpoint.resolvers_may_differ && hurts_own_clients(&standing, reports);
    let severity = if hurts { Severity::Warning } else { Severity::Note };
    let texts = [what_each_says(reports), meaning, action];
    Some(finding(FindingCode::ResolversDisagree, severity, texts))
}

/// Whether somebody says what cannot be a part of the right answer, or, where that is not known, two
/// of them what cannot both be a part of the same.
fn is_contradictory(standing: &Standing, reports: &[ResolverReport]) -> bool {
    if standing.reference.is_some() {
        return standing.each.contains(&Some(Agreement::Differs));
    }
    let voices: Vec<Voice> = reports.iter().map(voice).collect();
    let differs = |one: &Voice, other: &Voice| relate(one, other) == Some(Agreement::Differs);
    voices.iter().any(|one| voices.iter().any(|other| differs(one, other)))
}

/// What to do about a contradiction.
const fn what_to_do(endpoint: &Endpoint) -> &'static str {
    if endpoint.resolvers_may_differ {
        "nothing if that is still meant; otherwise take resolvers_may_differ out of the \
         configuration"
    } else {
        "if it is not on purpose, correct the zone or the forwarding of the resolver that is \
         wrong; if it is, compare only resolvers that the same clients ask, or set \
         resolvers_may_differ"
    }
}

/// Whose clients find what, without a word about who is wrong where nobody knows.
fn consequence(endpoint: &Endpoint, standing: &Standing, reports: &[ResolverReport]) -> String {
    let told: Vec<Told> = reports.iter().filter_map(Told::of).collect();
    let mut parts = Vec::new();
    let lost: Vec<&str> =
        told.iter().filter(|one| one.addresses.is_empty()).map(|one| one.name.as_str()).collect();
    if !lost.is_empty() {
        parts.push(format!("clients of {} find nothing", lost.join(", ")));
    }
    let found: Vec<&Told> = told.iter().filter(|one| !one.addresses.is_empty()).collect();
    let reference = standing.reference.as_ref().map(addresses).unwrap_or_default();
    if reference.is_empty() {
        let named = found.iter().map(|one| (one.name.clone(), &one.addresses));
        let mut groups: Vec<String> = grouped(named).into_iter().map(|(_, names)| names).collect();
        if let (Some(last), false) = (groups.pop(), groups.is_empty()) {
            parts.push(format!(
                "clients of {} are sent elsewhere than clients of {last}, and nothing here tells \
                 which of them is right",
                groups.join(" and of ")
            ));
        }
    } else {
        let is_elsewhere = |one: &&&Told| !one.addresses.is_subset(&reference);
        let names: Vec<&str> =
            found.iter().filter(is_elsewhere).map(|one| one.name.as_str()).collect();
        let than = match standing.basis {
            Basis::Most | Basis::Nothing => "most others",
            Basis::Members => "to the members that the configuration lists",
        };
        if !names.is_empty() {
            parts.push(format!("clients of {} are sent elsewhere than {than}", names.join(", ")));
        }
    }
    parts.push(if endpoint.resolvers_may_differ {
        "that is on purpose by the configuration (resolvers_may_differ)".to_owned()
    } else {
        "internal and public resolvers may differ on purpose (split horizon)".to_owned()
    });
    parts.join("; ")
}

/// A resolver that said something.
struct Told {
    name: String,
    addresses: BTreeSet<IpAddr>,
}

impl Told {
    fn of(report: &ResolverReport) -> Option<Self> {
        let voice = voice(report);
        let name = report.resolver.to_string();
        (!voice.is_empty()).then(|| Self { name, addresses: addresses(&voice) })
    }
}

/// What is said, each with the names of those who say it.
fn grouped<T: PartialEq>(told: impl Iterator<Item = (String, T)>) -> Vec<(T, String)> {
    let mut groups: Vec<(T, String)> = Vec::new();
    for (name, said) in told {
        match groups.iter_mut().find(|(known, _)| *known == said) {
            Some((_, names)) => names.extend([", ", &name]),
            None => groups.push((said, name)),
        }
    }
    groups
}

/// Whether different addresses are explained by a load balancer: somebody's answers change from
/// question to question, or all that is said is among the members that the configuration expects.
/// That there are none is never explained so.
fn is_balanced(endpoint: &Endpoint, reports: &[ResolverReport]) -> bool {
    let voices: Vec<Voice> = reports.iter().map(voice).filter(|voice| !voice.is_empty()).collect();
    if voices.iter().any(|voice| addresses(voice).is_empty()) {
        return false;
    }
    let expected: BTreeSet<IpAddr> = endpoint.expected_members.iter().copied().collect();
    let all: BTreeSet<IpAddr> = voices.iter().flat_map(addresses).collect();
    reports.iter().any(rotates) || (!expected.is_empty() && all.is_subset(&expected))
}

/// Whether those who ask the resolver that the endpoint is probed with may be worse off than
/// others: it says that there is nothing where another one says where, or it has other addresses
/// and neither most nor the configured members on its side. Where it is not compared, whoever is
/// named stands for clients.
fn hurts_own_clients(standing: &Standing, reports: &[ResolverReport]) -> bool {
    if reports.iter().all(|report| !report.is_own) {
        return true;
    }
    let voices: Vec<Voice> = reports.iter().map(voice).collect();
    let own =
        reports.iter().zip(&voices).filter(|(report, voice)| report.is_own && !voice.is_empty());
    own.into_iter().any(|(_, own)| {
        let reference = standing.reference.as_ref();
        let is_right = reference.is_some_and(|most| relate(own, most) == Some(Agreement::Same));
        voices.iter().any(|other| {
            let (Some(mine), Some(theirs)) = (shared(own, other), shared(other, own)) else {
                return false;
            };
            match (mine.is_empty(), theirs.is_empty()) {
                (true, theirs) => !theirs,
                (false, true) => false,
                (false, false) => !is_right && relate(own, other) == Some(Agreement::Differs),
            }
        })
    })
}

/// Who says what, those who say the same together.
fn what_each_says(reports: &[ResolverReport]) -> String {
    let said =
        reports.iter().filter_map(|report| Some((report.resolver.to_string(), words(report)?)));
    let each = grouped(said).into_iter().map(|(words, names)| format!("{names}: {words}"));
    each.collect::<Vec<_>>().join("; ")
}

fn words(report: &ResolverReport) -> Option<String> {
    let voice = voice(report);
    if voice.is_empty() {
        return None;
    }
    let addresses = addresses(&voice);
    let mut words: Vec<String> =
        addresses.iter().take(MOST_LISTED).map(ToString::to_string).collect();
    if let more @ 1.. = addresses.len().saturating_sub(MOST_LISTED) {
        words.push(format!("{more} more"));
    }
    if addresses.is_empty() {
        words.push(nothing(report).to_owned());
    }
    let by_this_machine = |lookup: &Lookup| lookup.answered_by == Some(Answerer::ThisMachine);
    if report.lookups.iter().any(by_this_machine) {
        words.push("from the hosts file of this machine".to_owned());
    }
    if !is_complete(report) {
        words.push("and not everything was answered".to_owned());
    }
    Some(words.join(", "))
}

fn nothing(report: &ResolverReport) -> &'static str {
    let has = |cause| {
        let causes = report.lookups.iter().filter_map(|lookup| lookup.outcome.as_ref().err());
        causes.into_iter().any(|failure| failure.cause == cause)
    };
    if has(Cause::NxDomain) {
        "no such name (NXDOMAIN)"
    } else if has(Cause::DanglingCname) {
        "an alias that leads nowhere"
    } else {
        "no address"
    }
}
