//! What a hierarchy makes of reports, by tables.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use super::*;
use crate::model::cabinet::{CabinetSignature, IdentCabinet};
use crate::model::endpoint::{
    DownstreamGeneration, Endpoint, EndpointUrl, Hierarchy, Host, Scheme,
};
use crate::model::exchange::{Answer, Content, Exchange};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::generation::{Generation, Release};
use crate::model::request::Request;
use crate::model::service::ServiceReport;
use crate::model::tls_scan::{Support, TlsScan, VersionReport};

fn report(name: &str, upstream: Option<&str>) -> EndpointReport {
    let host = Host::Name(format!("{name}.test"));
    let url = EndpointUrl { scheme: Scheme::Https, host, port: 8531 };
    let upstream = upstream.map(|name| EndpointName(name.to_owned()));
    let endpoint = Endpoint {
        hierarchy: Hierarchy { upstream, ..Hierarchy::default() },
        ..Endpoint::bare(EndpointName(name.to_owned()), url)
    };
    let member = MemberReport {
        verdict: Verdict::Healthy,
        ..MemberReport::unprobed(SocketAddr::from(([192, 0, 2, 1], 8531)))
    };
    EndpointReport {
        endpoint: Arc::new(endpoint),
        verdict: Verdict::Healthy,
        rtt: None,
        lookups: Vec::new(),
        resolvers: Vec::new(),
        members: vec![member],
        failure: None,
        findings: Vec::new(),
    }
}

fn outcome(report: &mut EndpointReport, service: Service, outcome: Outcome) {
    report.members[0].services.push(ServiceReport { service, outcome });
}

fn stopped() -> Failure {
    Failure::new(Phase::Wsus, Cause::Http503, "HTTP 503")
}

fn released(mut report: EndpointReport, candidates: &[Release]) -> EndpointReport {
    let generation = Generation { candidates: candidates.to_vec(), signals: Vec::new() };
    report.members[0].generation = Some(generation);
    report
}

fn signed(mut report: EndpointReport, date: &str) -> EndpointReport {
    let at: jiff::Timestamp = format!("{date}T00:00:00Z").parse().unwrap();
    let signature = CabinetSignature::Present {
        signer: "Microsoft".into(),
        signed_at: Some(SystemTime::from(at)),
    };
    let cabinet = IdentCabinet { files: Vec::new(), ident_sections: Ok(Vec::new()), signature };
    let answer = Answer { content: Content::Cabinet(Ok(cabinet)), ..Answer::default() };
    let exchange = Exchange { request: Request::SelfUpdate, outcome: Ok(answer) };
    report.members[0].exchanges.push(exchange);
    report
}

fn codes(reports: &[EndpointReport]) -> Vec<(usize, FindingCode, Severity)> {
    let found = findings(reports).into_iter();
    found.map(|(index, finding)| (index, finding.code, finding.severity)).collect()
}

#[test]
fn a_broken_upstream_is_told_at_the_server_below() {
    type Change = fn(&mut EndpointReport);
    let cases: [(Change, Option<&str>); 7] = [
        (|_| (), None),
        (|r| r.verdict = Verdict::Unknown, None),
        (|r| outcome(r, Service::ServerSync, Outcome::Unknown(String::new())), None),
        (|r| outcome(r, Service::Reporting, Outcome::Fail(stopped())), None),
        (
            |r| {
                r.verdict = Verdict::Down;
                r.failure = Some(stopped());
            },
            Some("top, from which it synchronizes, is down (http_503: HTTP 503)"),
        ),
        (
            |r| outcome(r, Service::ServerSync, Outcome::Fail(stopped())),
            Some(
                "top, from which it synchronizes, fails at server_sync at 1 of 1 members, such \
                 as 192.0.2.1 (http_503: HTTP 503)",
            ),
        ),
        (
            |r| outcome(r, Service::DssAuth, Outcome::Fail(stopped())),
            Some(
                "top, from which it synchronizes, fails at dss_auth at 1 of 1 members, such as \
                 192.0.2.1 (http_503: HTTP 503)",
            ),
        ),
    ];
    for (change, expected) in cases {
        let mut reports = [report("below", Some("top")), report("top", None)];
        change(&mut reports[1]);
        let found = findings(&reports);
        let observed: Vec<_> = found.iter().map(|(at, f)| (*at, f.observed.as_str())).collect();
        assert_eq!(observed, expected.map(|text| (0, text)).into_iter().collect::<Vec<_>>());
        for (_, finding) in found {
            assert_eq!(
                (finding.code, finding.severity),
                (FindingCode::UpstreamBroken, Severity::Warning)
            );
        }
    }
}

#[test]
fn a_server_that_is_newer_than_the_one_above_it_is_told() {
    use Release::{Server2012R2, Server2016, Server2019, Wsus3Sp2On2003, Wsus3Sp2On2008};
    use Severity::Note;
    type Side<'a> = (&'a [Release], &'a str);
    let cases: [(Side<'_>, Side<'_>, Option<Severity>); 11] = [
        ((&[Server2012R2], ""), (&[Server2016, Server2019], ""), Some(Note)),
        ((&[Server2012R2, Server2016], ""), (&[Server2016], ""), None),
        ((&[Server2016], ""), (&[Server2012R2], ""), None),
        // The same WSUS on another Windows.
        ((&[Wsus3Sp2On2003], ""), (&[Wsus3Sp2On2008], ""), None),
        // Contradictory signals say nothing.
        ((&[], ""), (&[Server2016], ""), None),
        ((&[Server2016], ""), (&[], ""), None),
        ((&[], "2013-01-01"), (&[], "2014-07-01"), Some(Note)),
        ((&[], "2014-07-01"), (&[], "2014-07-01"), None),
        ((&[], "2014-07-01"), (&[], "2013-01-01"), None),
        ((&[], ""), (&[], "2014-07-01"), None),
        ((&[Server2012R2], "2013-01-01"), (&[Server2016], "2014-07-01"), Some(Note)),
    ];
    for ((above, above_signed), (below, below_signed), expected) in cases {
        let one = |name, upstream, releases: &[Release], date: &str| {
            let report = released(report(name, upstream), releases);
            if date.is_empty() { report } else { signed(report, date) }
        };
        let reports =
            [one("below", Some("top"), below, below_signed), one("top", None, above, above_signed)];
        let expected: Vec<_> = expected
            .map(|severity| (0, FindingCode::HierarchySkew, severity))
            .into_iter()
            .collect();
        assert_eq!(codes(&reports), expected, "{above:?} {below:?} {above_signed} {below_signed}");
    }
}

#[test]
fn a_member_of_unknown_release_leaves_the_order_unknown() {
    let mut reports = [
        released(report("below", Some("top")), &[Release::Server2016]),
        released(report("top", None), &[Release::Server2012]),
    ];
    assert_eq!(codes(&reports).len(), 1);
    let unknown = MemberReport::unprobed(SocketAddr::from(([192, 0, 2, 2], 8531)));
    reports[1].members.push(unknown);
    assert_eq!(codes(&reports), []);
}

#[test]
fn tls10_is_needed_only_by_wsus_32_over_https() {
    use DownstreamGeneration::{Server2012OrLater, Wsus32};
    let cases = [
        (true, Some(Wsus32), Scheme::Https, true),
        (false, Some(Wsus32), Scheme::Https, false),
        (true, Some(Server2012OrLater), Scheme::Https, false),
        (true, None, Scheme::Https, false),
        (true, Some(Wsus32), Scheme::Http, false),
    ];
    for (is_upstream, downstream_generation, scheme, expected) in cases {
        let mut top = report("top", None);
        let endpoint = Arc::make_mut(&mut top.endpoint);
        endpoint.hierarchy = Hierarchy { is_upstream, downstream_generation, upstream: None };
        endpoint.url.scheme = scheme;
        let found = findings(&[top]);
        assert_eq!(found.len(), usize::from(expected), "{found:?}");
        for (_, finding) in found {
            assert_eq!(
                (finding.code, finding.severity),
                (FindingCode::Tls10Needed, Severity::Note)
            );
            assert!(finding.observed.contains("not tested"), "{finding:?}");
            assert!(finding.action.contains("`wsus-probe tls top`"), "{finding:?}");
        }
    }
}

#[test]
fn tls10_is_told_here_only_of_members_that_were_not_scanned() {
    let scan = |protocol, support| {
        let version = VersionReport { protocol, support, certain: true, attempts: Vec::new() };
        Some(TlsScan { versions: vec![version], ..TlsScan::default() })
    };
    let tls10 = |support| scan(Protocol::Tls10, support);
    let unscanned = || [None, scan(Protocol::Tls12, Support::Supported)];
    let cases = [
        (vec![tls10(Support::Supported)], None),
        (vec![tls10(Support::NotSupported)], None),
        (vec![tls10(Support::Unknown)], None),
        (unscanned().into(), Some("accepted here was not tested")),
        (vec![tls10(Support::Supported), None], Some("accepted by every member here was not")),
        (Vec::new(), Some("accepted here was not tested")),
    ];
    for (scans, expected) in cases {
        let mut top = report("top", None);
        let hierarchy = &mut Arc::make_mut(&mut top.endpoint).hierarchy;
        hierarchy.is_upstream = true;
        hierarchy.downstream_generation = Some(DownstreamGeneration::Wsus32);
        let address = top.members[0].address;
        let member = |tls_scan| MemberReport { tls_scan, ..MemberReport::unprobed(address) };
        top.members = scans.into_iter().map(member).collect();
        let found = findings(&[top]);
        match expected {
            Some(words) => assert!(found[0].1.observed.contains(words), "{found:?}"),
            None => assert_eq!(found, []),
        }
    }
}

#[test]
fn an_upstream_that_is_not_probed_says_nothing() {
    assert_eq!(codes(&[report("below", Some("top"))]), []);
    assert_eq!(codes(&[]), []);
}

#[test]
fn findings_come_top_down_and_circles_end() {
    let down = |name, upstream| EndpointReport { verdict: Verdict::Down, ..report(name, upstream) };
    let reports = [down("c", Some("b")), down("b", Some("a")), down("a", None)];
    let order: Vec<usize> = codes(&reports).into_iter().map(|(index, ..)| index).collect();
    assert_eq!(order, [1, 0]);
    assert_eq!(top_down(&[Some(2), Some(2), None, Some(1), None]), [2, 4, 0, 1, 3]);
    assert_eq!(codes(&[down("a", Some("b")), down("b", Some("a"))]), []);
    assert_eq!(codes(&[down("a", Some("a"))]), []);
}
