//! The race for the nearest: a watcher that stops the round as soon as the choice is certain.

use std::time::Duration;

use crate::decide::findings;
use crate::decide::select::outcome::conclude;
use crate::decide::select::{Rules, Step, step};
use crate::engine::board::Board;
use crate::engine::event::Event;
use crate::engine::round::{Finished, Next, Watch};
use crate::model::report::{EndpointReport, Verdict};
use crate::model::selection::{NearestReport, ReasonCode, RejectionCode, Selection};

/// Watches a round for the moment of choice.
pub struct Race {
    rules: Rules,
    current: Option<usize>,
    waits_for_current: bool,
    last: (Step, Duration),
}

impl Race {
    /// `current` is the index of the server in use.
    pub fn new(rules: Rules, current: Option<usize>) -> Self {
        let last = (Step::Wait(None), Duration::ZERO);
        Self { rules, current, waits_for_current: false, last }
    }

    /// The same, but it does not stop before the server in use is known as well as it can be: for
    /// those who ask how that one fares, even where it can no longer win.
    #[must_use]
    pub fn waiting_for_current(self) -> Self {
        Self { waits_for_current: true, ..self }
    }

    /// Explains the result of a round that this race has watched.
    pub fn conclude(&self, finished: &Finished, now: std::time::SystemTime) -> NearestReport {
        let candidates = finished.board.candidates();
        let mut reports = finished.board.reports(now);
        let names: Vec<&str> = reports.iter().map(|r| r.endpoint.name.0.as_str()).collect();
        let (last, at) = self.final_step(finished);
        let mut selection = conclude(candidates, &names, &self.rules, last, at);
        name_failures(&mut selection, &reports);
        // The race may have given up on a member that the report still calls unfinished.
        if selection.reason.code == ReasonCode::NearestDegraded
            && let Some(chosen) = selection.selected.and_then(|index| reports.get_mut(index))
            && chosen.verdict == Verdict::Unknown
        {
            chosen.verdict = Verdict::Degraded;
        }
        NearestReport {
            local_findings: findings::local(&reports, now),
            candidates: reports,
            selection,
            elapsed: finished.elapsed,
        }
    }

    /// A round that ran to its end has nothing left to wait for, whatever the last answer was.
    fn final_step(&self, finished: &Finished) -> (Step, Duration) {
        match self.last {
            (Step::Wait(_), _) if !finished.interrupted => (Step::GiveUp, finished.elapsed),
            last => last,
        }
    }
}

/// Puts the failure into the words of each rejection for being down.
fn name_failures(selection: &mut Selection, reports: &[EndpointReport]) {
    for (rejected, report) in selection.rejected.iter_mut().zip(reports) {
        let down = rejected.as_mut().filter(|rejected| rejected.code == RejectionCode::Down);
        if let (Some(rejected), Some(failure)) = (down, &report.failure) {
            rejected.text = format!("{} {}", failure.phase.as_str(), failure.cause.as_str());
        }
    }
}

impl Watch for Race {
    fn current(&self) -> Option<usize> {
        self.current
    }

    fn event(&mut self, _event: &Event) {}

    fn next(&mut self, board: &Board, now: Duration) -> Next {
        let step = step(board.candidates(), &self.rules, now);
        self.last = (step, now);
        let is_awaited = |index| self.waits_for_current && !board.is_finished(index);
        match step {
            Step::Choose(_) | Step::GiveUp if self.current.is_some_and(is_awaited) => {
                Next::Continue(None)
            }
            Step::Choose(_) | Step::GiveUp => Next::Stop,
            Step::Wait(until) => Next::Continue(until),
        }
    }
}

/// Watches a round to its end, whatever it brings.
#[derive(Debug, Clone, Copy, Default)]
pub struct WaitForAll;

impl Watch for WaitForAll {
    fn event(&mut self, _event: &Event) {}

    fn next(&mut self, _board: &Board, _now: Duration) -> Next {
        Next::Continue(None)
    }
}
