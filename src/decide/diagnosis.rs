//! What explains several answers of one member together.

mod codes;
mod content;
mod door;
mod fault;
mod load;
mod single;
mod site;

use std::time::Duration;

use crate::decide::{services, wsus};
use crate::model::endpoint::EndpointUrl;
use crate::model::exchange::{Answer, Exchange};
use crate::model::failure::Failure;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::request::Request;
use crate::model::service::{Outcome, Service, ServiceReport};
use crate::model::text::one_line;
use crate::model::windows_update::WindowsUpdateCode;

/// Everything that was seen of one member over HTTP.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The URL as it was requested, with the name override in place of the host.
    pub asked: &'a EndpointUrl,
    /// Every request and its outcome, so far.
    pub exchanges: &'a [Exchange],
    /// The services as `decide::services` judges the exchanges.
    pub services: &'a [ServiceReport],
    /// The member's round-trip time, to tell a slow server from a far one.
    pub round_trip: Option<Duration>,
}

/// Diagnoses first, then what is wrong with single services beyond what a diagnosis explains.
///
/// At most one diagnosis explains why the client service fails. What was not asked says nothing.
pub fn of_member(seen: &Seen<'_>) -> Vec<Finding> {
    let root = ROOTS.iter().find_map(|rule| rule(seen));
    let explained = root.as_ref().map(|root| root.explains.clone()).unwrap_or_default();
    let code = root.as_ref().map(|root| root.finding.code);
    let mut findings: Vec<Finding> = root.into_iter().map(|root| root.finding).collect();
    let beside = [door::certificate_asked(seen), load::slow(seen)];
    findings.extend(beside.into_iter().flatten().filter(|one| Some(one.code) != code));
    findings.extend(site::hsts(seen));
    findings.extend(content::findings(seen, &explained));
    findings.extend(single::findings(seen, &explained));
    findings
}

/// A diagnosis, and the services whose failures it accounts for.
struct Diagnosis {
    finding: Finding,
    explains: Vec<Service>,
}

type Rule = fn(&Seen<'_>) -> Option<Diagnosis>;

/// The rules for the root of a failure. Their conditions hardly overlap; where they do, the one
/// whose evidence is more particular goes first.
const ROOTS: [Rule; 10] = [
    door::client_certificate,
    door::wrong_port,
    site::host_header,
    load::overloaded,
    fault::of_client,
    door::intercepted,
    door::not_wsus,
    site::pool_stopped,
    site::wrong_directory,
    site::down,
];

impl Seen<'_> {
    fn answer(&self, request: Request) -> Option<&Answer> {
        services::answer(self.exchanges, request)
    }

    /// Why the answer to `GetConfig` is not that of a healthy server, if the reason says
    /// something about the server.
    fn config_failure(&self) -> Option<Failure> {
        let exchange = services::exchange(self.exchanges, Request::GetConfig)?;
        let failure = wsus::of_exchange(exchange, self.asked).err()?;
        (!services::says_nothing(&failure)).then_some(failure)
    }

    fn failure(&self, service: Service) -> Option<&Failure> {
        self.services.iter().find(|report| report.service == service).and_then(|report| {
            match &report.outcome {
                Outcome::Fail(failure) => Some(failure),
                Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => None,
            }
        })
    }

    fn passes(&self, service: Service) -> bool {
        self.services
            .iter()
            .any(|report| report.service == service && report.outcome == Outcome::Pass)
    }

    /// The services that fail in a certain way.
    fn failing(&self, so: impl Fn(&Failure) -> bool) -> Vec<Service> {
        let all = Service::ALL.iter().copied();
        all.filter(|service| self.failure(*service).is_some_and(&so)).collect()
    }

    /// A service's failure, unless it was explained or is the client service's own, which the
    /// member's failure tells already.
    fn unexplained(&self, service: Service, explained: &[Service]) -> Option<&Failure> {
        let failure = self.failure(service).filter(|_| !explained.contains(&service))?;
        let same = self
            .config_failure()
            .is_some_and(|client| (client.phase, client.cause) == (failure.phase, failure.cause));
        (!same).then_some(failure)
    }
}

/// The SOAP services, whose answers come from WSUS code in the application pool.
const SOAP_SERVICES: [Request; 6] = [
    Request::GetConfig,
    Request::SimpleAuth,
    Request::GetAuthConfig,
    Request::DssAuth,
    Request::Reporting,
    Request::ApiRemoting,
];

/// The static files, for which IIS needs no WSUS code.
const STATIC_FILES: [Request; 8] = [
    Request::ServerVersion,
    Request::SelfUpdate,
    Request::ContentHead,
    Request::ContentGet,
    Request::ContentRange,
    Request::CabinetRange,
    Request::SecureContentHead,
    Request::RootIdent,
];

/// The first static file that was served, as evidence that something works.
fn served_file(seen: &Seen<'_>) -> Option<String> {
    STATIC_FILES.into_iter().find_map(|request| {
        let answer = seen.answer(request)?;
        let served = matches!(answer.reply.status, 200 | 206 | 416);
        (served && !wsus::is_html(&answer.reply)).then(|| told(request, answer))
    })
}

/// A request and the status that answered it.
fn told(request: Request, answer: &Answer) -> String {
    let (status, server) = (wsus::status_line(answer.reply.status), wsus::server(&answer.reply));
    format!("{}: {status}{server}", asked(request))
}

/// A request and why it failed.
fn told_failure(request: Request, failure: &Failure) -> String {
    format!("{}: {}", asked(request), failure.detail)
}

fn asked(request: Request) -> String {
    format!("{} {}", request.method().as_str(), request.path())
}

/// The first of several things, and how many more there are.
fn first_and_more(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
    }
}

/// The longest text of a finding, in characters: longer ones are not read at 3 a.m.
const MAX_TEXT: usize = 299;

/// A finding of [`Severity::Warning`].
fn warning(
    code: FindingCode,
    observed: &str,
    meaning: &str,
    windows_update_code: Option<WindowsUpdateCode>,
    action: &str,
) -> Finding {
    Finding {
        code,
        severity: Severity::Warning,
        observed: one_line(observed, MAX_TEXT),
        meaning: one_line(meaning, MAX_TEXT),
        windows_update_code,
        action: one_line(action, MAX_TEXT),
    }
}

/// A finding of [`Severity::Note`] without an error code.
fn note(code: FindingCode, observed: &str, meaning: &str, action: &str) -> Finding {
    Finding { severity: Severity::Note, ..warning(code, observed, meaning, None, action) }
}

#[cfg(test)]
pub(in crate::decide) mod fixture;
#[cfg(test)]
mod tests;
