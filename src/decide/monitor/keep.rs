//! The continuously kept choice of the nearest endpoint.
//!
//! Health gates, then round-trip time ranks: what is healthy goes before what is degraded, and what
//! is neither is no choice. Distances are the minimum over the last rounds, on all sides alike, so
//! that neither a lost probe nor a queue moves anybody. The choice is left only when it does not
//! work any more, or for a gain that is worth moving clients. While it is not known whether it
//! works, because this machine is in trouble, it is kept.

mod words;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::decide::monitor::hysteresis;
use crate::decide::select::Rules;
use crate::model::monitor::EndpointView;
use crate::model::monitor::choice::{ChangeReason, Choice};
use crate::model::monitor::history::{Outcome, Point};
use crate::model::report::Verdict;

/// The rounds over which the minimum is taken. One quiet round in five is enough to see the
/// distance; with more, a way that has become longer would be noticed too late.
const WINDOW: usize = 5;

/// Reviews the choice; the result is the new one if anything in it changed, be it only the figures
/// in its text. Another endpoint is the nearest only where `selected` differs; then its reason is
/// counted in `changes`.
///
/// `ready` says that every endpoint has had its first round. Before that nothing is chosen, and
/// what was chosen is not left for something nearer.
pub fn review(
    endpoints: &[Arc<EndpointView>],
    before: &Choice,
    ready: bool,
    now: SystemTime,
) -> Option<Choice> {
    let field = Field::new(endpoints);
    let current = before.selected.as_ref();
    let current = current.and_then(|name| field.all.iter().find(|one| one.is(&name.0)));
    let decided = field.decide(current, before, ready);
    let mut after = before.clone();
    after.text = words::of(&field, before, decided, ready);
    if let Decided::Change(selected, reason) = decided {
        after.selected = selected.map(|one| one.view.endpoint.name.clone());
        after.changed_at = Some(now);
        let place = ChangeReason::ALL.iter().position(|one| *one == reason);
        if let Some(count) = place.and_then(|place| after.changes.get_mut(place)) {
            *count = count.saturating_add(1);
        }
    }
    (after != *before).then_some(after)
}

/// What became of the choice.
#[derive(Clone, Copy)]
enum Decided<'a> {
    /// It stays this one, or none.
    Keep(Option<&'a Candidate<'a>>),
    /// It becomes this one, or none.
    Change(Option<&'a Candidate<'a>>, ChangeReason),
}

/// An endpoint in the competition.
struct Candidate<'a> {
    view: &'a EndpointView,
    /// Its distance, if one of the last rounds measured it.
    score: Option<Duration>,
    /// Its place in the configuration.
    place: usize,
}

impl Candidate<'_> {
    fn is(&self, name: &str) -> bool {
        self.view.endpoint.name.0 == name
    }

    const fn verdict(&self) -> Verdict {
        self.view.state.verdict
    }

    /// Whether nothing speaks against it although it is not known to work: the last thing that
    /// happened was not that a round could not judge it.
    fn is_in_doubt_only(&self) -> bool {
        let mut rounds = self.view.history.iter().rev().map(|point| point.outcome);
        let last = rounds.find(|outcome| *outcome != Outcome::Tainted);
        self.verdict() == Verdict::Unknown && last != Some(Outcome::Unknown)
    }

    fn order(&self) -> (u32, usize) {
        (self.view.endpoint.priority.unwrap_or(u32::MAX), self.place)
    }
}

/// Everybody, and who may be chosen.
struct Field<'a> {
    all: Vec<Candidate<'a>>,
    /// The best verdict that anybody has, if somebody works.
    best: Option<Verdict>,
}

impl<'a> Field<'a> {
    fn new(endpoints: &'a [Arc<EndpointView>]) -> Self {
        let candidates = endpoints.iter().enumerate().map(|(place, view)| Candidate {
            view,
            score: score(view),
            place,
        });
        let all: Vec<_> = candidates.collect();
        let works = all.iter().map(Candidate::verdict).filter(|one| hysteresis::works(*one));
        let best = works.min();
        Self { all, best }
    }

    /// Those of the best health.
    fn eligible(&self) -> impl Iterator<Item = &Candidate<'a>> {
        self.all.iter().filter(|one| Some(one.verdict()) == self.best)
    }

    fn decide<'f>(
        &'f self,
        current: Option<&'f Candidate<'a>>,
        before: &Choice,
        ready: bool,
    ) -> Decided<'f> {
        let Some(current) = current else {
            let first = self.first();
            return match (before.selected.is_some(), first) {
                (true, first) => Decided::Change(first, ChangeReason::Removed),
                (false, Some(first)) if ready && before.changed_at.is_some() => {
                    Decided::Change(Some(first), ChangeReason::Recovered)
                }
                (false, Some(first)) if ready => Decided::Change(Some(first), ChangeReason::First),
                (false, _) => Decided::Keep(None),
            };
        };
        if Some(current.verdict()) == self.best {
            let nearer = self.worth_moving(current).filter(|_| ready);
            return nearer.map_or(Decided::Keep(Some(current)), |nearer| {
                Decided::Change(Some(nearer), ChangeReason::Nearer)
            });
        }
        if current.is_in_doubt_only() {
            return Decided::Keep(Some(current));
        }
        match self.first() {
            Some(first) => Decided::Change(Some(first), ChangeReason::Unhealthy),
            // Not being known is not enough to be left for nothing.
            None if current.verdict() == Verdict::Unknown => Decided::Keep(Some(current)),
            None => Decided::Change(None, ChangeReason::NoneHealthy),
        }
    }

    /// The nearest of the best health, where nothing is to be left; without any distance the first
    /// in order.
    fn first(&self) -> Option<&Candidate<'a>> {
        self.nearest(|_| true).or_else(|| self.eligible().min_by_key(|one| one.order()))
    }

    /// The nearest of those for which it is worth to leave `current`.
    fn worth_moving(&self, current: &Candidate<'_>) -> Option<&Candidate<'a>> {
        let own = current.score?;
        self.nearest(|score| score < own && Rules::default().is_worth_moving(score, own))
    }

    /// The nearest of those whose distance will do. A tie goes to priority, then to order.
    fn nearest(&self, will_do: impl Fn(Duration) -> bool) -> Option<&Candidate<'a>> {
        let scored = || self.eligible().filter_map(|one| Some((one.score?, one)));
        let best = scored().map(|(score, _)| score).min()?;
        let tied = scored()
            .filter(|(score, _)| *score == best || Rules::default().is_tie(best, *score))
            .filter(|(score, _)| will_do(*score));
        tied.map(|(_, one)| one).min_by_key(|one| one.order())
    }
}

/// The minimum over the last rounds. Those that say nothing about the way are left out.
fn score(view: &EndpointView) -> Option<Duration> {
    let says_nothing = |outcome| matches!(outcome, Outcome::Tainted | Outcome::Local);
    let rounds = view.history.iter().rev().filter(|point| !says_nothing(point.outcome));
    rounds.take(WINDOW).filter_map(Point::rtt).min()
}

#[cfg(test)]
mod tests;
