//! Tables of what is heard, and what follows.

use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::decide::monitor::fixture::{ill, nameless, report, silent, well, works};
use crate::model::endpoint::Family;
use crate::model::monitor::fixture;
use crate::model::report::{Lookup, RecordType};
use Heard::{Clock, Early, Faded, Local, Nothing, Resolver, Yes};
use Ruling::{Endpoints, Hold, Local as Own};

#[test]
fn what_a_round_proves() {
    let of = |phase, cause| report(vec![ill(1, phase, cause)]);
    let mut both_families = report(vec![ill(1, Phase::Connect, Cause::Timeout)]);
    let no_data = Failure::new(Phase::Resolve, Cause::NoData, "");
    let (record_type, time, resends) = (RecordType::Aaaa, None, None);
    let empty = Lookup { record_type, time, resends, answered_by: None, outcome: Err(no_data) };
    both_families.lookups.push(empty.clone());
    let mut no_ipv6 = report(vec![ill(1, Phase::Connect, Cause::NoRoute)]);
    no_ipv6.lookups.push(empty);
    let half = vec![ill(1, Phase::Connect, Cause::NoRoute), ill(2, Phase::Connect, Cause::Refused)];
    let lost = vec![ill(1, Phase::Connect, Cause::NoRoute), ill(2, Phase::Connect, Cause::Timeout)];
    let hanging = |phase, cause| vec![ill(1, Phase::Wsus, Cause::Timeout), ill(2, phase, cause)];
    let table = [
        ("works", works(), Yes),
        ("RST", of(Phase::Connect, Cause::Refused), Yes),
        ("alert", of(Phase::Tls, Cause::Alert), Yes),
        ("a handshake that hangs has a connection", of(Phase::Tls, Cause::Timeout), Faded),
        ("one hangs, the other is dead", report(hanging(Phase::Connect, Cause::Timeout)), Faded),
        ("one hangs, the other refuses", report(hanging(Phase::Wsus, Cause::Http503)), Yes),
        ("503", of(Phase::Wsus, Cause::Http503), Yes),
        ("no route for one, RST by the other", report(half), Yes),
        ("NXDOMAIN", nameless(Cause::NxDomain), Resolver),
        ("no data", nameless(Cause::NoData), Resolver),
        ("silence", silent(), Nothing),
        ("silence, and no address of the other family", both_families, Nothing),
        (
            "host unreachable may come from the next router",
            of(Phase::Connect, Cause::Unreachable),
            Nothing,
        ),
        ("resolver silent", nameless(Cause::Timeout), Nothing),
        ("SERVFAIL", nameless(Cause::ServFail), Nothing),
        ("no route for one, silence by the other", report(lost), Nothing),
        ("cut short", report(vec![]), Nothing),
        ("no route", of(Phase::Connect, Cause::NoRoute), Local),
        ("no route, and no address of the other family", no_ipv6, Local),
        ("no resolver", nameless(Cause::NoResolver), Local),
        ("out of sockets", of(Phase::Connect, Cause::LocalLimit), Local),
    ];
    for (name, report, expected) in table {
        assert_eq!(heard(&report, fixture::now()), expected, "{name}");
    }
}

/// Notes about endpoints, a second apart, each with its ruling; and since which second there is
/// trouble at the end.
fn run(name: &str, endpoints: usize, notes: &[(u64, Heard, Ruling)], trouble: Option<u64>) {
    let mut watch = LocalWatch::default();
    let at = |second| fixture::now() + Duration::from_secs(second);
    for (second, (key, heard, expected)) in (1..).zip(notes) {
        let ruling = watch.note(*key, *heard, *heard == Yes, endpoints, at(second));
        assert_eq!(ruling, *expected, "{name}, note {second}");
    }
    assert_eq!(watch.silent_since(), trouble.map(at), "{name}");
}

#[test]
fn a_round_that_fades_is_silence_unless_the_one_before_did_too() {
    let mut watch = LocalWatch::default();
    let notes = [(1, Yes, Yes), (1, Faded, Nothing), (2, Faded, Nothing), (1, Faded, Yes)];
    let more = [(1, Nothing, Nothing), (1, Faded, Nothing), (2, Faded, Yes)];
    for (key, heard, expected) in notes.into_iter().chain(more) {
        assert_eq!(watch.confirm(key, heard), expected, "{key} {heard:?}");
    }
}

#[test]
fn a_network_that_fails_in_the_middle_of_rounds_is_this_machines() {
    let mut watch = LocalWatch::default();
    // The first two were connected when it failed, and end after the third has found nothing.
    let notes = [(1, Yes), (2, Yes), (3, Yes), (3, Nothing), (1, Faded), (2, Faded)];
    let mut second = 0;
    let rulings = notes.map(|(key, heard)| {
        second += 1;
        let heard = watch.confirm(key, heard);
        watch.note(key, heard, heard == Yes, 3, fixture::now() + Duration::from_secs(second))
    });
    assert_eq!(rulings[3..], [Hold, Hold, Own]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn whose_fault_silence_is() {
    run("one endpoint", 1, &[(1, Nothing, Endpoints), (1, Nothing, Endpoints)], None);
    run("certainly local", 1, &[(1, Local, Own)], Some(1));
    run(
        "certain no more",
        1,
        &[(1, Local, Own), (1, Nothing, Endpoints), (1, Local, Own), (1, Yes, Endpoints)],
        None,
    );
    run(
        "certain for the one that is heard otherwise",
        2,
        &[(1, Local, Own), (2, Yes, Endpoints), (1, Local, Own), (2, Local, Own), (1, Local, Own)],
        Some(3),
    );
    run(
        "certain for one of three only",
        3,
        &[(1, Nothing, Hold), (2, Local, Own), (1, Nothing, Hold), (3, Yes, Endpoints)],
        None,
    );
    run(
        "one of two, later heard",
        2,
        &[
            (1, Yes, Endpoints),
            (2, Yes, Endpoints),
            (1, Nothing, Hold),
            (2, Yes, Endpoints),
            (1, Nothing, Endpoints),
        ],
        None,
    );
    run(
        "all of three, since the first of them, until one is heard",
        3,
        &[
            (1, Yes, Endpoints),
            (1, Nothing, Hold),
            (2, Nothing, Hold),
            (1, Nothing, Hold),
            (3, Nothing, Own),
            (1, Nothing, Own),
        ],
        Some(2),
    );
    run(
        "the end of it, and rounds that began before",
        3,
        &[
            (1, Nothing, Hold),
            (2, Nothing, Hold),
            (3, Nothing, Own),
            (1, Yes, Endpoints),
            (2, Nothing, Own),
            (3, Yes, Endpoints),
        ],
        None,
    );
    run(
        "what was never looked at is not silent",
        3,
        &[(1, Nothing, Hold), (2, Nothing, Hold), (1, Nothing, Hold), (2, Nothing, Hold)],
        None,
    );
    run(
        "but it is not waited for without end",
        3,
        &[
            (1, Nothing, Hold),
            (2, Nothing, Hold),
            (1, Nothing, Hold),
            (2, Nothing, Hold),
            (1, Nothing, Hold),
            (2, Nothing, Hold),
            (1, Nothing, Endpoints),
            (2, Nothing, Endpoints),
            (3, Nothing, Own),
        ],
        Some(1),
    );
    run(
        "one that was dead before the trouble is dead after it",
        3,
        &[
            (1, Nothing, Hold),
            (2, Yes, Endpoints),
            (2, Nothing, Hold),
            (3, Nothing, Own),
            (1, Nothing, Own),
            (2, Yes, Endpoints),
            (3, Nothing, Own),
            (2, Yes, Endpoints),
            (2, Yes, Endpoints),
            (2, Yes, Endpoints),
            (2, Yes, Endpoints),
            (2, Yes, Endpoints),
            (2, Yes, Endpoints),
            (2, Yes, Endpoints),
            (2, Yes, Endpoints),
            (2, Yes, Endpoints),
            (1, Nothing, Endpoints),
        ],
        None,
    );
    run(
        "nor does one alone wait without end",
        2,
        &[(1, Nothing, Hold), (1, Nothing, Hold), (1, Nothing, Hold), (1, Nothing, Endpoints)],
        None,
    );
    run(
        "one that is long dead is no witness",
        2,
        &[
            (1, Nothing, Hold),
            (2, Yes, Endpoints),
            (1, Nothing, Endpoints),
            (2, Nothing, Endpoints),
        ],
        None,
    );
    run(
        "nor does it stand in the way",
        3,
        &[
            (1, Nothing, Hold),
            (2, Yes, Endpoints),
            (3, Yes, Endpoints),
            (2, Nothing, Hold),
            (3, Nothing, Own),
            (1, Nothing, Own),
        ],
        Some(4),
    );
    run(
        "one without an address is no witness either way",
        3,
        &[
            (1, Resolver, Endpoints),
            (2, Nothing, Hold),
            (1, Resolver, Endpoints),
            (3, Nothing, Own),
        ],
        Some(2),
    );
    run("all without an address", 2, &[(1, Resolver, Endpoints), (2, Resolver, Endpoints)], None);
    run("no route at all", 2, &[(1, Local, Own), (2, Local, Own)], Some(1));
}

#[test]
fn who_is_forgotten_counts_no_more() {
    let mut watch = LocalWatch::default();
    let note = |watch: &mut LocalWatch, key, endpoints| {
        watch.note(key, Nothing, false, endpoints, fixture::now())
    };
    assert_eq!(note(&mut watch, 1, 3), Hold);
    watch.forget(1);
    watch.forget(7);
    assert_eq!(note(&mut watch, 2, 2), Hold, "one of two");
    assert_eq!(note(&mut watch, 3, 2), Own);
}

#[test]
fn trouble_ends_with_those_who_showed_it() {
    let mut watch = LocalWatch::default();
    for (key, expected) in [(1, Hold), (2, Hold), (3, Own)] {
        assert_eq!(watch.note(key, Nothing, false, 3, fixture::now()), expected);
    }
    watch.forget(1);
    assert!(watch.silent_since().is_some(), "two are left");
    assert_eq!(watch.note(2, Nothing, false, 3, fixture::now()), Own, "and one is new");
    watch.forget(2);
    assert_eq!(watch.silent_since(), None);
    assert_eq!(watch.note(3, Nothing, false, 1, fixture::now()), Endpoints);
}

#[test]
fn the_evidence_in_words() {
    let since = fixture::now();
    let reports = [silent(), silent(), nameless(Cause::ServFail)];
    let routes = [("IPv4", Err("Network is unreachable".to_owned())), ("IPv6", Ok(()))];
    let trouble = describe(since, true, &reports, &routes, since);
    assert_eq!(
        trouble.evidence,
        [
            "no endpoint has answered since 2026-11-21 08:00:00 UTC: the fault is probably on this \
             machine or its network, not on every server at once",
            "no way out by IPv4: Network is unreachable",
            "4 connections failed with timeout, such as 192.0.2.1:443: as observed",
            "1 questions to the resolver failed with servfail, such as \
             msupdate.dfw.example.test A: as the resolver said",
            "check this machine's resolver, default route, firewall and VPN first; meanwhile \
             nothing is counted against the endpoints",
        ]
    );
}

fn early() -> EndpointReport {
    report(vec![ill(1, Phase::Tls, Cause::CertificateNotYetValid)])
}

#[test]
fn which_families_are_evidence() {
    let since = fixture::now();
    let ways = |report: EndpointReport, routes: [Result<(), String>; 2]| {
        let [four, six] = routes;
        let lines = describe(since, false, &[report], &[("IPv4", four), ("IPv6", six)], since);
        assert!(lines.evidence[0].contains("since this process started watching"), "{lines:?}");
        let about = |line: &String| line.contains("way out") || line.contains("route for");
        lines.evidence.into_iter().filter(about).collect::<Vec<_>>().join("; ")
    };
    let no = || Err("unreachable".to_owned());
    let only_ipv4 = || {
        let mut report = nameless(Cause::Timeout);
        let mut endpoint = (*report.endpoint).clone();
        endpoint.family = Family::Ipv4;
        report.endpoint = endpoint.into();
        report
    };
    for (name, report, routes, expected) in [
        ("IPv6 has no part", silent(), [no(), no()], "no way out by IPv4: unreachable"),
        (
            "nothing was sent",
            nameless(Cause::Timeout),
            [Ok(()), no()],
            "the system has a default route for IPv4",
        ),
        ("by its setting", only_ipv4(), [no(), no()], "no way out by IPv4: unreachable"),
        (
            "timed out",
            silent(),
            [Ok(()), Ok(())],
            "the system has a default route for IPv4; what is sent there is lost",
        ),
        (
            "neither, for a name that may have both",
            nameless(Cause::Timeout),
            [no(), no()],
            "no way out by IPv4: unreachable; no way out by IPv6: unreachable",
        ),
    ] {
        assert_eq!(ways(report, routes), expected, "{name}");
    }
}

#[test]
fn dates_that_do_not_fit_are_evidence_about_the_clock() {
    let (now, wrong) = (fixture::now(), UNIX_EPOCH + Duration::from_hours(20_757 * 24));
    let refused = report(vec![ill(1, Phase::Connect, Cause::Refused)]);
    let mixed = vec![ill(1, Phase::Tls, Cause::CertificateNotYetValid), well(2)];
    for (name, report, wall, expected) in [
        ("not valid yet", early(), now, Early),
        ("one member has a valid one", report(mixed), now, Yes),
        ("looks valid by a wrong clock", works(), wrong, Clock),
        ("not valid yet by a wrong clock", early(), wrong, Clock),
        ("no certificate, a wrong clock", refused, wrong, Yes),
    ] {
        assert_eq!(heard(&report, wall), expected, "{name}");
    }
    let evidence = describe(now, true, &[early()], &[], now).evidence;
    assert!(evidence[0].starts_with("this machine's clock says 2026-11-21 08:00:00 UTC, and by"));
    assert!(evidence[1].contains("certificate_not_yet_valid"), "{evidence:?}");
    assert!(evidence[2].contains("time synchronisation"), "{evidence:?}");
    let evidence = describe(wrong, true, &[], &[], wrong).evidence;
    assert!(evidence[0].contains("before the release of this program"), "{evidence:?}");
}

#[test]
fn whose_fault_dates_are() {
    run("one endpoint", 1, &[(1, Early, Endpoints)], None);
    run("all of two", 2, &[(1, Early, Hold), (2, Early, Own), (1, Early, Own)], Some(1));
    run("one of two", 2, &[(1, Early, Hold), (2, Yes, Endpoints), (1, Early, Endpoints)], None);
    run(
        "those without a certificate are no witnesses",
        4,
        &[
            (1, Early, Hold),
            (2, Resolver, Endpoints),
            (3, Nothing, Hold),
            (4, Early, Own),
            (3, Nothing, Endpoints),
        ],
        Some(1),
    );
    run("until one is valid", 2, &[(1, Early, Hold), (2, Early, Own), (1, Yes, Endpoints)], None);
}

#[test]
fn a_clock_before_this_release_is_trouble_until_it_is_set() {
    let mut watch = LocalWatch::default();
    assert_eq!(watch.note(1, Clock, true, 2, UNIX_EPOCH), Own);
    assert_eq!(watch.silent_since(), Some(UNIX_EPOCH));
    assert_eq!(watch.note(2, Yes, true, 2, fixture::now()), Endpoints);
    assert_eq!(watch.silent_since(), None);
}

#[test]
fn answers_without_a_certificate_settle_no_dates() {
    let mut watch = LocalWatch::default();
    let now = fixture::now();
    assert_eq!(watch.note(1, Early, false, 3, now), Hold);
    assert_eq!(watch.note(2, Yes, false, 3, now), Endpoints);
    assert!(watch.is_early(1));
    assert_eq!(watch.note(3, Yes, true, 3, now), Endpoints);
    assert!(!watch.is_early(1));
}
