//! The server beside the known ones, and in a race.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::model::client::Weight::{Error, Note, Warning};
use crate::model::endpoint::{Endpoint, EndpointName};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::report::{EndpointReport, Verdict};
use crate::model::selection::{Explained, NearestReport, ReasonCode, RejectionCode, Selection};
use crate::model::timing::Timed;
use crate::model::url::parse;
use crate::policy::audit::{against_catalogue, against_race, findings_beside};

/// The known servers.
pub(super) fn known() -> Vec<Endpoint> {
    let site = |site: &str| {
        let url = parse(&format!("https://msupdate.{site}.rackspace.com")).unwrap().url;
        Endpoint::bare(EndpointName(site.to_owned()), url)
    };
    ["dfw", "ord", "iad", "hkg", "syd", "lon"].map(site).into()
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = catalogue();
    cases.extend(races());
    cases
}

#[test]
fn the_server_beside_the_known_ones() {
    check(&cases());
}

fn catalogue() -> Vec<Case> {
    let misspelled = (Code::ServerMisspelled, Warning);
    let unknown = (Code::ServerNotInCatalogue, Note);
    let near = |name, url: &str, expected: &[(Code, Weight)]| Case {
        name,
        found: against_catalogue(&[good().server(url).document()], &known()),
        expected: expected.to_vec(),
    };
    vec![
        near("known", SERVER, &[]),
        near("known, in capitals", "HTTPS://MSUPDATE.ORD.rackspace.com:443", &[]),
        near("digit", "https://msupdate.dfw1.rackspace.com", &[misspelled])
            .says("to https://msupdate.dfw.rackspace.com"),
        near("swapped", "https://msupdate.dwf.rackspace.com", &[misspelled]).says("(dfw)"),
        near("swapped and missing", "https://msupadte.dw.rackspace.com", &[misspelled])
            .says("(dfw)"),
        near("no dot", "https://msupdatedfw.rackspace.com", &[misspelled]).says("(dfw)"),
        near("between two", "https://msupdate.lyd.rackspace.com", &[misspelled]).says("(syd)"),
        near("as near to two", "https://msupdate.ird.rackspace.com", &[misspelled])
            .says("(ord) and https://msupdate.iad.rackspace.com (iad)"),
        near("another site", "https://msupdate.fra.rackspace.com", &[unknown]),
        near("another company", "https://wsus.corp.example:8531", &[unknown]),
        near("address", "http://192.0.2.1:8530", &[unknown]),
        near(
            "another port",
            "https://msupdate.dfw.rackspace.com:8531",
            &[(Code::ServerNotInCatalogue, Warning)],
        )
        .says("known as https://msupdate.dfw.rackspace.com"),
        near("no URL", "msupdate", &[]),
    ]
}

/// Of a host that is known, nobody needs to guess what the URL should be.
#[test]
fn known_hosts_get_one_instruction() {
    let mut known = known();
    let url = parse("http://wsus.corp.example").unwrap().url;
    known.push(Endpoint::bare(EndpointName("corp".to_owned()), url));
    let other = (Code::ServerNotInCatalogue, Warning);
    for (url, expected) in [
        ("http://msupdate.dfw.rackspace.com", &[other][..]),
        ("https://msupdate.dfw.rackspace.com:8530", &[other]),
        ("http://wsus.corp.example", &[(Code::CleartextServer, Note)]),
        ("http://wsus.corp.example:80", &[(Code::CleartextServer, Note)]),
        ("http://wsus.corp.example:8531", &[other]),
        (
            "http://wsus.corp.test",
            &[
                (Code::PortMissing, Warning),
                (Code::CleartextServer, Note),
                (Code::ServerNotInCatalogue, Note),
            ],
        ),
    ] {
        let found = findings_beside(&[good().server(url).document()], &known);
        let found: Vec<_> = found.iter().map(|found| (found.code, found.weight)).collect();
        assert_eq!(found, expected, "{url}");
    }
    let wrong = good().server("https://wsus.corp.example").document();
    let found = findings_beside(&[wrong], &known);
    assert!(found[0].action.ends_with("to http://wsus.corp.example:80"), "{found:?}");
}

#[test]
fn without_a_catalogue_nothing_is_compared() {
    let document = good().server("https://wsus.corp.example").document();
    assert_eq!(against_catalogue(std::slice::from_ref(&document), &[]), []);
    assert_eq!(against_catalogue(&[super::document(Vec::new())], &known()), []);
}

/// A race of the known servers: the state and the milliseconds of the one in use, `dfw`, and of
/// `ord`; which was chosen, and why not the other.
fn race(
    current: (Verdict, Option<u64>),
    other: Option<u64>,
    selected: Option<usize>,
    why_not: RejectionCode,
) -> NearestReport {
    let candidate = |endpoint: Endpoint, verdict, ms: Option<u64>| EndpointReport {
        endpoint: Arc::new(endpoint),
        verdict,
        rtt: ms.map(|ms| Timed::kernel(Duration::from_millis(ms))),
        lookups: Vec::new(),
        resolvers: Vec::new(),
        members: Vec::new(),
        failure: (verdict == Verdict::Down)
            .then(|| Failure::new(Phase::Connect, Cause::Refused, "nobody listens")),
        findings: Vec::new(),
    };
    let known = known();
    let (dfw, ord) = (known[0].clone(), known[1].clone());
    let why = |index| {
        let text = "because".to_owned();
        (selected != Some(index)).then_some(Explained { code: why_not, text })
    };
    let reason =
        Explained { code: ReasonCode::NearestHealthy, text: "it is the nearest".to_owned() };
    NearestReport {
        candidates: vec![
            candidate(dfw, current.0, current.1),
            candidate(ord, other.map_or(Verdict::Unknown, |_| Verdict::Healthy), other),
        ],
        selection: Selection { selected, reason, confidence: None, rejected: vec![why(0), why(1)] },
        local_findings: Vec::new(),
        elapsed: Duration::ZERO,
    }
}

fn races() -> Vec<Case> {
    use RejectionCode as R;
    use Verdict::{Degraded, Down, Healthy, Unknown};
    let run = |name, report, expected: &[(Code, Weight)]| Case {
        name,
        found: against_race(&[good().document()], &report),
        expected: expected.to_vec(),
    };
    let unknown = (Code::ServerUnknown, Warning);
    let elsewhere = race((Healthy, Some(5)), Some(9), Some(0), R::Farther);
    let elsewhere = NearestReport { candidates: elsewhere.candidates[1..].to_vec(), ..elsewhere };
    vec![
        run("the nearest itself", race((Healthy, Some(5)), Some(9), Some(0), R::Farther), &[]),
        run(
            "nearer",
            race((Healthy, Some(190)), Some(12), Some(1), R::Farther),
            &[(Code::NearerServer, Warning)],
        )
        .says("12.0 ms in place of 190.0 ms, 178.0 ms less")
        .says("full scan"),
        run(
            "nearer, not worth it",
            race((Healthy, Some(20)), Some(15), Some(0), R::GainTooSmall),
            &[(Code::NearerServerNotWorthIt, Note)],
        )
        .says("5.0 ms for each request"),
        run(
            "as near, and another one has priority",
            race((Healthy, Some(15)), Some(15), Some(1), R::TieLost),
            &[(Code::NearerServerNotWorthIt, Note)],
        ),
        run("down", race((Down, None), Some(12), Some(1), R::Down), &[(Code::ServerSick, Error)])
            .says("refused at connect: nobody listens")
            .says("https://msupdate.ord.rackspace.com works, 12.0 ms away"),
        run("all down", race((Down, None), None, None, R::Down), &[(Code::ServerSick, Error)]),
        run(
            "degraded",
            race((Degraded, Some(3)), Some(12), Some(1), R::Degraded),
            &[(Code::ServerSick, Warning)],
        ),
        run("cut short", race((Unknown, None), None, None, R::Unfinished), &[unknown]),
        run("healthy, nothing chosen", race((Healthy, Some(3)), None, None, R::Unfinished), &[]),
        run("not among those asked", elsewhere, &[unknown]).says("was not asked"),
    ]
}
