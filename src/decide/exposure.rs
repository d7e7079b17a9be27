//! What is visible from this vantage point that should perhaps not be.

use crate::decide::diagnosis::Seen;
use crate::decide::{services, wsus};
use crate::model::endpoint::{EndpointUrl, Scheme};
use crate::model::exchange::Answer;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::request::Request;
use crate::model::service::{Outcome, Service};

/// Clear text and reachability. Never says that a server is vulnerable: that cannot be seen.
///
/// All are notes: nothing is broken by them, and who may reach the server is not known here.
pub fn of_member(seen: &Seen<'_>) -> Vec<Finding> {
    let service = Reached::at(seen, Request::GetConfig);
    let clear = Reached::at(seen, Request::CleartextConfig);
    let metadata = service.as_ref().filter(|reached| reached.url.scheme == Scheme::Http);
    let findings = [
        metadata.map(cleartext_metadata),
        clear.as_ref().map(cleartext_service),
        exposed(seen, &[service.as_ref(), clear.as_ref()]),
    ];
    findings.into_iter().flatten().collect()
}

/// A port at which `GetConfig` is answered like WSUS.
struct Reached {
    url: EndpointUrl,
}

impl Reached {
    fn at(seen: &Seen<'_>, request: Request) -> Option<Self> {
        let url = services::url_of(request, seen.asked);
        let exchange = services::exchange(seen.exchanges, request)?;
        wsus::of_exchange(exchange, &url).ok().map(|_| Self { url })
    }

    fn words(&self) -> String {
        let how = match self.url.scheme {
            Scheme::Http => "clear text",
            Scheme::Https => "TLS",
        };
        format!("port {} ({how})", self.url.port)
    }
}

fn cleartext_metadata(reached: &Reached) -> Finding {
    note(
        FindingCode::CleartextMetadata,
        format!("{} serves update metadata without TLS", reached.url),
        "whoever can change traffic between a client and this server can rewrite the metadata and \
         have commands of their choice run on the client",
        "bind a certificate in IIS, run wsusutil configuressl, and point WUServer and \
         WUStatusServer to https on port 8531",
    )
}

/// Clients with the https URL keep to TLS, and behind a TLS-terminating load balancer this is
/// normal: so it cannot be called broken.
fn cleartext_service(reached: &Reached) -> Finding {
    note(
        FindingCode::CleartextService,
        format!("{} answers GetConfig too, without TLS", reached.url),
        "clients that are pointed to this port, by mistake or by an attacker, get their metadata \
         without TLS; those with the https URL do not",
        "in IIS set Require SSL on ClientWebService, SimpleAuthWebService, DssAuthWebService, \
         ServerSyncWebService and ApiRemoting30, and on nothing else: content must stay on http",
    )
}

/// The two services through which CVE-2025-59287 is said to be reached both answer.
fn exposed(seen: &Seen<'_>, reached: &[Option<&Reached>]) -> Option<Finding> {
    let ports: Vec<String> = reached.iter().flatten().map(|reached| reached.words()).collect();
    let reporting = services::answer(seen.exchanges, Request::Reporting)?;
    let answers = seen
        .services
        .iter()
        .any(|report| report.service == Service::Reporting && report.outcome == Outcome::Pass);
    if ports.is_empty() || !answers {
        return None;
    }
    Some(note(
        FindingCode::ExposedFromHere,
        format!(
            "WSUS answers without credentials on {}; ReportingWebService: {}",
            ports.join(" and "),
            status(reporting)
        ),
        "who gets this far could use CVE-2025-59287 on a server without the out-of-band update of \
         2025-10-23; whether this one has it cannot be seen from outside",
        "look up on the server, by Windows release: 2025 KB5070881, 23H2 KB5070879, 2022 \
         KB5070884, 2019 KB5070883, 2016 KB5070882, 2012 R2 KB5070886, 2012 KB5070887, or later; \
         let only clients and downstream servers reach these ports",
    ))
}

fn status(answer: &Answer) -> String {
    wsus::status_line(answer.reply.status)
}

fn note(code: FindingCode, observed: String, meaning: &str, action: &str) -> Finding {
    Finding {
        code,
        severity: Severity::Note,
        observed,
        meaning: meaning.to_owned(),
        windows_update_code: None,
        action: action.to_owned(),
    }
}

#[cfg(test)]
mod tests;
