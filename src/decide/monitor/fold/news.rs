//! Whether a round shows something that a check should explain or confirm.

use std::time::{Duration, SystemTime};

use super::hysteresis;
use crate::model::monitor::{EndpointView, Observation, Pace, Recent};
use crate::model::report::Verdict;

/// Between two checks that news call for lies at least this part of the time between two regular
/// ones: what changes all the time then costs little more than what never does.
const PART: u32 = 10;

/// Takes note of a round that counts. The result tells whether a check is called for:
///
/// 1. By the first round, and by one that shows that the endpoint works, or works no more: whoever
///    waits for that is told soon.
/// 2. By one that saw what none of the last ones saw. Unlike machines behind one address show what
///    was seen before. If the last check was called for a short time ago, this waits for a round
///    that comes later.
pub(super) fn note(view: &mut EndpointView, seen: &Observation, now: SystemTime) -> bool {
    let gap = gap(&view.pace);
    let recent = &mut view.recent;
    let changed = recent.verdict.is_none_or(|before| kind(before) != kind(seen.verdict));
    recent.verdict = Some(seen.verdict);
    recent.is_waiting |= !recent.fingerprints.contains(&Some(seen.fingerprint));
    recent.fingerprints.rotate_right(1);
    if let Some(newest) = recent.fingerprints.first_mut() {
        *newest = Some(seen.fingerprint);
    }
    let is_due = changed || (recent.is_waiting && is_past(recent, gap, now));
    if is_due {
        recent.is_waiting = false;
        recent.asked = Some(now);
    }
    is_due
}

fn gap(pace: &Pace) -> Duration {
    (pace.check / PART).max(pace.round)
}

/// A clock that was set back does not make anybody wait.
fn is_past(recent: &Recent, gap: Duration, now: SystemTime) -> bool {
    let since = recent.asked.and_then(|asked| now.duration_since(asked).ok());
    since.is_none_or(|since| since >= gap)
}

/// Whether it works, does not, or is not known. Warnings that come and go are told by the
/// fingerprint.
const fn kind(verdict: Verdict) -> (bool, bool) {
    (hysteresis::works(verdict), matches!(verdict, Verdict::Unknown))
}
