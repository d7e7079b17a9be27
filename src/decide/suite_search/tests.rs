//! Tests of the module above, against simulated servers.

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use super::*;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::suite::KeyExchange;
use SuiteOrder::{Client, Server, Unknown};

/// More hellos than any search may send.
const ENOUGH: usize = 150;

const FULL: HelloShape = HelloShape::Full;

/// Suites of TLS 1.2, by numbers; none is for certificates with elliptic curves.
const RSA: [u16; 4] = [0xc014, 0xc013, 0x009d, 0x002f];

#[derive(Debug, Clone)]
struct Simulated {
    /// In its order of preference.
    suites: Vec<Suite>,
    own_order: bool,
    groups: Vec<Group>,
    own_group_order: bool,
    /// The curve of the certificate: refuses its suites to clients without it.
    curve: Option<Group>,
    refusal: Answer,
}

fn server(suites: impl IntoIterator<Item = u16>) -> Simulated {
    Simulated {
        suites: suites.into_iter().map(Suite).collect(),
        own_order: true,
        groups: vec![Group::SECP256R1, Group::SECP384R1],
        own_group_order: true,
        curve: None,
        refusal: Answer::Alert(40),
    }
}

fn choice(suite: Suite, group: Option<Group>) -> ServerChoice {
    ServerChoice {
        suite,
        group,
        prime_bits: None,
        retry: false,
        client_certificate_requested: false,
        presented: None,
        cut_short: None,
    }
}

/// The first of one that is among the other.
fn pick<T: Copy + PartialEq>(own: &[T], offered: &[T], own_order: bool) -> Option<T> {
    let (first, second) = if own_order { (own, offered) } else { (offered, own) };
    first.iter().find(|item| second.contains(item)).copied()
}

impl Simulated {
    fn answer(&self, suites: &[Suite], groups: &[Group]) -> Answer {
        let group = pick(&self.groups, groups, self.own_group_order);
        let usable = |suite: &Suite| {
            let info = suite.info().unwrap();
            let ecdsa = info.authentication == Authentication::Ecdsa;
            let grouped = matches!(info.key_exchange, KeyExchange::Any | KeyExchange::Ecdhe);
            (!grouped || group.is_some())
                && (!ecdsa || self.curve.is_none_or(|curve| groups.contains(&curve)))
        };
        let own: Vec<_> = self.suites.iter().copied().filter(usable).collect();
        let Some(suite) = pick(&own, suites, self.own_order) else { return self.refusal.clone() };
        let grouped =
            matches!(suite.info().unwrap().key_exchange, KeyExchange::Any | KeyExchange::Ecdhe);
        Answer::Chosen(Box::new(choice(suite, group.filter(|_| grouped))))
    }
}

/// The whole search, with an answer for each hello by its number, and the hellos it took.
fn search(
    protocol: Protocol,
    shape: HelloShape,
    mut answer: impl FnMut(usize, &[Suite], &[Group]) -> Answer,
) -> (SuiteReport, usize) {
    let usual = groups_of(protocol);
    let own: Vec<_> = Suite::of(protocol).map(|info| info.suite).collect();
    let mut first = own;
    first.retain(|suite| suite.info().unwrap().cipher != Cipher::Null);
    if shape == HelloShape::Short {
        first.truncate(SHORT_HELLO);
    }
    let Answer::Chosen(first) = answer(0, &first, &usual) else { panic!("nothing is accepted") };
    let mut search = Search::new(protocol, shape, &first);
    for hello in 1..ENOUGH {
        let Some(offer) = search.next() else { return (search.report(), hello - 1) };
        assert!(!offer.suites.is_empty() && offer.groups.as_ref().is_none_or(|g| !g.is_empty()));
        assert!(shape != HelloShape::Short || offer.suites.len() <= SHORT_HELLO);
        let groups = offer.groups.as_ref().unwrap_or(&usual);
        search.take(&answer(hello, &offer.suites, groups));
    }
    panic!("no end")
}

fn numbers(report: &SuiteReport) -> Vec<u16> {
    report.accepted.iter().map(|suite| suite.0).collect()
}

#[test]
fn steady_servers_are_found_out_completely() {
    let rsa = server(RSA);
    let mut client = rsa.clone();
    client.own_order = false;
    let one = server([0x002f]);
    let (mut cut, mut reset, mut other) = (rsa.clone(), rsa.clone(), rsa.clone());
    cut.refusal = Answer::Closed(0);
    reset.refusal = Answer::Reset(0);
    other.refusal = Answer::OtherVersion(0x0301);
    let mut cut_one = one.clone();
    cut_one.refusal = Answer::Closed(0);
    let mut cut_groups = cut.clone();
    cut_groups.groups = CURVES.to_vec();
    let in_offer = [0xc013, 0xc014, 0x009d, 0x002f];
    for (name, server, accepted, order, hellos) in [
        // The rest, a refusal, the reverse order; a second group and a refusal.
        ("own order", &rsa, RSA.as_slice(), Server, 3 + 1 + 1 + 2),
        ("client's order", &client, &in_offer, Client, 3 + 1 + 1 + 2),
        ("a single suite without groups", &one, &[0x002f], Unknown, 1),
        // Each refusal is asked for twice, and the last one's meaning is asked for.
        ("closes", &cut, &RSA, Server, 3 + 2 + 1 + 3 + 1),
        ("closes, and has all groups", &cut_groups, &RSA, Server, 3 + 2 + 1 + 3),
        ("resets", &reset, &RSA, Server, 3 + 2 + 1 + 3 + 1),
        ("turns to an older version", &other, &RSA, Server, 3 + 1 + 1 + 2),
        ("closes, and a single suite", &cut_one, &[0x002f], Unknown, 3),
    ] {
        let (report, took) =
            search(Protocol::Tls12, FULL, |_, suites, groups| server.answer(suites, groups));
        assert_eq!(numbers(&report), accepted, "{name}");
        assert_eq!((report.order, report.incomplete.as_deref()), (order, None), "{name}");
        assert_eq!(took, hellos, "{name}");
        let grouped = accepted.len() > 1;
        assert_eq!(report.groups, if grouped { server.groups.clone() } else { vec![] }, "{name}");
    }
}

#[test]
fn servers_of_short_hellos_are_asked_in_parts_and_ranked() {
    // The first hello does not have room for the first of these, which is found last.
    let mut server = server([0x0005, 0x0035, 0x000a, 0xc013, 0x002f]);
    for (own_order, order) in [(true, Server), (false, Client)] {
        server.own_order = own_order;
        let short = HelloShape::Short;
        let (report, _) = search(Protocol::Tls10, short, |_, suites, groups| {
            if suites.len() > SHORT_HELLO {
                return Answer::Reset(0);
            }
            server.answer(suites, groups)
        });
        assert_eq!((report.order, report.incomplete.as_deref()), (order, None));
        if own_order {
            assert_eq!(report.accepted, server.suites);
        } else {
            assert_eq!(report.accepted.len(), server.suites.len());
        }
    }
}

#[test]
fn more_suites_than_a_short_hello_holds_have_no_order() {
    let all: Vec<_> = Suite::of(Protocol::Tls10).map(|info| info.suite.0).collect();
    let mut server = server(all.iter().copied());
    for own_order in [true, false] {
        server.own_order = own_order;
        let (report, _) = search(Protocol::Tls10, HelloShape::Short, |_, suites, groups| {
            server.answer(suites, groups)
        });
        assert_eq!(report.accepted.len(), all.len());
        assert_eq!((report.order, report.incomplete), (Unknown, None));
    }
}

#[test]
fn without_extensions_no_groups_are_asked_for() {
    let server = server(RSA);
    for (protocol, shape) in
        [(Protocol::Tls10, HelloShape::NoExtensions), (Protocol::Ssl3, HelloShape::Full)]
    {
        let (report, _) =
            search(protocol, shape, |_, suites, _| server.answer(suites, &[Group::SECP256R1]));
        assert_eq!(numbers(&report), [0xc014, 0xc013, 0x002f]);
        assert_eq!((report.order, report.incomplete), (Server, None));
        assert_eq!(report.groups, [Group::SECP256R1]);
    }
}

#[test]
fn groups_of_tls13_are_found_with_and_without_retry() {
    let mut server = server([0x1302, 0x1301]);
    server.groups = vec![Group::SECP384R1, Group::FFDHE2048, Group::X25519];
    let (report, took) = search(Protocol::Tls13, FULL, |_, suites, groups| {
        let Answer::Chosen(mut choice) = server.answer(suites, groups) else {
            return server.refusal.clone();
        };
        choice.retry = choice.group == Some(Group::SECP384R1);
        Answer::Chosen(choice)
    });
    assert_eq!((report.groups, report.incomplete), (server.groups, None));
    assert_eq!(took, 2 + 1 + 3);
}

#[test]
fn the_curve_of_the_certificate_hides_no_other_from_a_server_without_preference() {
    let mut server = server([0xc009]);
    server.curve = Some(Group::SECP256R1);
    server.groups = vec![Group::SECP256R1, Group::SECP384R1, Group::X25519];
    for (own_group_order, groups) in [
        (true, vec![Group::SECP256R1]),
        (false, vec![Group::X25519, Group::SECP256R1, Group::SECP384R1]),
    ] {
        server.own_group_order = own_group_order;
        let (report, _) =
            search(Protocol::Tls12, FULL, |_, suites, groups| server.answer(suites, groups));
        assert_eq!((report.groups, report.incomplete), (groups, None));
    }
}

#[test]
fn trouble_leaves_what_is_known_and_why_it_is_not_all() {
    let refused = Failure::new(Phase::Connect, Cause::Refused, "connection refused");
    for (trouble, why) in [
        (Answer::Timeout(0), "suites and groups: twice no answer came in time"),
        (Answer::Reset(0), "even where it had accepted the offer"),
        (Answer::Closed(0), "even where it had accepted the offer"),
        (Answer::Alert(80), "internal_error (80), even where it had accepted the offer"),
        (Answer::Broken("odd".into()), "broke the protocol: odd"),
        (Answer::NotTls("HTTP/1.1".into()), "not TLS: HTTP/1.1"),
        (Answer::NotConnected(refused), "connection refused"),
        (Answer::Alert(40), "refused what it had accepted before"),
    ] {
        let server = server(RSA);
        let (report, took) = search(Protocol::Tls12, FULL, |hello, suites, groups| {
            if hello > 1 { trouble.clone() } else { server.answer(suites, groups) }
        });
        assert_eq!(numbers(&report), RSA[..2], "{trouble:?}");
        assert_eq!(report.order, Unknown);
        let said = report.incomplete.unwrap();
        assert!(said.contains(why), "{trouble:?}: {said}");
        assert!(took <= 5, "{trouble:?}: {took}");
    }
}

#[test]
fn a_hiccup_is_forgiven_and_luck_is_not() {
    let server = server(Suite::of(Protocol::Tls12).map(|info| info.suite.0));
    let every = |period: usize| {
        let server = server.clone();
        move |hello: usize, suites: &[Suite], groups: &[Group]| {
            if hello % period == period - 1 {
                Answer::Reset(0)
            } else {
                server.answer(suites, groups)
            }
        }
    };
    let (report, _) = search(Protocol::Tls12, FULL, every(20));
    assert_eq!((report.accepted.len(), report.incomplete), (server.suites.len(), None));
    let (report, took) = search(Protocol::Tls12, FULL, every(3));
    assert!(report.incomplete.unwrap().contains("only when it was asked twice"));
    assert!(took < 20 && report.accepted.len() > 5);
}

#[test]
fn the_deadline_leaves_what_is_known() {
    let server = server(RSA);
    let first = choice(Suite(0xc014), Some(Group::X25519));
    let mut search = Search::new(Protocol::Tls12, FULL, &first);
    search.take(&server.answer(&search.next().unwrap().suites, &server.groups));
    search.stop("the deadline passed");
    assert_eq!(search.next(), None);
    let report = search.report();
    assert_eq!(numbers(&report), [0xc014, 0xc013]);
    assert!(report.incomplete.unwrap().ends_with("the deadline passed"));
}

#[test]
fn unsteady_servers_end_the_search() {
    let server = server(RSA);
    // Chooses what nobody offered.
    let (report, took) = search(Protocol::Tls12, FULL, |hello, suites, groups| match hello {
        0 => server.answer(suites, groups),
        _ => Answer::Chosen(Box::new(choice(Suite(0xc014), None))),
    });
    assert_eq!((numbers(&report), took), (vec![0xc014], 1));
    assert!(report.incomplete.unwrap().contains("not offered"));
    // Tells no group, or one that nobody offered.
    for group in [None, Some(Group::FFDHE2048)] {
        let (report, _) = search(Protocol::Tls12, FULL, |hello, suites, groups| {
            let mut answer = server.answer(suites, groups);
            if let Answer::Chosen(choice) = &mut answer
                && hello > 5
            {
                choice.group = group;
            }
            answer
        });
        assert_eq!((numbers(&report), report.order), (RSA.to_vec(), Server));
        assert!(report.incomplete.unwrap().contains("a group"), "{group:?}");
    }
    // Prefers the second of its suites when asked the other way round.
    let (report, _) = search(Protocol::Tls12, FULL, |_, suites, groups| {
        if suites == [0x002f, 0x009d, 0xc013, 0xc014].map(Suite) {
            return Answer::Chosen(Box::new(choice(Suite(0xc013), None)));
        }
        server.answer(suites, groups)
    });
    assert_eq!((numbers(&report), report.order), (RSA.to_vec(), Unknown));
}

/// Any suites of a version in any order, at least one.
fn suites(protocol: Protocol) -> impl Strategy<Value = Vec<Suite>> {
    let all: Vec<_> = Suite::of(protocol).map(|info| info.suite).collect();
    let count = all.len();
    let any = subsequence(all, 1..=count).prop_shuffle();
    any.prop_filter("without encryption it is not found at all", |suites| {
        suites.iter().any(|suite| suite.info().unwrap().cipher != Cipher::Null)
    })
}

fn version_and_suites() -> impl Strategy<Value = (Protocol, Vec<Suite>)> {
    any::<Index>().prop_flat_map(|index| {
        let protocol = *index.get(Protocol::ALL);
        suites(protocol).prop_map(move |suites| (protocol, suites))
    })
}

fn some_groups() -> impl Strategy<Value = Vec<Group>> {
    subsequence(CURVES.to_vec(), 1..=CURVES.len()).prop_shuffle()
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        6 => (any::<Index>(), proptest::option::of(any::<Index>())).prop_map(|(suite, group)| {
            let suite = suite.get(crate::model::suite::SUITES).suite;
            Answer::Chosen(Box::new(choice(suite, group.map(|group| *group.get(&CURVES)))))
        }),
        2 => any::<u8>().prop_map(Answer::Alert),
        1 => Just(Answer::Reset(0)),
        1 => Just(Answer::Timeout(0)),
        1 => Just(Answer::OtherVersion(0x0301)),
        1 => Just(Answer::Broken("odd".into())),
    ]
}

proptest! {
    /// The suites, the order and the groups are exactly the server's, in few hellos.
    #[test]
    fn what_is_found_is_what_there_is(
        (protocol, suites) in version_and_suites(),
        groups in some_groups(),
        own_order: bool,
        own_group_order: bool,
    ) {
        let server = Simulated {
            suites, own_order, groups, own_group_order, curve: None, refusal: Answer::Alert(40),
        };
        let (report, took) =
            search(protocol, FULL, |_, suites, groups| server.answer(suites, groups));
        let accepted = server.suites.len();
        let plain = server.suites.iter().any(|suite| suite.info().unwrap().cipher == Cipher::Null);
        let ranked = if plain { accepted } else { 0 };
        prop_assert!(took <= accepted + 1 + server.groups.len() + 1 + ranked, "{}", took);
        prop_assert_eq!(report.incomplete, None);
        let expected = if own_order {
            server.suites.clone()
        } else {
            let offered = Suite::of(protocol).map(|info| info.suite);
            offered.filter(|suite| server.suites.contains(suite)).collect()
        };
        prop_assert_eq!(report.accepted, expected);
        let order = match (accepted, own_order) {
            (1, _) => Unknown,
            (_, true) => Server,
            (_, false) => Client,
        };
        prop_assert_eq!(report.order, order);
        let grouped = server.suites.iter().filter_map(|suite| suite.info()).any(|info| {
            matches!(info.key_exchange, KeyExchange::Any | KeyExchange::Ecdhe)
        });
        let as_set = |mut groups: Vec<Group>| { groups.sort(); groups };
        if grouped && protocol != Protocol::Ssl3 {
            prop_assert_eq!(as_set(report.groups), as_set(server.groups));
        }
    }

    /// Whatever comes back, the search ends, and nothing is accepted that was not chosen.
    #[test]
    fn any_answers_end(
        (protocol, suites) in version_and_suites(),
        shape in proptest::sample::select(HelloShape::ALL),
        answers in proptest::collection::vec(any_answer(), ENOUGH),
    ) {
        let server = Simulated { suites, ..server([]) };
        let mut chosen = Vec::new();
        let first = choice(server.suites[0], None);
        let mut search = Search::new(protocol, shape, &first);
        chosen.push(first.suite);
        let mut hellos = 0;
        while let Some(offer) = search.next() {
            // Steady now and then, so that the search comes far.
            let answer = match hellos % 4 {
                0 => answers[hellos].clone(),
                _ => server.answer(&offer.suites, offer.groups.as_deref().unwrap_or(&CURVES)),
            };
            if let Answer::Chosen(choice) = &answer {
                chosen.push(choice.suite);
            }
            search.take(&answer);
            hellos += 1;
            prop_assert!(hellos < ENOUGH);
        }
        let report = search.report();
        prop_assert!(report.accepted.iter().all(|suite| chosen.contains(suite)));
    }
}
