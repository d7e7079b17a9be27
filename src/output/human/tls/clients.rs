//! Which Windows releases can connect.

use crate::decide::compat::table;
use crate::model::protocol::Protocol;
use crate::model::suite::Suite;
use crate::model::tls_scan::TlsScan;
use crate::model::windows_client::{ClientOutcome, ClientRefusal, ClientReport, WindowsClient};
use crate::output::human::table::{Cell, Column, Table, paragraph};
use crate::output::human::{Style, Tone};
use crate::output::scan_words::{client, listed};

const COLUMNS: &[Column] = &[
    Column { title: "Windows", right: false, gap: 0 },
    Column { title: "result", right: false, gap: 2 },
    Column { title: "with, or why not", right: false, gap: 2 },
];

/// A line for each group of releases, or one for all where all fare alike; below it the reasons,
/// each once, and what the statements rest on. Nothing where it was not asked.
pub(super) fn of_scan(scan: &TlsScan, indent: usize, style: Style) -> String {
    let Some((first, others)) = scan.clients.split_first() else { return String::new() };
    let alike = others.iter().all(|other| other.outcome == first.outcome);
    let mut notes = Notes::default();
    let mut table = Table::new(indent, COLUMNS);
    if alike && !others.is_empty() {
        table.push(row("every release", first, &mut notes));
    } else {
        for report in &scan.clients {
            table.push(row(&client(report.client), report, &mut notes));
        }
    }
    let mut text = table.lines(style).join("\n") + "\n";
    for (number, note) in notes.0.iter().enumerate() {
        text.push_str(&paragraph(indent, &format!("({}) ", number + 1), note, style));
    }
    for caveat in caveats(&scan.clients) {
        text.push_str(&paragraph(indent, "not certain: ", &caveat, style));
    }
    text
}

/// What is taken for granted of releases, told once for all members; nothing where no scan says
/// anything about releases.
pub(super) fn assumptions<'a>(
    mut scans: impl Iterator<Item = &'a TlsScan>,
    style: Style,
) -> String {
    if scans.all(|scan| scan.clients.is_empty()) {
        return String::new();
    }
    let mut text = "Taken for granted of Windows by its defaults:\n".to_owned();
    for &release in WindowsClient::ALL {
        if let Some(assumption) = table::row(release).assumption {
            text.push_str(&paragraph(2, &format!("{}: ", client(release)), assumption, style));
        }
    }
    text
}

/// Reasons that are told below the table, each once.
#[derive(Default)]
struct Notes<'a>(Vec<&'a str>);

impl<'a> Notes<'a> {
    /// The mark of a note.
    fn mark(&mut self, note: &'a str) -> String {
        let place = self.0.iter().position(|other| *other == note).unwrap_or_else(|| {
            self.0.push(note);
            self.0.len() - 1
        });
        format!("({})", place + 1)
    }
}

/// Each once, with the releases that it concerns where these are not all. What a release offers
/// plays no part where it refuses the certificate.
fn caveats(clients: &[ClientReport]) -> Vec<String> {
    let mut caveats: Vec<(&str, Vec<String>)> = Vec::new();
    for report in clients {
        let refused = matches!(report.outcome, ClientOutcome::Fails(ClientRefusal::Certificate, _));
        let Some(caveat) = report.caveat.as_deref().filter(|_| !refused) else { continue };
        let name = client(report.client);
        match caveats.iter_mut().find(|(other, _)| *other == caveat) {
            Some((_, names)) => names.push(name),
            None => caveats.push((caveat, vec![name])),
        }
    }
    let told = caveats.into_iter().map(|(caveat, names)| {
        if names.len() == clients.len() {
            caveat.to_owned()
        } else {
            format!("{caveat} ({})", listed(&names))
        }
    });
    told.collect()
}

fn row<'a>(name: &str, report: &'a ClientReport, notes: &mut Notes<'a>) -> Vec<Cell> {
    let (result, tone, text) = match &report.outcome {
        ClientOutcome::Works(protocol, suite) => ("works", Tone::Good, session(*protocol, *suite)),
        ClientOutcome::Fails(why, reason) => {
            ("fails", Tone::Bad, format!("{} {}", words(*why), notes.mark(reason)))
        }
        ClientOutcome::Unknown(reason) => ("unknown", Tone::Faint, notes.mark(reason)),
    };
    vec![Cell::plain(name), Cell::new(result, tone), Cell::plain(&text)]
}

const fn words(why: ClientRefusal) -> &'static str {
    match why {
        ClientRefusal::NoCommonVersion => "no version in common",
        ClientRefusal::NoCommonSuite => "no suite in common",
        ClientRefusal::Certificate => "refuses the certificate",
    }
}

/// The suite without the parts of its name that all have, so that a line is enough.
fn session(protocol: Protocol, suite: Option<Suite>) -> String {
    let Some(suite) = suite else { return protocol.words().to_owned() };
    let name = suite.to_string();
    let name = name.strip_prefix("TLS_").unwrap_or(&name);
    format!("{} {}", protocol.words(), name.replacen("_WITH_", " ", 1))
}
