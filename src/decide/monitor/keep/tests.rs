//! Tables of fleets, and what holds for every fleet.

use std::time::UNIX_EPOCH;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::monitor::choice::ChangeReason;
use crate::model::monitor::{Ran, fixture};
use Verdict::{Degraded, Down, Healthy, Unknown};

/// A round: its outcome, and its round-trip time in tenths of milliseconds.
type Round = (Outcome, Option<u32>);

fn view(name: &str, verdict: Verdict, rounds: &[Round]) -> Arc<EndpointView> {
    let mut view = fixture::view(name, "Dallas", "America/Chicago");
    view.state.verdict = verdict;
    if verdict == Down {
        view.state.failure = Some(Failure::new(Phase::Connect, Cause::Timeout, "gone"));
    }
    for (outcome, rtt) in rounds {
        let rtt = rtt.map(|tenths| Duration::from_micros(u64::from(tenths) * 100));
        view.history.push(Point::new(UNIX_EPOCH, rtt, *outcome, None));
    }
    Arc::new(view)
}

/// An endpoint whose last rounds took so many milliseconds.
fn at(name: &str, verdict: Verdict, ms: &[u32]) -> Arc<EndpointView> {
    let rounds: Vec<Round> = ms.iter().map(|ms| (Outcome::Healthy, Some(ms * 10))).collect();
    view(name, verdict, &rounds)
}

fn with_priority(view: Arc<EndpointView>, priority: u32) -> Arc<EndpointView> {
    let mut view = Arc::unwrap_or_clone(view);
    let mut endpoint = (*view.endpoint).clone();
    endpoint.priority = Some(priority);
    view.endpoint = Arc::new(endpoint);
    Arc::new(view)
}

fn local(name: &str) -> Arc<EndpointView> {
    view(name, Unknown, &[(Outcome::Healthy, Some(100)), (Outcome::Local, None)])
}

/// The choices after each step, with the reason where it changed.
fn run(steps: &[(Vec<Arc<EndpointView>>, bool)]) -> Vec<String> {
    let mut choice = Choice::default();
    let step = |(endpoints, ready): &(Vec<Arc<EndpointView>>, bool)| {
        let after =
            review(endpoints, &choice, *ready, UNIX_EPOCH).unwrap_or_else(|| choice.clone());
        let changed = ChangeReason::ALL
            .iter()
            .zip(after.changes.iter().zip(&choice.changes))
            .filter(|(_, (after, before))| after != before)
            .map(|(reason, _)| format!(" {}", reason.as_str()));
        let name = after.selected.as_ref().map_or("none", |name| &name.0);
        let told = format!("{name}{}", changed.collect::<String>());
        choice = after;
        told
    };
    steps.iter().map(step).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn the_choice_is_kept_until_there_is_a_reason() {
    let near = || at("near", Healthy, &[12]);
    let far = || at("far", Healthy, &[80]);
    let both = |a, b| (vec![a, b], true);
    let table = [
        (
            "waits for all",
            vec![(vec![near(), far()], false), both(near(), far())],
            "none, near first",
        ),
        (
            "one lost probe",
            vec![
                both(near(), far()),
                both(
                    view("near", Healthy, &[(Outcome::Healthy, Some(120)), (Outcome::Down, None)]),
                    far(),
                ),
            ],
            "near first, near",
        ),
        (
            "down",
            vec![both(near(), far()), both(at("near", Down, &[12]), far())],
            "near first, far unhealthy",
        ),
        (
            "degraded",
            vec![both(near(), far()), both(at("near", Degraded, &[12]), far())],
            "near first, far unhealthy",
        ),
        (
            "all degraded: no reason to move",
            vec![
                both(near(), far()),
                both(at("near", Degraded, &[12]), at("far", Degraded, &[80])),
            ],
            "near first, near",
        ),
        (
            "nothing works, and again",
            vec![
                both(near(), far()),
                both(at("near", Down, &[]), at("far", Down, &[])),
                both(at("near", Down, &[]), far()),
            ],
            "near first, none none_healthy, far recovered",
        ),
        ("removed", vec![both(near(), far()), (vec![far()], true)], "near first, far removed"),
        (
            "removed while others are new",
            vec![both(near(), far()), (vec![far()], false)],
            "near first, far removed",
        ),
        ("all removed", vec![both(near(), far()), (vec![], true)], "near first, none removed"),
        (
            "this machine's trouble comes and goes",
            vec![
                both(near(), far()),
                both(local("near"), far()),
                both(local("near"), local("far")),
                both(local("near"), far()),
                both(near(), far()),
            ],
            "near first, near, near, near, near",
        ),
        (
            "cannot be judged any more",
            vec![
                both(near(), far()),
                both(view("near", Unknown, &[(Outcome::Unknown, None)]), far()),
            ],
            "near first, far unhealthy",
        ),
        (
            "better than nothing",
            vec![
                both(near(), far()),
                both(view("near", Unknown, &[(Outcome::Unknown, None)]), at("far", Down, &[])),
            ],
            "near first, near",
        ),
        (
            "a gain of 10 ms and a third",
            vec![both(far(), at("new", Down, &[])), both(far(), at("new", Healthy, &[53]))],
            "far first, new nearer",
        ),
        (
            "a gain of less than a third",
            vec![both(far(), at("new", Down, &[])), both(far(), at("new", Healthy, &[54]))],
            "far first, far",
        ),
        (
            "no move while others are new",
            vec![
                both(far(), at("new", Down, &[])),
                (vec![far(), at("new", Healthy, &[12])], false),
            ],
            "far first, far",
        ),
        (
            "the minimum of five on both sides",
            vec![
                both(at("far", Healthy, &[80]), at("new", Down, &[])),
                both(at("far", Healthy, &[80, 30, 80, 80, 80, 80]), at("new", Healthy, &[25, 90])),
                both(at("far", Healthy, &[30, 80, 80, 80, 80, 80]), at("new", Healthy, &[25, 90])),
            ],
            "far first, far, new nearer",
        ),
        (
            "a tie goes to order",
            vec![both(at("b", Healthy, &[13]), at("a", Healthy, &[12]))],
            "b first",
        ),
        (
            "a tie goes to priority",
            vec![both(at("b", Healthy, &[12]), with_priority(at("a", Healthy, &[13]), 1))],
            "a first",
        ),
        (
            "healthy without a distance",
            vec![both(at("b", Healthy, &[]), at("a", Down, &[12]))],
            "b first",
        ),
    ];
    for (name, steps, expected) in table {
        assert_eq!(run(&steps).join(", "), expected, "{name}");
    }
}

#[test]
fn the_reason_is_a_sentence_with_figures() {
    let text = |endpoints: &[Arc<EndpointView>], before: &Choice, ready| {
        review(endpoints, before, ready, UNIX_EPOCH).unwrap()
    };
    let (near, far) = (at("near", Healthy, &[12]), at("far", Healthy, &[80]));
    let none = Choice::default();
    let waiting = text(&[Arc::clone(&near), Arc::clone(&far)], &none, false);
    assert_eq!(
        waiting.text,
        "not chosen yet: 0 of 2 endpoints have had a round that told something"
    );
    // What this machine's own trouble did to a round tells nothing of the endpoint.
    let mut lost = local("lost").as_ref().clone();
    (lost.counts.local, lost.state.verdict) = (2, Unknown);
    lost.last_round = Some(Ran { at: UNIX_EPOCH, elapsed: Duration::ZERO });
    let mut told = near.as_ref().clone();
    told.counts.attempts = 1;
    let waiting = text(&[Arc::new(lost), Arc::new(told)], &none, false);
    assert_eq!(
        waiting.text,
        "not chosen yet: 1 of 2 endpoints have had a round that told something"
    );
    let first = text(&[Arc::clone(&near), Arc::clone(&far)], &none, true);
    assert_eq!(
        first.text,
        "near is healthy at 12.0 ms (least of up to 5 rounds); next is far at 80.0 ms"
    );
    let moved = text(&[at("near", Down, &[12]), Arc::clone(&far)], &first, true);
    assert_eq!(
        moved.text,
        "far is healthy at 80.0 ms (least of up to 5 rounds); no other is known to be as near and as healthy \
         (before: near, connect timeout)"
    );
    let kept = text(&[at("near", Healthy, &[60]), far], &moved, true);
    assert_eq!(
        kept.text,
        "far is healthy at 80.0 ms (least of up to 5 rounds); near at 60.0 ms is nearer, but not by enough to be worth \
         moving clients"
    );
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![4 => Just(Healthy), 2 => Just(Degraded), 2 => Just(Down), 1 => Just(Unknown)]
}

/// A verdict, round-trip times, and a priority.
type Drawn = (Verdict, Vec<Option<u32>>, Option<u32>);

fn fleet() -> impl Strategy<Value = Vec<Drawn>> {
    vec((verdict(), vec(option::of(1..3_000_u32), 0..8), option::of(0..3_u32)), 0..6)
}

fn endpoints(fleet: &[Drawn]) -> Vec<Arc<EndpointView>> {
    let one = |(place, (verdict, rtts, priority)): (usize, &Drawn)| {
        let rounds: Vec<Round> = rtts.iter().map(|rtt| (Outcome::Healthy, *rtt)).collect();
        let view = view(&format!("e{place}"), *verdict, &rounds);
        match priority {
            Some(priority) => with_priority(view, *priority),
            None => view,
        }
    };
    fleet.iter().enumerate().map(one).collect()
}

proptest! {
    #[test]
    fn never_a_dead_one_and_idle_input_never_switches(before in fleet(), after in fleet()) {
        let mut choice = Choice::default();
        for fleet in [before, after] {
            let endpoints = endpoints(&fleet);
            choice = review(&endpoints, &choice, true, UNIX_EPOCH).unwrap_or(choice);
            if let Some(name) = &choice.selected {
                let chosen = endpoints.iter().find(|view| view.endpoint.name == *name).unwrap();
                prop_assert_ne!(chosen.state.verdict, Down);
                let healthy = endpoints.iter().any(|view| view.state.verdict == Healthy);
                prop_assert!(chosen.state.verdict != Degraded || !healthy);
            } else {
                prop_assert!(!endpoints.iter().any(|view| hysteresis::works(view.state.verdict)));
            }
            let again = review(&endpoints, &choice, true, UNIX_EPOCH).unwrap_or_else(|| choice.clone());
            prop_assert_eq!(&again.selected, &choice.selected);
            prop_assert_eq!(again.changes, choice.changes);
        }
    }

    /// Distances so far apart that there are no ties.
    #[test]
    fn order_plays_no_part(
        fleet in vec(verdict(), 1..6),
        steps in Just((0..6_u32).collect::<Vec<_>>()).prop_shuffle(),
        rotation in 0..6_usize,
    ) {
        let far_apart = |(verdict, step): (&Verdict, &u32)| (*verdict, vec![Some(100 + step * 200)], None);
        let fleet: Vec<_> = fleet.iter().zip(&steps).map(far_apart).collect();
        let mut turned = endpoints(&fleet);
        let straight = review(&turned, &Choice::default(), true, UNIX_EPOCH).map(|one| one.selected);
        let by = rotation % turned.len();
        turned.rotate_left(by);
        turned.reverse();
        let other = review(&turned, &Choice::default(), true, UNIX_EPOCH).map(|one| one.selected);
        prop_assert_eq!(straight, other);
    }

    /// Up to 9.9 ms of jitter on any distance.
    #[test]
    fn jitter_below_the_gain_never_switches(
        base in 10..3_000_u32,
        rounds in vec(vec((0..100_u32, any::<bool>()), 3), 1..20),
    ) {
        let mut choice = Choice::default();
        let mut seen: Vec<Vec<Option<u32>>> = vec![Vec::new(); 3];
        for round in rounds {
            for (rtts, (jitter, lost)) in seen.iter_mut().zip(round) {
                rtts.push((!lost).then_some(base + jitter));
            }
            let fleet: Vec<_> = seen.iter().map(|rtts| (Healthy, rtts.clone(), None)).collect();
            choice = review(&endpoints(&fleet), &choice, true, UNIX_EPOCH).unwrap_or(choice);
        }
        prop_assert_eq!(choice.changes.iter().sum::<u64>(), 1);
    }
}
