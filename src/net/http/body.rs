//! Reading bodies within limits.

use reqwest::{Response, StatusCode};

use crate::model::request::{Method, Request};
use crate::wire::{cabinet, soap};

/// The most that is read of a page or of a file whose contents do not matter, in bytes: as far as
/// a page is looked into for its title.
const MAX_PAGE: usize = 16 * 1024;

/// How the reading of a body ended.
pub(super) enum Ended {
    /// At its end.
    Complete,
    /// It was left alone: the status says enough.
    NotRead,
    /// At the limit, beyond which it does not matter.
    Cut,
    /// Before its end.
    Broken(reqwest::Error),
    /// At the limit, beyond which it cannot be what was asked for; with the evidence.
    TooLarge(String),
}

/// The body as far as it came.
pub(super) async fn read(request: Request, response: &mut Response) -> (Vec<u8>, Ended) {
    let mut body = Vec::new();
    if !is_needed(request, response) {
        return (body, Ended::NotRead);
    }
    let whole = whole_limit(request);
    if let (Some(limit), Some(length)) = (whole, response.content_length())
        && length > limit as u64
        && request.method() != Method::Head
    {
        let detail = format!("Content-Length {length}, more than the limit of {limit} bytes");
        return (body, Ended::TooLarge(detail));
    }
    let limit = whole.unwrap_or(MAX_PAGE);
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return (body, Ended::Complete),
            Err(error) => return (body, Ended::Broken(error)),
        };
        let room = limit - body.len();
        match chunk.get(..room).filter(|fitting| fitting.len() < chunk.len()) {
            None => body.extend_from_slice(&chunk),
            Some(_) if whole.is_some() => {
                let detail = format!("still coming after the limit of {limit} bytes");
                return (body, Ended::TooLarge(detail));
            }
            Some(fitting) => {
                body.extend_from_slice(fitting);
                return (body, Ended::Cut);
            }
        }
    }
}

/// Statuses that say enough by themselves have bodies all the same. That of `GetConfig` is left
/// alone, because waiting for it would only delay what others wait for. Those of other calls are
/// read where they are stated to be short, so that the connection stays of use.
fn is_needed(request: Request, response: &Response) -> bool {
    let status = response.status();
    let judged = status.is_success()
        || [StatusCode::BAD_REQUEST, StatusCode::INTERNAL_SERVER_ERROR].contains(&status);
    let short = response.content_length().is_some_and(|length| length <= MAX_PAGE as u64);
    judged
        || match request.method() {
            Method::Get | Method::Head => true,
            Method::Post => short && request != Request::GetConfig,
        }
}

/// The limit of a body that is of use only as a whole.
fn whole_limit(request: Request) -> Option<usize> {
    match (request, request.method()) {
        (Request::SelfUpdate, _) => Some(cabinet::MAX_CABINET),
        (_, Method::Post) => Some(soap::MAX_BODY),
        (_, Method::Get | Method::Head) => None,
    }
}
