//! Mirror types of a member's services and of its release.

use serde::Serialize;

use crate::decide::audience;
use crate::model::endpoint::EndpointUrl;
use crate::model::exchange::Exchange;
use crate::model::failure::Failure;
use crate::model::generation::{Generation, Signal};
use crate::model::request::{Channel, Request};
use crate::model::service::{Outcome, ServiceReport};
use crate::output::text::milliseconds;

/// One service with the requests that tell of it.
#[derive(Serialize)]
pub(super) struct ServiceJson {
    service: &'static str,
    result: &'static str,
    for_whom: Vec<&'static str>,
    failure: Option<ServiceFailureJson>,
    reason: Option<String>,
    requests: Vec<RequestJson>,
}

impl ServiceJson {
    pub(super) fn new(report: &ServiceReport, exchanges: &[Exchange], url: &EndpointUrl) -> Self {
        let (failure, reason) = match &report.outcome {
            Outcome::Pass => (None, None),
            Outcome::Fail(failure) => (Some(ServiceFailureJson::from(failure)), None),
            Outcome::NotApplicable(reason) | Outcome::Unknown(reason) => {
                (None, Some(reason.clone()))
            }
        };
        let whom = audience::of_service(report.service);
        Self {
            service: report.service.as_str(),
            result: report.outcome.as_str(),
            for_whom: whom.iter().map(|audience| audience.as_str()).collect(),
            failure,
            reason,
            requests: exchanges
                .iter()
                .filter(|exchange| exchange.request.service() == report.service)
                .map(|exchange| RequestJson::new(exchange, url))
                .collect(),
        }
    }
}

/// Why a service does not work. What it means and what to do is said by a finding.
#[derive(Serialize)]
struct ServiceFailureJson {
    phase: &'static str,
    cause: &'static str,
    text: String,
}

impl From<&Failure> for ServiceFailureJson {
    fn from(failure: &Failure) -> Self {
        Self {
            phase: failure.phase.as_str(),
            cause: failure.cause.as_str(),
            text: failure.detail.clone(),
        }
    }
}

#[derive(Serialize)]
struct RequestJson {
    request: &'static str,
    method: &'static str,
    url: Option<String>,
    status: Option<u16>,
    first_byte_ms: Option<f64>,
    transfer_ms: Option<f64>,
    body_bytes: Option<usize>,
    clock: Option<&'static str>,
    failure: Option<ServiceFailureJson>,
}

impl RequestJson {
    fn new(exchange: &Exchange, url: &EndpointUrl) -> Self {
        let request = exchange.request;
        let answer = exchange.outcome.as_ref().ok();
        let first_byte = answer.and_then(|answer| answer.first_byte);
        let transfer = answer.and_then(|answer| answer.transfer);
        Self {
            request: request.as_str(),
            method: request.method().as_str(),
            url: url_of(request, url),
            status: answer.map(|answer| answer.reply.status),
            first_byte_ms: first_byte.map(|timed| milliseconds(timed.duration)),
            transfer_ms: transfer.map(|timed| milliseconds(timed.duration)),
            body_bytes: answer.map(|answer| answer.body_bytes),
            clock: first_byte.or(transfer).map(|timed| timed.clock.as_str()),
            failure: exchange.outcome.as_ref().err().map(ServiceFailureJson::from),
        }
    }
}

/// The URL at the port that the request goes to; `None` where the endpoint has no such port.
fn url_of(request: Request, url: &EndpointUrl) -> Option<String> {
    let base = match request.channel() {
        Channel::Service => url.clone(),
        Channel::Content => url.content_url()?,
    };
    Some(format!("{base}{}", request.path()))
}

/// Which release of WSUS it may be.
#[derive(Serialize)]
pub(super) struct ReleaseJson {
    candidates: Vec<&'static str>,
    signals: Vec<SignalJson>,
}

impl From<&Generation> for ReleaseJson {
    fn from(generation: &Generation) -> Self {
        Self {
            candidates: generation.candidates.iter().map(|release| release.as_str()).collect(),
            signals: generation.signals.iter().map(SignalJson::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct SignalJson {
    observed: String,
    tells: String,
}

impl From<&Signal> for SignalJson {
    fn from(signal: &Signal) -> Self {
        Self { observed: signal.observed.clone(), tells: signal.tells.clone() }
    }
}
