//! The text of `nearest`.

use std::time::Duration;

use super::table::{Cell, Column, Table, paragraph};
use super::{Style, Tone, cells, problems};
use crate::decide::explain;
use crate::model::report::EndpointReport;
use crate::model::selection::{Explained, NearestReport, ReasonCode, RejectionCode, Selection};
use crate::output::text::printable;

const COLUMNS: &[Column] = &[
    Column { title: "name", right: false, gap: 0 },
    Column { title: "region", right: false, gap: 2 },
    Column { title: "verdict", right: false, gap: 2 },
    Column { title: "rtt ms", right: true, gap: 2 },
    Column { title: "why", right: false, gap: 2 },
];

/// See [`super::nearest()`].
pub(super) fn render(report: &NearestReport, style: Style) -> String {
    let selected = report.selection.selected.and_then(|index| report.candidates.get(index));
    let mut text = answer(selected, &report.selection.reason, style);
    text.push_str(&paragraph(0, "", &reason(&report.selection, report.elapsed), style));
    text.push('\n');
    for line in candidates(report).lines(style) {
        text.push_str(&line);
        text.push('\n');
    }
    let shown = report.candidates.iter().filter_map(|candidate| candidate.rtt);
    text.push_str(&cells::legend(shown, style));
    let advice = if let Some(selected) = selected {
        let problems = problems::of_endpoint(selected, style);
        let hints = hints(report, style);
        [problems, hints].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>()
    } else {
        let problems = report.candidates.iter().map(|c| problems::of_endpoint(c, style));
        problems.filter(|part| !part.is_empty()).collect()
    };
    let of_machine = problems::of_machine(&report.local_findings, style);
    let of_machine = (!of_machine.is_empty()).then_some(of_machine);
    for part in of_machine.into_iter().chain(advice) {
        text.push('\n');
        text.push_str(&part);
    }
    text
}

fn answer(
    selected: Option<&EndpointReport>,
    reason: &Explained<ReasonCode>,
    style: Style,
) -> String {
    let Some(report) = selected else {
        // An interrupted run knows nothing against those that had not answered.
        let (text, tone) = if reason.code == ReasonCode::Interrupted {
            ("no choice made", Tone::Warning)
        } else {
            ("no healthy endpoint", Tone::Bad)
        };
        return format!("{}\n", tone.paint(text, style));
    };
    let endpoint = &report.endpoint;
    format!(
        "{}  {}  {} ms  {}\n",
        Tone::Strong.paint(&printable(&endpoint.name.0), style),
        Tone::Strong.paint(&printable(&endpoint.url.to_string()), style),
        cells::milliseconds(report.rtt),
        cells::tone(report.verdict).paint(report.verdict.as_str(), style),
    )
}

fn reason(selection: &Selection, elapsed: Duration) -> String {
    let ms = elapsed.as_millis();
    let confidence = selection
        .confidence
        .map_or_else(String::new, |value| format!("confidence {}, ", two_decimals(value)));
    format!("{} ({confidence}decided in {ms} ms)", selection.reason.text)
}

/// Two decimals, and 1.00 only for full certainty.
fn two_decimals(confidence: f64) -> String {
    const ALMOST: f64 = 0.99;
    let shown = if confidence < 1.0 { confidence.min(ALMOST) } else { confidence };
    format!("{shown:.2}")
}

fn candidates(report: &NearestReport) -> Table {
    let rejections =
        report.selection.rejected.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    let mut rows: Vec<_> = report.candidates.iter().zip(rejections).enumerate().collect();
    // The sort is stable: without a round-trip time the order is that of the configuration.
    rows.sort_by_key(|(_, (candidate, _))| {
        (candidate.rtt.is_none(), candidate.rtt.map(|rtt| rtt.duration))
    });
    let mut table = Table::new(0, COLUMNS);
    for (index, (candidate, rejected)) in rows {
        let chosen = report.selection.selected == Some(index);
        table.push(row(candidate, rejected, chosen));
    }
    table
}

fn row(
    candidate: &EndpointReport,
    rejected: Option<&Explained<RejectionCode>>,
    chosen: bool,
) -> Vec<Cell> {
    let endpoint = &candidate.endpoint;
    let name_tone = if chosen { Tone::Strong } else { Tone::Plain };
    let why = match rejected {
        Some(rejected) => rejected.text.as_str(),
        None if chosen => "chosen",
        None => "",
    };
    vec![
        Cell::new(&endpoint.name.0, name_tone),
        Cell::plain(endpoint.region.as_deref().unwrap_or(cells::ABSENT)),
        cells::verdict(candidate.verdict),
        Cell::plain(&cells::milliseconds(candidate.rtt)),
        Cell::plain(why),
    ]
}

/// One line for each rejected endpoint that failed; `check` has the whole story.
fn hints(report: &NearestReport, style: Style) -> String {
    report
        .candidates
        .iter()
        .enumerate()
        .filter(|(index, _)| report.selection.selected != Some(*index))
        .filter_map(|(_, candidate)| candidate.failure.as_ref().map(|f| (candidate, f)))
        .map(|(candidate, failure)| {
            let endpoint = &candidate.endpoint;
            let hint = format!("{}: {}", endpoint.name, explain::hint(failure, endpoint));
            paragraph(0, "hint: ", &hint, style)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::fixture;

    #[test]
    fn an_interrupted_run_does_not_call_the_unanswered_unhealthy() {
        let mut report = fixture::nearest_none();
        report.selection.reason.code = ReasonCode::Interrupted;
        let text = render(&report, Style { color: false, width: 80 });
        assert!(text.starts_with("no choice made\n"), "{text}");
    }

    #[test]
    fn confidence_is_never_rounded_up_to_certainty() {
        for (confidence, shown) in [(0.5, "0.50"), (0.987, "0.99"), (0.9999, "0.99"), (1.0, "1.00")]
        {
            assert_eq!(two_decimals(confidence), shown);
        }
    }
}
