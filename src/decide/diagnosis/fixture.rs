//! What a WSUS server answers, made up for tests, and how to spoil it.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every builder gives an outcome, so that one table holds good and bad ones"
)]

use std::time::Duration;

use super::{Seen, of_member};
use crate::decide::services;
use crate::model::cabinet::{CabinetSignature, IdentCabinet};
use crate::model::endpoint::{EndpointUrl, Host, Scheme};
use crate::model::exchange::{Answer, Content, Exchange, HttpReply};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::request::{Method, Profile, Request};
use crate::model::service::ServiceReport;
use crate::model::timing::Timed;
use crate::model::wsus::{
    AuthPlugin, ServerConfig, SoapFault, SoapFlavour, SoapMessage, SoapReply,
};

pub(in crate::decide) const IIS: (&str, &str) = ("server", "Microsoft-IIS/10.0");
pub(in crate::decide) const ASP: (&str, &str) = ("x-aspnet-version", "4.0.30319");
pub(in crate::decide) const DRIVER: (&str, &str) = ("server", "Microsoft-HTTPAPI/2.0");
pub(in crate::decide) const NGINX: (&str, &str) = ("server", "nginx");

/// One member with everything that was asked of it.
#[derive(Debug, Clone)]
pub(in crate::decide) struct Site {
    pub(in crate::decide) asked: EndpointUrl,
    pub(in crate::decide) exchanges: Vec<Exchange>,
    pub(in crate::decide) round_trip: Option<Duration>,
}

impl Site {
    /// Everything that the deep profile asks, answered as it should be.
    pub(in crate::decide) fn healthy(scheme: Scheme) -> Self {
        let port = if scheme == Scheme::Http { 8530 } else { 8531 };
        let asked = EndpointUrl { scheme, host: Host::Name("wsus.example.test".into()), port };
        let asks = |request: &Request| {
            request.is_part_of(Profile::Deep, scheme) && *request != Request::ContentRange
        };
        let exchanges = Request::ALL
            .iter()
            .copied()
            .filter(asks)
            .map(|request| Exchange { request, outcome: Ok(good(request)) })
            .collect();
        Self { asked, exchanges, round_trip: Some(Duration::from_millis(12)) }
    }

    pub(in crate::decide) fn https() -> Self {
        Self::healthy(Scheme::Https)
    }

    pub(in crate::decide) fn http() -> Self {
        Self::healthy(Scheme::Http)
    }

    /// Only some of the requests were made.
    pub(in crate::decide) fn only(mut self, requests: &[Request]) -> Self {
        self.exchanges.retain(|exchange| requests.contains(&exchange.request));
        self
    }

    /// One request has another outcome, whether or not it was made before.
    pub(in crate::decide) fn with(
        mut self,
        request: Request,
        outcome: Result<Answer, Failure>,
    ) -> Self {
        self.exchanges.retain(|exchange| exchange.request != request);
        self.exchanges.push(Exchange { request, outcome });
        self.exchanges.sort_by_key(|exchange| exchange.request);
        self
    }

    /// Some requests have the same outcome.
    pub(in crate::decide) fn each(
        self,
        requests: &[Request],
        outcome: &Result<Answer, Failure>,
    ) -> Self {
        requests.iter().fold(self, |site, request| site.with(*request, outcome.clone()))
    }

    /// Everything that was asked has the same outcome.
    pub(in crate::decide) fn all(self, outcome: &Result<Answer, Failure>) -> Self {
        let requests: Vec<Request> = self.exchanges.iter().map(|one| one.request).collect();
        self.each(&requests, outcome)
    }

    pub(in crate::decide) fn services(&self) -> Vec<ServiceReport> {
        services::reports(&self.exchanges, &self.asked)
    }

    pub(in crate::decide) fn seen<'a>(&'a self, services: &'a [ServiceReport]) -> Seen<'a> {
        let Self { asked, exchanges, round_trip } = self;
        Seen { asked, exchanges, services, round_trip: *round_trip }
    }

    pub(in crate::decide) fn findings(&self) -> Vec<Finding> {
        of_member(&self.seen(&self.services()))
    }

    pub(in crate::decide) fn codes(&self) -> Vec<FindingCode> {
        self.findings().iter().map(|finding| finding.code).collect()
    }

    pub(in crate::decide) fn warnings(&self) -> Vec<FindingCode> {
        let findings = self.findings();
        let warnings = findings.iter().filter(|finding| finding.severity == Severity::Warning);
        warnings.map(|finding| finding.code).collect()
    }
}

/// An answer of that status with these headers.
pub(in crate::decide) fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Answer { reply: HttpReply { status, headers, ..HttpReply::default() }, ..Answer::default() }
}

pub(in crate::decide) fn status(status: u16, headers: &[(&str, &str)]) -> Result<Answer, Failure> {
    Ok(answer(status, headers))
}

/// An answer to a SOAP call.
pub(in crate::decide) fn soap(status: u16, reply: SoapReply) -> Result<Answer, Failure> {
    let message = SoapMessage { reply, flavour: SoapFlavour::default() };
    Ok(Answer { content: Content::Soap(Ok(message)), ..answer(status, &[IIS, ASP]) })
}

/// A fault with an error code.
pub(in crate::decide) fn fault(code: &str, error_code: &str) -> Result<Answer, Failure> {
    let fault = SoapFault {
        code: code.into(),
        reason: "Fault occurred".into(),
        error_code: Some(error_code.into()),
        message: None,
    };
    soap(500, SoapReply::Fault(fault))
}

/// A page as an answer to GET or POST.
pub(in crate::decide) fn page(
    request: Request,
    code: u16,
    title: &str,
    headers: &[(&str, &str)],
) -> Result<Answer, Failure> {
    let title = Some(title.to_owned());
    let content = if request.method() == Method::Post {
        let reply = SoapReply::Html { title };
        Content::Soap(Ok(SoapMessage { reply, flavour: SoapFlavour::default() }))
    } else {
        Content::Html(title)
    };
    Ok(Answer { content, ..answer(code, headers) })
}

pub(in crate::decide) fn failed(phase: Phase, cause: Cause) -> Result<Answer, Failure> {
    Err(Failure::new(phase, cause, "as seen"))
}

pub(in crate::decide) fn cabinet(signature: CabinetSignature) -> Result<Answer, Failure> {
    let files = vec!["wuident.txt".into()];
    let cabinet = IdentCabinet { files, ident_sections: Ok(Vec::new()), signature };
    Ok(Answer { content: Content::Cabinet(Ok(cabinet)), ..answer(200, &[IIS]) })
}

pub(in crate::decide) fn plugin(id: &str) -> AuthPlugin {
    AuthPlugin { id: id.into(), service_url: String::new() }
}

pub(in crate::decide) fn config(plugins: &[&str]) -> SoapReply {
    SoapReply::Config(ServerConfig {
        last_change: Some("2026-10-17T04:20:31Z".into()),
        registration_required: Some(true),
        auth_plugins: plugins.iter().map(|id| plugin(id)).collect(),
        properties: vec![("MaxExtendedUpdatesPerRequest".into(), "50".into())],
        ..ServerConfig::default()
    })
}

/// A range answer of that many bytes.
pub(in crate::decide) fn partial(content_range: &str, bytes: usize) -> Result<Answer, Failure> {
    let answer = answer(206, &[IIS, ("content-range", content_range)]);
    Ok(Answer { body_bytes: bytes, ..answer })
}

/// The answer of a healthy server.
pub(in crate::decide) fn good(request: Request) -> Answer {
    let time = Some(Timed::user(Duration::from_millis(15)));
    let answer = match request {
        Request::GetConfig => soap(200, config(&["SimpleTargeting"])),
        Request::GetAuthConfig | Request::GetAuthConfig12 => {
            soap(200, SoapReply::AuthConfig(vec![plugin("DssTargeting")]))
        }
        Request::SimpleAuth | Request::DssAuth | Request::Reporting => {
            page(request, 200, "SimpleAuth Web Service", &[IIS, ASP])
        }
        Request::ApiRemoting => status(401, &[IIS, ("www-authenticate", "Negotiate")]),
        Request::CleartextConfig | Request::Inventory => status(403, &[IIS]),
        Request::ServerVersion | Request::RootIdent => status(200, &[IIS]),
        Request::SelfUpdate => cabinet(CabinetSignature::Present {
            signer: "Example Update Publisher".into(),
            signed_at: None,
        }),
        Request::ContentHead | Request::ContentGet | Request::SecureContentHead => {
            status(200, &[IIS, ("content-length", "0")])
        }
        Request::CabinetRange => partial("bytes 0-3/9000", 4),
        Request::ContentRange => partial("bytes 0-0/7", 1),
    };
    Answer { first_byte: time, transfer: time, ..answer.unwrap() }
}
