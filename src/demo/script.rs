//! What a server does differently from a healthy one, path by path.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use tokio::time::sleep;

use super::answer::{self, Answer};
use super::body::Payload;
use super::mangle::Mangling;
use super::server::ServerOptions;
use super::site::{self, Asked};
use super::soap::{self, ConfigText, FaultShape, Style};
use super::{cabinet, call, static_file};
use crate::model::request::{Channel, Method};
use crate::model::service::Service;

/// Exceptions from the healthy server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Rules in order: of the reactions that are answers the first that matches is given, or
    /// else the healthy one; every other reaction that matches changes it.
    pub rules: Vec<(Matcher, Reaction)>,
    /// How a healthy client service writes its envelopes.
    pub style: Style,
    /// What happens to everything that is said.
    pub mangling: Option<Mangling>,
}

impl Default for Script {
    /// No exceptions.
    fn default() -> Self {
        Self { rules: Vec::new(), style: Style::WCF, mangling: None }
    }
}

/// Which requests a rule is for: those that fit all its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// What they ask for.
    pub scope: Scope,
    /// At which port; a server without TLS has only [`Channel::Service`]. None means either.
    pub channel: Option<Channel>,
    /// How. None means any.
    pub method: Option<Method>,
}

/// A part of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Everything,
    /// The directories that `WsusPool` runs.
    Pool,
    /// One service's directory, with what lies at the root for it.
    Service(Service),
    /// One path, in any letter case.
    Path(String),
}

impl Matcher {
    /// Every request for this part of the site.
    pub const fn of(scope: Scope) -> Self {
        Self { scope, channel: None, method: None }
    }

    /// Every request.
    pub const fn everything() -> Self {
        Self::of(Scope::Everything)
    }

    /// Every request of a service.
    pub const fn service(service: Service) -> Self {
        Self::of(Scope::Service(service))
    }

    /// Every request of a path.
    pub fn path(path: &str) -> Self {
        Self::of(Scope::Path(path.to_owned()))
    }

    /// Only those at this port.
    #[must_use]
    pub fn at(self, channel: Channel) -> Self {
        Self { channel: Some(channel), ..self }
    }

    /// Only those by this method.
    #[must_use]
    pub fn by(self, method: Method) -> Self {
        Self { method: Some(method), ..self }
    }

    fn fits(&self, asked: &Asked, channel: Channel) -> bool {
        let vroot = site::vroot(&asked.path);
        let scope = match &self.scope {
            Scope::Everything => true,
            Scope::Pool => vroot.is_some_and(|vroot| vroot.in_pool),
            Scope::Service(service) => {
                vroot.is_some_and(|vroot| vroot.service == *service)
                    || (*service == Service::SelfUpdate && asked.path == site::ROOT_IDENT)
            }
            Scope::Path(path) => path.eq_ignore_ascii_case(&asked.path),
        };
        scope
            && self.channel.is_none_or(|wanted| wanted == channel)
            && self.method.is_none_or(|method| asked.method.as_str() == method.as_str())
    }
}

/// What happens instead of, or to, the healthy answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// An answer: the healthy one, even at a port where TLS is missed.
    Healthy,
    /// An answer: this HTTP status with a page of IIS.
    Status(u16),
    /// An answer: this HTTP status with a page of the kernel's HTTP driver.
    HttpSys(u16),
    /// An answer: 503 of IIS, with a `Retry-After` of so many whole seconds.
    Busy(Duration),
    /// An answer: 302 to this location.
    Redirect(String),
    /// An answer: a sign-in page with status 200.
    Portal,
    /// An answer: the page that a service shows to browsers, with status 200.
    ServicePage,
    /// An answer: a static file with these contents; HEAD and ranges are honoured.
    File(Vec<u8>),
    /// An answer: these bytes with status 200, as XML of ASP.NET.
    Xml(Vec<u8>),
    /// An answer: a `GetConfigResponse`.
    Config(Box<ConfigText>),
    /// An answer: a SOAP fault with this error code, such as `ServerBusy`.
    Fault(FaultShape, String),
    /// A change: the answer comes this much later.
    Delay(Duration),
    /// A change: one more header, in place of another of that (lower-case) name.
    Header(&'static str, String),
    /// A change: the server does not look at the `Range` header.
    IgnoreRange,
    /// A change: the answer does not state its length.
    NoLength,
    /// A change: the answer states this length, and the connection is closed where the body is
    /// shorter.
    ClaimLength(u64),
}

impl Script {
    /// This script with one more rule.
    #[must_use]
    pub fn on(mut self, matcher: Matcher, reaction: Reaction) -> Self {
        self.rules.push((matcher, reaction));
        self
    }

    /// A script of one rule for every request.
    pub fn always(reaction: Reaction) -> Self {
        Self::default().on(Matcher::everything(), reaction)
    }

    /// `WsusPool` is stopped: the services answer 503, static files are served.
    pub fn pool_stopped() -> Self {
        Self::default().on(Matcher::of(Scope::Pool), Reaction::HttpSys(503))
    }

    /// TLS is required of the whole site, so that content is refused in clear text.
    pub fn content_needs_tls() -> Self {
        let matcher = Matcher::everything().at(Channel::Content);
        Self::default().on(matcher, Reaction::Status(403))
    }

    /// The self-update directory is missing.
    pub fn no_self_update() -> Self {
        Self::default().on(Matcher::service(Service::SelfUpdate), Reaction::Status(404))
    }

    /// The self-update cabinet is one, and carries no signature.
    pub fn unsigned_self_update() -> Self {
        let cabinet = cabinet::unsigned("wuident.txt", "[OS]\r\n[OS2]\r\n[SelfClientUpdate]\r\n");
        Self::default().on(Matcher::service(Service::SelfUpdate), Reaction::File(cabinet))
    }

    /// A web server without the directories of WSUS.
    pub fn no_directories() -> Self {
        Self::always(Reaction::Status(404))
    }

    /// No site takes requests for the host name.
    pub fn unknown_host() -> Self {
        Self::always(Reaction::HttpSys(400))
    }

    /// A client certificate is required where there is TLS, and none was shown.
    pub fn client_certificate_required() -> Self {
        let matcher = Matcher::everything().at(Channel::Service);
        Self::default().on(matcher, Reaction::Status(403))
    }

    /// An update server that is not a WSUS: a well-formed `GetConfigResponse` of another kind,
    /// and nothing else.
    pub fn not_wsus() -> Self {
        let foreign = Reaction::Config(Box::new(ConfigText::foreign()));
        Self::client_calls(foreign).on(Matcher::everything(), Reaction::Status(404))
    }

    /// The client service answers its calls like this.
    pub fn client_calls(reaction: Reaction) -> Self {
        Self::default().on(Matcher::service(Service::Client).by(Method::Post), reaction)
    }

    /// The answer to a request.
    pub(super) async fn answer(&self, mut asked: Asked, server: &ServerOptions) -> Answer {
        let fitting = self.rules.iter().filter(|(matcher, _)| matcher.fits(&asked, server.channel));
        let reactions: Vec<&Reaction> = fitting.map(|(_, reaction)| reaction).collect();
        if reactions.contains(&&Reaction::IgnoreRange) {
            asked.headers.remove("range");
        }
        let given =
            reactions.iter().find_map(|reaction| reaction.answer(&asked, server, self.style));
        let mut answer = given.unwrap_or_else(|| site::answer(&asked, server, self.style));
        server.sign(&mut answer);
        for reaction in reactions {
            if let Reaction::Delay(delay) = reaction {
                sleep(*delay).await;
            }
            answer = reaction.change(answer);
        }
        answer
    }
}

impl Reaction {
    /// The answer, if this is one.
    fn answer(&self, asked: &Asked, server: &ServerOptions, style: Style) -> Option<Answer> {
        let answer = match self {
            Self::Healthy => site::answer_anywhere(asked, server, style),
            Self::Status(code) => answer::status(*code),
            Self::HttpSys(code) => answer::http_sys(*code),
            Self::Busy(retry_after) => answer::busy(*retry_after),
            Self::Redirect(location) => answer::redirect(location),
            Self::Portal => answer::portal(),
            Self::ServicePage => answer::service_page("Simulated"),
            Self::File(contents) => {
                static_file::answer(static_file::media_type(&asked.path), contents, &asked.headers)
            }
            Self::Xml(body) => {
                answer::asp_net(StatusCode::OK, answer::XML, Payload::new(body.clone()))
            }
            Self::Config(text) => text.answer(),
            Self::Fault(shape, code) => soap::fault(*shape, code, &method(asked)),
            Self::Delay(_)
            | Self::Header(..)
            | Self::IgnoreRange
            | Self::NoLength
            | Self::ClaimLength(_) => return None,
        };
        Some(answer)
    }

    /// The answer with this change, if this is one.
    fn change(&self, mut answer: Answer) -> Answer {
        match self {
            Self::Header(name, value) => {
                if let Ok(value) = HeaderValue::from_str(value) {
                    answer.headers_mut().insert(HeaderName::from_static(name), value);
                }
                answer
            }
            Self::NoLength => {
                answer.headers_mut().remove("content-length");
                answer.map(Payload::of_unknown_length)
            }
            Self::ClaimLength(length) => {
                answer.headers_mut().insert("content-length", HeaderValue::from(*length));
                answer.map(Payload::of_unknown_length)
            }
            Self::Healthy
            | Self::Status(_)
            | Self::HttpSys(_)
            | Self::Busy(_)
            | Self::Redirect(_)
            | Self::Portal
            | Self::ServicePage
            | Self::File(_)
            | Self::Xml(_)
            | Self::Config(_)
            | Self::Fault(..)
            | Self::Delay(_)
            | Self::IgnoreRange => answer,
        }
    }
}

/// The method that a fault names: what the client called it, as far as it did.
fn method(asked: &Asked) -> String {
    let action = asked.headers.get("soapaction").and_then(|value| value.to_str().ok());
    // What the client wrote goes into an XML text.
    let plain = action.filter(|action| !action.contains(['<', '&']));
    plain.map_or_else(call::get_config_action, str::to_owned)
}

#[cfg(test)]
mod tests;
