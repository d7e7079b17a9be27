//! Whether an HTTP answer is that of a healthy WSUS server.

mod config;
mod redirect;

use crate::model::endpoint::{EndpointUrl, Scheme};
use crate::model::exchange::{Answer, Content, Exchange, HttpReply};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::text::one_line;
use crate::model::wsus::{SoapFault, SoapMessage, SoapReply, WsusAnswer};

/// The longest header value that is quoted in a detail, in characters.
const MAX_QUOTE: usize = 120;

/// What servers say when clear text reaches their TLS port, in lower case: nginx, Apache httpd,
/// Go's net/http. They all answer 400.
const TLS_PORT_HINTS: [&str; 3] =
    ["to https port", "ssl-enabled server port", "to an https server"];

/// Judges the exchange of a `GetConfig`; `asked` is the URL as it was requested, with the name
/// override in place of the host.
///
/// # Errors
/// See [`judge`]; or the exchange's own failure.
pub fn of_exchange(exchange: &Exchange, asked: &EndpointUrl) -> Result<WsusAnswer, Failure> {
    let answer = exchange.outcome.as_ref().map_err(Clone::clone)?;
    judge(answer, asked).map_err(|failure| for_want_of_a_certificate(failure, answer))
}

/// Servers that demand a client certificate may complete the handshake without one and refuse
/// the request: IIS with 403, nginx with 400.
pub(super) fn for_want_of_a_certificate(failure: Failure, answer: &Answer) -> Failure {
    let refused = matches!(failure.cause, Cause::Http400 | Cause::Http403);
    if !refused || !answer.certificate_requested {
        return failure;
    }
    let detail = format!("the server asked for a client certificate, then: {}", failure.detail);
    Failure::new(Phase::Tls, Cause::ClientCertificateRequired, detail)
}

/// Judges an answer to `GetConfig`.
///
/// 1. A SOAP fault is a [`Cause::SoapFault`] whatever the status: the WSUS code runs.
/// 2. A status other than success decides, and the status line is the evidence.
/// 3. A success must hold the configuration of a WSUS server (MS-WUSP 2.2.2.2.1).
///
/// # Errors
/// The failure of [`Phase::Wsus`] that was found. Its detail never holds the value of
/// `PackageServerShare`, which names an internal machine.
pub fn judge(answer: &Answer, asked: &EndpointUrl) -> Result<WsusAnswer, Failure> {
    let message = message(answer, asked, Request::GetConfig)?;
    let SoapReply::Config(config) = &message.reply else { return Err(answer_to_another_call()) };
    config::check(config)?;
    let reply = &answer.reply;
    Ok(WsusAnswer {
        config: config.clone(),
        server_header: reply.header("server").map(str::to_owned),
        aspnet_header: reply.header("x-aspnet-version").map(str::to_owned),
        hsts: reply.header("strict-transport-security").is_some(),
        flavour: message.flavour.clone(),
    })
}

/// The answer to a SOAP call, when it is one of the expected kind of document: a configuration
/// of either protocol.
///
/// # Errors
/// See [`judge`].
pub(super) fn message<'a>(
    answer: &'a Answer,
    asked: &EndpointUrl,
    request: Request,
) -> Result<&'a SoapMessage, Failure> {
    let reply = &answer.reply;
    let Content::Soap(soap) = &answer.content else { return Err(refused(reply, asked, request)) };
    match soap.as_ref().map(|message| (message, &message.reply)) {
        Ok((_, SoapReply::Fault(fault))) => Err(failure(Cause::SoapFault, describe_fault(fault))),
        _ if !(200..300).contains(&reply.status) => Err(refused(reply, asked, request)),
        _ if let Some(encoding) = unasked_encoding(reply) => {
            let detail = format!("Content-Encoding: {} was not asked for", quote(encoding));
            Err(failure(Cause::UnexpectedEncoding, detail))
        }
        Ok((message, SoapReply::Config(_) | SoapReply::AuthConfig(_))) => Ok(message),
        Ok((_, SoapReply::Html { title })) => Err(page(reply, title.as_deref())),
        Err(_) if is_html(reply) => Err(page(reply, None)),
        Err(problem) => Err(failure(Cause::BadXml, problem.to_string())),
        Ok((_, SoapReply::Foreign(place))) => {
            Err(failure(Cause::WrongNamespace, format!("{place}{}", server(reply))))
        }
        Ok((_, SoapReply::Other(path))) => {
            Err(failure(Cause::NotSoap, format!("XML element {path}{}", server(reply))))
        }
    }
}

/// A good SOAP answer that belongs to a call that was not made here.
pub(super) fn answer_to_another_call() -> Failure {
    failure(Cause::NotSoap, "the answer to another call")
}

/// Judges a status with which a request was not granted; `asked` is the URL of the port that the
/// request went to.
pub(super) fn refused(reply: &HttpReply, asked: &EndpointUrl, request: Request) -> Failure {
    if let (300..400, Some(location)) = (reply.status, reply.header("location")) {
        let cause = redirect::classify(location, asked, request.path());
        let detail =
            format!("{} to {}{}", status_line(reply.status), quote(location), server(reply));
        return failure(cause, detail);
    }
    let cause = match reply.status {
        400 if asked.scheme == Scheme::Http && hints_at_tls(&reply.body) => Cause::TlsOnHttpPort,
        400 => Cause::Http400,
        401 => Cause::Http401,
        403 => Cause::Http403,
        404 => Cause::Http404,
        405 => Cause::Http405,
        407 => Cause::Http407,
        408 => Cause::Http408,
        409 => Cause::Http409,
        410 => Cause::Http410,
        500 => Cause::Http500,
        501 => Cause::Http501,
        502 => Cause::Http502,
        503 => Cause::Http503,
        504 => Cause::Http504,
        505 => Cause::Http505,
        _ => Cause::HttpStatus,
    };
    let retry = reply
        .header("retry-after")
        .map_or_else(String::new, |value| format!(", Retry-After: {}", quote(value)));
    failure(cause, format!("{}{}{retry}", status_line(reply.status), server(reply)))
}

fn unasked_encoding(reply: &HttpReply) -> Option<&str> {
    reply.header("content-encoding").filter(|value| !value.eq_ignore_ascii_case("identity"))
}

fn hints_at_tls(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    TLS_PORT_HINTS.iter().any(|hint| text.contains(hint))
}

/// Whether the body of an answer is an HTML page, by itself or by its declared type.
pub(super) fn is_page(answer: &Answer) -> bool {
    matches!(answer.content, Content::Html(_)) || is_html(&answer.reply)
}

pub(super) fn is_html(reply: &HttpReply) -> bool {
    reply.header("content-type").is_some_and(|value| {
        value.trim_start().get(..9).is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"))
    })
}

pub(super) fn page(reply: &HttpReply, title: Option<&str>) -> Failure {
    let title = title.map_or_else(
        || "a page without a title".to_owned(),
        |text| format!("a page titled \"{}\"", quote(text)),
    );
    failure(Cause::HtmlPage, format!("{title}{}", server(reply)))
}

/// Code, error code, message and reason, as far as there are any.
fn describe_fault(fault: &SoapFault) -> String {
    let parts = [
        Some(fault.code.as_str()),
        fault.error_code.as_deref(),
        fault.message.as_deref(),
        Some(fault.reason.as_str()),
    ];
    let parts: Vec<String> =
        parts.into_iter().flatten().map(quote).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "a fault without code or reason".into() } else { parts.join(": ") }
}

/// ` from ` and the `Server` header: it tells the site's own answers from those of http.sys or
/// of a proxy.
pub(super) fn server(reply: &HttpReply) -> String {
    reply.header("server").map_or_else(String::new, |value| format!(" from {}", quote(value)))
}

/// Code and reason phrase (RFC 9110 section 15) of the statuses that servers of this kind send.
pub(super) fn status_line(status: u16) -> String {
    let reason = match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        511 => "Network Authentication Required",
        _ => return status.to_string(),
    };
    format!("{status} {reason}")
}

pub(super) fn quote(text: &str) -> String {
    one_line(text, MAX_QUOTE)
}

pub(super) fn failure(cause: Cause, detail: impl Into<String>) -> Failure {
    Failure::new(Phase::Wsus, cause, detail)
}

#[cfg(test)]
mod tests;
