//! The suites and groups that are accepted.

use crate::model::protocol::Protocol;
use crate::model::tls_scan::{SuiteOrder, SuiteReport, TlsScan};
use crate::output::human::table::{Cell, Column, Table, heading, paragraph};
use crate::output::human::{Style, Tone};
use crate::output::scan_words::{versions, weakness};

const COLUMNS: &[Column] = &[
    Column { title: "", right: true, gap: 0 },
    Column { title: "suite", right: false, gap: 1 },
    Column { title: "remark", right: false, gap: 2 },
];

/// The suites of each version, those that are alike together. Nothing where they were not looked
/// for.
pub(super) fn of_scan(scan: &TlsScan, indent: usize, style: Style) -> String {
    let mut groups: Vec<(Vec<Protocol>, &SuiteReport)> = Vec::new();
    for report in &scan.suites {
        match groups.iter_mut().find(|(_, other)| alike(other, report)) {
            Some((protocols, _)) => protocols.push(report.protocol),
            None => groups.push((vec![report.protocol], report)),
        }
    }
    let told =
        groups.into_iter().map(|(protocols, report)| of_group(&protocols, report, indent, style));
    told.collect()
}

fn alike(one: &SuiteReport, other: &SuiteReport) -> bool {
    *one == SuiteReport { protocol: one.protocol, ..other.clone() }
}

fn of_group(protocols: &[Protocol], report: &SuiteReport, indent: usize, style: Style) -> String {
    let order = match report.order {
        SuiteOrder::Server => "the server's order rules",
        SuiteOrder::Client => "the client's order rules",
        SuiteOrder::Unknown => "whose order rules is not known",
    };
    let title = format!("suites with {}; {order}", versions(protocols.iter().copied()));
    let mut text = heading(indent, &title, Tone::Plain, style);
    let mut table = Table::new(indent + indent, COLUMNS);
    for (place, suite) in report.accepted.iter().enumerate() {
        // A place in an order that means nothing would be a claim.
        let place = match report.order {
            SuiteOrder::Server => (place + 1).to_string(),
            SuiteOrder::Client | SuiteOrder::Unknown => String::new(),
        };
        let remark = weakness(*suite);
        let tone = if remark.is_some() { Tone::Warning } else { Tone::Plain };
        table.push(vec![
            Cell::plain(&place),
            Cell::plain(&suite.to_string()),
            Cell::new(remark.as_deref().unwrap_or_default(), tone),
        ]);
    }
    text.push_str(&(table.lines(style).join("\n") + "\n"));
    if !report.groups.is_empty() {
        let groups: Vec<String> = report.groups.iter().map(ToString::to_string).collect();
        text.push_str(&paragraph(indent + indent, "groups  ", &groups.join(", "), style));
    }
    if let Some(why) = &report.incomplete {
        let line = format!("there may be more: {why}");
        text.push_str(&paragraph(indent + indent, "", &line, style));
    }
    text
}
