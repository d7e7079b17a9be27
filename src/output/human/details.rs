//! Everything about one endpoint: its members, their services, what is wrong, which release.

use std::time::SystemTime;

use super::table::{Cell, Column, Table, heading, paragraph};
use super::{Style, Tone, View, cells, problems, services, tls};
use crate::model::generation::Generation;
use crate::model::report::{EndpointReport, MemberReport};
use crate::output::problem;

/// The gaps are chosen so that a row with an IPv4 address fits into 80 columns.
const COLUMNS: &[Column] = &[
    Column { title: "member", right: false, gap: 0 },
    Column { title: "verdict", right: false, gap: 2 },
    Column { title: "resolve", right: true, gap: 1 },
    Column { title: "connect", right: true, gap: 1 },
    Column { title: "tls", right: true, gap: 1 },
    Column { title: "wsus", right: true, gap: 1 },
    Column { title: "session", right: false, gap: 2 },
    Column { title: "cert", right: false, gap: 2 },
];

/// Blanks before everything that stands under an endpoint's name.
const INDENT: usize = 2;

/// The whole of what is known of one endpoint.
pub(super) fn of_endpoint(
    report: &EndpointReport,
    now: SystemTime,
    view: View,
    style: Style,
) -> String {
    let mut text = problems::heading_of(report, style);
    text.push_str(&paragraph(INDENT, "", &report.endpoint.url.to_string(), style));
    if !report.members.is_empty() {
        let mut members = Table::new(INDENT, COLUMNS);
        for member in &report.members {
            members.push(row(member, now));
        }
        text.push_str(&members.lines(style).join("\n"));
        text.push('\n');
    }
    text.extend(report.members.iter().map(|member| of_member(member, view, style)));
    for problem in problem::of_endpoint(report) {
        text.push_str(&problems::block(&problem, &report.endpoint, style));
    }
    text
}

fn row(member: &MemberReport, now: SystemTime) -> Vec<Cell> {
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

/// What a member tells beyond its line; empty where it tells nothing.
fn of_member(member: &MemberReport, view: View, style: Style) -> String {
    let mut text = services::of_member(member, INDENT, style);
    if let Some(report) = &member.certificate {
        text.push_str(&paragraph(INDENT, "chain    ", &cells::chain(report), style));
    }
    if let Some(scan) = &member.tls_scan {
        text.push_str(&tls::in_brief(scan, INDENT, style));
    }
    if let Some(generation) = &member.generation {
        text.push_str(&release(generation, style));
    }
    let config = member.wsus.as_ref().map(|answer| &answer.config);
    let share = config.and_then(|config| config.property("PackageServerShare"));
    if let Some(share) = share.filter(|_| view.internal_names) {
        text.push_str(&paragraph(INDENT, "share    ", share, style));
    }
    if text.is_empty() {
        return text;
    }
    heading(INDENT, &format!("at {}", member.address.ip()), Tone::Strong, style) + &text
}

fn release(generation: &Generation, style: Style) -> String {
    let names: Vec<&str> = generation.candidates.iter().map(|release| release.words()).collect();
    let estimate = if names.is_empty() {
        "signals contradict each other: a proxy may stand in front".to_owned()
    } else {
        names.join(" or ")
    };
    let mut text = paragraph(INDENT, "release  ", &estimate, style);
    for signal in &generation.signals {
        let line = format!("{}: {}", signal.observed, signal.tells);
        text.push_str(&paragraph(INDENT + "release  ".len(), "", &line, style));
    }
    text
}
