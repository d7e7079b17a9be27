//! The result of a race in words: the reason for the choice and for each rejection.

use std::time::Duration;

use super::standing::{Candidate, Health, Resolution};
use super::{Rules, Step};
use crate::decide::stats;
use crate::model::selection::{Explained, ReasonCode, RejectionCode, Selection};

/// Samples are never trusted to agree better than this: the kernel's clocks and a scheduler
/// tick lie within it.
const SPREAD_FLOOR: Duration = Duration::from_micros(500);

/// Explains the choice that [`super::step`] made at `now`. `names` are the candidates' names,
/// in the same order. A last step of [`Step::Wait`] means that the round was interrupted.
pub fn conclude(
    candidates: &[Candidate],
    names: &[&str],
    rules: &Rules,
    last: Step,
    now: Duration,
) -> Selection {
    let race = Race { candidates, names, rules, now };
    let Step::Choose(chosen) = last else {
        return race.without_choice(last);
    };
    Selection {
        selected: Some(chosen),
        reason: race.reason(chosen),
        confidence: Some(race.confidence(chosen)),
        rejected: (0..candidates.len())
            .map(|index| (index != chosen).then(|| race.rejection(index, chosen)))
            .collect(),
    }
}

struct Race<'a> {
    candidates: &'a [Candidate],
    names: &'a [&'a str],
    rules: &'a Rules,
    now: Duration,
}

impl Race<'_> {
    fn name(&self, index: usize) -> &str {
        self.names.get(index).copied().unwrap_or("?")
    }

    fn score(&self, index: usize) -> Option<Duration> {
        self.candidates.get(index).and_then(Candidate::score)
    }

    fn health(&self, index: usize) -> Health {
        let Some(candidate) = self.candidates.get(index) else { return Health::Pending };
        if candidate.is_beyond_judgement() {
            return Health::Ignored;
        }
        match candidate.score() {
            None if candidate.is_open() => Health::Pending,
            score => candidate.health(score.unwrap_or_default(), self.rules, self.now),
        }
    }

    fn is_current(&self, index: usize) -> bool {
        self.candidates.get(index).is_some_and(|candidate| candidate.current)
    }

    fn without_choice(&self, last: Step) -> Selection {
        let interrupted = matches!(last, Step::Wait(_));
        let reason = if interrupted {
            explained(ReasonCode::Interrupted, "the run ended before a choice was possible")
        } else {
            explained(ReasonCode::NoneHealthy, "no endpoint works")
        };
        let rejected = (0..self.candidates.len()).map(|index| {
            Some(match self.health(index) {
                Health::Down => explained(RejectionCode::Down, "does not work"),
                Health::Degraded | Health::Healthy | Health::Ignored | Health::Pending => {
                    explained(RejectionCode::Unfinished, "not enough was known at the end")
                }
            })
        });
        Selection { selected: None, reason, confidence: None, rejected: rejected.collect() }
    }

    /// Healthy rivals that were measured, nearest first.
    fn rivals(&self, chosen: usize) -> Vec<(usize, Duration)> {
        let mut rivals: Vec<_> = (0..self.candidates.len())
            .filter(|&index| index != chosen && self.health(index) == Health::Healthy)
            .filter_map(|index| Some((index, self.score(index)?)))
            .collect();
        rivals.sort_by_key(|&(_, score)| score);
        rivals
    }

    fn reason(&self, chosen: usize) -> Explained<ReasonCode> {
        let name = self.name(chosen);
        let Some(score) = self.score(chosen) else {
            let text = format!("{name} is healthy, but its distance could not be measured");
            return explained(ReasonCode::NearestHealthy, text);
        };
        let rtt = ms(score);
        if self.health(chosen) == Health::Degraded {
            let text = format!(
                "no endpoint proved fully healthy in time; {name} at {rtt} is the nearest that works"
            );
            return explained(ReasonCode::NearestDegraded, text);
        }
        if self.candidates.len() == 1 {
            let text =
                format!("{name} is the only endpoint asked about, and it is healthy at {rtt}");
            return explained(ReasonCode::OnlyCandidate, text);
        }
        match self.rivals(chosen).first() {
            Some(&(rival, nearer)) if nearer < score => {
                self.reason_against(chosen, rival, nearer, score)
            }
            Some(&(rival, other)) => explained(
                ReasonCode::NearestHealthy,
                format!(
                    "{name} is healthy and nearest at {rtt}; next is {} at {}",
                    self.name(rival),
                    ms(other)
                ),
            ),
            None => explained(
                ReasonCode::NearestHealthy,
                format!("{name} is healthy at {rtt}, and no other healthy endpoint is as near"),
            ),
        }
    }

    /// The chosen one is not the one with the lowest score: says what decided.
    fn reason_against(
        &self,
        chosen: usize,
        rival: usize,
        nearer: Duration,
        score: Duration,
    ) -> Explained<ReasonCode> {
        let (name, rtt) = (self.name(chosen), ms(score));
        let (other, other_rtt) = (self.name(rival), ms(nearer));
        if self.is_current(chosen) {
            let text = format!(
                "{name} is in use and healthy at {rtt}; {other} at {other_rtt} is not nearer by \
                 enough to be worth a full scan of every client"
            );
            return explained(ReasonCode::CurrentKept, text);
        }
        let priority = |index: usize| self.candidates.get(index).and_then(|c| c.priority);
        let (code, what) = if priority(chosen) == priority(rival) {
            (ReasonCode::TieByOrder, "comes first in the configuration")
        } else {
            (ReasonCode::TieByPriority, "has the better priority")
        };
        explained(code, format!("{name} at {rtt} ties with {other} at {other_rtt} and {what}"))
    }

    fn rejection(&self, index: usize, chosen: usize) -> Explained<RejectionCode> {
        let Some(candidate) = self.candidates.get(index) else {
            return explained(RejectionCode::Unfinished, "nothing is known");
        };
        let best = self.score(chosen).unwrap_or_default();
        if candidate.resolution == Resolution::Pending {
            let text = format!("its name was not resolved after {}", ms(self.now));
            return explained(RejectionCode::NotResolvedInTime, text);
        }
        match self.health(index) {
            Health::Down => return explained(RejectionCode::Down, "does not work"),
            Health::Ignored => {
                let text = "cannot be judged from this machine";
                return explained(RejectionCode::Unfinished, text);
            }
            Health::Degraded if self.health(chosen) == Health::Healthy => {
                let text = "works with warnings; a healthy one was found";
                return explained(RejectionCode::Degraded, text);
            }
            Health::Degraded | Health::Healthy | Health::Pending => {}
        }
        let Some(score) = candidate.score() else {
            let age = self.now.saturating_sub(candidate.first_sample.unwrap_or_default());
            let text = format!(
                "no answer within {}; {} answered in {}",
                ms(age),
                self.name(chosen),
                ms(best)
            );
            return explained(RejectionCode::FartherUnanswered, text);
        };
        self.rejection_by_distance(index, chosen, score, best)
    }

    fn rejection_by_distance(
        &self,
        index: usize,
        chosen: usize,
        score: Duration,
        best: Duration,
    ) -> Explained<RejectionCode> {
        let rtt = ms(score);
        if score < best && self.is_current(chosen) {
            let text = format!(
                "at {rtt} only {} nearer than the server in use",
                ms(best.saturating_sub(score))
            );
            return explained(RejectionCode::GainTooSmall, text);
        }
        if score < best && self.health(index) == Health::Pending {
            let text = format!("at {rtt}, but its health was not known after {}", ms(self.now));
            return explained(RejectionCode::SlowToAnswer, text);
        }
        if self.rules.is_tie(score.min(best), score.max(best)) {
            let text = format!("at {rtt} as near as {} at {}", self.name(chosen), ms(best));
            return explained(RejectionCode::TieLost, text);
        }
        explained(
            RejectionCode::Farther,
            format!("{} farther, at {rtt}", ms(score.saturating_sub(best))),
        )
    }

    /// How sure it is that the choice is right: the margin in units of the spread of the
    /// samples, mapped to 0.5 (no margin) up to 1. The margin is the distance to the closest rival
    /// that may be usable; of the server in use that is kept, what a rival lacks to be worth the
    /// move. An unanswered rival is at least as far as its oldest unanswered sample is old, and of
    /// one that has none nothing is known.
    fn confidence(&self, chosen: usize) -> f64 {
        let Some(score) = self.score(chosen) else { return 0.5 };
        let closest = (0..self.candidates.len())
            .filter(|&index| index != chosen)
            .filter(|&index| matches!(self.health(index), Health::Healthy | Health::Pending))
            .filter_map(|index| self.candidates.get(index))
            .map(|rival| {
                let unanswered = rival.last_pending_sample();
                let at_least = unanswered.map(|sent| self.now.saturating_sub(sent));
                rival.score().or(at_least).unwrap_or_default()
            })
            .min();
        let Some(closest) = closest else { return 1.0 };
        let margin = if self.is_current(chosen) {
            closest.saturating_sub(self.rules.worth_moving_below(score))
        } else {
            closest.saturating_sub(score)
        };
        let samples = |c: &Candidate| {
            c.members.iter().filter_map(|m| stats::spread(m.samples.iter().copied())).max()
        };
        let spread = self.candidates.get(chosen).and_then(samples);
        let spread = spread.unwrap_or_default().max(SPREAD_FLOOR);
        1.0 - 0.5 * (-margin.as_secs_f64() / spread.as_secs_f64()).exp()
    }
}

fn explained<C>(code: C, text: impl Into<String>) -> Explained<C> {
    Explained { code, text: text.into() }
}

fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
