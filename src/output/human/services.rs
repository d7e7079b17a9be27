//! The services of one member.

use super::table::{Cell, Column, Table, paragraph};
use super::{Style, Tone, cells};
use crate::decide::audience;
use crate::model::exchange::Exchange;
use crate::model::report::MemberReport;
use crate::model::service::{Outcome, Service, ServiceReport};
use crate::output::problem;
use crate::output::text::body_bytes;

/// The gaps are chosen so that the longest audience ends at column 80.
const COLUMNS: &[Column] = &[
    Column { title: "service", right: false, gap: 0 },
    Column { title: "result", right: false, gap: 2 },
    Column { title: "http", right: true, gap: 2 },
    Column { title: "first ms", right: true, gap: 1 },
    Column { title: "rest ms", right: true, gap: 1 },
    Column { title: "bytes", right: true, gap: 1 },
    Column { title: "for", right: false, gap: 2 },
];

/// A line for each service, with the reason below where it does not simply work, and the total.
/// Empty where no service was asked about.
pub(super) fn of_member(member: &MemberReport, indent: usize, style: Style) -> String {
    if member.services.is_empty() {
        return String::new();
    }
    let mut table = Table::new(indent, COLUMNS);
    for service in &member.services {
        table.push(row(service, &member.exchanges));
    }
    let mut lines = table.lines(style).into_iter();
    let mut text = lines.next().unwrap_or_default() + "\n";
    for (line, service) in lines.zip(&member.services) {
        text.push_str(&line);
        text.push('\n');
        if let Some(reason) = reason(&service.outcome) {
            text.push_str(&paragraph(indent + indent, "", &reason, style));
        }
    }
    let count = member.exchanges.iter().filter(|exchange| exchange.was_sent()).count();
    let total = format!(
        "{count} request{}, {} bytes of answers; a line tells of its service's first request",
        if count == 1 { "" } else { "s" },
        body_bytes(&member.exchanges),
    );
    text + &paragraph(indent, "", &total, style)
}

fn row(report: &ServiceReport, exchanges: &[Exchange]) -> Vec<Cell> {
    let service = report.service;
    let answer = first_exchange(service, exchanges).and_then(|e| e.outcome.as_ref().ok());
    let absent = || cells::ABSENT.to_owned();
    let status = answer.map_or_else(absent, |answer| answer.reply.status.to_string());
    let bytes = answer.map_or_else(absent, |answer| answer.body_bytes.to_string());
    let whom = problem::words(audience::of_service(service)).unwrap_or_else(absent);
    vec![
        Cell::plain(service.as_str()),
        Cell::new(report.outcome.as_str(), tone(&report.outcome)),
        Cell::plain(&status),
        Cell::plain(&cells::milliseconds(answer.and_then(|answer| answer.first_byte))),
        Cell::plain(&cells::milliseconds(answer.and_then(|answer| answer.transfer))),
        Cell::plain(&bytes),
        Cell::plain(&whom),
    ]
}

/// The exchange of the request of a service that matters most: exchanges are in that order.
fn first_exchange(service: Service, exchanges: &[Exchange]) -> Option<&Exchange> {
    exchanges.iter().find(|exchange| exchange.request.service() == service)
}

fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Pass => None,
        Outcome::Fail(failure) => Some(format!(
            "{} {}: {}",
            failure.phase.as_str(),
            failure.cause.as_str(),
            failure.detail
        )),
        Outcome::NotApplicable(reason) | Outcome::Unknown(reason) => Some(reason.clone()),
    }
}

fn tone(outcome: &Outcome) -> Tone {
    match outcome {
        Outcome::Pass => Tone::Good,
        Outcome::Fail(_) => Tone::Bad,
        Outcome::NotApplicable(_) | Outcome::Unknown(_) => Tone::Faint,
    }
}
