//! The evidence in words.

use std::collections::BTreeMap;
use std::time::SystemTime;

use jiff::Timestamp;

use crate::decide::findings;
use crate::model::failure::{Failure, Phase};
use crate::model::report::EndpointReport;

/// Kinds of failure that are listed: with more the list tells no story any more.
const MOST_KINDS: usize = 6;

/// One line each; the first says what it means, the last what to do.
pub(super) fn lines(
    since: SystemTime,
    reports: &[EndpointReport],
    routes: &[(&str, Result<(), String>)],
    now: SystemTime,
) -> Vec<String> {
    let mut lines = vec![format!(
        "no endpoint has answered since {}: the fault is probably on this machine or its network, \
         not on every server at once",
        date(since)
    )];
    let clock = findings::local(&[], now);
    lines.extend(clock.iter().map(|finding| format!("{}; {}", finding.observed, finding.action)));
    lines.extend(routes.iter().filter_map(|(family, way)| {
        let why = way.as_ref().err()?;
        Some(format!("no way out by {family}: {why}"))
    }));
    if !routes.is_empty() && routes.iter().all(|(_, way)| way.is_ok()) {
        lines.push("the system has a route to endpoints; what is sent there is lost".to_owned());
    }
    lines.extend(failures(reports));
    lines.push(
        "check this machine's resolver, default route, firewall and VPN first; meanwhile nothing \
         is counted against the endpoints"
            .to_owned(),
    );
    lines
}

/// How the endpoints failed: each kind once, with an example, the most frequent first.
fn failures(reports: &[EndpointReport]) -> Vec<String> {
    let mut kinds: BTreeMap<_, (usize, String)> = BTreeMap::new();
    for report in reports {
        for (name, failure) in of_endpoint(report) {
            let kind = (failure.phase, failure.cause);
            let example = || format!("{name}: {}", failure.detail);
            kinds.entry(kind).or_insert_with(|| (0, example())).0 += 1;
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let line = |((phase, cause), (count, example)): ((Phase, _), (usize, String))| {
        let cause: crate::model::failure::Cause = cause;
        let what = match phase {
            Phase::Resolve => "questions to the resolver failed",
            Phase::Connect => "connections failed",
            Phase::Tls => "handshakes failed",
            Phase::Wsus => "requests failed",
        };
        format!("{count} {what} with {}, such as {example}", cause.as_str())
    };
    kinds.into_iter().take(MOST_KINDS).map(line).collect()
}

/// The failures of an endpoint's questions and members, each with the name of what failed.
fn of_endpoint(report: &EndpointReport) -> impl Iterator<Item = (String, &Failure)> {
    let host = &report.endpoint.url.host;
    let lookups = report.lookups.iter().filter_map(move |lookup| {
        let failure = lookup.outcome.as_ref().err()?;
        Some((format!("{host} {}", lookup.record_type.as_str()), failure))
    });
    let members = report
        .members
        .iter()
        .filter_map(|member| Some((member.address.to_string(), member.failure.as_ref()?)));
    lookups.chain(members)
}

fn date(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(
        |_| "a time that cannot be written".to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}
