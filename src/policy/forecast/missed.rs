//! What becomes of a scheduled installation that was missed.

use jiff::{Timestamp, ToSpan};

use super::reading::Paired;
use super::schedule::{Occurrence, Schedule};
use super::{Facts, Question};

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// The schedule says another time now, and a change of it wins.
    ScheduleChanged(Occurrence),
    /// Nothing is rescheduled: it waits for the next scheduled time.
    NextSchedule(Occurrence),
    /// It is made up for at this time.
    Rescheduled(Timestamp),
    /// It would be made up for at the first time, but the scheduled one does not come later.
    ScheduleFirst(Timestamp, Occurrence),
    /// So many minutes after the service starts, and when that is was not told.
    StartNotKnown(u32),
    /// The settings for it are not valid.
    NotKnown,
}

/// What becomes of the installation that was missed, if there is one and a schedule.
pub(super) fn plan(facts: &Facts, question: &Question) -> Option<Plan> {
    let (schedule, missed) = (facts.schedule?, question.missed?);
    let known = question.service_start.unwrap_or(missed).max(missed);
    let next = next_calculated(schedule, known, missed, question)?;
    if !schedule.has(missed, &question.zone) {
        return Some(Plan::ScheduleChanged(next));
    }
    Some(match (facts.reschedule, question.service_start) {
        (Paired::NotKnown, _) => Plan::NotKnown,
        (Paired::Off(_), _) => Plan::NextSchedule(next),
        (Paired::On(minutes), None) => Plan::StartNotKnown(minutes),
        (Paired::On(minutes), Some(start)) => {
            let at = start.checked_add(i64::from(minutes).minutes()).ok()?;
            if next.at > at { Plan::Rescheduled(at) } else { Plan::ScheduleFirst(at, next) }
        }
    })
}

/// The next time of the schedule, calculated when the service starts.
fn next_calculated(
    schedule: Schedule,
    start: Timestamp,
    missed: Timestamp,
    question: &Question,
) -> Option<Occurrence> {
    let next = schedule.from(start, &question.zone)?;
    if next.at > missed { Some(next) } else { schedule.after(missed, &question.zone) }
}
