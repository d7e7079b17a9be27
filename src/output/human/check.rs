//! The text of `check`.

use std::time::SystemTime;

use super::table::{Cell, Column, Table};
use super::{Style, Tone, cells, problems};
use crate::model::report::{EndpointReport, MemberReport, Verdict};
use crate::model::selection::CheckReport;

const ENDPOINT_COLUMNS: &[Column] = &[
    Column { title: "name", right: false, gap: 0 },
    Column { title: "region", right: false, gap: 2 },
    Column { title: "verdict", right: false, gap: 2 },
    Column { title: "rtt ms", right: true, gap: 2 },
    Column { title: "url", right: false, gap: 2 },
];

/// The gaps are chosen so that a row with an IPv4 address fits into 80 columns.
const MEMBER_COLUMNS: &[Column] = &[
    Column { title: "member", right: false, gap: 0 },
    Column { title: "verdict", right: false, gap: 2 },
    Column { title: "resolve", right: true, gap: 1 },
    Column { title: "connect", right: true, gap: 1 },
    Column { title: "tls", right: true, gap: 1 },
    Column { title: "wsus", right: true, gap: 1 },
    Column { title: "session", right: false, gap: 2 },
    Column { title: "cert", right: false, gap: 2 },
];

/// Blanks before a member's line, which stands under its endpoint's.
const MEMBER_INDENT: usize = 2;

/// See [`super::check()`].
pub(super) fn render(report: &CheckReport, now: SystemTime, style: Style) -> String {
    let mut text = summary(report, style);
    text.push('\n');
    text.push_str(&tables(&report.endpoints, now, style));
    text.push_str(&cells::legend(report.endpoints.iter().flat_map(cells::timings), style));
    let of_machine = problems::of_machine(&report.local_findings, style);
    let of_endpoints = report.endpoints.iter().map(|e| problems::of_endpoint(e, style));
    for part in of_endpoints.chain([of_machine]).filter(|part| !part.is_empty()) {
        text.push('\n');
        text.push_str(&part);
    }
    text
}

fn summary(report: &CheckReport, style: Style) -> String {
    let total = report.endpoints.len();
    let plural = if total == 1 { "" } else { "s" };
    let counts: Vec<String> =
        [Verdict::Healthy, Verdict::Degraded, Verdict::Down, Verdict::Unknown]
            .into_iter()
            .map(|verdict| (verdict, count(&report.endpoints, verdict)))
            .filter(|(_, count)| *count > 0)
            .map(|(verdict, count)| {
                cells::tone(verdict).paint(&format!("{count} {}", verdict.as_str()), style)
            })
            .collect();
    let separator = if counts.is_empty() { "" } else { ": " };
    let mut text = format!("{total} endpoint{plural}{separator}{}\n", counts.join(", "));
    if report.interrupted {
        let note = "interrupted before every endpoint had answered or timed out";
        text.push_str(&Tone::Warning.paint(note, style));
        text.push('\n');
    }
    text
}

fn count(endpoints: &[EndpointReport], verdict: Verdict) -> usize {
    endpoints.iter().filter(|report| report.verdict == verdict).count()
}

/// The endpoints' lines with their members' below; each of the two kinds has its own columns,
/// which are the same over the whole report.
fn tables(endpoints: &[EndpointReport], now: SystemTime, style: Style) -> String {
    let mut names = Table::new(0, ENDPOINT_COLUMNS);
    let mut members = Table::new(MEMBER_INDENT, MEMBER_COLUMNS);
    for report in endpoints {
        names.push(endpoint_row(report));
        for member in &report.members {
            members.push(member_row(member, now));
        }
    }
    let mut names = names.lines(style).into_iter();
    let mut members = members.lines(style).into_iter();
    let mut lines: Vec<String> = names.by_ref().take(1).chain(members.by_ref().take(1)).collect();
    for (report, name) in endpoints.iter().zip(names) {
        lines.push(name);
        lines.extend(members.by_ref().take(report.members.len()));
    }
    lines.join("\n") + "\n"
}

fn endpoint_row(report: &EndpointReport) -> Vec<Cell> {
    let endpoint = &report.endpoint;
    vec![
        Cell::new(&endpoint.name.0, Tone::Strong),
        Cell::plain(endpoint.region.as_deref().unwrap_or(cells::ABSENT)),
        cells::verdict(report.verdict),
        Cell::plain(&cells::milliseconds(report.rtt)),
        Cell::plain(&endpoint.url.to_string()),
    ]
}

fn member_row(member: &MemberReport, now: SystemTime) -> Vec<Cell> {
    let phases = &member.phases;
    vec![
        Cell::plain(&member.address.ip().to_string()),
        cells::verdict(member.verdict),
        Cell::plain(&cells::milliseconds(phases.resolve)),
        Cell::plain(&cells::milliseconds(phases.connect)),
        Cell::plain(&cells::milliseconds(phases.tls)),
        Cell::plain(&cells::milliseconds(phases.wsus)),
        Cell::plain(&cells::session(member.tls.as_ref())),
        cells::certificate(member.certificate.as_ref(), now),
    ]
}
