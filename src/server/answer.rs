//! Complete answers.

use hyper::body::Bytes;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use hyper::{Response, StatusCode};

use crate::output::html;
use crate::server::body::Body;

/// An answer.
pub(super) type Answer = Response<Body>;

/// Prometheus' text format.
pub(super) const EXPOSITION: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
/// The status pages.
pub(super) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// The API.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Everything else.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Seconds after which to come back when too much is under way: a scrape interval at the least.
const SOON: HeaderValue = HeaderValue::from_static("5");

/// Text for people and scripts.
pub(super) fn text(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    with_type(status, TEXT, body)
}

/// Anything.
pub(super) fn with_type(status: StatusCode, kind: HeaderValue, body: impl Into<Bytes>) -> Answer {
    with_body(status, kind, Body::whole(body))
}

fn with_body(status: StatusCode, kind: HeaderValue, body: Body) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

/// What has a compressed form, in the form that was chosen.
pub(super) fn encoded(kind: HeaderValue, gzip: bool, body: Body) -> Answer {
    let mut answer = with_body(StatusCode::OK, kind, body);
    answer.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    if gzip {
        answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    answer
}

/// 405 with the methods that are taken.
pub(super) fn wrong_method(allowed: &'static str) -> Answer {
    let body = format!("this path takes only {allowed}\n");
    with_header(
        text(StatusCode::METHOD_NOT_ALLOWED, body),
        ALLOW,
        HeaderValue::from_static(allowed),
    )
}

/// 308 to where it is.
pub(super) fn moved(to: HeaderValue) -> Answer {
    with_header(text(StatusCode::PERMANENT_REDIRECT, "this is elsewhere\n"), LOCATION, to)
}

/// 401 that makes browsers ask for a password.
pub(super) fn unauthorized() -> Answer {
    let body = "a user and password of the web configuration file's basic_auth_users are needed\n";
    let realm = HeaderValue::from_static("Basic realm=\"wsus-probe\", charset=\"UTF-8\"");
    with_header(text(StatusCode::UNAUTHORIZED, body), WWW_AUTHENTICATE, realm)
}

/// A refusal that is worth another try soon.
pub(super) fn later(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    with_header(text(status, body), RETRY_AFTER, SOON)
}

/// The same, and the connection ends with it.
pub(super) fn last(answer: Answer) -> Answer {
    with_header(answer, CONNECTION, HeaderValue::from_static("close"))
}

fn with_header(mut answer: Answer, name: HeaderName, value: HeaderValue) -> Answer {
    answer.headers_mut().insert(name, value);
    answer
}

/// Adds what every answer carries, and then what the operator configured in its place.
pub(super) fn secure(answer: &mut Answer, configured: &[(HeaderName, HeaderValue)]) {
    let headers = answer.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&html::content_security_policy()) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in configured {
        headers.insert(name, value.clone());
    }
}
