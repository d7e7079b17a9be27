//! The tables of verdicts and of further hellos.

use super::{NextHello, Tried, judge, next_hellos};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::protocol::Protocol::{self, Ssl3, Tls10, Tls11, Tls12, Tls13};
use crate::model::suite::Suite;
use crate::model::tls_scan::HelloShape::{self, Full, NoExtensions, NoServerName, Short};
use crate::model::tls_scan::{Answer, Attempt, ServerChoice, Support};

fn chosen() -> Answer {
    Answer::Chosen(Box::new(ServerChoice {
        suite: Suite(0xc02f),
        group: None,
        prime_bits: None,
        retry: false,
        client_certificate_requested: false,
        presented: None,
        cut_short: None,
    }))
}

fn not_connected() -> Answer {
    Answer::NotConnected(Failure::new(Phase::Connect, Cause::Refused, ""))
}

fn broken() -> Answer {
    Answer::Broken("unoffered suite".to_owned())
}

fn not_tls() -> Answer {
    Answer::NotTls("HTTP/1.1 400".to_owned())
}

fn tried<const N: usize>(protocol: Protocol, attempts: [(HelloShape, Answer); N]) -> Tried {
    let attempt = |(shape, answer)| Attempt { shape, answer, warnings: Vec::new(), time: None };
    (protocol, attempts.map(attempt).into())
}

fn full(protocol: Protocol, answer: Answer) -> Tried {
    tried(protocol, [(Full, answer)])
}

#[test]
fn each_answer_is_judged_by_itself_and_beside_an_accepted_version() {
    use Support::{NotSupported, Supported, Unknown};
    let refused = ((Unknown, false), (NotSupported, false));
    let unknown = ((Unknown, false), (Unknown, false));
    let clear = |support| ((support, true), (support, true));
    for (answer, (alone, beside)) in [
        (chosen(), clear(Supported)),
        (Answer::OtherVersion(0x0302), clear(NotSupported)),
        (Answer::Alert(70), clear(NotSupported)),
        (Answer::Alert(40), refused),
        (Answer::Alert(71), refused),
        (Answer::Alert(47), refused),
        (Answer::Alert(80), refused),
        (Answer::Reset(0), refused),
        (Answer::Closed(7), refused),
        (Answer::Alert(112), unknown),
        (Answer::Timeout(0), unknown),
        (broken(), unknown),
        (not_tls(), unknown),
        (not_connected(), unknown),
    ] {
        let of = |tried: Vec<Tried>| {
            let reports = judge(tried, &[]);
            (reports[0].support, reports[0].certain)
        };
        assert_eq!(of(vec![full(Tls10, answer.clone())]), alone, "{answer:?}");
        let both = vec![full(Tls10, answer.clone()), full(Tls12, chosen())];
        assert_eq!(of(both), beside, "{answer:?} beside an accepted version");
        let refused = vec![full(Tls10, answer.clone()), full(Tls12, Answer::Alert(70))];
        assert_eq!(of(refused), alone, "{answer:?} beside a refused version");
    }
}

/// Behind a load balancer each connection may meet another server.
#[test]
fn a_version_chosen_for_another_is_not_refused_for_certain() {
    let tried = vec![
        full(Tls10, Answer::Alert(70)),
        full(Tls11, Answer::Alert(70)),
        full(Tls12, Answer::OtherVersion(Tls11.wire())),
    ];
    let said: Vec<_> = judge(tried, &[]).iter().map(|r| (r.support, r.certain)).collect();
    let (unknown, refused) = ((Support::Unknown, false), (Support::NotSupported, true));
    assert_eq!(said, [refused, unknown, refused]);
}

#[test]
fn what_there_was_no_time_to_ask_again_is_unknown() {
    let tried = || {
        let reset = || Answer::Reset(0);
        vec![full(Tls11, Answer::Alert(70)), full(Tls12, chosen()), full(Tls13, reset())]
    };
    let support = |open: &[Protocol]| judge(tried(), open).last().map(|report| report.support);
    assert_eq!(support(&[]), Some(Support::NotSupported));
    assert_eq!(support(&[Tls13]), Some(Support::Unknown));
    assert_eq!(judge(tried(), &[Tls11])[0].support, Support::NotSupported, "it was clear");
}

#[test]
fn the_last_attempt_decides_and_nothing_tried_is_unknown() {
    let support = |attempts| judge(vec![attempts], &[])[0].support;
    let later = tried(Tls12, [(Full, Answer::Reset(0)), (Short, chosen())]);
    assert_eq!(support(later), Support::Supported);
    let later = tried(Tls12, [(Full, Answer::Reset(0)), (Short, Answer::Alert(70))]);
    assert_eq!(support(later), Support::NotSupported);
    assert_eq!(support((Tls12, Vec::new())), Support::Unknown);
}

/// What is tried further, as `version shape`, with a mark for what is sent once more.
fn next(tried: &[Tried]) -> Vec<String> {
    next_of(tried, true)
}

fn next_of(tried: &[Tried], named: bool) -> Vec<String> {
    let words = |next: &NextHello| {
        let again = if next.again { " again" } else { "" };
        format!("{} {}{again}", next.protocol.as_str(), next.shape.as_str())
    };
    next_hellos(tried, named).iter().map(words).collect()
}

#[test]
fn clear_answers_need_no_further_hello() {
    let clear = [chosen(), Answer::OtherVersion(0x0301), not_tls(), not_connected()]
        .into_iter()
        .chain([Answer::Alert(70), Answer::Alert(40), Answer::Alert(71)]);
    for answer in clear {
        assert!(next(&[full(Tls12, answer.clone())]).is_empty(), "{answer:?}");
        assert!(next(&[full(Tls10, answer.clone()), full(Tls12, chosen())]).is_empty());
    }
    assert!(next(&[]).is_empty());
}

#[test]
fn the_ladder_of_a_version_depends_on_what_came_back() {
    let unclear = [
        Answer::Alert(10),
        Answer::Alert(47),
        Answer::Alert(50),
        Answer::Alert(80),
        broken(),
        Answer::Reset(0),
        Answer::Closed(0),
    ];
    for answer in unclear {
        let mut attempts = vec![full(Tls12, answer.clone())];
        let mut asked = Vec::new();
        while let [next] = next_hellos(&attempts, true)[..] {
            asked.push(next.shape);
            let (_, attempt) = &full(Tls12, answer.clone());
            attempts[0].1.push(Attempt { shape: next.shape, ..attempt[0].clone() });
        }
        assert_eq!(asked, [Short, NoServerName, NoExtensions], "{answer:?}");
    }
    let ended = || (Full, Answer::Reset(0));
    for (attempts, named, expected) in [
        // Each silence costs a whole time limit.
        (vec![full(Tls12, Answer::Timeout(0))], true, "1.2 short"),
        (vec![tried(Tls12, [ended(), (Short, Answer::Timeout(0))])], true, ""),
        // The name is what it does not know.
        (vec![full(Tls12, Answer::Alert(112))], true, "1.2 no_server_name"),
        (vec![full(Tls12, Answer::Alert(112))], false, ""),
        // Shapes that a version does not have, or that would be the same again.
        (vec![tried(Tls12, [ended(), (Short, Answer::Reset(0))])], false, "1.2 no_extensions"),
        (
            vec![tried(
                Tls13,
                [ended(), (Short, Answer::Alert(80)), (NoServerName, Answer::Alert(80))],
            )],
            true,
            "",
        ),
        (vec![tried(Ssl3, [ended(), (Short, Answer::Alert(80))])], true, ""),
    ] {
        assert_eq!(next_of(&attempts, named).join(", "), expected, "{attempts:?}");
    }
}

#[test]
fn a_server_that_is_silent_or_resets_everything_is_spared() {
    let all = |answer: &Answer| [Tls10, Tls11, Tls12, Tls13].map(|p| full(p, answer.clone()));
    for answer in [Answer::Reset(0), Answer::Closed(0), Answer::Timeout(0)] {
        assert_eq!(next(&all(&answer)), ["1.2 short"], "{answer:?}");
    }
    assert!(next(&all(&not_tls())).is_empty());
    assert!(next(&all(&not_connected())).is_empty());
    let without_12 = [full(Tls10, Answer::Reset(0)), full(Tls13, Answer::Reset(0))];
    assert_eq!(next(&without_12), ["1.3 short"]);
    // The one that went ahead got an answer: the others follow, and do as it did.
    let reset = || Answer::Reset(0);
    let ahead = tried(Tls12, [(Full, reset()), (Short, reset()), (NoServerName, chosen())]);
    let others = [full(Ssl3, reset()), full(Tls11, reset()), ahead, full(Tls13, reset())];
    assert_eq!(next(&others), ["1.1 no_server_name", "1.3 no_server_name"]);
}

/// Servers that count connections reset some of those that come at once.
#[test]
fn beside_an_accepted_version_a_reset_is_tried_again_before_it_is_believed() {
    let beside = |attempts: Tried| next(&[attempts, full(Tls12, chosen())]);
    for ended in [Answer::Reset(0), Answer::Closed(0)] {
        assert_eq!(beside(full(Tls13, ended.clone())), ["1.3 full again"]);
        let again = [(Full, ended.clone()), (Full, ended.clone())];
        assert_eq!(beside(tried(Tls13, again)), ["1.3 short"]);
        let last = [(Full, ended.clone()), (Full, ended.clone()), (Short, ended.clone())];
        assert!(beside(tried(Tls13, last)).is_empty());
        let answered = [(Full, ended.clone()), (Full, Answer::Alert(70))];
        assert!(beside(tried(Tls13, answered)).is_empty());
    }
    assert_eq!(beside(full(Tls13, Answer::Alert(80))), ["1.3 short"]);
    assert_eq!(beside(full(Tls13, broken())), ["1.3 short"]);
    assert_eq!(beside(full(Tls13, Answer::Timeout(0))), ["1.3 short"]);
}

/// Where an older version is off, Windows often resets the connection.
#[test]
fn of_versions_older_than_those_accepted_only_the_newest_is_asked_again() {
    let beside = |attempts: Tried| next(&[attempts, full(Tls12, chosen())]);
    for ended in [Answer::Reset(0), Answer::Closed(0)] {
        let older = |again: usize| {
            let attempts = vec![(Full, ended.clone()); again];
            let attempt =
                |(shape, answer)| Attempt { shape, answer, warnings: Vec::new(), time: None };
            let again = (Tls11, attempts.into_iter().map(attempt).collect());
            [full(Tls10, ended.clone()), again, full(Tls12, chosen())]
        };
        assert_eq!(next(&older(1)), ["1.1 full again"], "{ended:?}");
        assert!(next(&older(2)).is_empty(), "{ended:?}");
        // It counted connections: then the next one is in question.
        let found = [full(Tls10, ended.clone()), full(Tls11, chosen()), full(Tls12, chosen())];
        assert_eq!(next(&found), ["1.0 full again"], "{ended:?}");
    }
    assert!(beside(full(Tls11, Answer::Alert(80))).is_empty());
    assert_eq!(beside(full(Tls11, broken())), ["1.1 short"]);
    assert_eq!(beside(full(Tls11, Answer::Timeout(0))), ["1.1 short"]);
}

/// All but the scout go out at once when the scout's shape is accepted.
#[test]
fn the_shape_that_is_accepted_is_tried_twice_where_the_server_ends_the_connection() {
    let reset = || Answer::Reset(0);
    let ahead = || tried(Tls12, [(Full, reset()), (Short, chosen())]);
    assert_eq!(next(&[full(Tls11, reset()), ahead()]), ["1.1 short"]);
    let once = tried(Tls11, [(Full, reset()), (Short, reset())]);
    assert_eq!(next(&[once, ahead()]), ["1.1 short again"]);
    let twice = tried(Tls11, [(Full, reset()), (Short, reset()), (Short, reset())]);
    assert!(next(&[twice, ahead()]).is_empty());
}

#[test]
fn no_version_gets_more_than_three_further_hellos() {
    let answers = [Answer::Reset(0), Answer::Timeout(0), Answer::Alert(47), Answer::Alert(112)];
    for first in &answers {
        for second in &answers {
            for other in [chosen(), Answer::Reset(0), Answer::Alert(70)] {
                let mut all = vec![full(Tls12, first.clone()), full(Tls13, other)];
                for _ in 0..10 {
                    for next in next_hellos(&all, true) {
                        let place = usize::from(next.protocol == Tls13);
                        let (_, mut more) = tried(Tls12, [(next.shape, second.clone())]);
                        all[place].1.append(&mut more);
                    }
                }
                assert!(all.iter().all(|(_, attempts)| attempts.len() <= 4), "{all:?}");
            }
        }
    }
}
