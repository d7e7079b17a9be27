//! Mirror types of a scan of a member's TLS.

use serde::Serialize;

use super::member::CertificateReportJson;
use crate::decide::compat::table;
use crate::model::alert;
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{
    Answer, Attempt, HelloShape, OfferAnswer, SeenChain, SuiteReport, TlsScan, VersionReport,
};
use crate::model::windows_client::{ClientOutcome, ClientReport};
use crate::output::scan_words;
use crate::output::text::milliseconds;

/// Everything that was found about the TLS of one member.
#[derive(Serialize)]
pub(super) struct TlsScanJson {
    versions: Vec<VersionJson>,
    chains: Vec<ChainJson>,
    suites: Vec<SuitesJson>,
    clients: Vec<ClientJson>,
    offers: Vec<OfferJson>,
    connections: u32,
    versions_ms: Option<f64>,
    elapsed_ms: Option<f64>,
}

impl From<&TlsScan> for TlsScanJson {
    fn from(scan: &TlsScan) -> Self {
        Self {
            versions: scan.versions.iter().map(VersionJson::from).collect(),
            chains: scan.chains.iter().map(ChainJson::from).collect(),
            suites: scan.suites.iter().map(SuitesJson::from).collect(),
            clients: scan.clients.iter().map(ClientJson::from).collect(),
            offers: scan.offers.iter().map(OfferJson::from).collect(),
            connections: scan.connections,
            versions_ms: scan.versions_elapsed.map(milliseconds),
            elapsed_ms: scan.elapsed.map(milliseconds),
        }
    }
}

#[derive(Serialize)]
struct VersionJson {
    protocol: &'static str,
    support: &'static str,
    certain: bool,
    suite: Option<String>,
    group: Option<String>,
    prime_bits: Option<u32>,
    retry: Option<bool>,
    client_certificate_requested: Option<bool>,
    shape: Option<&'static str>,
    attempts: Vec<AttemptJson>,
}

impl From<&VersionReport> for VersionJson {
    fn from(report: &VersionReport) -> Self {
        let choice = report.choice().map(|(_, choice)| choice);
        let in_clear = report.protocol != Protocol::Tls13;
        Self {
            protocol: report.protocol.as_str(),
            support: report.support.as_str(),
            certain: report.certain,
            suite: choice.map(|choice| choice.suite.to_string()),
            group: choice.and_then(|choice| choice.group).map(|group| group.to_string()),
            prime_bits: choice.and_then(|choice| choice.prime_bits),
            retry: choice.map(|choice| choice.retry),
            client_certificate_requested: choice
                .filter(|_| in_clear)
                .map(|choice| choice.client_certificate_requested),
            shape: report.choice().map(|(shape, _)| HelloShape::as_str(shape)),
            attempts: report.attempts.iter().map(AttemptJson::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct AttemptJson {
    shape: &'static str,
    answer: &'static str,
    alert: Option<u8>,
    alert_name: Option<&'static str>,
    bytes: Option<usize>,
    text: String,
    warnings: Vec<u8>,
    time_ms: Option<f64>,
    clock: Option<&'static str>,
}

impl From<&Attempt> for AttemptJson {
    fn from(attempt: &Attempt) -> Self {
        let (answer, alert, bytes) = parts(&attempt.answer);
        Self {
            shape: attempt.shape.as_str(),
            answer,
            alert,
            alert_name: alert.and_then(alert::name),
            bytes,
            text: scan_words::answer(&attempt.answer),
            warnings: attempt.warnings.clone(),
            time_ms: attempt.time.map(|time| milliseconds(time.duration)),
            clock: attempt.time.map(|time| time.clock.as_str()),
        }
    }
}

/// What was offered on behalf of Windows releases, and what came back.
#[derive(Serialize)]
struct OfferJson {
    protocol: &'static str,
    suites: Vec<String>,
    groups: Vec<String>,
    answer: &'static str,
    alert: Option<u8>,
    text: String,
}

impl From<&OfferAnswer> for OfferJson {
    fn from(asked: &OfferAnswer) -> Self {
        let offer = &asked.offer;
        let (answer, alert, _) = parts(&asked.answer);
        Self {
            protocol: offer.protocol.as_str(),
            suites: offer.suites.iter().map(ToString::to_string).collect(),
            groups: offer.groups.iter().map(ToString::to_string).collect(),
            answer,
            alert,
            text: scan_words::answer(&asked.answer),
        }
    }
}

/// The kind of an answer, its alert, and the bytes that came before it broke off.
const fn parts(answer: &Answer) -> (&'static str, Option<u8>, Option<usize>) {
    match answer {
        Answer::Chosen(_) => ("chosen", None, None),
        Answer::OtherVersion(_) => ("other_version", None, None),
        Answer::Alert(number) => ("alert", Some(*number), None),
        Answer::Broken(_) => ("broken", None, None),
        Answer::NotTls(_) => ("not_tls", None, None),
        Answer::Closed(bytes) => ("closed", None, Some(*bytes)),
        Answer::Reset(bytes) => ("reset", None, Some(*bytes)),
        Answer::Timeout(bytes) => ("timeout", None, Some(*bytes)),
        Answer::NotConnected(_) => ("not_connected", None, None),
    }
}

#[derive(Serialize)]
struct ChainJson {
    protocols: Vec<&'static str>,
    certificate: CertificateReportJson,
}

impl From<&SeenChain> for ChainJson {
    fn from(seen: &SeenChain) -> Self {
        Self {
            protocols: seen.protocols.iter().map(|protocol| protocol.as_str()).collect(),
            certificate: CertificateReportJson::from(&seen.report),
        }
    }
}

#[derive(Serialize)]
struct SuitesJson {
    protocol: &'static str,
    order: &'static str,
    accepted: Vec<SuiteJson>,
    groups: Vec<String>,
    incomplete: Option<String>,
}

#[derive(Serialize)]
struct SuiteJson {
    suite: String,
    weakness: Option<String>,
}

impl From<&SuiteReport> for SuitesJson {
    fn from(report: &SuiteReport) -> Self {
        let accepted = report.accepted.iter().map(|suite| SuiteJson {
            suite: suite.to_string(),
            weakness: scan_words::weakness(*suite),
        });
        Self {
            protocol: report.protocol.as_str(),
            order: report.order.as_str(),
            accepted: accepted.collect(),
            groups: report.groups.iter().map(ToString::to_string).collect(),
            incomplete: report.incomplete.clone(),
        }
    }
}

#[derive(Serialize)]
struct ClientJson {
    client: &'static str,
    words: &'static str,
    outcome: &'static str,
    protocol: Option<&'static str>,
    suite: Option<String>,
    reason: Option<&'static str>,
    text: Option<String>,
    caveat: Option<String>,
    assumption: Option<&'static str>,
}

impl From<&ClientReport> for ClientJson {
    fn from(report: &ClientReport) -> Self {
        let bare = Self {
            client: report.client.as_str(),
            words: table::row(report.client).words,
            outcome: "unknown",
            protocol: None,
            suite: None,
            reason: None,
            text: None,
            caveat: report.caveat.clone(),
            assumption: table::row(report.client).assumption,
        };
        match &report.outcome {
            ClientOutcome::Works(protocol, suite) => Self {
                outcome: "works",
                protocol: Some(protocol.as_str()),
                suite: suite.map(|suite| suite.to_string()),
                ..bare
            },
            ClientOutcome::Fails(reason, text) => Self {
                outcome: "fails",
                reason: Some(reason.as_str()),
                text: Some(text.clone()),
                ..bare
            },
            ClientOutcome::Unknown(text) => Self { text: Some(text.clone()), ..bare },
        }
    }
}
