//! Observations that span phases or members.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use crate::decide::health;
use crate::model::endpoint::{Endpoint, Host};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::report::{EndpointReport, Lookup, MemberReport, RecordType, Verdict};
use crate::model::tls::TlsSession;

/// A wall clock before 2026-11-01, in time since 1970, is wrong: this release is younger.
const EARLIEST_PLAUSIBLE: Duration = Duration::from_hours(20_758 * 24);

/// Whether a wall clock is certainly wrong: it is before this release.
pub fn is_clock_wrong(wall: SystemTime) -> bool {
    wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default() < EARLIEST_PLAUSIBLE
}

/// Observations about one member's path and session.
pub fn of_member(session: Option<&TlsSession>, syn_retransmits: Option<u32>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(session) = session.filter(|session| session.legacy_suite) {
        findings.push(Finding {
            code: FindingCode::LegacySuite,
            windows_update_code: None,
            severity: Severity::Note,
            observed: format!("TLS {} with {}", session.version.as_str(), session.suite),
            meaning:
                "only CBC suites are in common, as with the defaults of Windows Server 2012 R2 \
                      and older; Windows clients connect, many other TLS libraries refuse"
                    .to_owned(),
            action:
                "nothing is broken; a newer Windows Server or an ECDSA certificate brings AEAD \
                     suites"
                    .to_owned(),
        });
    }
    if let Some(count) = syn_retransmits.filter(|&count| count > 0) {
        findings.push(Finding {
            code: FindingCode::SynRetransmitted,
            windows_update_code: None,
            severity: Severity::Note,
            observed: format!("{count} SYN(s) had to be sent again"),
            meaning:
                "packets are lost on the way, or the server's accept queue is full; each loss \
                      costs a client a second or more"
                    .to_owned(),
            action: "repeat the probe; if it persists, look for loss on the path and at the \
                     server's load"
                .to_owned(),
        });
    }
    findings
}

/// Observations about a name as a whole. `finished` says whether everything there was to see
/// was seen: absence is not reported before.
pub fn of_endpoint(
    endpoint: &Endpoint,
    lookups: &[Lookup],
    members: &[MemberReport],
    finished: bool,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = down_members(members).into_iter().collect();
    findings.extend(unexpected_members(endpoint, lookups, members, finished));
    findings.extend(lookup_findings(lookups, members));
    findings
}

fn down_members(members: &[MemberReport]) -> Option<Finding> {
    let works = |m: &&MemberReport| matches!(m.verdict, Verdict::Healthy | Verdict::Degraded);
    let down: Vec<String> = members
        .iter()
        .filter(|member| member.verdict == Verdict::Down)
        .map(|member| member.address.ip().to_string())
        .collect();
    if down.is_empty() || members.iter().filter(works).count() == 0 {
        return None;
    }
    let total = members.iter().filter(|m| !health::is_no_route(m)).count();
    let (count, list) = (down.len(), down.join(", "));
    Some(Finding {
        code: FindingCode::MemberDown,
        windows_update_code: None,
        severity: Severity::Warning,
        observed: format!("{count} of {total} members down: {list}"),
        meaning: format!(
            "{count} of {total} clients are sent to a dead member first; they wait for the next \
             one or fail"
        ),
        action: format!("repair {list}, or take it out of DNS or the load balancer"),
    })
}

fn unexpected_members(
    endpoint: &Endpoint,
    lookups: &[Lookup],
    members: &[MemberReport],
    finished: bool,
) -> Vec<Finding> {
    if endpoint.expected_members.is_empty() || !finished {
        return Vec::new();
    }
    let expected: BTreeSet<IpAddr> = endpoint.expected_members.iter().copied().collect();
    let mut found: BTreeSet<IpAddr> = members.iter().map(|member| member.address.ip()).collect();
    let literal = match &endpoint.url.host {
        Host::Address(address) => Some(*address),
        Host::Name(_) => None,
    };
    found.extend(literal);
    let missing = expected
        .difference(&found)
        .filter(|address| literal.is_some() || is_answered(lookups, **address))
        .map(|address| missing_member(address, literal.is_some()));
    let added = found.difference(&expected).map(|address| Finding {
        code: FindingCode::MemberUnexpected,
        windows_update_code: None,
        severity: Severity::Warning,
        observed: format!("{address} is an address of the name but not expected"),
        meaning: "clients are sent to a server that nobody listed".to_owned(),
        action: "find out whose it is; add it to `members` if it belongs there".to_owned(),
    });
    missing.chain(added).collect()
}

/// Whether the question for addresses of this family was asked and answered, be it by saying that
/// there are none. After an error nobody knows which there are.
fn is_answered(lookups: &[Lookup], address: IpAddr) -> bool {
    let record_type = if address.is_ipv4() { RecordType::A } else { RecordType::Aaaa };
    let says_none = [Cause::NoData, Cause::NxDomain, Cause::DanglingCname];
    lookups.iter().filter(|lookup| lookup.record_type == record_type).any(|lookup| {
        lookup.outcome.as_ref().err().is_none_or(|failure| says_none.contains(&failure.cause))
    })
}

fn missing_member(address: &IpAddr, literal: bool) -> Finding {
    let (place, remedy) = if literal {
        ("the address in the URL", "put a name with these addresses into the URL")
    } else {
        ("among the addresses of the name", "put it back into DNS")
    };
    Finding {
        code: FindingCode::MemberMissing,
        windows_update_code: None,
        severity: Severity::Warning,
        observed: format!("{address} is expected but not {place}"),
        meaning: "no client is sent to it, whether it works or not".to_owned(),
        action: format!("{remedy}, or take it out of `members` in the configuration"),
    }
}

fn lookup_findings(lookups: &[Lookup], members: &[MemberReport]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lookup in lookups {
        let kind = lookup.record_type.as_str();
        if let Some(count) = lookup.resends.filter(|&count| count > 0) {
            findings.push(Finding {
                code: FindingCode::DnsResent,
                windows_update_code: None,
                severity: Severity::Note,
                observed: format!("the {kind} question had to be sent {count} time(s) again"),
                meaning: "packets to or from the resolver are lost; its time includes the wait"
                    .to_owned(),
                action: "repeat the probe; if it persists, look at the resolver".to_owned(),
            });
        }
        let failed = lookup.outcome.as_ref().err();
        let Some(failure) = failed.filter(|f| f.cause != Cause::NoData && !members.is_empty())
        else {
            continue;
        };
        findings.push(Finding {
            code: FindingCode::FamilyResolveFailed,
            windows_update_code: None,
            severity: Severity::Note,
            observed: format!("the {kind} question failed: {}", failure.detail),
            meaning: "clients that ask for both families wait for this answer before they connect"
                .to_owned(),
            action: format!(
                "make the name's server answer {kind} questions, with no data if there is none"
            ),
        });
    }
    findings
}

/// Observations about this machine rather than about an endpoint.
pub fn local(reports: &[EndpointReport], wall: SystemTime) -> Vec<Finding> {
    let mut findings = Vec::new();
    let since = wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    if is_clock_wrong(wall) {
        findings.push(Finding {
            code: FindingCode::ClockWrong,
            windows_update_code: None,
            severity: Severity::Warning,
            observed: format!(
                "this machine's clock is {} days after 1970-01-01, before the release of this program",
                since.as_secs() / 86_400
            ),
            meaning: "certificates are judged by that clock, so valid ones look not yet valid, \
                      and expired ones valid"
                .to_owned(),
            action: "set the clock (w32tm /resync, timedatectl), then probe again".to_owned(),
        });
    }
    findings.extend(all_alike(reports));
    findings
}

/// Several endpoints of which none answered point to this machine.
fn all_alike(reports: &[EndpointReport]) -> Option<Finding> {
    let count = reports.len();
    if count < 2 || !reports.iter().all(is_unanswered) {
        return None;
    }
    let failures = reports.iter().filter_map(|report| report.failure.as_ref());
    let causes: BTreeSet<_> = failures.map(|failure| (failure.phase, failure.cause)).collect();
    let causes: Vec<String> = causes
        .into_iter()
        .map(|(phase, cause)| format!("{} {}", phase.as_str(), cause.as_str()))
        .collect();
    Some(Finding {
        code: FindingCode::LocalTrouble,
        windows_update_code: None,
        severity: Severity::Warning,
        observed: format!("none of {count} endpoints answered: {}", causes.join(", ")),
        meaning: "the fault is probably on this machine or its network, not on the servers"
            .to_owned(),
        action: "check this machine's resolver, default route, firewall and VPN first".to_owned(),
    })
}

/// Whether an endpoint failed, and neither it nor any member left a trace of an answer.
fn is_unanswered(report: &EndpointReport) -> bool {
    let of_members = report.members.iter().filter_map(|member| member.failure.as_ref());
    report.failure.is_some()
        && report.failure.iter().chain(of_members).all(nobody_answered)
        && report.members.iter().all(|member| member.rtt.is_none())
}

/// Whether a failure means that no server answered, or that this machine could not ask. A RST, an
/// alert, a certificate or an HTTP answer can only come from the other end.
fn nobody_answered(failure: &Failure) -> bool {
    let cause = failure.cause;
    let silence = health::is_local(failure)
        || matches!(cause, Cause::Timeout | Cause::Unreachable | Cause::Io);
    match failure.phase {
        Phase::Resolve => {
            silence || matches!(cause, Cause::ServFail | Cause::Refused | Cause::NxDomain)
        }
        Phase::Connect => silence,
        Phase::Tls | Phase::Wsus => false,
    }
}

#[cfg(test)]
mod tests;
