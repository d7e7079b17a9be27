//! The evidence in words.

use std::collections::BTreeMap;
use std::time::SystemTime;

use jiff::Timestamp;

use super::{Heard, heard};
use crate::decide::findings;
use crate::model::endpoint::Family;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::report::{EndpointReport, MemberReport};

/// Kinds of failure that are listed: with more the list tells no story any more.
const MOST_KINDS: usize = 6;

/// The names of the families, as the system's answers about routes have them.
const IPV4: &str = "IPv4";
const IPV6: &str = "IPv6";

/// One line each; the first says what it means, the last what to do.
pub(super) fn lines(
    since: SystemTime,
    ever_heard: bool,
    reports: &[EndpointReport],
    routes: &[(&str, Result<(), String>)],
    now: SystemTime,
) -> Vec<String> {
    let is_wrong = findings::is_clock_wrong(now);
    if is_wrong || reports.first().is_some_and(|report| heard(report, now) == Heard::Early) {
        return of_clock(is_wrong, reports, now);
    }
    let answered = if ever_heard {
        format!("no endpoint has answered since {}", date(since))
    } else {
        "no endpoint has answered since this process started watching".to_owned()
    };
    let mut lines = vec![format!(
        "{answered}: the fault is probably on this machine or its network, not on every server at \
         once"
    )];
    lines.extend(ways(reports, routes));
    lines.extend(failures(reports));
    lines.push(
        "check this machine's resolver, default route, firewall and VPN first; meanwhile nothing \
         is counted against the endpoints"
            .to_owned(),
    );
    lines
}

/// The evidence against this machine's clock.
fn of_clock(is_wrong: bool, reports: &[EndpointReport], now: SystemTime) -> Vec<String> {
    let what = if is_wrong {
        "which is before the release of this program, so it is wrong: by it no certificate can be \
         judged"
    } else {
        "and by it no certificate that any endpoint shows is valid yet: the clock is probably \
         behind, not every certificate too new"
    };
    let mut lines = vec![format!("this machine's clock says {}, {what}", date(now))];
    lines.extend(failures(reports));
    lines.push(
        "check this machine's time synchronisation (timedatectl, w32tm /query /status) and set \
         the clock; meanwhile nothing that depends on it is counted against the endpoints"
            .to_owned(),
    );
    lines
}

/// What the system said of ways out by the families that endpoints use. Where one of them has a
/// way, it does not matter that another has none.
fn ways(reports: &[EndpointReport], routes: &[(&str, Result<(), String>)]) -> Vec<String> {
    let is_blind = reports.iter().all(|report| report.members.is_empty());
    let used = |family: &str| reports.iter().any(|report| uses(report, family, is_blind));
    let routes: Vec<_> = routes.iter().filter(|(family, _)| used(family)).collect();
    let open: Vec<_> =
        routes.iter().filter(|(_, way)| way.is_ok()).map(|(family, _)| *family).collect();
    if open.is_empty() {
        let why = |(family, way): &(&str, Result<(), String>)| {
            Some(format!("no way out by {family}: {}", way.as_ref().err()?))
        };
        return routes.into_iter().filter_map(why).collect();
    }
    let is_lost = |member: &MemberReport| {
        let cause = member.failure.as_ref().map(|failure| (failure.phase, failure.cause));
        cause == Some((Phase::Connect, Cause::Timeout)) && open.contains(&family_of(member))
    };
    let lost = reports.iter().flat_map(|report| &report.members).any(is_lost);
    let lost = if lost { "; what is sent there is lost" } else { "" };
    vec![format!("the system has a default route for {}{lost}", open.join(" and "))]
}

/// Whether an endpoint uses a family: it has addresses of it, or is set to it alone. Where no
/// address of any is known (`is_blind`), it may use both.
fn uses(report: &EndpointReport, family: &str, is_blind: bool) -> bool {
    let by_setting = match report.endpoint.family {
        Family::Any => is_blind,
        Family::Ipv4 => family == IPV4,
        Family::Ipv6 => family == IPV6,
    };
    by_setting || report.members.iter().any(|member| family_of(member) == family)
}

const fn family_of(member: &MemberReport) -> &'static str {
    if member.address.is_ipv4() { IPV4 } else { IPV6 }
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
        let cause: Cause = cause;
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
