//! States that do not change with every lost packet.

use std::time::SystemTime;

use crate::model::failure::Failure;
use crate::model::monitor::State;
use crate::model::report::Verdict;

/// Observations in a row that change a state. With two, one lost probe never does; and a third
/// would double the time until a real change is told.
const ENOUGH: u32 = 2;

/// Takes note of an observation. The result is the former verdict where the state changed.
///
/// 1. When enough observations in a row say otherwise, the state becomes what the last of them
///    said. They need not agree with each other: none of them says what the state says.
/// 2. A state of which nothing is known, not even a reason, takes the first observation at once.
/// 3. An unknown state gives way at once to one that works: an answer is proof, while silence may
///    be one lost packet.
///
/// The reason is kept up to date while the state is down or unknown, and is gone when it works.
pub fn observe(
    state: &mut State,
    verdict: Verdict,
    failure: Option<&Failure>,
    now: SystemTime,
) -> Option<Verdict> {
    if verdict == state.verdict {
        state.contrary = None;
        set_failure(state, failure);
        return None;
    }
    let count = state.contrary.map_or(0, |(_, count)| count).saturating_add(1);
    if count < needed(state, verdict) {
        state.contrary = Some((verdict, count));
        return None;
    }
    let former = std::mem::replace(&mut state.verdict, verdict);
    state.since = now;
    state.contrary = None;
    set_failure(state, failure);
    Some(former)
}

fn needed(state: &State, verdict: Verdict) -> u32 {
    let blank = state.failure.is_none() && state.contrary.is_none();
    if state.verdict == Verdict::Unknown && (blank || works(verdict)) { 1 } else { ENOUGH }
}

fn set_failure(state: &mut State, failure: Option<&Failure>) {
    let failure = failure.filter(|_| !works(state.verdict));
    if state.failure.as_ref() != failure {
        state.failure = failure.cloned();
    }
}

/// Whether clients can use what has this verdict.
pub(super) const fn works(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Healthy | Verdict::Degraded)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::model::failure::{Cause, Phase};
    use Verdict::{Degraded, Down, Healthy, Unknown};

    fn why(detail: &str) -> Failure {
        Failure::new(Phase::Connect, Cause::Timeout, detail)
    }

    /// Each step: what is observed and why; then the state, its reason, and since which step.
    type Step = (Verdict, Option<&'static str>, Verdict, Option<&'static str>, u64);

    fn run(steps: &[Step]) {
        let at = |step: u64| UNIX_EPOCH + Duration::from_secs(step);
        let mut state = State::unknown(at(0));
        for (step, (seen, reason, verdict, kept, since)) in (1..).zip(steps) {
            let before = state.verdict;
            let former = observe(&mut state, *seen, reason.map(why).as_ref(), at(step));
            assert_eq!(state.verdict, *verdict, "step {step}");
            assert_eq!(state.failure, kept.map(why), "reason at step {step}");
            assert_eq!(state.since, at(*since), "since at step {step}");
            assert_eq!(former, (before != *verdict).then_some(before), "former at step {step}");
        }
    }

    #[test]
    fn one_lost_probe_changes_nothing_and_two_do() {
        run(&[
            (Healthy, None, Healthy, None, 1),
            (Down, Some("a"), Healthy, None, 1),
            (Healthy, None, Healthy, None, 1),
            (Down, Some("b"), Healthy, None, 1),
            (Down, Some("c"), Down, Some("c"), 5),
            (Down, Some("d"), Down, Some("d"), 5),
            (Healthy, None, Down, Some("d"), 5),
            (Down, Some("e"), Down, Some("e"), 5),
            (Healthy, None, Down, Some("e"), 5),
            (Healthy, None, Healthy, None, 10),
        ]);
    }

    #[test]
    fn two_that_say_otherwise_need_not_agree() {
        run(&[
            (Healthy, None, Healthy, None, 1),
            (Down, Some("a"), Healthy, None, 1),
            (Degraded, None, Degraded, None, 3),
            (Down, Some("b"), Degraded, None, 3),
            (Degraded, None, Degraded, None, 3),
            (Unknown, Some("local"), Degraded, None, 3),
            (Down, Some("c"), Down, Some("c"), 7),
        ]);
    }

    #[test]
    fn what_is_not_known_gives_way_to_an_answer_but_not_to_silence() {
        run(&[
            (Down, Some("a"), Down, Some("a"), 1),
            (Unknown, Some("local"), Down, Some("a"), 1),
            (Unknown, Some("local"), Unknown, Some("local"), 3),
            (Down, Some("b"), Unknown, Some("local"), 3),
            (Healthy, None, Healthy, None, 5),
        ]);
        run(&[(Unknown, None, Unknown, None, 0), (Down, Some("a"), Down, Some("a"), 2)]);
    }
}
