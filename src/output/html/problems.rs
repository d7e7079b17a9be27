//! What is known against an endpoint: observed, what it means, what to do.

use maud::{Markup, html};

use super::words;
use crate::decide::explain;
use crate::model::failure::Failure;
use crate::model::finding::Severity;
use crate::model::monitor::history::Outcome;
use crate::model::monitor::{EndpointView, Snapshot, State};
use crate::model::report::{EndpointReport, MemberReport, Verdict};
use crate::model::windows_update::WindowsUpdateCode;
use crate::output::problem::{self, Kind, Problem};

/// What is known against an endpoint, in the form in which a single check reports it: so both say
/// the same in the same order.
pub(super) struct Known {
    report: EndpointReport,
    /// This machine is probably at fault: that something failed here says nothing about Windows
    /// clients elsewhere.
    is_local: bool,
}

impl Known {
    pub(super) fn of(view: &EndpointView) -> Self {
        let members = view.members.iter().map(|member| MemberReport {
            verdict: member.state.verdict,
            failure: shown_failure(&member.state),
            findings: member.findings.iter().map(|noted| noted.finding.as_ref().clone()).collect(),
            ..MemberReport::unprobed(member.address)
        });
        let report = EndpointReport {
            endpoint: view.endpoint.clone(),
            verdict: view.state.verdict,
            rtt: view.rtt,
            lookups: Vec::new(),
            resolvers: Vec::new(),
            members: members.collect(),
            failure: shown_failure(&view.state),
            findings: view.findings.iter().map(|noted| noted.finding.as_ref().clone()).collect(),
        };
        let mut rounds = view.history.iter().rev().map(|point| point.outcome);
        let last = rounds.find(|outcome| *outcome != Outcome::Tainted);
        Self { report, is_local: last == Some(Outcome::Local) }
    }

    /// The same, in the light of what is known of this machine.
    pub(super) fn within(snapshot: &Snapshot, view: &EndpointView) -> Self {
        let known = Self::of(view);
        Self { is_local: known.is_local || snapshot.trouble.is_some(), ..known }
    }

    /// The worst first.
    pub(super) fn problems(&self) -> Vec<Problem<'_>> {
        problem::of_endpoint(&self.report)
    }

    /// Whether the problem says something about Windows clients.
    const fn concerns_clients(&self, problem: &Problem<'_>) -> bool {
        !(self.is_local && problem.is_of_a_failure())
    }

    /// The problems as blocks; notes are folded. `id` makes the fold unique on the page.
    pub(super) fn blocks(&self, id: &str) -> Markup {
        let problems = self.problems();
        let (notes, problems): (Vec<_>, Vec<_>) = problems.iter().partition(|p| p.is_note());
        html! {
            @if !problems.is_empty() {
                ul.problems { @for problem in problems { (self.block(problem)) } }
            }
            @if !notes.is_empty() {
                details id={ "notes-" (id) } {
                    summary id={ "notes-of-" (id) } { (words::count(notes.len(), "note")) }
                    ul.problems { @for problem in notes { (self.block(problem)) } }
                }
            }
        }
    }

    fn block(&self, problem: &Problem<'_>) -> Markup {
        let texts = Texts::of(problem, &self.report);
        let concerning = Some(problem).filter(|problem| self.concerns_clients(problem));
        html! {
            li class=(texts.class) {
                p.what {
                    b { (texts.title) }
                    @if !problem.members.is_empty() { " at " (problem.members.join(", ")) }
                    @if let Some(whom) = concerning.and_then(Problem::for_whom) {
                        span.faint { " · for " (whom) }
                    }
                }
                p { (words::safe(&texts.observed)) }
                p { span.lead { "Means: " } (words::safe(&texts.meaning)) }
                @if let Some(code) = concerning.and_then(|problem| problem.code) {
                    p { span.lead { "Windows clients show: " } (on_clients(code)) }
                }
                p { span.lead { "Do: " } b { (words::safe(&texts.action)) } }
            }
        }
    }

    /// What the update agent shows, for each problem for which that is known; each code once.
    pub(super) fn codes(&self) -> Vec<WindowsUpdateCode> {
        let mut codes: Vec<WindowsUpdateCode> = Vec::new();
        let problems = self.problems();
        let concerning = problems.iter().filter(|problem| self.concerns_clients(problem));
        for code in concerning.filter_map(|problem| problem.code) {
            if codes.iter().all(|known| known.hex != code.hex) {
                codes.push(code);
            }
        }
        codes
    }

    /// What Windows clients see of it where no code is known.
    pub(super) const fn without_code(&self) -> &'static str {
        match self.report.verdict {
            Verdict::Healthy => "No error because of anything that is known from here.",
            Verdict::Degraded => "No error code is known for what is wrong.",
            Verdict::Down if self.is_local => "Not known while this machine is probably at fault.",
            Verdict::Down => "That it fails; with which code is not known for this failure.",
            Verdict::Unknown => "Not known from here.",
        }
    }

    /// What to do first about it.
    pub(super) fn first_action(&self) -> Option<String> {
        let problems = self.problems();
        let first = problems.iter().find(|problem| !problem.is_note())?;
        Some(words::safe(&Texts::of(first, &self.report).action))
    }
}

/// A failure that stands while the state does; one that a single observation saw does not count
/// against a state that works.
fn shown_failure(state: &State) -> Option<Failure> {
    match state.verdict {
        Verdict::Down | Verdict::Unknown => state.failure.clone(),
        Verdict::Healthy | Verdict::Degraded => None,
    }
}

/// An error code of the update agent.
pub(super) fn on_clients(code: WindowsUpdateCode) -> Markup {
    html! {
        code { (code) } " " (code.name)
        @if code.likely { " (likely)" }
    }
}

/// A problem in words.
struct Texts {
    class: &'static str,
    title: String,
    observed: String,
    meaning: String,
    action: String,
}

impl Texts {
    fn of(problem: &Problem<'_>, report: &EndpointReport) -> Self {
        let endpoint = report.endpoint.as_ref();
        match problem.kind {
            Kind::Failure(failure) => Self {
                class: match report.verdict {
                    Verdict::Unknown => "unknown",
                    Verdict::Healthy | Verdict::Degraded | Verdict::Down => "down",
                },
                title: format!(
                    "{} failed: {}",
                    words::phase(failure.phase),
                    failure.cause.as_str().replace('_', " ")
                ),
                observed: failure.detail.clone(),
                meaning: explain::meaning(failure, endpoint),
                action: explain::hint(failure, endpoint),
            },
            Kind::Finding(finding) => Self {
                class: match finding.severity {
                    Severity::Warning => "degraded",
                    Severity::Note => "unknown",
                },
                title: format!("{}: {}", finding.severity.as_str(), words::code(finding.code)),
                observed: finding.observed.clone(),
                meaning: finding.meaning.clone(),
                action: finding.action.clone(),
            },
        }
    }
}
