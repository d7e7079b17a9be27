//! Resolvers side by side.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::table::{Cell, Column, Table, heading, paragraph};
use super::{Style, Tone, cells};
use crate::decide::resolvers::standing::{Basis, standing};
use crate::decide::resolvers::{disputed, failures, stale};
use crate::model::report::{Answerer, EndpointReport, Lookup};
use crate::model::resolvers::{Agreement, ResolverReport, Said};
use crate::output::text::printable;

const COLUMNS: &[Column] = &[
    Column { title: "resolver", right: false, gap: 0 },
    Column { title: "ms", right: true, gap: 2 },
    Column { title: "ttl s", right: true, gap: 2 },
    Column { title: "agrees", right: false, gap: 2 },
    Column { title: "answer", right: false, gap: 2 },
];

/// Blanks before everything under a name.
const INDENT: usize = 2;

/// Names of endpoints that a line lists.
const MOST_NAMES: usize = 4;

/// Addresses that a cell lists.
const MOST_ADDRESSES: usize = 8;

/// The comparison of all endpoints; empty where nothing was compared. Without `details` only
/// endpoints about which resolvers disagree have a table, and the others are counted.
pub(super) fn render(endpoints: &[EndpointReport], details: bool, style: Style) -> String {
    let compared: Vec<&EndpointReport> =
        endpoints.iter().filter(|report| !report.resolvers.is_empty()).collect();
    if compared.is_empty() {
        return String::new();
    }
    let mut text = format!("{}\n", Tone::Strong.paint("resolvers compared", style));
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut tables = String::new();
    for report in compared {
        if details || !disputed(&report.resolvers).is_empty() {
            tables.push_str(&table(report, style));
        } else {
            let line = in_one_line(&report.resolvers);
            alike.entry(line).or_default().push(&report.endpoint.name.0);
        }
    }
    for (line, names) in alike {
        text.push_str(&paragraph(INDENT, "", &format!("{}: {line}", listed(&names)), style));
    }
    text + &tables
}

fn listed(names: &[&str]) -> String {
    let first: Vec<&str> = names.iter().copied().take(MOST_NAMES).collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// How resolvers that do not contradict each other stand.
fn in_one_line(reports: &[ResolverReport]) -> String {
    let mut failed = Vec::new();
    let (mut answered, mut not_asked, mut in_part) = (0_usize, 0_usize, 0_usize);
    for report in reports {
        let causes: Vec<&str> = report
            .lookups
            .iter()
            .filter_map(|lookup| lookup.outcome.as_ref().err())
            .filter(|failure| failures(report).any(|(_, other)| other == *failure))
            .map(|failure| failure.cause.as_str())
            .collect();
        if let Some(cause) = causes.first() {
            failed.push(format!("{}: {cause}", report.resolver));
            continue;
        }
        let said = report.lookups.iter().filter(|one| Said::of(one).is_some()).count();
        match said {
            0 => not_asked += 1,
            all if all == report.lookups.len() => answered += 1,
            _ => in_part += 1,
        }
    }
    let mut line = match answered {
        0 => "none answered".to_owned(),
        1 => "1 resolver answers".to_owned(),
        many => format!("{many} resolvers say the same"),
    };
    for (count, what) in [(in_part, "asked only in part"), (not_asked, "not asked")] {
        if count > 0 {
            line.extend(["; ", &count.to_string(), " ", what]);
        }
    }
    for failure in failed {
        line.push_str("; ");
        line.push_str(&failure);
    }
    line
}

fn table(report: &EndpointReport, style: Style) -> String {
    let resolvers = &report.resolvers;
    let name = format!("{} ({})", report.endpoint.name, report.endpoint.url.host);
    let mut text = heading(INDENT, &name, Tone::Strong, style);
    let mut table = Table::new(INDENT, COLUMNS);
    let standing = standing(&report.endpoint, resolvers);
    for (resolver, agreement) in resolvers.iter().zip(standing.each) {
        for (index, lookup) in resolver.lookups.iter().enumerate() {
            let name = if index == 0 { resolver.resolver.to_string() } else { String::new() };
            table.push(row(&name, lookup, (index == 0).then(|| mark(agreement))));
        }
    }
    text.push_str(&table.lines(style).join("\n"));
    text.push('\n');
    text.push_str(&basis(standing.basis, style));
    text.extend(resolvers.iter().filter_map(|resolver| servers(resolver, style)));
    for (resolver, old) in resolvers.iter().zip(stale(resolvers)) {
        if let Some(old) = old {
            let newer = resolvers.get(old.newer).map(|newer| newer.resolver.to_string());
            let line = format!(
                "{} counts down in its cache, {} s older than {}, gone in {} s",
                resolver.resolver,
                old.older_by.as_secs(),
                newer.unwrap_or_default(),
                old.gone_in.as_secs()
            );
            text.push_str(&paragraph(INDENT, "old  ", &line, style));
        }
    }
    text
}

fn row(name: &str, lookup: &Lookup, mark: Option<Cell>) -> Vec<Cell> {
    let ttl = lookup.outcome.as_ref().ok().and_then(|found| found.ttl);
    let ttl = ttl.map_or_else(|| cells::ABSENT.to_owned(), |ttl| ttl.as_secs().to_string());
    vec![
        Cell::plain(name),
        Cell::plain(&cells::milliseconds(lookup.time)),
        Cell::plain(&ttl),
        mark.unwrap_or_else(|| Cell::plain("")),
        answer(lookup),
    ]
}

/// With what they are compared, where that is not most of them.
fn basis(basis: Basis, style: Style) -> String {
    let then = match basis {
        Basis::Most => return String::new(),
        Basis::Members => "each is compared with the configured members",
        Basis::Nothing => "nothing here tells who is right",
    };
    let line = format!("no answer has more than half of the resolvers on its side: {then}");
    paragraph(INDENT, "", &line, style)
}

fn mark(agreement: Option<Agreement>) -> Cell {
    match agreement {
        Some(Agreement::Same) => Cell::new("yes", Tone::Good),
        Some(Agreement::Part) => Cell::new("in part", Tone::Warning),
        Some(Agreement::More) => Cell::new("and more", Tone::Warning),
        Some(Agreement::Differs) => Cell::new("NO", Tone::Bad),
        Some(Agreement::Split) => Cell::new("split", Tone::Warning),
        None => Cell::new("unknown", Tone::Faint),
    }
}

fn answer(lookup: &Lookup) -> Cell {
    let kind = lookup.record_type.as_str();
    match &lookup.outcome {
        Ok(found) => {
            let mut text = format!("{kind} ");
            for alias in &found.cname_chain {
                text.extend(["via ", alias, ": "]);
            }
            text.push_str(&few(&found.addresses));
            if lookup.answered_by == Some(Answerer::ThisMachine) {
                text.push_str(" (from this machine: nobody was asked)");
            }
            Cell::plain(&text)
        }
        Err(failure) => {
            let is_answer = Said::of(lookup).is_some();
            let tone = if is_answer { Tone::Faint } else { Tone::Bad };
            Cell::new(&format!("{kind} {}", failure.cause.as_str()), tone)
        }
    }
}

/// The first addresses, and how many there are besides.
fn few(addresses: &[IpAddr]) -> String {
    let first: Vec<String> =
        addresses.iter().take(MOST_ADDRESSES).map(ToString::to_string).collect();
    match addresses.len().saturating_sub(MOST_ADDRESSES) {
        0 => first.join(" "),
        more => format!("{} and {more} more", first.join(" ")),
    }
}

/// Which servers stand behind a resolver that does not name one, and which of them answered.
fn servers(report: &ResolverReport, style: Style) -> Option<String> {
    if report.resolver.server().is_some() || report.servers.is_empty() {
        return None;
    }
    let answered = |server| {
        report.lookups.iter().any(|lookup| lookup.answered_by == Some(Answerer::Server(server)))
    };
    let each: Vec<String> = report
        .servers
        .iter()
        .map(|server| format!("{server}{}", if answered(*server) { " (answered)" } else { "" }))
        .collect();
    let label = format!("{}  ", printable(&report.resolver.to_string()));
    Some(paragraph(INDENT, &label, &each.join(", "), style))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_addresses_are_counted() {
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        assert_eq!(few(&[address; 2]), "192.0.2.1 192.0.2.1");
        let many = few(&[address; 10]);
        assert!(many.ends_with("192.0.2.1 and 2 more"), "{many}");
        assert_eq!(many.matches("192").count(), MOST_ADDRESSES);
    }
}
