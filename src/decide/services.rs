//! From exchanges to the state of each service.

pub(super) mod content;
pub(super) mod origin;
mod page;
mod self_update;
mod server_sync;

use crate::decide::{health, wsus};
use crate::model::endpoint::EndpointUrl;
use crate::model::exchange::{Answer, Exchange, NOT_ASKED};
use crate::model::failure::{Cause, Failure};
use crate::model::request::{Channel, Request};
use crate::model::service::{Outcome, Service, ServiceReport};

/// The services that were asked about, in the order of `Service::ALL`.
///
/// `asked` is the URL as it was requested. A service is [`Outcome::Unknown`] where what was seen
/// proves neither that it works nor that it does not.
pub fn reports(exchanges: &[Exchange], asked: &EndpointUrl) -> Vec<ServiceReport> {
    let outcomes = Service::ALL.iter().map(|&one| (one, outcome(one, exchanges, asked)));
    let mut reports: Vec<ServiceReport> = outcomes
        .filter_map(|(service, outcome)| Some(ServiceReport { service, outcome: outcome? }))
        .collect();
    if reports.iter().any(|one| one.service == Service::Client && one.outcome == Outcome::Pass) {
        reports.iter_mut().for_each(doubt_page);
    }
    reports
}

/// Beside a working client service a page of no known kind is more likely the service's own, in
/// another language and behind a proxy that removes headers, than that of a portal.
fn doubt_page(report: &mut ServiceReport) {
    use Service::{ApiRemoting, DssAuth, Reporting, SimpleAuth};
    if let Outcome::Fail(failure) = &report.outcome
        && failure.cause == Cause::HtmlPage
        && [ApiRemoting, DssAuth, Reporting, SimpleAuth].contains(&report.service)
    {
        report.outcome = Outcome::Unknown(failure.detail.clone());
    }
}

/// `None` when nothing of this service was asked.
fn outcome(service: Service, exchanges: &[Exchange], asked: &EndpointUrl) -> Option<Outcome> {
    let more_was_asked = exchanges.iter().any(|exchange| exchange.request != Request::GetConfig);
    if service == Service::Content && asked.content_url().is_none() && more_was_asked {
        let reason = format!("there is no content port below port {}", asked.port);
        return Some(Outcome::NotApplicable(reason));
    }
    if !exchanges.iter().any(|exchange| exchange.request.service() == service) {
        return None;
    }
    let page = |request| judged(exchanges, request, |answer| page::outcome(answer, asked, request));
    Some(match service {
        Service::Client => client(exchanges, asked),
        Service::SimpleAuth => page(Request::SimpleAuth),
        Service::Content => content::outcome(exchanges, asked),
        Service::SelfUpdate => {
            judged(exchanges, Request::SelfUpdate, |answer| self_update::outcome(answer, asked))
        }
        Service::Reporting => page(Request::Reporting),
        Service::ServerSync => {
            judged(exchanges, Request::GetAuthConfig, |answer| server_sync::outcome(answer, asked))
        }
        Service::DssAuth => page(Request::DssAuth),
        Service::ApiRemoting => page(Request::ApiRemoting),
        Service::Inventory => {
            judged(exchanges, Request::Inventory, |answer| inventory(answer, asked))
        }
    })
}

/// The exchange of one request, if it was made.
pub(super) fn exchange(exchanges: &[Exchange], request: Request) -> Option<&Exchange> {
    exchanges.iter().find(|exchange| exchange.request == request)
}

/// The answer to one request, if there was one, whatever it says.
pub(super) fn answer(exchanges: &[Exchange], request: Request) -> Option<&Answer> {
    exchange(exchanges, request)?.outcome.as_ref().ok()
}

/// The URL of the port that a request goes to.
pub(super) fn url_of(request: Request, asked: &EndpointUrl) -> EndpointUrl {
    match request.channel() {
        Channel::Service => asked.clone(),
        Channel::Content => asked.content_url().unwrap_or_else(|| asked.clone()),
    }
}

/// Whether a failure says nothing about the other end: the request was not made, or what failed
/// is this machine's or this program's own.
pub(super) fn says_nothing(failure: &Failure) -> bool {
    let not_made = failure.cause == Cause::Timeout && failure.detail.starts_with(NOT_ASKED);
    not_made || failure.cause == Cause::Io || health::says_nothing(failure)
}

fn judged(
    exchanges: &[Exchange],
    request: Request,
    judge: impl FnOnce(&Answer) -> Outcome,
) -> Outcome {
    match exchange(exchanges, request).map(|exchange| &exchange.outcome) {
        None => Outcome::Unknown(format!("{} was not asked", request.as_str())),
        Some(Err(failure)) => failed(failure.clone()),
        Some(Ok(answer)) => judge(answer),
    }
}

fn failed(failure: Failure) -> Outcome {
    if says_nothing(&failure) { Outcome::Unknown(failure.detail) } else { Outcome::Fail(failure) }
}

/// The version file plays no part: that clients need it is not documented.
fn client(exchanges: &[Exchange], asked: &EndpointUrl) -> Outcome {
    let Some(exchange) = exchange(exchanges, Request::GetConfig) else {
        return Outcome::Unknown("get_config was not asked".to_owned());
    };
    match wsus::of_exchange(exchange, asked) {
        Ok(_) => Outcome::Pass,
        Err(failure) => failed(failure),
    }
}

/// Nothing uses the directory today, so that its absence breaks nothing.
fn inventory(answer: &Answer, asked: &EndpointUrl) -> Outcome {
    match answer.reply.status {
        200 | 401 | 403 | 405 => Outcome::Pass,
        404 | 410 => {
            Outcome::NotApplicable("there is no such directory, and nothing uses it".to_owned())
        }
        _ => Outcome::Fail(wsus::refused(&answer.reply, asked, Request::Inventory)),
    }
}

#[cfg(test)]
mod tests;
