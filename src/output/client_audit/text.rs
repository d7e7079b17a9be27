//! For people.

use std::collections::BTreeSet;

use super::{Audit, next, words};
use crate::model::client::{ClientFinding, Location, Weight};
use crate::model::registry::Place;
use crate::model::text::one_line;
use crate::output::human::table::{Cell, Column, Table, heading, paragraph};
use crate::output::human::{Style, Tone};
use crate::output::text::printable;

/// Places of a finding that are shown.
const PLACES: usize = 6;

/// Characters of a source's name that are shown.
const NAME: usize = 200;

pub(super) fn render(audit: &Audit<'_>, style: Style) -> String {
    let findings: String =
        audit.sorted().into_iter().map(|finding| block(audit, finding, style)).collect();
    format!("{findings}{}{}", settings(audit, style), end(audit, style))
}

fn block(audit: &Audit<'_>, finding: &ClientFinding, style: Style) -> String {
    let title = format!("{}: {}", finding.weight.as_str(), finding.code.as_str());
    let places = places(audit, finding);
    let lines = [
        ("at     ", places.as_str()),
        ("seen   ", &finding.observed),
        ("means  ", &finding.meaning),
        ("do     ", &finding.action),
    ];
    let lines = lines.into_iter().filter(|(_, line)| !line.is_empty());
    let facts: String = lines.map(|(label, line)| paragraph(2, label, line, style)).collect();
    format!("{}{facts}\n", heading(0, &title, tone(finding.weight), style))
}

fn tone(weight: Weight) -> Tone {
    match weight {
        Weight::Error => Tone::Bad,
        Weight::Warning => Tone::Warning,
        Weight::Note => Tone::Faint,
    }
}

/// Every place once: with the source's name before the first one of it.
fn places(audit: &Audit<'_>, finding: &ClientFinding) -> String {
    let mut seen = BTreeSet::new();
    let mut last = None;
    let mut shown: Vec<String> = Vec::new();
    for location in &finding.places {
        if !seen.insert((location.source, location.at)) {
            continue;
        }
        if shown.len() < PLACES {
            let same = last == Some(location.source);
            shown.push(if same { short(location.at) } else { full(audit, location) });
        }
        last = Some(location.source);
    }
    match seen.len().saturating_sub(PLACES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// As editors and compilers write it, so that terminals can make a link of it.
fn full(audit: &Audit<'_>, location: &Location) -> String {
    let name = one_line(audit.name(location.source), NAME);
    match location.at {
        Place::Whole => name,
        Place::Line(line) => format!("{name}:{line}"),
        Place::Byte(_) | Place::View(_) => format!("{name}, {}", location.at),
    }
}

fn short(at: Place) -> String {
    match at {
        Place::Line(line) => format!(":{line}"),
        Place::Whole | Place::Byte(_) | Place::View(_) => at.to_string(),
    }
}

const COLUMNS: &[Column] = &[
    Column { title: "setting in effect", right: false, gap: 0 },
    Column { title: "at", right: false, gap: 2 },
    Column { title: "is", right: false, gap: 2 },
];

/// The settings in effect; where Windows reads only some of them as they stand, the others are
/// marked.
fn settings(audit: &Audit<'_>, style: Style) -> String {
    let rows = audit.rows();
    if rows.is_empty() {
        return "no setting of Windows Update's policy is set\n\n".to_owned();
    }
    let mut table = Table::new(0, COLUMNS);
    let some = rows.iter().any(|row| !row.certain);
    let all = rows.iter().all(|row| !row.certain);
    let single = audit.documents.len() == 1;
    for row in &rows {
        let at = if single { row.held.location.at.to_string() } else { tail(audit, row) };
        let mark = if row.certain || all { "" } else { "~ " };
        let value = format!("{mark}{}", words::value(row.setting, &row.held.data));
        table.push(vec![Cell::plain(row.setting.as_str()), Cell::plain(&at), Cell::plain(&value)]);
    }
    let mut text: String = table.lines(style).into_iter().map(|line| line + "\n").collect();
    if all {
        let what = "as they are meant: Windows reads none of them where they stand";
        text.push_str(&paragraph(0, "", what, style));
    } else if some {
        let what = "as it is meant: Windows does not read it where it stands";
        text.push_str(&paragraph(0, "~ ", what, style));
    }
    text + "\n"
}

/// The place with the last part of the source's path, which is what tells sources apart.
fn tail(audit: &Audit<'_>, row: &super::Row) -> String {
    const SHOWN: usize = 20;
    let name = audit.name(row.held.location.source);
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = one_line(last, SHOWN);
    match row.held.location.at {
        Place::Line(line) => format!("{name}:{line}"),
        at @ (Place::Whole | Place::Byte(_) | Place::View(_)) => format!("{name}, {at}"),
    }
}

/// What it all comes to, and what to do next.
fn end(audit: &Audit<'_>, style: Style) -> String {
    let name = match audit.names {
        [one] => one_line(one, NAME),
        names => format!("{} sources", names.len()),
    };
    let counts: Vec<String> = [Weight::Error, Weight::Warning, Weight::Note]
        .into_iter()
        .filter_map(count(audit))
        .collect();
    let (counts, worst) = match audit.findings.iter().map(|finding| finding.weight).max() {
        None => ("nothing wrong".to_owned(), Tone::Good),
        Some(Weight::Note) => (counts.join(", "), Tone::Good),
        Some(worst) => (counts.join(", "), tone(worst)),
    };
    let mut text = format!("{}: {}\n", printable(&name), worst.paint(&counts, style));
    if worst != Tone::Good {
        text.push_str(&hints(audit, style));
    }
    text
}

fn count(audit: &Audit<'_>) -> impl Fn(Weight) -> Option<String> {
    move |weight| match audit.count(weight) {
        0 => None,
        1 => Some(format!("1 {}", weight.as_str())),
        more => Some(format!("{more} {}s", weight.as_str())),
    }
}

fn hints(audit: &Audit<'_>, style: Style) -> String {
    let mut text =
        next::step(audit).map_or_else(String::new, |next| paragraph(0, "next: ", &next, style));
    if let Some(finding) = audit.sorted().first() {
        let command = format!("wsus-probe explain {}", finding.code.as_str());
        text.push_str(&paragraph(0, "more: ", &format!("{command}, and each other code"), style));
    }
    text
}
