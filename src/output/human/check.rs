//! The text of `check`: a line for each endpoint, then the worst of each that is not healthy.

use std::time::SystemTime;

use super::table::{Cell, Column, Table, paragraph};
use super::{Style, Tone, View, cells, details, problems, resolvers};
use crate::model::report::{EndpointReport, Verdict};
use crate::model::selection::CheckReport;
use crate::output::problem::{self, Problem};

const COLUMNS: &[Column] = &[
    Column { title: "name", right: false, gap: 0 },
    Column { title: "region", right: false, gap: 2 },
    Column { title: "verdict", right: false, gap: 2 },
    Column { title: "rtt ms", right: true, gap: 2 },
    Column { title: "worst problem, and for whom", right: false, gap: 2 },
];

/// See [`super::check()`].
pub(super) fn render(report: &CheckReport, now: SystemTime, view: View, style: Style) -> String {
    let mut text = summary(report, style);
    text.push('\n');
    text.push_str(&table(&report.endpoints, style));
    let endpoints = report.endpoints.iter();
    let of_endpoints: Vec<String> = if view.details {
        text.push_str(&cells::legend(endpoints.clone().flat_map(cells::timings), style));
        endpoints.map(|endpoint| details::of_endpoint(endpoint, now, view, style)).collect()
    } else {
        text.push_str(&cells::legend(endpoints.clone().filter_map(|e| e.rtt), style));
        endpoints.map(|endpoint| worst_block(endpoint, style)).collect()
    };
    let compared = resolvers::render(&report.endpoints, view.details, style);
    let notes = if view.details { String::new() } else { notes(&report.endpoints, style) };
    let of_machine = problems::of_machine(&report.local_findings, style);
    for part in std::iter::once(compared)
        .chain(of_endpoints)
        .chain([notes, of_machine])
        .filter(|p| !p.is_empty())
    {
        text.push('\n');
        text.push_str(&part);
    }
    text
}

/// How many endpoints are how, and whether the run was interrupted.
pub(super) fn summary(report: &CheckReport, style: Style) -> String {
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

fn table(endpoints: &[EndpointReport], style: Style) -> String {
    let mut table = Table::new(0, COLUMNS);
    for report in endpoints {
        let endpoint = &report.endpoint;
        table.push(vec![
            Cell::new(&endpoint.name.0, Tone::Strong),
            Cell::plain(endpoint.region.as_deref().unwrap_or(cells::ABSENT)),
            cells::verdict(report.verdict),
            Cell::plain(&cells::milliseconds(report.rtt)),
            Cell::plain(&worst_line(report)),
        ]);
    }
    table.lines(style).join("\n") + "\n"
}

/// The worst problem in a few words, and for whom; empty for a healthy endpoint, whose notes break nothing.
pub(super) fn worst_line(report: &EndpointReport) -> String {
    let problems = problem::of_endpoint(report);
    let Some(worst) = problems.first().filter(|_| report.verdict != Verdict::Healthy) else {
        return String::new();
    };
    let at = problem::share_of_members(worst, report).map(|share| format!(" at {share}"));
    let whom = worst.for_whom().map(|whom| format!(", for {whom}"));
    [worst.label(), at.unwrap_or_default(), whom.unwrap_or_default()].concat()
}

/// The worst problem of an endpoint that is not healthy, and how to see the others.
fn worst_block(report: &EndpointReport, style: Style) -> String {
    let problems = problem::of_endpoint(report);
    let Some((worst, others)) = problems.split_first() else { return String::new() };
    if report.verdict == Verdict::Healthy {
        return String::new();
    }
    let mut text = problems::heading_of(report, style);
    text.push_str(&problems::block(worst, &report.endpoint, style));
    if !others.is_empty() {
        let line = format!("{} more: {}", others.len(), how_to_see(report));
        text.push_str(&paragraph(2, "", &line, style));
    }
    text
}

/// A command line; without the name where a shell would need it quoted.
fn how_to_see(report: &EndpointReport) -> String {
    let name = &report.endpoint.name.0;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
    if name.starts_with('-') || name.is_empty() || !name.chars().all(plain) {
        return "wsus-probe check --details".to_owned();
    }
    format!("wsus-probe check {name} --details")
}

fn notes(endpoints: &[EndpointReport], style: Style) -> String {
    let healthy = endpoints.iter().filter(|report| report.verdict == Verdict::Healthy);
    let count: usize = healthy
        .map(|report| problem::of_endpoint(report).iter().filter(|p| Problem::is_note(p)).count())
        .sum();
    if count == 0 {
        return String::new();
    }
    let plural = if count == 1 { "" } else { "s" };
    let line = format!("{count} note{plural} on healthy endpoints: wsus-probe check --details");
    paragraph(0, "", &line, style)
}
