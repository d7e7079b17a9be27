//! What IIS, the kernel's HTTP driver below it, and strangers in front of it say.

use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::body::Payload;

/// A complete answer.
pub(super) type Answer = Response<Payload>;

/// What the `Server` header says where IIS itself answered.
pub(super) const IIS: &str = "Microsoft-IIS/10.0";

/// What the `X-AspNet-Version` header says where ASP.NET answered.
pub(super) const ASP_NET: &str = "4.0.30319";

/// What the `Server` header says where the kernel's HTTP driver answered, because no worker
/// process runs or no site takes requests for the host name.
const HTTP_SYS: &str = "Microsoft-HTTPAPI/2.0";

/// Media type of SOAP 1.1.
pub(super) const XML: &str = "text/xml; charset=utf-8";

const HTML: &str = "text/html";

/// An error page of the kernel's HTTP driver: 503 while the application pool is stopped, 400
/// where no site takes requests for the host name.
pub(super) fn http_sys(code: u16) -> Answer {
    let status = status_code(code);
    let (title, text) = match code {
        503 => ("Service Unavailable", "The service is unavailable.".to_owned()),
        400 => ("Bad Request - Invalid Hostname", "No site has this host name.".to_owned()),
        _ => ("Error", status.to_string()),
    };
    let page = html(title, &format!("HTTP Error {code}. {text}"));
    answer(status, HTTP_SYS, "text/html; charset=us-ascii", Payload::new(page))
}

/// An error page of IIS, or an empty answer for a status that is not an error. 401 offers the
/// Windows authentication schemes. Statuses outside 100 to 999 become 500.
pub(super) fn status(code: u16) -> Answer {
    let status = status_code(code);
    let reason = status.canonical_reason().unwrap_or("Error");
    let error = status.is_client_error() || status.is_server_error();
    let page = if error { html(reason, &format!("Server Error {code}")) } else { String::new() };
    let mut answer = iis(status, HTML, Payload::new(page));
    if status == StatusCode::UNAUTHORIZED {
        let headers = answer.headers_mut();
        headers.append("www-authenticate", HeaderValue::from_static("Negotiate"));
        headers.append("www-authenticate", HeaderValue::from_static("NTLM"));
    }
    answer
}

/// 503 from a server that sheds load and says when to come back, in whole seconds.
pub(super) fn busy(retry_after: Duration) -> Answer {
    let mut answer = status(503);
    answer.headers_mut().insert("retry-after", HeaderValue::from(retry_after.as_secs()));
    answer
}

/// A redirect to `location`; without a `Location` header if that is not a legal header value.
pub(super) fn redirect(location: &str) -> Answer {
    let page = Payload::new(html("Object moved", "Object moved"));
    let mut answer = iis(StatusCode::FOUND, HTML, page);
    if let Ok(location) = HeaderValue::from_str(location) {
        answer.headers_mut().insert("location", location);
    }
    answer
}

/// The sign-in page of a captive portal or proxy, with status 200.
pub(super) fn portal() -> Answer {
    let page = Payload::new(html("Sign in", "Please sign in to use this network."));
    answer(StatusCode::OK, "portal", "text/html; charset=utf-8", page)
}

/// The page that a service of ASP.NET shows to a browser.
pub(super) fn service_page(name: &str) -> Answer {
    let title = format!("{name} Web Service");
    let page = html(&title, "This service takes SOAP calls. Its operations are simulated.");
    asp_net(StatusCode::OK, "text/html; charset=utf-8", Payload::new(page))
}

/// An answer that ASP.NET wrote.
pub(super) fn asp_net(status: StatusCode, content_type: &'static str, body: Payload) -> Answer {
    let mut answer = iis(status, content_type, body);
    for (name, value) in [("cache-control", "private"), ("x-aspnet-version", ASP_NET)] {
        answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    answer
}

/// An answer of the site, whichever part of IIS wrote it.
pub(super) fn iis(status: StatusCode, content_type: &'static str, body: Payload) -> Answer {
    let mut answer = answer(status, IIS, content_type, body);
    answer.headers_mut().insert("x-powered-by", HeaderValue::from_static("ASP.NET"));
    answer
}

fn status_code(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn answer(
    status: StatusCode,
    server: &'static str,
    content_type: &'static str,
    body: Payload,
) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert("server", HeaderValue::from_static(server));
    headers.insert("content-type", HeaderValue::from_static(content_type));
    answer
}

fn html(title: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE html>\r\n<html><head><title>{title}</title></head>\r\n\
         <body><h2>{title}</h2><hr><p>{text}</p></body></html>\r\n"
    )
}
