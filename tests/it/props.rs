//! What holds for every race, whatever is known at whatever time.

#![cfg(test)]

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use wsus_probe::decide::select::outcome::conclude;
use wsus_probe::decide::select::standing::{Candidate, Health, Member, Resolution};
use wsus_probe::decide::select::{Rules, Step, step};

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![4 => 0..500_000_u64, 1 => Just(0), 1 => 0..60_000_000_u64]
        .prop_map(Duration::from_micros)
}

fn member() -> impl Strategy<Value = Member> {
    let health = prop_oneof![
        3 => Just(Health::Healthy),
        3 => Just(Health::Pending),
        1 => Just(Health::Degraded),
        1 => Just(Health::Down),
        1 => Just(Health::Ignored),
    ];
    (vec(time(), 0..4), option::of(time()), any::<bool>(), health).prop_map(
        |(samples, pending_since, unsent, health)| Member {
            samples,
            pending_since,
            unsent,
            health,
        },
    )
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let resolution = prop_oneof![
        6 => time().prop_map(Resolution::Done),
        1 => Just(Resolution::Failed),
        1 => Just(Resolution::Pending),
    ];
    (option::of(0..3_u32), resolution, time(), vec(member(), 0..4)).prop_map(
        |(priority, resolution, first_sample, members)| {
            let resolved = matches!(resolution, Resolution::Done(_));
            let members = if resolved { members } else { Vec::new() };
            // A member with samples has been sent one.
            let first_sample = (!members.is_empty()).then_some(first_sample);
            Candidate { priority, current: false, resolution, first_sample, members }
        },
    )
}

/// Some candidates, of which at most one is in use.
fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    (vec(candidate(), 0..6), option::of(0..6_usize)).prop_map(|(mut candidates, current)| {
        if let Some(candidate) = current.and_then(|index| candidates.get_mut(index)) {
            candidate.current = true;
        }
        candidates
    })
}

fn works(candidate: &Candidate) -> bool {
    candidate.members.iter().any(|m| matches!(m.health, Health::Healthy | Health::Degraded))
}

proptest! {
    // What is found becomes a row of a table or a scenario, not a file of seeds.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_choice_works_and_every_other_is_explained(
        candidates in candidates(),
        now in time(),
    ) {
        let rules = Rules::default();
        let made = step(&candidates, &rules, now);
        let names: Vec<String> = (0..candidates.len()).map(|n| format!("e{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let selection = conclude(&candidates, &names, &rules, made, now);
        prop_assert_eq!(selection.rejected.len(), candidates.len());
        match made {
            Step::Choose(index) => {
                prop_assert!(works(&candidates[index]), "{:?}", candidates[index]);
                prop_assert_eq!(selection.selected, Some(index));
                for (other, rejected) in selection.rejected.iter().enumerate() {
                    prop_assert_eq!(rejected.is_none(), other == index);
                }
                let confidence = selection.confidence.unwrap();
                prop_assert!((0.5..=1.0).contains(&confidence), "{confidence}");
            }
            Step::GiveUp | Step::Wait(_) => {
                prop_assert_eq!(selection.selected, None);
                prop_assert_eq!(selection.confidence, None);
                prop_assert!(selection.rejected.iter().all(Option::is_some));
            }
        }
    }

    /// Otherwise the round would spin.
    #[test]
    fn waiting_ends_in_the_future(candidates in candidates(), now in time()) {
        if let Step::Wait(Some(until)) = step(&candidates, &Rules::default(), now) {
            prop_assert!(until > now, "{until:?} at {now:?}");
        }
    }

    /// Following the wake-ups alone, without any news, leads to a decision or to a wait for news
    /// in a few steps, and a choice once made stays.
    #[test]
    fn time_alone_settles_and_never_switches(candidates in candidates(), start in time()) {
        let rules = Rules::default();
        let mut now = start;
        let mut looks = 0;
        let chosen = loop {
            match step(&candidates, &rules, now) {
                Step::Wait(Some(until)) => now = until,
                Step::Choose(index) => break Some(index),
                Step::GiveUp | Step::Wait(None) => break None,
            }
            looks += 1;
            prop_assert!(looks < 60, "still waiting at {now:?}");
        };
        // Silence changes a member from unknown to dead, so only what is complete must stay.
        let complete = candidates.iter().flat_map(|c| &c.members).all(|m| {
            m.health != Health::Pending && m.pending_since.is_none()
        });
        if let (Some(index), true) = (chosen, complete) {
            for later in [1, 1000, 100_000] {
                let then = now + Duration::from_millis(later);
                prop_assert_eq!(step(&candidates, &rules, then), Step::Choose(index));
            }
        }
    }

    /// Only a tie may depend on the order.
    #[test]
    fn the_order_decides_ties_only(
        candidates in candidates(),
        now in time(),
    ) {
        let rules = Rules::default();
        let reversed: Vec<Candidate> = candidates.iter().rev().cloned().collect();
        let forwards = step(&candidates, &rules, now);
        let backwards = match step(&reversed, &rules, now) {
            Step::Choose(index) => Step::Choose(candidates.len() - 1 - index),
            step @ (Step::GiveUp | Step::Wait(_)) => step,
        };
        if let (Step::Choose(one), Step::Choose(other)) = (forwards, backwards) {
            let [one, other] = [&candidates[one], &candidates[other]];
            if one != other {
                let scores = [one.score().unwrap(), other.score().unwrap()];
                let (least, most) = (scores[0].min(scores[1]), scores[0].max(scores[1]));
                // Both are ties with the best, which may be nearer than either.
                prop_assert!(most.saturating_sub(least) < rules.tie.max(least / 10), "{scores:?}");
                prop_assert_eq!(one.priority, other.priority);
            }
        }
    }
}
