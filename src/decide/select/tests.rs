//! One table of situations: what is known at a moment, and what the rules make of it.

use super::outcome::conclude;
use super::standing::Member;
use super::*;
use crate::model::selection::{ReasonCode, RejectionCode};

fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

fn member(rtt: &[u64], health: Health) -> Member {
    Member {
        samples: rtt.iter().copied().map(ms).collect(),
        pending_since: None,
        unsent: false,
        health,
    }
}

fn waiting(sent: u64) -> Member {
    Member { pending_since: Some(ms(sent)), ..member(&[], Health::Pending) }
}

fn candidate(members: Vec<Member>) -> Candidate {
    Candidate {
        priority: None,
        current: false,
        resolution: Resolution::Done(ms(2)),
        first_sample: Some(ms(2)),
        members,
    }
}

fn healthy(rtt: u64) -> Candidate {
    candidate(vec![member(&[rtt], Health::Healthy)])
}

fn sick(rtt: u64) -> Candidate {
    candidate(vec![member(&[rtt], Health::Down)])
}

fn silent() -> Candidate {
    candidate(vec![waiting(12)])
}

fn unresolved() -> Candidate {
    Candidate { resolution: Resolution::Pending, first_sample: None, ..candidate(vec![]) }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a situation")]
fn steps() {
    use Step::{Choose, GiveUp, Wait};
    let current = |c: Candidate| Candidate { current: true, ..c };
    let prio = |p: u32, c: Candidate| Candidate { priority: Some(p), ..c };
    let pending = |rtt: u64| candidate(vec![member(&[rtt], Health::Pending)]);
    let half_dead =
        |rtt: u64| candidate(vec![member(&[rtt], Health::Healthy), member(&[], Health::Down)]);
    // Works, but no round-trip time: samples are still to come, or all were spoilt.
    let far_away = |unsent| candidate(vec![Member { unsent, ..member(&[], Health::Healthy) }]);
    let table: Vec<(&str, u64, Vec<Candidate>, Step)> = vec![
        ("nothing_at_all", 0, vec![], GiveUp),
        ("nearest_wins", 40, vec![healthy(35), healthy(12)], Choose(1)),
        ("order_does_not_matter", 40, vec![healthy(12), healthy(35)], Choose(0)),
        ("waits_for_a_rival_just_sent", 15, vec![healthy(12), silent()], Wait(Some(ms(29)))),
        ("a_silent_rival_costs_only_the_guard", 30, vec![healthy(12), silent()], Choose(0)),
        ("the_guard_grows_with_the_score", 60, vec![healthy(48), silent()], Wait(Some(ms(72)))),
        ("sick_nearest_is_dropped", 200, vec![sick(12), healthy(35)], Choose(1)),
        (
            "waits_for_the_health_of_the_nearest",
            40,
            vec![pending(12), healthy(35)],
            Wait(Some(ms(252))),
        ),
        ("but_not_for_ever", 253, vec![pending(12), healthy(35)], Choose(1)),
        ("for_ever_when_there_is_no_other", 900, vec![pending(12), sick(35)], Wait(None)),
        ("all_sick", 900, vec![sick(12), sick(35)], GiveUp),
        ("degraded_loses_to_healthy", 200, vec![half_dead(12), healthy(35)], Choose(1)),
        ("degraded_is_better_than_nothing", 900, vec![half_dead(12), sick(35)], Choose(0)),
        ("a_healthy_rival_may_still_come", 100, vec![half_dead(12), silent()], Wait(Some(ms(250)))),
        ("patience_for_it_is_bounded", 251, vec![half_dead(12), silent()], Choose(0)),
        (
            "median_member",
            300,
            vec![
                candidate(vec![
                    member(&[10], Health::Healthy),
                    member(&[90], Health::Healthy),
                    member(&[80], Health::Healthy),
                ]),
                healthy(50),
            ],
            Choose(1),
        ),
        (
            "a_dead_member_does_not_count_for_distance",
            900,
            vec![half_dead(12), half_dead(20)],
            Choose(0),
        ),
        (
            "a_silent_member_is_down_after_the_guard",
            900,
            vec![candidate(vec![member(&[12], Health::Healthy), waiting(12)]), healthy(35)],
            Choose(1),
        ),
        (
            "a_member_without_route_counts_for_nothing",
            40,
            vec![
                candidate(vec![member(&[12], Health::Healthy), member(&[], Health::Ignored)]),
                healthy(35),
            ],
            Choose(0),
        ),
        (
            "minimum_of_unsorted_samples",
            90,
            vec![candidate(vec![member(&[30, 11, 40], Health::Healthy)]), healthy(20)],
            Choose(0),
        ),
        ("unresolved_rival_gets_a_grace", 15, vec![healthy(5), unresolved()], Wait(Some(ms(20)))),
        ("unresolved_rival_gets_no_more", 21, vec![healthy(5), unresolved()], Choose(0)),
        ("tie_by_priority", 40, vec![prio(20, healthy(12)), prio(10, healthy(13))], Choose(1)),
        ("tie_by_order", 40, vec![healthy(13), healthy(12)], Choose(0)),
        ("no_tie_beyond_the_limit", 40, vec![prio(1, healthy(15)), healthy(12)], Choose(1)),
        ("tie_of_ten_percent", 400, vec![healthy(108), healthy(100)], Choose(0)),
        ("current_wins_a_tie", 40, vec![prio(1, healthy(12)), current(healthy(13))], Choose(1)),
        (
            "current_is_kept_for_a_small_gain",
            60,
            vec![healthy(12), current(healthy(21))],
            Choose(1),
        ),
        ("current_is_kept_below_a_third", 200, vec![healthy(80), current(healthy(110))], Choose(1)),
        ("current_is_left_for_a_real_gain", 60, vec![healthy(12), current(healthy(35))], Choose(0)),
        ("a_sick_current_is_left", 60, vec![healthy(12), current(sick(5))], Choose(0)),
        ("current_gets_more_time", 30, vec![healthy(12), current(silent())], Wait(Some(ms(34)))),
        ("a_slow_current_is_waited_for", 900, vec![healthy(12), current(pending(13))], Wait(None)),
        (
            "an_unresolved_current_is_waited_for",
            900,
            vec![healthy(12), current(unresolved())],
            Wait(None),
        ),
        ("an_unmeasured_candidate_may_be_nearer_later", 40, vec![far_away(true)], Wait(None)),
        (
            "healthy_at_an_unknown_distance_is_better_than_none",
            900,
            vec![sick(12), far_away(false)],
            Choose(1),
        ),
        ("but_not_better_than_measured", 900, vec![far_away(false), healthy(200)], Choose(1)),
        ("but_current_gets_no_more", 35, vec![healthy(12), current(silent())], Choose(0)),
    ];
    for (name, now, candidates, expected) in table {
        assert_eq!(step(&candidates, &Rules::default(), ms(now)), expected, "{name}");
    }
}

#[test]
fn reasons_and_rejections() {
    let rules = Rules::default();
    let candidates = [
        healthy(12),
        healthy(13),
        healthy(35),
        sick(5),
        silent(),
        unresolved(),
        candidate(vec![member(&[9], Health::Healthy), member(&[], Health::Down)]),
    ];
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let last = step(&candidates, &rules, ms(60));
    let selection = conclude(&candidates, &names, &rules, last, ms(60));
    assert_eq!(selection.selected, Some(0));
    assert_eq!(selection.reason.code, ReasonCode::NearestHealthy);
    let codes: Vec<_> = selection.rejected.iter().map(|r| r.as_ref().map(|r| r.code)).collect();
    assert_eq!(
        codes,
        [
            None,
            Some(RejectionCode::TieLost),
            Some(RejectionCode::Farther),
            Some(RejectionCode::Down),
            Some(RejectionCode::FartherUnanswered),
            Some(RejectionCode::NotResolvedInTime),
            Some(RejectionCode::Degraded),
        ]
    );
}

#[test]
fn confidence_grows_with_the_gap() {
    let confidence = |rival: u64| {
        let candidates = [healthy(12), healthy(rival)];
        let rules = Rules::default();
        conclude(&candidates, &["a", "b"], &rules, Step::Choose(0), ms(300)).confidence
    };
    assert_eq!(confidence(12), Some(0.5));
    assert!(confidence(13) < confidence(14));
    assert!(confidence(35) > Some(0.99));
}

#[test]
fn no_choice_is_explained() {
    let rules = Rules::default();
    let none = conclude(&[sick(5)], &["a"], &rules, Step::GiveUp, ms(9));
    assert_eq!((none.selected, none.reason.code), (None, ReasonCode::NoneHealthy));
    let cut = conclude(&[silent()], &["a"], &rules, Step::Wait(None), ms(9));
    assert_eq!((cut.selected, cut.reason.code), (None, ReasonCode::Interrupted));
    assert_eq!(cut.rejected.len(), 1);
}

#[test]
fn confidence_in_the_server_in_use_is_the_distance_to_leaving_it() {
    let confidence = |in_use: u64| {
        let current = Candidate { current: true, ..healthy(in_use) };
        let rules = Rules::default();
        conclude(&[current, healthy(12)], &["a", "b"], &rules, Step::Choose(0), ms(300)).confidence
    };
    assert!(confidence(13) > Some(0.99), "far from being worth the move");
    assert_eq!(confidence(22), Some(0.5), "at the limit");
}

#[test]
fn nothing_is_known_of_an_unresolved_rival() {
    let candidates = [healthy(12), unresolved()];
    let chosen = conclude(&candidates, &["a", "b"], &Rules::default(), Step::Choose(0), ms(300));
    assert_eq!(chosen.confidence, Some(0.5));
}

#[test]
fn what_cannot_be_judged_is_not_called_down() {
    let candidates = [healthy(12), candidate(vec![member(&[], Health::Ignored)])];
    let chosen = conclude(&candidates, &["a", "b"], &Rules::default(), Step::Choose(0), ms(300));
    let rejected = chosen.rejected[1].as_ref().unwrap();
    assert_eq!(rejected.code, RejectionCode::Unfinished);
}
