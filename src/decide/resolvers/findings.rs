//! What disagreement, age, silence and slowness of resolvers mean for clients.
//!
//! They weigh on the verdict where they concern those who ask the resolver that the endpoint is
//! probed with; or all, where that is not among the compared ones.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use super::{
    Voice, agreements, failures, is_complete, most, relate, rotates, shared, stale, voice,
};
use crate::model::endpoint::{Endpoint, ResolverChoice};
use crate::model::failure::Cause;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::report::{Answerer, Lookup};
use crate::model::resolvers::{Agreement, ResolverReport, Said};
use crate::model::timing::Timed;

/// A resolver is slow when it takes at least so many times as long as the fastest one…
const SLOW_FACTOR: u32 = 5;

/// …and at least so much longer: below that nobody notices.
const SLOW_BY: Duration = Duration::from_millis(100);

/// Most addresses that a text lists of one resolver.
const MOST_LISTED: usize = 6;

/// What is worth a person's attention. Nothing where less than two resolvers were asked, but for
/// those that failed.
pub fn findings(endpoint: &Endpoint, reports: &[ResolverReport]) -> Vec<Finding> {
    let all = [disagreement(endpoint, reports), age(reports), silence(reports), slowness(reports)];
    all.into_iter().flatten().collect()
}

fn finding(
    code: FindingCode,
    severity: Severity,
    [observed, meaning, action]: [String; 3],
) -> Finding {
    Finding { code, severity, observed, meaning, windows_update_code: None, action }
}

fn disagreement(endpoint: &Endpoint, reports: &[ResolverReport]) -> Option<Finding> {
    let agreements = agreements(reports);
    let is_other = |agreement: &&Agreement| **agreement != Agreement::Same;
    let worst = agreements.iter().flatten().filter(is_other).max()?;
    let apart: Vec<String> = reports
        .iter()
        .zip(&agreements)
        .filter(|(_, agreement)| agreement.is_some_and(|one| one != Agreement::Same))
        .map(|(report, _)| report.resolver.to_string())
        .collect();
    let apart = apart.join(", ");
    let observed = what_each_says(reports);
    let (meaning, action) = if *worst != Agreement::Differs || is_balanced(endpoint, reports) {
        (
            "some resolvers gave only a part of the addresses, or others at each question: load \
             balancing by DNS does that, and so does a change that has not reached every resolver"
                .to_owned(),
            "nothing if the name is balanced so; otherwise compare again when the longest TTL has \
             run out"
                .to_owned(),
        )
    } else {
        (
            format!(
                "clients that ask {apart} are sent elsewhere than the others, or nowhere; internal \
                 and public resolvers may differ on purpose (split horizon)"
            ),
            "if it is not on purpose, correct the zone or the forwarding of the resolver that is \
             wrong; if it is, compare only resolvers that the same clients ask"
                .to_owned(),
        )
    };
    let hurts = *worst == Agreement::Differs
        && !is_balanced(endpoint, reports)
        && hurts_own_clients(reports);
    let severity = if hurts { Severity::Warning } else { Severity::Note };
    Some(finding(FindingCode::ResolversDisagree, severity, [observed, meaning, action]))
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
/// and not most on its side. Where it is not compared, whoever is named stands for clients.
fn hurts_own_clients(reports: &[ResolverReport]) -> bool {
    if reports.iter().all(|report| !report.is_own) {
        return true;
    }
    let Some(most) = most(reports) else { return false };
    let voices: Vec<Voice> = reports.iter().map(voice).collect();
    let own =
        reports.iter().zip(&voices).filter(|(report, voice)| report.is_own && !voice.is_empty());
    own.into_iter().any(|(_, own)| {
        let has_most = most.is_majority && relate(own, &most.voice) == Some(Agreement::Same);
        voices.iter().any(|other| {
            let (Some(mine), Some(theirs)) = (shared(own, other), shared(other, own)) else {
                return false;
            };
            match (mine.is_empty(), theirs.is_empty()) {
                (true, theirs) => !theirs,
                (false, true) => false,
                (false, false) => !has_most && relate(own, other) == Some(Agreement::Differs),
            }
        })
    })
}

fn addresses(voice: &Voice) -> BTreeSet<IpAddr> {
    shared(voice, voice).unwrap_or_default()
}

/// Who says what, those who say the same together.
fn what_each_says(reports: &[ResolverReport]) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for report in reports {
        let Some(words) = words(report) else { continue };
        let name = report.resolver.to_string();
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, names)) => names.push(name),
            None => groups.push((words, vec![name])),
        }
    }
    let each = groups.into_iter().map(|(words, names)| format!("{}: {words}", names.join(", ")));
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
