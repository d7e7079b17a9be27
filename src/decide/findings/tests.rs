//! What is said of a name's members and of this machine, by tables.

use std::net::SocketAddr;
use std::sync::Arc;

use super::*;
use crate::model::endpoint::{EndpointName, EndpointUrl, Family, Hierarchy, Host, Scheme};
use crate::model::failure::{Failure, Phase};
use crate::model::protocol::TlsExpectations;
use crate::model::report::{Addresses, RecordType};
use crate::model::timing::Timed;

const V4: &str = "192.0.2.1";
const V6: &str = "2001:db8::1";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn endpoint(host: Host, expected_members: &[&str]) -> Endpoint {
    Endpoint {
        name: EndpointName("one".into()),
        dc: None,
        region: None,
        url: EndpointUrl { scheme: Scheme::Https, host, port: 8531 },
        server_name: None,
        priority: None,
        expected_members: expected_members.iter().copied().map(ip).collect(),
        family: Family::Any,
        resolvers_may_differ: false,
        time_zone: None,
        patch_window: None,
        hierarchy: Hierarchy::default(),
        tls: TlsExpectations::default(),
    }
}

fn member(address: &str, failure: Option<Failure>) -> MemberReport {
    MemberReport {
        verdict: if failure.is_some() { Verdict::Down } else { Verdict::Healthy },
        failure,
        ..MemberReport::unprobed(SocketAddr::new(ip(address), 8531))
    }
}

fn lookup(record_type: RecordType, outcome: Result<&[&str], Cause>) -> Lookup {
    let addresses = |found: &[&str]| Addresses {
        addresses: found.iter().copied().map(ip).collect(),
        ..Addresses::default()
    };
    let failed = |cause| Failure::new(Phase::Resolve, cause, "");
    Lookup {
        record_type,
        time: None,
        resends: None,
        answered_by: None,
        outcome: outcome.map(addresses).map_err(failed),
    }
}

#[test]
fn absence_is_claimed_only_after_an_answer() {
    use RecordType::{A, Aaaa};
    let name = || Host::Name("wsus.example.test".into());
    let one = || lookup(A, Ok(&[V4]));
    let missing = |address| vec![(FindingCode::MemberMissing, address)];
    let table = [
        ("all there", name(), vec![one(), lookup(Aaaa, Ok(&[V6]))], vec![V4, V6], vec![]),
        ("answered", name(), vec![one(), lookup(Aaaa, Err(Cause::NoData))], vec![V4], missing(V6)),
        ("others", name(), vec![one(), lookup(Aaaa, Ok(&[]))], vec![V4], missing(V6)),
        ("no name", name(), vec![one(), lookup(Aaaa, Err(Cause::NxDomain))], vec![V4], missing(V6)),
        (
            "alias to nothing",
            name(),
            vec![one(), lookup(Aaaa, Err(Cause::DanglingCname))],
            vec![V4],
            missing(V6),
        ),
        ("timed out", name(), vec![one(), lookup(Aaaa, Err(Cause::Timeout))], vec![V4], vec![]),
        ("failed", name(), vec![one(), lookup(Aaaa, Err(Cause::ServFail))], vec![V4], vec![]),
        ("nonsense", name(), vec![one(), lookup(Aaaa, Err(Cause::BadDnsAnswer))], vec![V4], vec![]),
        ("not asked", name(), vec![one()], vec![V4], vec![]),
        ("literal", Host::Address(ip(V4)), vec![], vec![V4], missing(V6)),
        ("literal, no member yet", Host::Address(ip(V4)), vec![], vec![], missing(V6)),
    ];
    for (case, host, lookups, members, expected) in table {
        let endpoint = endpoint(host, &[V4, V6]);
        let members: Vec<MemberReport> = members.into_iter().map(|m| member(m, None)).collect();
        let found = unexpected_members(&endpoint, &lookups, &members, true);
        let found: Vec<_> = found.iter().map(|f| (f.code, f.observed.as_str())).collect();
        assert_eq!(found.len(), expected.len(), "{case}: {found:?}");
        for ((code, observed), (expected, address)) in found.into_iter().zip(expected) {
            assert!(code == expected && observed.contains(address), "{case}: {observed}");
        }
        assert_eq!(unexpected_members(&endpoint, &lookups, &members, false), [], "{case}");
    }
}

#[test]
fn a_stranger_is_named() {
    let endpoint = endpoint(Host::Name("wsus.example.test".into()), &[V4]);
    let lookups = [lookup(RecordType::A, Ok(&[V4])), lookup(RecordType::Aaaa, Ok(&[V6]))];
    let members = [member(V4, None), member(V6, None)];
    let found = unexpected_members(&endpoint, &lookups, &members, true);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, FindingCode::MemberUnexpected);
    assert!(found[0].observed.contains(V6));
}

fn failed(phase: Phase, cause: Cause) -> EndpointReport {
    let failure = Failure::new(phase, cause, "");
    let members = match phase {
        Phase::Resolve => Vec::new(),
        Phase::Connect | Phase::Tls | Phase::Wsus => vec![member(V4, Some(failure.clone()))],
    };
    EndpointReport {
        endpoint: Arc::new(endpoint(Host::Name("wsus.example.test".into()), &[])),
        verdict: Verdict::Down,
        rtt: None,
        lookups: Vec::new(),
        resolvers: Vec::new(),
        members,
        failure: Some(failure),
        findings: Vec::new(),
    }
}

#[test]
fn this_machine_is_accused_only_when_nobody_answered() {
    use Phase::{Connect, Resolve, Tls, Wsus};
    let dead = || failed(Connect, Cause::Timeout);
    let works = || EndpointReport { failure: None, ..dead() };
    let mut one_refuses = dead();
    one_refuses.members.push(member(V6, Some(Failure::new(Connect, Cause::Refused, ""))));
    let mut one_answered = dead();
    one_answered.members[0].rtt = Some(Timed::kernel(Duration::from_millis(12)));
    let table = [
        (vec![], None),
        (vec![dead()], None),
        (vec![dead(), dead()], Some("connect timeout")),
        (vec![dead(), works()], None),
        (vec![dead(), one_refuses], None),
        (vec![dead(), one_answered], None),
        (vec![dead(), failed(Connect, Cause::Refused)], None),
        (vec![failed(Connect, Cause::Refused), failed(Connect, Cause::Refused)], None),
        (vec![failed(Connect, Cause::Reset), failed(Connect, Cause::Reset)], None),
        (vec![failed(Tls, Cause::Alert), failed(Tls, Cause::Alert)], None),
        (vec![failed(Tls, Cause::Timeout), failed(Tls, Cause::Timeout)], None),
        (vec![failed(Wsus, Cause::Http503), failed(Wsus, Cause::Http503)], None),
        (
            vec![
                failed(Tls, Cause::CertificateNotYetValid),
                failed(Tls, Cause::CertificateNotYetValid),
            ],
            None,
        ),
        (
            vec![dead(), failed(Resolve, Cause::ServFail), failed(Connect, Cause::NoRoute), dead()],
            Some("resolve servfail, connect timeout, connect no_route"),
        ),
        (
            vec![failed(Resolve, Cause::Refused), failed(Resolve, Cause::NxDomain)],
            Some("resolve refused, resolve nxdomain"),
        ),
        (
            vec![failed(Resolve, Cause::NoResolver), failed(Resolve, Cause::Io)],
            Some("resolve io, resolve no_resolver"),
        ),
        (
            vec![failed(Connect, Cause::LocalLimit), failed(Connect, Cause::LocallyForbidden)],
            Some("connect local_limit, connect locally_forbidden"),
        ),
        (vec![failed(Resolve, Cause::NoData), failed(Resolve, Cause::NoData)], None),
    ];
    for (reports, expected) in table {
        let what: Vec<_> =
            reports.iter().map(|r| r.failure.as_ref().map(|f| (f.phase, f.cause))).collect();
        let found = all_alike(&reports).map(|finding| finding.observed);
        let causes = found.as_deref().and_then(|observed| observed.split_once(": "));
        assert_eq!(causes.map(|(_, causes)| causes), expected, "{what:?}: {found:?}");
    }
}

fn codes(findings: &[Finding]) -> Vec<FindingCode> {
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn some_members_down_is_a_warning_and_all_down_is_more() {
    let refused = || Some(Failure::new(Phase::Connect, Cause::Refused, "seen"));
    let name = || endpoint(Host::Name("wsus.test".into()), &[]);
    let half = [member(V4, None), member(V6, refused())];
    assert_eq!(codes(&of_endpoint(&name(), &[], &half, true)), [FindingCode::MemberDown]);
    let all = [member(V4, refused()), member(V6, refused())];
    assert_eq!(codes(&of_endpoint(&name(), &[], &all, true)), []);
}

#[test]
fn lookups_are_worth_a_note_only_beside_members() {
    use FindingCode::{DnsResent, FamilyResolveFailed};
    let name = endpoint(Host::Name("wsus.test".into()), &[]);
    let failed = |cause, resends| Lookup { resends, ..lookup(RecordType::Aaaa, Err(cause)) };
    let members = [member(V4, None)];
    for (lookup, members, found) in [
        (failed(Cause::NoData, Some(0)), &members[..], vec![]),
        (failed(Cause::ServFail, None), &members, vec![FamilyResolveFailed]),
        (failed(Cause::ServFail, None), &[], vec![]),
        (failed(Cause::Timeout, Some(2)), &members, vec![DnsResent, FamilyResolveFailed]),
    ] {
        assert_eq!(codes(&of_endpoint(&name, &[lookup], members, true)), found);
    }
}

#[test]
fn a_clock_before_this_program_is_wrong() {
    let plausible = SystemTime::UNIX_EPOCH + EARLIEST_PLAUSIBLE;
    assert_eq!(codes(&local(&[], plausible)), []);
    let second = Duration::from_secs(1);
    for wall in [SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH - second, plausible - second] {
        assert_eq!(codes(&local(&[], wall)), [FindingCode::ClockWrong]);
    }
}
