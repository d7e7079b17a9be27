//! What is wrong: what was seen, what it means, what to do.

use super::table::{heading, paragraph};
use super::{Style, Tone, cells};
use crate::decide::{explain, windows_update_code};
use crate::model::endpoint::Endpoint;
use crate::model::failure::Failure;
use crate::model::finding::{Finding, Severity};
use crate::model::report::EndpointReport;
use crate::output::text::printable;

/// Everything known against one endpoint and its members; empty when there is nothing.
pub(super) fn of_endpoint(report: &EndpointReport, style: Style) -> String {
    let mut text = String::new();
    for (members, failure) in failures(report) {
        text.push_str(&failure_block(&members.join(", "), failure, &report.endpoint, style));
    }
    for finding in &report.findings {
        text.push_str(&finding_block("", finding, style));
    }
    let of_members = report.members.iter().flat_map(|member| {
        member.findings.iter().map(|finding| (member.address.ip().to_string(), finding))
    });
    for (members, finding) in grouped(of_members) {
        text.push_str(&finding_block(&members.join(", "), finding, style));
    }
    if text.is_empty() {
        return text;
    }
    let name = printable(&report.endpoint.name.0);
    let verdict = cells::tone(report.verdict).paint(report.verdict.as_str(), style);
    format!("{}  {verdict}\n{text}", Tone::Strong.paint(&name, style))
}

/// Everything known against this machine; empty when there is nothing.
pub(super) fn of_machine(findings: &[Finding], style: Style) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let blocks: String = findings.iter().map(|finding| finding_block("", finding, style)).collect();
    format!("{}\n{blocks}", Tone::Strong.paint("this machine", style))
}

/// Each different failure once, with the addresses it happened to; the endpoint's own failure
/// only where no member has it.
fn failures(report: &EndpointReport) -> Vec<(Vec<String>, &Failure)> {
    let of_members = report
        .members
        .iter()
        .filter_map(|member| Some((member.address.ip().to_string(), member.failure.as_ref()?)));
    let mut groups = grouped(of_members);
    if let Some(failure) = &report.failure
        && !groups.iter().any(|(_, other)| *other == failure)
    {
        groups.insert(0, (Vec::new(), failure));
    }
    groups
}

/// Each different thing once, with the addresses it was said of.
fn grouped<'a, T: PartialEq>(
    said: impl Iterator<Item = (String, &'a T)>,
) -> Vec<(Vec<String>, &'a T)> {
    let mut groups: Vec<(Vec<String>, &T)> = Vec::new();
    for (address, thing) in said {
        match groups.iter_mut().find(|(_, other)| *other == thing) {
            Some((addresses, _)) => addresses.push(address),
            None => groups.push((vec![address], thing)),
        }
    }
    groups
}

fn failure_block(members: &str, failure: &Failure, endpoint: &Endpoint, style: Style) -> String {
    let title = format!("{} failed: {}", failure.phase.as_str(), failure.cause.as_str());
    let code = windows_update_code::code(failure).map(|code| {
        let likely = if code.likely { " (likely)" } else { "" };
        format!("{code} {} on Windows clients{likely}", code.name)
    });
    let facts = Facts {
        seen: &failure.detail,
        means: &explain::meaning(failure, endpoint),
        code: code.as_deref(),
        action: &explain::hint(failure, endpoint),
    };
    facts.under(&titled(members, &title), Tone::Bad, style)
}

fn finding_block(member: &str, finding: &Finding, style: Style) -> String {
    let tone = match finding.severity {
        Severity::Warning => Tone::Warning,
        Severity::Note => Tone::Faint,
    };
    let title = format!("{}: {}", finding.severity.as_str(), finding.code.as_str());
    let facts = Facts {
        seen: &finding.observed,
        means: &finding.meaning,
        code: None,
        action: &finding.action,
    };
    facts.under(&titled(member, &title), tone, style)
}

fn titled(members: &str, title: &str) -> String {
    if members.is_empty() { title.to_owned() } else { format!("{title} at {members}") }
}

/// One problem as a person needs it.
struct Facts<'a> {
    seen: &'a str,
    means: &'a str,
    code: Option<&'a str>,
    action: &'a str,
}

impl Facts<'_> {
    fn under(&self, title: &str, tone: Tone, style: Style) -> String {
        let lines = [
            ("seen   ", Some(self.seen)),
            ("means  ", Some(self.means)),
            ("code   ", self.code),
            ("do     ", Some(self.action)),
        ];
        let facts = lines
            .into_iter()
            .filter_map(|(label, line)| line.map(|line| paragraph(4, label, line, style)));
        std::iter::once(heading(2, title, tone, style)).chain(facts).collect()
    }
}
