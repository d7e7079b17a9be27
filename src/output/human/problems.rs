//! What is wrong: what was seen, what it means, for whom, what to do.

use super::table::{heading, paragraph};
use super::{Style, Tone, cells};
use crate::decide::explain;
use crate::model::endpoint::Endpoint;
use crate::model::finding::{Finding, Severity};
use crate::model::report::EndpointReport;
use crate::model::windows_update::WindowsUpdateCode;
use crate::output::problem::{self, Kind, Problem};
use crate::output::text::printable;

/// Everything known against one endpoint and its members, the worst first; empty when there is
/// nothing.
pub(super) fn of_endpoint(report: &EndpointReport, style: Style) -> String {
    let problems = problem::of_endpoint(report);
    if problems.is_empty() {
        return String::new();
    }
    let blocks = problems.iter().map(|problem| block(problem, &report.endpoint, style));
    std::iter::once(heading_of(report, style)).chain(blocks).collect()
}

/// The line above the blocks of one endpoint.
pub(super) fn heading_of(report: &EndpointReport, style: Style) -> String {
    let name = printable(&report.endpoint.name.0);
    let verdict = cells::tone(report.verdict).paint(report.verdict.as_str(), style);
    format!("{}  {verdict}\n", Tone::Strong.paint(&name, style))
}

/// Everything known against this machine; empty when there is nothing.
pub(super) fn of_machine(findings: &[Finding], style: Style) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let blocks: String = findings
        .iter()
        .map(|finding| {
            let title = title_of(finding);
            Facts::of_finding(finding, None, None).under(&title, tone_of(finding), style)
        })
        .collect();
    format!("{}\n{blocks}", Tone::Strong.paint("this machine", style))
}

/// One problem of an endpoint.
pub(super) fn block(problem: &Problem<'_>, endpoint: &Endpoint, style: Style) -> String {
    let members = problem.members.join(", ");
    let code = problem.code.map(on_clients);
    let whom = problem.for_whom();
    match problem.kind {
        Kind::Failure(failure) => {
            let title = format!("{} failed: {}", failure.phase.as_str(), failure.cause.as_str());
            let facts = Facts {
                seen: &failure.detail,
                means: &explain::meaning(failure, endpoint),
                code: code.as_deref(),
                whom: whom.as_deref(),
                action: &explain::hint(failure, endpoint),
            };
            facts.under(&titled(&members, &title), Tone::Bad, style)
        }
        Kind::Finding(finding) => {
            let facts = Facts::of_finding(finding, code.as_deref(), whom.as_deref());
            facts.under(&titled(&members, &title_of(finding)), tone_of(finding), style)
        }
    }
}

fn on_clients(code: WindowsUpdateCode) -> String {
    let likely = if code.likely { " (likely)" } else { "" };
    format!("{code} {} on Windows clients{likely}", code.name)
}

fn title_of(finding: &Finding) -> String {
    format!("{}: {}", finding.severity.as_str(), finding.code.as_str())
}

fn tone_of(finding: &Finding) -> Tone {
    match finding.severity {
        Severity::Warning => Tone::Warning,
        Severity::Note => Tone::Faint,
    }
}

fn titled(members: &str, title: &str) -> String {
    if members.is_empty() { title.to_owned() } else { format!("{title} at {members}") }
}

/// One problem as a person needs it.
struct Facts<'a> {
    seen: &'a str,
    means: &'a str,
    code: Option<&'a str>,
    whom: Option<&'a str>,
    action: &'a str,
}

impl<'a> Facts<'a> {
    fn of_finding(finding: &'a Finding, code: Option<&'a str>, whom: Option<&'a str>) -> Self {
        Self {
            seen: &finding.observed,
            means: &finding.meaning,
            code,
            whom,
            action: &finding.action,
        }
    }

    fn under(&self, title: &str, tone: Tone, style: Style) -> String {
        let lines = [
            ("seen   ", Some(self.seen)),
            ("means  ", Some(self.means)),
            ("code   ", self.code),
            ("for    ", self.whom),
            ("do     ", Some(self.action)),
        ];
        let facts = lines
            .into_iter()
            .filter_map(|(label, line)| line.map(|line| paragraph(4, label, line, style)));
        std::iter::once(heading(2, title, tone, style)).chain(facts).collect()
    }
}
