//! Made-up answers, a row a case.

use std::net::SocketAddr;

use super::findings::findings;
use super::standing::{Basis, standing as stand};
use super::*;
use crate::model::endpoint::{Endpoint, EndpointName, EndpointUrl, Host, ResolverChoice, Scheme};
use crate::model::failure::Phase;
use crate::model::finding::{FindingCode as Code, Severity};
use crate::model::report::{Addresses, Lookup};
use crate::model::resolvers::Again;
use crate::model::timing::Timed;

const NOTHING: &[u8] = &[];

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn choice(last: u8) -> ResolverChoice {
    ResolverChoice::Plain(SocketAddr::new(IpAddr::from([10, 0, 0, last]), 53))
}

fn lookup(outcome: Result<Addresses, Cause>) -> Lookup {
    let failed = |cause| Failure::new(Phase::Resolve, cause, "it says so");
    Lookup {
        record_type: RecordType::A,
        time: Some(Timed::kernel(Duration::from_millis(2))),
        resends: Some(0),
        answered_by: None,
        outcome: outcome.map_err(failed),
    }
}

fn answer(addresses: &[u8], ttl: u64) -> Lookup {
    let addresses: Vec<IpAddr> = addresses.iter().copied().map(address).collect();
    let ttl = Some(seconds(ttl));
    lookup(if addresses.is_empty() {
        Err(Cause::NxDomain)
    } else {
        Ok(Addresses { addresses, ttl, cname_chain: Vec::new() })
    })
}

fn report(number: u8, lookup: Lookup) -> ResolverReport {
    let (resolver, is_own) = (choice(number), false);
    ResolverReport {
        resolver,
        servers: Vec::new(),
        is_own,
        lookups: vec![lookup],
        again: Vec::new(),
    }
}

fn own(report: ResolverReport) -> ResolverReport {
    ResolverReport { is_own: true, ..report }
}

/// Resolvers numbered from 1, each with its addresses and the same TTL.
fn each(answers: &[&[u8]]) -> Vec<ResolverReport> {
    (1..).zip(answers).map(|(number, one)| report(number, answer(one, 60))).collect()
}

fn asked_again(report: ResolverReport, again: Lookup) -> ResolverReport {
    let after = Duration::from_millis(1_150);
    ResolverReport { again: vec![Again { after, lookup: again }], ..report }
}

fn endpoint(members: &[u8]) -> Endpoint {
    let host = Host::Name("wsus.example.test".into());
    let url = EndpointUrl { scheme: Scheme::Https, host, port: 8531 };
    Endpoint {
        expected_members: members.iter().copied().map(address).collect(),
        ..Endpoint::bare(EndpointName("one".into()), url)
    }
}

fn found(reports: &[ResolverReport]) -> Vec<(Code, Severity)> {
    findings(&endpoint(&[]), reports).iter().map(|one| (one.code, one.severity)).collect()
}

fn among(members: &[u8], reports: &[ResolverReport]) -> (Basis, String) {
    let words = |one: Option<Agreement>| one.map_or("unknown", Agreement::as_str);
    let standing = stand(&endpoint(members), reports);
    (standing.basis, standing.each.into_iter().map(words).collect::<Vec<_>>().join(" "))
}

fn standing(reports: &[ResolverReport]) -> String {
    among(&[], reports).1
}

#[test]
fn who_stands_how_to_most() {
    for (answers, expected) in [
        (&[&[1_u8][..], &[1]][..], "same same"),
        (&[&[1, 2], &[2, 1]], "same same"),
        (&[&[1], &[2]], "split split"),
        (&[&[1], &[2], &[2]], "differs same same"),
        (&[&[1], &[2], &[3]], "split split split"),
        (&[&[1, 2], &[1]], "split split"),
        (&[&[1], &[1, 2]], "split split"),
        (&[&[1], &[1, 2], &[1]], "same more same"),
        (&[&[1, 2], &[1], &[1, 2]], "same part same"),
        (&[&[1], &[2], &[1], &[2], &[3]], "split split split split split"),
        (&[&[1, 2], &[2, 3]], "split split"),
        (&[&[1], NOTHING], "split split"),
        (&[NOTHING, &[1]], "split split"),
        (&[NOTHING, &[1], NOTHING], "same differs same"),
        (&[NOTHING, NOTHING], "same same"),
        (&[&[1]], "same"),
    ] {
        assert_eq!(standing(&each(answers)), expected, "{answers:?}");
    }
    let silent = report(1, lookup(Err(Cause::Timeout)));
    assert_eq!(standing(&[silent.clone(), report(2, answer(&[1], 60))]), "unknown same");
    assert_eq!(standing(&[silent.clone(), silent]), "unknown unknown");
}

#[test]
fn without_a_majority_the_configured_members_are_right_or_nobody_is() {
    use Basis::{Members, Most, Nothing};
    for (members, answers, expected) in [
        (&[1_u8, 2][..], &[&[1_u8][..], NOTHING][..], (Members, "same differs")),
        (&[1, 2], &[NOTHING, &[1]], (Members, "differs same")),
        (&[1, 2], &[&[9], &[1]], (Members, "differs same")),
        // Each has a part of what they have together.
        (&[1, 2], &[&[1], &[2]], (Members, "part part")),
        (&[1, 2], &[&[1], &[1, 9]], (Members, "same more")),
        (&[3], &[&[1], &[2]], (Nothing, "split split")),
        (&[3], &[&[1], NOTHING], (Nothing, "split split")),
        // More than half are believed; what is not disputed too.
        (&[1], &[&[1], &[2], &[2]], (Most, "differs same same")),
        (&[1], &[&[2]], (Most, "same")),
    ] {
        let (basis, each) = among(members, &each(answers));
        assert_eq!((basis, each.as_str()), expected, "{members:?} {answers:?}");
    }
}

#[test]
fn a_text_accuses_nobody_where_nobody_knows() {
    let meaning = |members: &[u8], answers: &[&[u8]]| {
        let text = findings(&endpoint(members), &each(answers))[0].meaning.clone();
        text.replace("; internal and public resolvers may differ on purpose (split horizon)", "")
    };
    for (members, answers, expected) in [
        (&[][..], &[&[1_u8][..], NOTHING][..], "clients of 10.0.0.2:53 find nothing"),
        (&[], &[NOTHING, &[1]], "clients of 10.0.0.1:53 find nothing"),
        (&[], &[NOTHING, &[1], NOTHING], "clients of 10.0.0.1:53, 10.0.0.3:53 find nothing"),
        (
            &[],
            &[&[1], &[2]],
            "clients of 10.0.0.1:53 are sent elsewhere than clients of 10.0.0.2:53, and nothing \
             here tells which of them is right",
        ),
        (
            &[],
            &[&[1], &[2], NOTHING, &[1]],
            "clients of 10.0.0.3:53 find nothing; clients of 10.0.0.1:53, 10.0.0.4:53 are sent \
             elsewhere than clients of 10.0.0.2:53, and nothing here tells which of them is right",
        ),
        (
            &[1],
            &[&[9], &[1]],
            "clients of 10.0.0.1:53 are sent elsewhere than to the members that the configuration \
             lists",
        ),
        (
            &[],
            &[&[1], &[2], &[1], NOTHING, &[1]],
            "clients of 10.0.0.4:53 find nothing; clients of 10.0.0.2:53 are sent elsewhere than \
             most others",
        ),
    ] {
        assert_eq!(meaning(members, answers), expected, "{members:?} {answers:?}");
    }
}

#[test]
fn a_family_that_was_not_answered_makes_no_agreement_but_the_other_one_may_differ() {
    let aaaa = |outcome| Lookup { record_type: RecordType::Aaaa, ..lookup(outcome) };
    let with = |number, first: Lookup, second: Lookup| ResolverReport {
        lookups: vec![first, second],
        ..report(number, answer(&[9], 1))
    };
    let with_a = |last| with(1, answer(&[last], 60), aaaa(Err(Cause::NoData)));
    let whole = with_a(1);
    let lame = |addresses| with(2, answer(addresses, 60), aaaa(Err(Cause::ServFail)));
    assert_eq!(standing(&[whole.clone(), lame(&[1])]), "same unknown");
    assert_eq!(standing(&[whole.clone(), lame(&[2])]), "split split");
    // It counts for whoever says the same of the other family.
    assert_eq!(standing(&[whole.clone(), lame(&[1]), with_a(2)]), "same unknown differs");
    assert_eq!(standing(&[lame(&[1]), lame(&[1]), lame(&[2])]), "unknown unknown differs");
    assert_eq!(standing(&[whole.clone(), lame(&[2]), lame(&[2])]), "differs unknown unknown");
    assert_eq!(standing(&[lame(&[1]), lame(&[2])]), "split split");
    assert_eq!(
        standing(&[lame(&[1]), lame(&[2]), lame(&[1]), lame(&[2])]),
        "split split split split"
    );
    // Where a resolver keeps one family back, its clients still find the server.
    let v6 = Addresses { addresses: vec!["2001:db8::1".parse().unwrap()], ..Addresses::default() };
    let both = with(3, answer(&[1], 60), aaaa(Ok(v6)));
    assert_eq!(standing(&[both.clone(), both.clone(), whole.clone()]), "same same part");
    // What counts for two that contradict each other decides nothing between them.
    assert_eq!(standing(&[both, whole.clone(), lame(&[1])]), "split split unknown");
    let without_a = with(4, lookup(Err(Cause::ServFail)), aaaa(Err(Cause::NoData)));
    assert_eq!(standing(&[whole, without_a, with_a(2)]), "split unknown split");
}

#[test]
fn disagreement_weighs_where_own_clients_may_be_worse_off() {
    use Severity::{Note, Warning};
    for (owns, answers, expected) in [
        // Nobody knows who is right.
        (&[1_u8][..], &[&[1_u8][..], &[2]][..], Warning),
        // Most agree with the own one.
        (&[1], &[&[1], &[1], &[2]], Note),
        // Most contradict it.
        (&[1], &[&[1], &[2], &[2]], Warning),
        // Others find nothing; own clients do.
        (&[1], &[&[1], NOTHING], Note),
        (&[1], &[&[1], NOTHING, NOTHING], Note),
        // Own clients find nothing.
        (&[1], &[NOTHING, &[1]], Warning),
        // One of two own servers knows nothing.
        (&[1, 2], &[&[1], NOTHING, &[1]], Warning),
        // The own one is not compared.
        (&[], &[&[1], NOTHING], Warning),
        (&[], &[&[1], &[1], &[2]], Warning),
        // A part is load balancing.
        (&[1], &[&[1], &[1, 2]], Note),
        (&[], &[&[1], &[1, 2]], Note),
    ] {
        let mut reports = each(answers);
        for number in owns {
            reports[usize::from(*number) - 1].is_own = true;
        }
        let expected = vec![(Code::ResolversDisagree, expected)];
        assert_eq!(found(&reports), expected, "{owns:?} {answers:?}");
    }
    for same in [&[&[1_u8, 2][..], &[2, 1]][..], &[&[1]], &[NOTHING, NOTHING], &[]] {
        assert_eq!(found(&each(same)), [], "{same:?}");
    }
}

#[test]
fn load_balancing_explains_other_addresses_but_not_none() {
    let severity = |members: &[u8], reports: &[ResolverReport]| {
        findings(&endpoint(members), reports).first().map(|finding| finding.severity)
    };
    let apart = each(&[&[1], &[2]]);
    assert_eq!(severity(&[], &apart), Some(Severity::Warning));
    assert_eq!(severity(&[1, 2, 3], &apart), Some(Severity::Note));
    assert_eq!(severity(&[1, 3], &apart), Some(Severity::Warning));
    assert_eq!(severity(&[1, 2], &each(&[&[1], NOTHING])), Some(Severity::Warning));
    let on_purpose = Endpoint { resolvers_may_differ: true, ..endpoint(&[]) };
    let told = &findings(&on_purpose, &apart)[0];
    assert_eq!(told.severity, Severity::Note);
    assert!(told.meaning.contains("on purpose by the configuration"), "{}", told.meaning);
    assert!(!told.action.contains("or set resolvers_may_differ"), "{}", told.action);
    assert!(told.action.contains("take resolvers_may_differ out"), "{}", told.action);
    // Different parts of what most say.
    let parts = each(&[&[1], &[2], &[1, 2], &[1, 2], &[1, 2]]);
    let told = &findings(&endpoint(&[]), &parts)[0];
    assert_eq!(told.severity, Severity::Note);
    assert!(told.meaning.contains("load balancing"), "{}", told.meaning);
    let mut rotating = apart;
    rotating[1] = asked_again(rotating[1].clone(), answer(&[1], 60));
    assert_eq!(severity(&[], &rotating), Some(Severity::Note));
}

#[test]
fn a_text_says_who_says_what() {
    let reports = each(&[&[1], &[2], &[1], NOTHING, &[1, 2, 3, 4, 5, 6, 7, 8]]);
    let text = &findings(&endpoint(&[]), &reports)[0].observed;
    assert_eq!(
        text,
        "10.0.0.1:53, 10.0.0.3:53: 192.0.2.1; 10.0.0.2:53: 192.0.2.2; 10.0.0.4:53: no such name \
         (NXDOMAIN); 10.0.0.5:53: 192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5, \
         192.0.2.6, 2 more"
    );
}

#[test]
fn an_old_answer_takes_a_cache_that_counts_down_and_a_newer_answer() {
    let old = |first, second, addresses: &[u8]| {
        asked_again(report(1, answer(&[1], first)), answer(addresses, second))
    };
    let source = asked_again(report(2, answer(&[2], 60)), answer(&[2], 60));
    let is_stale = |one: &ResolverReport, other: &ResolverReport| {
        stale(&[one.clone(), other.clone()])[0].is_some()
    };
    let expected =
        Stale { record_type: RecordType::A, newer: 1, older_by: seconds(40), gone_in: seconds(19) };
    let counting = old(20, 19, &[1]);
    assert_eq!(stale(&[counting.clone(), source.clone()]), [Some(expected), None]);
    // Not a cache, or one that was filled anew, or whose time ran faster than the clock.
    for (first, second) in [(20, 20), (20, 21), (20, 17)] {
        assert!(!is_stale(&old(first, second, &[1]), &source), "{first} {second}");
    }
    // It has caught up, or did not answer again, or was not asked.
    assert!(!is_stale(&old(20, 19, &[2]), &source));
    let failed = asked_again(report(1, answer(&[1], 20)), lookup(Err(Cause::Timeout)));
    assert!(!is_stale(&failed, &source));
    assert!(!is_stale(&report(1, answer(&[1], 20)), &source));
    // The other one says the same, has no more time left, or gives no addresses.
    assert!(!is_stale(&counting, &report(2, answer(&[1], 60))));
    assert!(!is_stale(&counting, &report(2, answer(&[2], 21))));
    assert!(!is_stale(&counting, &report(2, answer(NOTHING, 0))));
    // What this machine knows by itself has no age.
    let mut hosts = counting.clone();
    hosts.lookups[0].answered_by = Some(Answerer::ThisMachine);
    assert!(!is_stale(&hosts, &source));
    let codes = found(&[counting, own(source)]);
    assert_eq!(codes[1], (Code::ResolverStale, Severity::Note));
}

#[test]
fn silence_weighs_where_it_is_the_own_resolver_or_none_is() {
    let good = || report(1, answer(&[1], 60));
    let bad = |cause| report(2, lookup(Err(cause)));
    let failed = |severity| vec![(Code::ResolverFailed, severity)];
    for cause in [Cause::Timeout, Cause::Refused, Cause::ServFail, Cause::NoResolver, Cause::Io] {
        assert_eq!(found(&[own(good()), bad(cause)]), failed(Severity::Note), "{cause:?}");
        assert_eq!(found(&[good(), own(bad(cause))]), failed(Severity::Warning), "{cause:?}");
        assert_eq!(found(&[good(), bad(cause)]), failed(Severity::Warning), "{cause:?}");
        let text = findings(&endpoint(&[]), &[good(), bad(cause)])[0].observed.clone();
        assert_eq!(text, format!("10.0.0.2:53 (A: {}: it says so)", cause.as_str()));
    }
    // That says nothing about the resolver.
    for cause in [Cause::LocalLimit, Cause::LocallyForbidden, Cause::NoRoute] {
        assert_eq!(found(&[good(), bad(cause)]), [], "{cause:?}");
    }
}

#[test]
fn slow_is_what_takes_a_multiple_and_is_noticed() {
    let taking = |number, time| {
        let time = Some(Timed::kernel(Duration::from_millis(time)));
        report(number, Lookup { time, ..answer(&[1], 60) })
    };
    let slow = vec![(Code::ResolverSlow, Severity::Note)];
    for (times, expected) in
        [((2, 102), &slow), ((2, 101), &vec![]), ((30, 149), &vec![]), ((30, 150), &slow)]
    {
        assert_eq!(found(&[taking(1, times.0), taking(2, times.1)]), *expected, "{times:?}");
    }
    let by_process = Timed::user(Duration::from_millis(900));
    let waiting = report(2, Lookup { time: Some(by_process), ..answer(&[1], 60) });
    assert_eq!(found(&[taking(1, 2), waiting]), []);
    let address = SocketAddr::new(IpAddr::from([10, 0, 0, 2]), 853);
    let tls = ResolverChoice::Tls { address, name: "dns.test".into() };
    let over_tls = ResolverReport { resolver: tls, ..taking(2, 900) };
    assert_eq!(found(&[taking(1, 2), over_tls]), []);
}

#[test]
fn a_run_keeps_what_is_known_and_nothing_else() {
    let mut out_of_reach = report(3, lookup(Err(Cause::LocalLimit)));
    out_of_reach.lookups[0].time = None;
    let mut silent = report(2, lookup(Err(Cause::Timeout)));
    silent.lookups[0].time = None;
    let views = views(&endpoint(&[]), &[report(1, answer(&[1, 2], 60)), silent, out_of_reach]);
    let facts: Vec<_> =
        views.iter().map(|view| (view.is_up, view.addresses, view.ttl, view.agreement)).collect();
    let good = (Some(true), Some(2), Some(seconds(60)), Some(Agreement::Same));
    assert_eq!(facts, [good, (Some(false), None, None, None), (None, None, None, None)]);
    assert_eq!(&*views[0].name, "10.0.0.1:53");
    assert!(views[0].time.is_some() && views[1].time.is_none());
}
