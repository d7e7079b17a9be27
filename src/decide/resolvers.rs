//! Several resolvers about one name: who agrees with whom, whose answer is older, and what follows.

mod disagreement;
pub mod findings;
pub mod standing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use self::standing::standing;
use crate::model::endpoint::Endpoint;
use crate::model::failure::{Cause, Failure};
use crate::model::report::{Answerer, RecordType};
use crate::model::resolvers::{Agreement, ResolverReport, ResolverView, Said};

/// What a resolver says of each record type that it answered about.
type Voice = BTreeMap<RecordType, Said>;

/// Remaining TTLs that differ by less are taken for the same: they are told in whole seconds, and
/// the questions were not answered at the same moment.
const SAME_AGE: Duration = Duration::from_secs(2);

/// The record types about which two resolvers say different things.
pub fn disputed(reports: &[ResolverReport]) -> Vec<RecordType> {
    let differ = |record_type: &RecordType| {
        let mut said = reports.iter().filter_map(|report| report.said(*record_type));
        let first = said.next();
        said.any(|other| Some(other) != first)
    };
    [RecordType::A, RecordType::Aaaa].into_iter().filter(differ).collect()
}

fn voice(report: &ResolverReport) -> Voice {
    let types = report.lookups.iter().map(|lookup| lookup.record_type);
    types.filter_map(|one| Some((one, report.said(one)?))).collect()
}

fn is_complete(report: &ResolverReport) -> bool {
    report.lookups.iter().all(|lookup| Said::of(lookup).is_some())
}

/// The addresses of the record types about which both say something.
fn shared(one: &Voice, other: &Voice) -> Option<BTreeSet<IpAddr>> {
    let mut types =
        one.iter().filter(|(record_type, _)| other.contains_key(record_type)).peekable();
    types.peek()?;
    let sets = types.filter_map(|(_, said)| match said {
        Said::Addresses(addresses) => Some(addresses),
        Said::Nothing => None,
    });
    Some(sets.flatten().copied().collect())
}

/// All that it says, of every type.
fn addresses(voice: &Voice) -> BTreeSet<IpAddr> {
    shared(voice, voice).unwrap_or_default()
}

/// How one stands to another, by what both say something about.
fn relate(one: &Voice, other: &Voice) -> Option<Agreement> {
    let (mine, yours) = (shared(one, other)?, shared(other, one)?);
    Some(if mine == yours {
        Agreement::Same
    } else if mine.is_empty() || yours.is_empty() {
        Agreement::Differs
    } else if mine.is_subset(&yours) {
        Agreement::Part
    } else if mine.is_superset(&yours) {
        Agreement::More
    } else {
        Agreement::Differs
    })
}

/// Evidence that an answer is older than another one that differs from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Which record type.
    pub record_type: RecordType,
    /// The index of a resolver whose answer is newer.
    pub newer: usize,
    /// By how much, if both began with the same TTL.
    pub older_by: Duration,
    /// When the old answer is forgotten, counted from the last question.
    pub gone_in: Duration,
}

/// For each resolver, whether its answer is older than another's. That takes both:
///
/// * asked again, it gave the same addresses and a TTL that had fallen by the time between: it
///   answers from a cache;
/// * another resolver gives other addresses with more time to live: by that, its answer left the
///   source later.
pub fn stale(reports: &[ResolverReport]) -> Vec<Option<Stale>> {
    let types = [RecordType::A, RecordType::Aaaa];
    let of = |report| types.into_iter().find_map(|one| stale_in(report, reports, one));
    reports.iter().map(of).collect()
}

fn stale_in(
    report: &ResolverReport,
    reports: &[ResolverReport],
    record_type: RecordType,
) -> Option<Stale> {
    let gone_in = counted_down(report, record_type)?;
    let own = report.said(record_type)?;
    let left = ttl(report, record_type)?;
    let others = reports.iter().enumerate().filter_map(|(index, other)| {
        let differs = matches!(other.said(record_type)?, Said::Addresses(_))
            && other.said(record_type)? != own;
        let older_by = ttl(other, record_type)?.checked_sub(left)?;
        (differs && older_by >= SAME_AGE).then_some((older_by, index))
    });
    let (older_by, newer) = others.max_by_key(|(older_by, _)| *older_by)?;
    Some(Stale { record_type, newer, older_by, gone_in })
}

/// The TTL of the first answer; `None` where it means nothing.
fn ttl(report: &ResolverReport, record_type: RecordType) -> Option<Duration> {
    let lookup = report.lookup(record_type)?;
    let found = lookup.outcome.as_ref().ok()?;
    found.ttl.filter(|_| lookup.answered_by != Some(Answerer::ThisMachine))
}

/// What is left of the TTL of an answer that comes from a cache; `None` where it may not.
fn counted_down(report: &ResolverReport, record_type: RecordType) -> Option<Duration> {
    let first = ttl(report, record_type)?;
    let again = report.again(record_type)?;
    let left = again.lookup.outcome.as_ref().ok()?.ttl?;
    let fallen = first.checked_sub(left)?;
    let same = Said::of(&again.lookup) == report.said(record_type);
    // Told in whole seconds, it falls by up to one more or less.
    let most = again.after + Duration::from_secs(1);
    (same && !fallen.is_zero() && fallen <= most).then_some(left)
}

/// Whether its answers change from question to question, as those of a load balancer do.
fn rotates(report: &ResolverReport) -> bool {
    report.again.iter().any(|again| {
        let (first, second) = (report.said(again.lookup.record_type), Said::of(&again.lookup));
        second.is_some() && first.is_some() && first != second
    })
}

/// Why a resolver did not answer, where that is not this machine's doing.
pub fn failures(report: &ResolverReport) -> impl Iterator<Item = (RecordType, &Failure)> {
    let failed = report.lookups.iter().filter(|lookup| Said::of(lookup).is_none());
    failed
        .filter_map(|lookup| Some((lookup.record_type, lookup.outcome.as_ref().err()?)))
        .filter(|(_, failure)| !is_of_this_machine(failure.cause))
}

/// It was not asked, or could not be: that says nothing about it.
const fn is_of_this_machine(cause: Cause) -> bool {
    matches!(cause, Cause::LocalLimit | Cause::LocallyForbidden | Cause::NoRoute)
}

/// What a monitoring run keeps of them.
pub fn views(endpoint: &Endpoint, reports: &[ResolverReport]) -> Vec<ResolverView> {
    let views = reports.iter().zip(standing(endpoint, reports).each).map(|(report, agreement)| {
        let complete = is_complete(report);
        let failed = failures(report).next().is_some();
        let found = || report.lookups.iter().filter_map(|lookup| lookup.outcome.as_ref().ok());
        ResolverView {
            name: report.resolver.to_string().into(),
            is_up: if failed { Some(false) } else { complete.then_some(true) },
            time: report.time(),
            addresses: complete
                .then(|| found().map(|found| found.addresses.len() as u64).sum::<u64>()),
            ttl: report.lookups.iter().filter_map(|one| ttl(report, one.record_type)).min(),
            agreement,
        }
    });
    views.collect()
}
