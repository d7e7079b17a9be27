//! Scenarios, a step a line: what happens, and what is then known.

mod members;
mod scenarios;

use super::*;
use crate::decide::monitor::fixture::{
    address, ill, leaf, ms, nameless, no_content, refused, report, silent, warning, well, works,
};
use crate::decide::monitor::local::{self, Heard};
use crate::model::certificate::CertificateReport;
use crate::model::failure::Cause;
use crate::model::finding::FindingCode;
use crate::model::monitor::fixture;
use crate::model::report::{MemberReport, Phases};
use crate::model::service::{Outcome as ServiceOutcome, Service, ServiceReport};

/// What happens to an endpoint.
pub(super) enum Step {
    Round(EndpointReport),
    Blamed(EndpointReport, Blame),
    Tainted(EndpointReport),
    Check(EndpointReport),
    Release(Blame),
}

/// An endpoint to which things happen, one each second unless said otherwise.
pub(super) struct Story {
    pub(super) view: EndpointView,
    gap: Duration,
    now: SystemTime,
}

impl Story {
    pub(super) fn new() -> Self {
        let view = fixture::view("dfw", "Dallas", "America/Chicago");
        Self { view, gap: Duration::from_secs(1), now: fixture::now() }
    }

    pub(super) fn every(&mut self, gap: Duration) {
        self.gap = gap;
    }

    pub(super) fn go(&mut self, step: &Step) -> Folded {
        self.now += self.gap;
        let at = self.now;
        let finished = |report| Finished {
            report,
            at,
            elapsed: Duration::from_millis(50),
            trace: Arc::from("trace"),
        };
        let view = &mut self.view;
        match step {
            Step::Round(report) => round(view, &finished(report), None, Blame::Endpoint),
            Step::Blamed(report, blame) => {
                assert_ne!(local::heard(report, at), Heard::Yes, "nobody would hold this");
                round(view, &finished(report), None, *blame)
            }
            Step::Tainted(report) => round(view, &finished(report), Some("slept"), Blame::Endpoint),
            Step::Check(report) => check(view, &finished(report)),
            Step::Release(blame) => release(view, *blame, at),
        }
    }

    /// State, counters where they are not 0, the history as initials, rounds that are held, and
    /// what follows.
    pub(super) fn told(&self, folded: &Folded) -> String {
        let view = &self.view;
        let counts = &view.counts;
        let failures: u64 = counts.failures.iter().sum();
        let counted = [
            ("a", counts.attempts),
            ("f", failures),
            ("t", counts.tainted),
            ("l", counts.local),
            ("u", counts.unknown),
        ];
        let counted = counted.iter().filter(|(_, count)| *count > 0);
        let counted: Vec<String> = counted.map(|(name, count)| format!("{name}{count}")).collect();
        let history: String = view.history.iter().map(|point| initial(point.outcome)).collect();
        let mut text = format!("{} {} {history}", view.state.verdict.as_str(), counted.join(" "));
        if !view.held.is_empty() {
            text.extend([" held ".to_owned(), view.held.len().to_string()]);
        }
        if folded.check_now {
            text.push_str(" check");
        }
        for change in folded.changes.iter().filter(|change| change.member.is_none()) {
            text.extend([" [", &change.text, "]"]);
        }
        text
    }
}

fn initial(outcome: Outcome) -> char {
    match outcome {
        Outcome::Healthy => 'h',
        Outcome::Degraded => 'g',
        Outcome::Down => 'D',
        Outcome::Unknown => '?',
        Outcome::Tainted => 't',
        Outcome::Local => 'L',
    }
}

pub(super) fn run(name: &str, steps: &[(Step, &str)]) -> Story {
    let mut story = Story::new();
    for (number, (step, expected)) in (1..).zip(steps) {
        let folded = story.go(step);
        assert_eq!(story.told(&folded), *expected, "{name}, step {number}");
    }
    story
}
