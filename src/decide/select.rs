//! Which endpoint is the nearest healthy one, and when that is known.
//!
//! Health gates, then round-trip time ranks. [`step`] is called whenever something became known
//! or a wake-up time passed; it says to choose now, or how long to wait for more. It looks only
//! at what it is given, so it is tested by tables.
//!
//! 1. A candidate's score is the median round-trip time of its members that work.
//! 2. The best score wins, except that a tie goes to the server in use, then to priority, then
//!    to order, and that the server in use is left only for a gain worth the clients' full scans.
//! 3. The choice waits for every rival whose last connection attempt has not been out for longer
//!    than the winner's score plus a guard: such a rival may still turn out nearer. Nothing else
//!    is waited for, so the far and the dead cost no time.
//! 4. The winner must be healthy. While its health is pending it is waited for with bounded
//!    patience; a sick one is dropped and the rest compete again.
//! 5. A degraded candidate is chosen only when patience for a healthy one has run out.
//! 6. The server in use is waited for without limit of patience: it is left because it is sick or
//!    far, never because it is slow to say.

pub mod outcome;
pub mod standing;

use std::time::Duration;

use standing::{Candidate, Health, Resolution};

/// The limits of the rules above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Least time added to the winner's score before an unanswered rival is given up.
    pub guard: Duration,
    /// Scores closer than this are a tie.
    pub tie: Duration,
    /// Least gain for which the server in use is left.
    pub gain: Duration,
    /// Least time a near candidate has to prove its health while others wait.
    pub patience: Duration,
    /// Least time a name has to resolve while others are known.
    pub resolve_grace: Duration,
}

impl Default for Rules {
    /// Measured on emulated networks: the guard covers a jitter of several milliseconds, the
    /// tie limit the noise of a choice nobody would notice, the gain the cost of a full scan.
    fn default() -> Self {
        Self {
            guard: Duration::from_millis(5),
            tie: Duration::from_millis(2),
            gain: Duration::from_millis(10),
            patience: Duration::from_millis(250),
            resolve_grace: Duration::from_millis(20),
        }
    }
}

impl Rules {
    /// How much longer than `score` an unanswered rival is waited for.
    fn guard_for(&self, score: Duration, rival_is_current: bool) -> Duration {
        let guard = self.guard.max(score / 4);
        if rival_is_current { guard.max(self.gain).max(score / 2) } else { guard }
    }

    /// Whether a score is as good as the best.
    pub(super) fn is_tie(&self, best: Duration, other: Duration) -> bool {
        other.saturating_sub(best) < self.tie.max(best / 10)
    }

    /// Whether leaving the server in use for `best` is worth it.
    pub(super) fn is_worth_moving(&self, best: Duration, current: Duration) -> bool {
        best <= self.worth_moving_below(current)
    }

    /// The score below which a rival is worth leaving the server in use for.
    pub(super) fn worth_moving_below(&self, current: Duration) -> Duration {
        current.saturating_sub(self.gain.max(current / 3))
    }

    fn patience_for(&self, score: Duration) -> Duration {
        self.patience.max(score * 5)
    }
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// This candidate (an index) is the choice; nothing that is still to come would change it.
    Choose(usize),
    /// Nothing works, and nothing more is to come.
    GiveUp,
    /// Wait for news, and ask again at this time since the start at the latest.
    Wait(Option<Duration>),
}

/// Decides what to do at `now`, counted from the start of the round.
pub fn step(candidates: &[Candidate], rules: &Rules, now: Duration) -> Step {
    let mut running: Vec<usize> = (0..candidates.len()).collect();
    let mut degraded: Option<(usize, Duration)> = None;
    let mut pending = false;
    while let Some((index, score)) = preferred(candidates, &running, rules) {
        let Some(candidate) = candidates.get(index) else { break };
        match blocked(candidates, &running, index, score, rules, now) {
            Blocked::No => {}
            Blocked::ForNews => return Step::Wait(None),
            Blocked::Until(at) => return Step::Wait(Some(at)),
        }
        match candidate.health(score, rules, now) {
            Health::Healthy => return Step::Choose(index),
            Health::Degraded => degraded = degraded.or(Some((index, score))),
            Health::Pending => {
                if candidate.current {
                    return Step::Wait(None);
                }
                let until = candidate.first_sample.unwrap_or(now) + rules.patience_for(score);
                if now < until {
                    return Step::Wait(Some(until));
                }
                pending = true;
            }
            Health::Down | Health::Ignored => {}
        }
        running.retain(|&other| other != index);
    }
    let open = pending || running.iter().filter_map(|&i| candidates.get(i)).any(Candidate::is_open);
    match degraded {
        Some((index, score)) => {
            let until = rules.patience_for(score);
            if open && now < until { Step::Wait(Some(until)) } else { Step::Choose(index) }
        }
        None if open => Step::Wait(None),
        None => unmeasured(candidates, &running, rules, now).map_or(Step::GiveUp, Step::Choose),
    }
}

/// A healthy candidate whose distance could not be measured, because every one of its samples
/// was spoilt: better than none.
fn unmeasured(
    candidates: &[Candidate],
    running: &[usize],
    rules: &Rules,
    now: Duration,
) -> Option<usize> {
    running.iter().copied().find(|&index| {
        candidates
            .get(index)
            .is_some_and(|c| c.health(Duration::ZERO, rules, now) == Health::Healthy)
    })
}

/// The candidate that rules 1 and 2 put first among those `running`, with its score.
fn preferred(
    candidates: &[Candidate],
    running: &[usize],
    rules: &Rules,
) -> Option<(usize, Duration)> {
    let scored: Vec<(usize, Duration, &Candidate)> = running
        .iter()
        .filter_map(|&i| candidates.get(i).and_then(|c| Some((i, c.score()?, c))))
        .collect();
    let best = scored.iter().map(|&(_, score, _)| score).min()?;
    let kept = scored
        .iter()
        .find(|(_, score, candidate)| candidate.current && !rules.is_worth_moving(best, *score));
    let (index, score, _) = kept.or_else(|| {
        scored
            .iter()
            .filter(|(_, score, _)| rules.is_tie(best, *score))
            .min_by_key(|(index, _, candidate)| (candidate.priority.unwrap_or(u32::MAX), *index))
    })?;
    Some((*index, *score))
}

/// Whether a choice has to wait for a rival.
enum Blocked {
    No,
    Until(Duration),
    ForNews,
}

/// Rules 3 and 6: whether some rival of `winner` may still turn out nearer, and for how long.
fn blocked(
    candidates: &[Candidate],
    running: &[usize],
    winner: usize,
    score: Duration,
    rules: &Rules,
    now: Duration,
) -> Blocked {
    let unresolved = |c: &Candidate| c.resolution == Resolution::Pending;
    let rivals = || running.iter().filter(|&&index| index != winner);
    if rivals().filter_map(|&index| candidates.get(index)).any(|c| c.current && unresolved(c)) {
        return Blocked::ForNews;
    }
    let slowest = candidates.iter().filter_map(|c| c.resolution.done_at()).max();
    let grace = rules.resolve_grace.max(slowest.unwrap_or_default() * 3);
    rivals()
        .filter_map(|&index| candidates.get(index))
        .filter_map(|rival| {
            if unresolved(rival) {
                return Some(grace);
            }
            let guard = rules.guard_for(score, rival.current);
            rival.last_pending_sample().map(|sent| sent + score + guard)
        })
        .filter(|&until| until > now)
        .max()
        .map_or(Blocked::No, Blocked::Until)
}

#[cfg(test)]
mod tests;
