//! The text of `tls`: a line for each endpoint, then what each of its members accepts.

mod brief;
mod certificates;
mod clients;
mod suites;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::table::{Cell, Column, Table, heading, paragraph};
use super::{Style, Tone, cells, check, problems};
use crate::model::endpoint::Endpoint;
use crate::model::protocol::Protocol;
use crate::model::report::{EndpointReport, MemberReport};
use crate::model::selection::CheckReport;
use crate::model::timing::Timed;
use crate::model::tls_scan::{Support, TlsScan, VersionReport};
use crate::output::{problem, scan_words};

const OVERVIEW: &[Column] = &[
    Column { title: "name", right: false, gap: 0 },
    Column { title: "verdict", right: false, gap: 2 },
    Column { title: "accepts", right: false, gap: 2 },
    Column { title: "worst problem, and for whom", right: false, gap: 2 },
];

const VERSIONS: &[Column] = &[
    Column { title: "version", right: false, gap: 0 },
    Column { title: "accepted", right: false, gap: 2 },
    Column { title: "chosen, or what came back", right: false, gap: 2 },
];

/// Blanks before everything that stands under an endpoint's name.
const INDENT: usize = 2;

/// See [`super::tls()`].
pub(super) fn render(
    report: &CheckReport,
    clear_text: &[Arc<Endpoint>],
    now: SystemTime,
    style: Style,
) -> String {
    let mut text = check::summary(report, style);
    if !clear_text.is_empty() {
        let names: Vec<&str> = clear_text.iter().map(|endpoint| endpoint.name.0.as_str()).collect();
        let line = format!("not scanned, because http:// has no TLS: {}", names.join(", "));
        text.push_str(&paragraph(0, "", &line, style));
    }
    let several = report.endpoints.len() > 1;
    let overview = if several { overview(&report.endpoints, style) } else { String::new() };
    let members = report.endpoints.iter().flat_map(|endpoint| &endpoint.members);
    let scans = members.filter_map(|member| member.tls_scan.as_ref());
    let legend =
        cells::legend(scans.clone().filter_map(|scan| scan.elapsed).map(Timed::user), style);
    let assumptions = clients::assumptions(scans, style);
    let blocks = report.endpoints.iter().map(|endpoint| of_endpoint(endpoint, now, style));
    let of_machine = problems::of_machine(&report.local_findings, style);
    let parts = std::iter::once(overview + &legend).chain(blocks).chain([assumptions, of_machine]);
    for part in parts.filter(|part| !part.is_empty()) {
        text.push('\n');
        text.push_str(&part);
    }
    text
}

/// What the details of `check` tell of a scan; see [`brief::of_scan`].
pub(super) fn in_brief(scan: &TlsScan, indent: usize, style: Style) -> String {
    brief::of_scan(scan, indent, style)
}

fn overview(endpoints: &[EndpointReport], style: Style) -> String {
    let mut table = Table::new(0, OVERVIEW);
    for report in endpoints {
        table.push(vec![
            Cell::new(&report.endpoint.name.0, Tone::Strong),
            cells::verdict(report.verdict),
            Cell::plain(&accepts(&report.members)),
            Cell::plain(&check::worst_line(report)),
        ]);
    }
    table.lines(style).join("\n") + "\n"
}

/// The accepted versions, if the members of which anything is known say the same.
fn accepts(members: &[MemberReport]) -> String {
    let of_member =
        |scan: &TlsScan| -> Vec<&str> { scan.accepted().map(Protocol::as_str).collect() };
    let tells = |scan: &&TlsScan| scan.versions.iter().any(|one| one.support != Support::Unknown);
    let scans = members.iter().filter_map(|member| member.tls_scan.as_ref());
    let mut sets = scans.filter(tells).map(of_member);
    let Some(first) = sets.next() else { return cells::ABSENT.to_owned() };
    if sets.any(|other| other != first) {
        "members differ".to_owned()
    } else if first.is_empty() {
        cells::ABSENT.to_owned()
    } else {
        first.join(" ")
    }
}

fn of_endpoint(report: &EndpointReport, now: SystemTime, style: Style) -> String {
    let mut text = problems::heading_of(report, style);
    text.push_str(&paragraph(INDENT, "", &report.endpoint.url.to_string(), style));
    for (members, told) in alike(&report.members, now, style) {
        text.push_str(&heading(INDENT, &places(&members, &report.members), Tone::Strong, style));
        text.push_str(&told);
        text.push_str(&effort(&members, style));
    }
    for problem in problem::of_endpoint(report) {
        text.push_str(&problems::block(&problem, &report.endpoint, style));
    }
    text
}

/// What members tell, and which ones: those that tell the same together.
fn alike(
    members: &[MemberReport],
    now: SystemTime,
    style: Style,
) -> Vec<(Vec<&MemberReport>, String)> {
    let mut groups: Vec<(Vec<&MemberReport>, String)> = Vec::new();
    for member in members {
        let told = of_member(member, now, style);
        match groups.iter_mut().find(|(_, other)| *other == told) {
            Some((same, _)) => same.push(member),
            None => groups.push((vec![member], told)),
        }
    }
    groups
}

/// Which members, of all that there are.
fn places(members: &[&MemberReport], all: &[MemberReport]) -> String {
    let addresses: Vec<String> =
        members.iter().map(|member| member.address.ip().to_string()).collect();
    let listed = scan_words::listed(&addresses);
    match (members.len(), all.len()) {
        (2, 2) => format!("at both members, {listed}"),
        (some, count) if some > 2 && some == count => format!("at all {count} members, {listed}"),
        _ => format!("at {listed}"),
    }
}

fn of_member(member: &MemberReport, now: SystemTime, style: Style) -> String {
    let Some(scan) = &member.tls_scan else {
        let why = match &member.failure {
            Some(failure) => format!("{} {}", failure.phase.as_str(), failure.cause.as_str()),
            None => "the run ended before".to_owned(),
        };
        return paragraph(INDENT, "", &format!("not scanned: {why}"), style);
    };
    let mut versions = Table::new(INDENT, VERSIONS);
    for report in &scan.versions {
        versions.push(vec![
            Cell::plain(report.protocol.words()),
            Cell::new(scan_words::accepted(report), tone(report)),
            Cell::plain(&scan_words::evidence(report)),
        ]);
    }
    let mut text = versions.lines(style).join("\n") + "\n";
    text.push_str(&clients::of_scan(scan, INDENT, style));
    text.push_str(&certificates::of_scan(scan, INDENT, now, style));
    text.push_str(&suites::of_scan(scan, INDENT, style));
    text
}

/// Whether it is good that a version is accepted depends on who needs it: only what stands out is
/// coloured.
fn tone(report: &VersionReport) -> Tone {
    match (report.support, report.protocol) {
        (Support::Supported, Protocol::Ssl3) => Tone::Bad,
        (Support::Supported, Protocol::Tls10 | Protocol::Tls11) => Tone::Warning,
        (Support::Supported, Protocol::Tls12 | Protocol::Tls13) => Tone::Good,
        (Support::NotSupported, _) => Tone::Plain,
        (Support::Unknown, _) => Tone::Faint,
    }
}

/// How many connections it took, and how long.
fn effort(members: &[&MemberReport], style: Style) -> String {
    let scans: Vec<&TlsScan> =
        members.iter().filter_map(|member| member.tls_scan.as_ref()).collect();
    let Some(elapsed) = scans.iter().filter_map(|scan| scan.elapsed).max() else {
        return String::new();
    };
    let connections: u32 = scans.iter().map(|scan| scan.connections).sum();
    let plural = if connections == 1 { "" } else { "s" };
    let versions = scans.iter().filter_map(|scan| scan.versions_elapsed).max();
    let versions = versions.map(|time| format!("versions after {}, ", told(time)));
    let line = format!(
        "{connections} connection{plural}; {}all after {}",
        versions.unwrap_or_default(),
        told(elapsed),
    );
    paragraph(INDENT, "", &line, style)
}

/// A duration by this process' clock.
fn told(time: Duration) -> String {
    format!("{} ms", cells::milliseconds(Some(Timed::user(time))))
}
