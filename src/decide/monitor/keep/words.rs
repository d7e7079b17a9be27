//! Why the choice is what it is.

use std::time::Duration;

use super::{Candidate, Decided, Field, WINDOW};
use crate::model::monitor::choice::{ChangeReason, Choice};
use crate::model::report::Verdict;

/// A sentence with figures.
pub(super) fn of(field: &Field<'_>, before: &Choice, decided: Decided<'_>, ready: bool) -> String {
    match decided {
        Decided::Keep(Some(one)) => standing(field, one),
        Decided::Keep(None) if !ready => {
            let looked_at = field.all.iter().filter(|one| one.view.is_looked_at()).count();
            let all = field.all.len();
            format!(
                "not chosen yet: {looked_at} of {all} endpoints have had a round that told something"
            )
        }
        Decided::Keep(None) => "no endpoint is known to work".to_owned(),
        Decided::Change(None, reason) => {
            format!("no endpoint is known to work{}", former(field, before, reason))
        }
        Decided::Change(Some(one), reason) => {
            format!("{}{}", standing(field, one), former(field, before, reason))
        }
    }
}

/// How one endpoint stands among the others.
fn standing(field: &Field<'_>, one: &Candidate<'_>) -> String {
    let name = &one.view.endpoint.name;
    let at = one.score.map_or_else(
        || "at a distance that the last rounds could not measure".to_owned(),
        |score| format!("at {} (least of up to {WINDOW} rounds)", ms(score)),
    );
    match one.verdict() {
        Verdict::Healthy => format!("{name} is healthy {at}; {}", rival(field, one)),
        Verdict::Degraded => {
            format!("{name} works with warnings {at}, and none is healthy; {}", rival(field, one))
        }
        Verdict::Down => format!("{name} does not work"),
        Verdict::Unknown => {
            format!("{name} stays: whether it works is not known, and nothing speaks against it")
        }
    }
}

/// The nearest of the others that are as healthy.
fn rival(field: &Field<'_>, one: &Candidate<'_>) -> String {
    let others = field.eligible().filter(|other| other.place != one.place);
    let nearest = others.filter_map(|other| Some((other.score?, other))).min_by_key(|(s, _)| *s);
    let Some((score, other)) = nearest else {
        return "no other is known to be as near and as healthy".to_owned();
    };
    let (name, at) = (&other.view.endpoint.name, ms(score));
    if one.score.is_some_and(|own| score < own) {
        format!("{name} at {at} is nearer, but not by enough to be worth moving clients")
    } else {
        format!("next is {name} at {at}")
    }
}

/// What became of the former choice.
fn former(field: &Field<'_>, before: &Choice, reason: ChangeReason) -> String {
    let Some(name) = &before.selected else { return String::new() };
    let one = field.all.iter().find(|one| one.is(&name.0));
    let score = one.and_then(|one| one.score);
    let failure = one.and_then(|one| one.view.state.failure.as_ref());
    match (reason, score, failure) {
        (ChangeReason::Removed, _, _) => format!(" (before: {name}, no longer configured)"),
        (ChangeReason::Nearer, Some(score), _) => format!(" (before: {name} at {})", ms(score)),
        (_, _, Some(failure)) => {
            let (phase, cause) = (failure.phase.as_str(), failure.cause.as_str());
            format!(" (before: {name}, {phase} {cause})")
        }
        (_, _, None) => {
            let verdict = one.map_or("unknown", |one| one.verdict().as_str());
            format!(" (before: {name}, {verdict})")
        }
    }
}

fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
