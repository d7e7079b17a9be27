//! What is known against an endpoint: observed, what it means, what to do.

use maud::{Markup, html};

use super::words;
use crate::decide::explain;
use crate::model::failure::Failure;
use crate::model::finding::Severity;
use crate::model::monitor::{EndpointView, State};
use crate::model::report::{EndpointReport, MemberReport, Verdict};
use crate::model::windows_update::WindowsUpdateCode;
use crate::output::problem::{self, Kind, Problem};

/// What is known against an endpoint, in the form in which a single check reports it: so both say
/// the same in the same order.
pub(super) struct Known(EndpointReport);

impl Known {
    pub(super) fn of(view: &EndpointView) -> Self {
        let members = view.members.iter().map(|member| MemberReport {
            verdict: member.state.verdict,
            failure: shown_failure(&member.state),
            findings: member.findings.iter().map(|noted| noted.finding.as_ref().clone()).collect(),
            ..MemberReport::unprobed(member.address)
        });
        Self(EndpointReport {
            endpoint: view.endpoint.clone(),
            verdict: view.state.verdict,
            rtt: view.rtt,
            lookups: Vec::new(),
            members: members.collect(),
            failure: shown_failure(&view.state),
            findings: view.findings.iter().map(|noted| noted.finding.as_ref().clone()).collect(),
        })
    }

    /// The worst first.
    pub(super) fn problems(&self) -> Vec<Problem<'_>> {
        problem::of_endpoint(&self.0)
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
        let texts = Texts::of(problem, &self.0);
        html! {
            li class=(texts.class) {
                p.what {
                    b { (texts.title) }
                    @if !problem.members.is_empty() { " at " (problem.members.join(", ")) }
                    @if let Some(whom) = problem.for_whom() { span.faint { " · for " (whom) } }
                }
                p { (words::safe(&texts.observed)) }
                p { span.lead { "Means: " } (words::safe(&texts.meaning)) }
                @if let Some(code) = problem.code {
                    p { span.lead { "Windows clients show: " } (on_clients(code)) }
                }
                p { span.lead { "Do: " } b { (words::safe(&texts.action)) } }
            }
        }
    }

    /// What the update agent shows, for each problem for which that is known; each code once.
    pub(super) fn codes(&self) -> Vec<WindowsUpdateCode> {
        let mut codes: Vec<WindowsUpdateCode> = Vec::new();
        for code in self.problems().iter().filter_map(|problem| problem.code) {
            if codes.iter().all(|known| known.hex != code.hex) {
                codes.push(code);
            }
        }
        codes
    }

    /// What to do first about it.
    pub(super) fn first_action(&self) -> Option<String> {
        let problems = self.problems();
        let first = problems.iter().find(|problem| !problem.is_note())?;
        Some(words::safe(&Texts::of(first, &self.0).action))
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
