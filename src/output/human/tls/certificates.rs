//! The chains that were presented.

use std::time::SystemTime;

use crate::model::certificate::{Certificate, CertificateVerdict};
use crate::model::tls_scan::{SeenChain, TlsScan};
use crate::output::human::table::{heading, paragraph};
use crate::output::human::{Style, Tone, cells};
use crate::output::scan_words::versions;
use crate::output::text::rfc3339;

/// Every chain with its judgement; or that none was seen, where a version is accepted.
pub(super) fn of_scan(scan: &TlsScan, indent: usize, now: SystemTime, style: Style) -> String {
    if scan.chains.is_empty() {
        let accepted = scan.accepted().next().is_some();
        let line = "certificate: none was seen";
        return if accepted { paragraph(indent, "", line, style) } else { String::new() };
    }
    scan.chains.iter().map(|chain| of_chain(chain, indent, now, style)).collect()
}

fn of_chain(seen: &SeenChain, indent: usize, now: SystemTime, style: Style) -> String {
    let report = &seen.report;
    let verdict = report.verdict();
    let with = versions(seen.protocols.iter().copied());
    let title = format!("certificate with {with}: {}", verdict.as_str());
    let tone = if verdict == CertificateVerdict::Ok { Tone::Plain } else { Tone::Warning };
    let mut text = heading(indent, &title, tone, style);
    let line = |label: &str, value: &str| paragraph(indent + indent, label, value, style);
    for problem in &report.problems {
        let told = format!("{}: {}", problem.verdict.as_str(), problem.detail);
        text.push_str(&line("problem  ", &told));
    }
    text.push_str(&line("chain    ", &cells::chain(report)));
    if let Some((leaf, above)) = report.chain.split_first() {
        let names = match leaf.alternative_names.as_slice() {
            [] => "none beside the subject".to_owned(),
            names => names_of(names),
        };
        text.push_str(&line("subject  ", &leaf.subject));
        text.push_str(&line("names    ", &names));
        text.push_str(&line("issuer   ", &leaf.issuer));
        text.push_str(&line("key      ", &key(leaf)));
        text.push_str(&line("valid    ", &validity(leaf, now)));
        for certificate in above {
            let told = format!(
                "{}, {}, {}",
                certificate.subject,
                key(certificate),
                validity(certificate, now),
            );
            text.push_str(&line("above    ", &told));
        }
    }
    text
}

/// A certificate for hundreds of names tells little by all of them.
fn names_of(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn key(certificate: &Certificate) -> String {
    let key = &certificate.key;
    let bits = key.bits.map(|bits| format!(" {bits}")).unwrap_or_default();
    format!("{}{bits}, signed with {}", key.algorithm, certificate.signature.name)
}

fn validity(certificate: &Certificate, now: SystemTime) -> String {
    let date = |time: SystemTime| {
        let day =
            rfc3339(time).and_then(|text| text.split_once('T').map(|(day, _)| day.to_owned()));
        day.unwrap_or_else(|| cells::ABSENT.to_owned())
    };
    let end = date(certificate.not_after);
    match cells::days_until(certificate.not_after, now) {
        Some(days) => format!("{} to {end}, {days} days left", date(certificate.not_before)),
        None => format!("{} to {end}, ended", date(certificate.not_before)),
    }
}

/// Most names that are listed: a screen is not filled by one certificate.
const MOST_NAMES: usize = 12;
