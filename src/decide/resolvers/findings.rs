//! What disagreement, age, silence and slowness of resolvers mean for clients.
//!
//! They weigh on the verdict where they concern those who ask the resolver that the endpoint is
//! probed with; or all, where that is not among the compared ones.

use std::time::Duration;

use super::disagreement::disagreement;
use super::{failures, stale, voice};
use crate::model::endpoint::{Endpoint, ResolverChoice};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::report::{Answerer, Lookup};
use crate::model::resolvers::{ResolverReport, Said};
use crate::model::timing::Timed;

/// A resolver is slow when it takes at least so many times as long as the fastest one…
const SLOW_FACTOR: u32 = 5;

/// …and at least so much longer: below that nobody notices.
const SLOW_BY: Duration = Duration::from_millis(100);

/// What is worth a person's attention. Nothing where less than two resolvers were asked, but for
/// those that failed.
pub fn findings(endpoint: &Endpoint, reports: &[ResolverReport]) -> Vec<Finding> {
    let all = [disagreement(endpoint, reports), age(reports), silence(reports), slowness(reports)];
    all.into_iter().flatten().collect()
}

pub(super) fn finding(
    code: FindingCode,
    severity: Severity,
    [observed, meaning, action]: [String; 3],
) -> Finding {
    Finding { code, severity, observed, meaning, windows_update_code: None, action }
}

fn age(reports: &[ResolverReport]) -> Option<Finding> {
    let stale = stale(reports);
    let old =
        reports.iter().zip(&stale).filter_map(|(report, stale)| Some((report, stale.as_ref()?)));
    let each: Vec<String> = old
        .filter_map(|(report, stale)| {
            let newer = &reports.get(stale.newer)?.resolver;
            let (kind, by) = (stale.record_type.as_str(), stale.older_by.as_secs());
            Some(format!(
                "{} answers {kind} from its cache with {} s left; by the TTLs that is {by} s older \
                 than the other answer of {newer}",
                report.resolver,
                stale.gone_in.as_secs()
            ))
        })
        .collect();
    if each.is_empty() {
        return None;
    }
    let meaning = "clients that ask it go by the old addresses until the TTL has run out, if the \
                   records were changed in between; different views of one name (split horizon) \
                   with different TTLs look alike"
        .to_owned();
    let action = "wait for the TTL to run out and compare again; if that is too long, clear the \
                  resolver's cache, and next time lower the TTL before the change"
        .to_owned();
    Some(finding(FindingCode::ResolverStale, Severity::Note, [each.join("; "), meaning, action]))
}

fn silence(reports: &[ResolverReport]) -> Option<Finding> {
    let own_is_compared = reports.iter().any(|report| report.is_own);
    let mut severity = Severity::Note;
    let mut each = Vec::new();
    for report in reports {
        let mut failed: Vec<(String, String)> = Vec::new();
        for (record_type, failure) in failures(report) {
            let text = format!("{}: {}", failure.cause.as_str(), failure.detail);
            match failed.iter_mut().find(|(_, known)| *known == text) {
                Some((types, _)) => *types = format!("{types} and {}", record_type.as_str()),
                None => failed.push((record_type.as_str().to_owned(), text)),
            }
        }
        let concerns = report.is_own || !own_is_compared;
        if !failed.is_empty() && concerns && voice(report).is_empty() {
            severity = Severity::Warning;
        }
        let texts = failed.into_iter().map(|(types, text)| format!("{types}: {text}"));
        let texts: Vec<String> = texts.collect();
        if !texts.is_empty() {
            each.push(format!("{} ({})", report.resolver, texts.join("; ")));
        }
    }
    if each.is_empty() {
        return None;
    }
    let meaning = "clients that ask it do not find the server, or only after they have asked \
                   another one; what it would say of the name is not known"
        .to_owned();
    let action = "from this machine, ask it for any name it must know (nslookup NAME ADDRESS); \
                  then look at its service, its firewall and who may ask it"
        .to_owned();
    Some(finding(FindingCode::ResolverFailed, severity, [each.join("; "), meaning, action]))
}

fn slowness(reports: &[ResolverReport]) -> Option<Finding> {
    let times = || reports.iter().filter_map(|report| Some((report, comparable_time(report)?)));
    // What includes this process' waiting does not compare with what does not.
    let clock = times().map(|(_, time)| time.clock).min()?;
    let times = || times().filter(|(_, time)| time.clock == clock);
    let (fastest, least) = times().min_by_key(|(_, time)| time.duration)?;
    let least = least.duration;
    let slow = times().filter(|(_, time)| {
        time.duration >= least.saturating_mul(SLOW_FACTOR) && time.duration >= least + SLOW_BY
    });
    let each: Vec<String> = slow
        .map(|(report, time)| format!("{} took {}", report.resolver, milliseconds(time.duration)))
        .collect();
    if each.is_empty() {
        return None;
    }
    let observed =
        format!("{}; {} took {}", each.join(", "), fastest.resolver, milliseconds(least));
    let meaning = "each of its clients waits so long before it can connect, unless it remembers \
                   the answer"
        .to_owned();
    let action = "compare again: a first answer has to be fetched, a second one comes from the \
                  cache; if it stays slow, look at the way to the resolver and at its forwarders"
        .to_owned();
    Some(finding(FindingCode::ResolverSlow, Severity::Note, [observed, meaning, action]))
}

/// How long it took, where that compares with others: over TLS a connection is opened first, and
/// what this machine knows by itself is asked of nobody.
fn comparable_time(report: &ResolverReport) -> Option<Timed> {
    let asks = |lookup: &Lookup| {
        lookup.answered_by != Some(Answerer::ThisMachine) && Said::of(lookup).is_some()
    };
    let is_plain = !matches!(report.resolver, ResolverChoice::Tls { .. });
    let fits = is_plain && !report.lookups.is_empty() && report.lookups.iter().all(asks);
    report.time().filter(|_| fits)
}

fn milliseconds(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}
