//! A scan in two lines, for the details of `check`.

use crate::model::tls_scan::{Support, TlsScan};
use crate::model::windows_client::ClientOutcome;
use crate::output::human::Style;
use crate::output::human::table::paragraph;
use crate::output::scan_words::{client, listed, versions};

/// The versions, and the Windows releases that cannot connect; nothing where nothing was tried.
pub(super) fn of_scan(scan: &TlsScan, indent: usize, style: Style) -> String {
    let with = |wanted: Support| {
        let reports = scan.versions.iter().filter(|report| report.support == wanted);
        versions(reports.map(|report| report.protocol))
    };
    let parts: Vec<String> = [
        ("accepts ", with(Support::Supported)),
        ("refuses ", with(Support::NotSupported)),
        ("unknown ", with(Support::Unknown)),
    ]
    .into_iter()
    .filter(|(_, versions)| !versions.is_empty())
    .map(|(label, versions)| format!("{label}{versions}"))
    .collect();
    if parts.is_empty() {
        return String::new();
    }
    let mut text = paragraph(indent, "versions ", &parts.join("; "), style);
    if !scan.clients.is_empty() {
        text.push_str(&paragraph(indent, "windows  ", &of_clients(scan), style));
    }
    text
}

fn of_clients(scan: &TlsScan) -> String {
    let of = |wanted: fn(&ClientOutcome) -> bool| -> Vec<String> {
        let clients = scan.clients.iter().filter(|report| wanted(&report.outcome));
        clients.map(|report| client(report.client)).collect()
    };
    let fails = of(|outcome| matches!(outcome, ClientOutcome::Fails(..)));
    let unknown = of(|outcome| matches!(outcome, ClientOutcome::Unknown(_)));
    let all = scan.clients.len();
    if unknown.len() == all {
        return "not known which releases can connect".to_owned();
    }
    if fails.len() == all {
        return "no release can connect".to_owned();
    }
    let mut parts = Vec::new();
    if fails.is_empty() && unknown.is_empty() {
        parts.push("every release can connect".to_owned());
    }
    for (label, clients) in [("cannot connect", fails), ("not known", unknown)] {
        if !clients.is_empty() {
            parts.push(format!("{label}: {}", listed(&clients)));
        }
    }
    parts.join("; ")
}
