//! The WSUS request over HTTP or HTTPS, pinned to one member.
//!
//! A fresh client and a fresh connection serve every check, so that neither a kept-alive
//! connection nor a resumed session can hide a fault. Nothing is followed, retried, sent through
//! a proxy or asked for in compressed form: what this member answers to this request is the
//! evidence.

mod connector;
mod failure;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url, Version};
use tokio::sync::Notify;
use tokio::time::Instant;

use self::connector::{Pin, Watch};
use super::clock;
use crate::model::endpoint::{EndpointUrl, Scheme, SimulatedLink};
use crate::model::exchange::HttpReply;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::timing::{Clock, Timed};
use crate::wire::soap;

/// How the prober names itself, so that administrators find it in their logs.
const USER_AGENT: &str = concat!("wsus-probe/", env!("CARGO_PKG_VERSION"));

/// The most header fields of an answer. IIS sends about ten; each proxy on the way adds a few.
const MAX_HEADERS: usize = 64;

/// The largest header section, in bytes of names and values: what common servers and proxies
/// accept at most. While a section is incomplete, hyper's own limit (about 400 KiB) bounds it.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// How much of an answer that is not HTTP is quoted, in bytes: a banner's first line.
const MAX_BANNER: usize = 48;

/// One `GetConfig` request to one member.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// What is requested; its host goes into `Host` and SNI, so a name override must have
    /// replaced it (see [`crate::model::endpoint::Endpoint::requested_url`]).
    pub url: EndpointUrl,
    /// Where to connect. Its port must be the URL's.
    pub member: SocketAddr,
    /// How handshakes are done; not used for `http://`. Its ALPN offer is replaced.
    pub tls: Arc<rustls::ClientConfig>,
    /// What this process pretends of the way to the member.
    pub link: Option<SimulatedLink>,
}

/// An answer that is HTTP, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Status, headers and body. The body is read for statuses whose judgement needs it:
    /// success, 400 and 500; only that of a success is known to be complete.
    pub reply: HttpReply,
    /// From the complete connection (TCP and TLS) to the complete response head. Labelled
    /// [`Clock::Simulated`] on a simulated link, although none of it is made up: the delay is
    /// put in front of it. Absent if the completion of the connection was not noted.
    pub time: Option<Timed>,
}

/// A request without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpError {
    /// Why; [`Phase::Connect`], [`Phase::Tls`] or [`Phase::Wsus`].
    pub failure: Failure,
    /// The connection, with TLS where there is any, had been complete.
    pub connected: bool,
}

/// How far a request has come. It outlives the request's future, so that a caller who gives up
/// on the future still knows. One request, one progress: clones share their state, and what was
/// noted once stays.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Steps>);

#[derive(Debug, Default)]
struct Steps {
    connected: OnceLock<Instant>,
    /// Holds one permit from the moment of connection on.
    news: Notify,
    status: OnceLock<u16>,
}

impl Progress {
    /// The connection, with TLS where there is any, was completed.
    pub fn is_connected(&self) -> bool {
        self.0.connected.get().is_some()
    }

    /// Completes when the connection, with TLS where there is any, is complete. For one waiter.
    pub async fn connected(&self) {
        self.0.news.notified().await;
    }

    /// The status of the response head, once that was complete.
    pub fn status(&self) -> Option<u16> {
        self.0.status.get().copied()
    }

    /// The failure of a request whose deadline passed. Before the connection is complete it
    /// cannot be seen from here whether TCP or TLS was slow; it is told as [`Phase::Connect`].
    pub fn timed_out(&self) -> Failure {
        let (phase, detail) = match (self.is_connected(), self.status()) {
            (false, _) => (Phase::Connect, "no complete connection for the WSUS request".into()),
            (true, None) => (Phase::Wsus, "connected and asked, but no response head came".into()),
            (true, Some(status)) => {
                (Phase::Wsus, format!("a response head with status {status}, but no complete body"))
            }
        };
        Failure::new(phase, Cause::Timeout, detail)
    }

    fn connected_now(&self) {
        self.0.connected.get_or_init(clock::now);
        self.0.news.notify_one();
    }

    fn since_connected(&self, then: Instant) -> Option<Duration> {
        then.checked_duration_since(*self.0.connected.get()?)
    }
}

/// Sends `GetConfig` (MS-WUSP 3.1.4.1) over a connection of its own and reads the answer within
/// limits of size. It changes nothing on the server.
///
/// There is no limit of time: the caller wraps the future in a deadline and asks `progress`
/// when that passes. Dropping the future closes the connection.
///
/// # Errors
/// [`HttpError`] when no connection came about, when what answered is not HTTP or larger than
/// the limits, or when the body of a success did not arrive in full. Every HTTP status is an
/// answer, not an error.
pub async fn get_config(
    request: &HttpRequest,
    progress: &Progress,
) -> Result<HttpAnswer, HttpError> {
    let failed = |failure| HttpError { failure, connected: progress.is_connected() };
    let url = pinned_url(request).map_err(failed)?;
    let explain = |error: &reqwest::Error| {
        failed(failure::explain(error, request.url.scheme, progress.is_connected()))
    };
    let client = client(request, progress).map_err(|error| explain(&error))?;
    let mut response = client
        .post(url)
        .header(CONTENT_TYPE, soap::CONTENT_TYPE)
        .header("SOAPAction", soap::GET_CONFIG_ACTION)
        .body(soap::get_config_request())
        .send()
        .await
        .map_err(|error| explain(&error))?;
    let head_at = clock::now();
    if response.version() == Version::HTTP_09 {
        return Err(failed(not_http(&mut response, request.url.scheme).await));
    }
    let status = response.status();
    progress.0.status.get_or_init(|| status.as_u16());
    let headers = headers(response.headers()).map_err(failed)?;
    let body = match read_body(&mut response).await {
        (body, Ok(())) => body,
        // Any other status says enough by itself; its body only adds to the evidence.
        (body, Err(_)) if !status.is_success() => body,
        (_, Err(BodyEnd::Broken(error))) => return Err(explain(&error)),
        (_, Err(BodyEnd::TooLarge(detail))) => {
            return Err(failed(Failure::new(Phase::Wsus, Cause::BodyTooLarge, detail)));
        }
    };
    let clock = if request.link.is_some() { Clock::Simulated } else { Clock::User };
    Ok(HttpAnswer {
        reply: HttpReply { status: status.as_u16(), headers, body },
        time: progress.since_connected(head_at).map(|duration| Timed { duration, clock }),
    })
}

/// The URL in reqwest's form. A host that is a literal address cannot be pinned elsewhere:
/// that would probe another machine than the member.
fn pinned_url(request: &HttpRequest) -> Result<Url, Failure> {
    let impossible = |detail: String| Failure::new(Phase::Connect, Cause::Io, detail);
    let url = Url::parse(&format!("{}{}", request.url, Request::GetConfig.path()))
        .map_err(|error| impossible(format!("{} cannot be requested: {error}", request.url)))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) if address != request.member.ip() => {
            let member = request.member.ip();
            Err(impossible(format!("the address {address} as a host cannot lead to {member}")))
        }
        Ok(_) | Err(_) => Ok(url),
    }
}

fn client(request: &HttpRequest, progress: &Progress) -> Result<Client, reqwest::Error> {
    let mut tls = (*request.tls).clone();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .http1_only()
        // What does not begin like HTTP then comes back as bytes, which can be quoted.
        .http09_responses()
        .http1_max_headers(MAX_HEADERS)
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .dns_resolver(Pin(request.member))
        .connector_layer(Watch { progress: progress.clone(), link: request.link })
        .build()
}

/// Names are lower-case already; values that are not visible ASCII are escaped.
fn headers(map: &HeaderMap) -> Result<Vec<(String, String)>, Failure> {
    let bytes: usize = map.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > MAX_HEADER_BYTES {
        let detail = format!("{bytes} bytes of headers, more than {MAX_HEADER_BYTES}");
        return Err(Failure::new(Phase::Wsus, Cause::HeadersTooLarge, detail));
    }
    let text = |value: &reqwest::header::HeaderValue| {
        value.to_str().map_or_else(|_| value.as_bytes().escape_ascii().to_string(), str::to_owned)
    };
    Ok(map.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
}

/// Why a body was not read to its end.
enum BodyEnd {
    Broken(reqwest::Error),
    TooLarge(String),
}

/// The body of a status whose judgement needs it, as far as it came; else nothing.
async fn read_body(response: &mut Response) -> (Vec<u8>, Result<(), BodyEnd>) {
    let limit = soap::MAX_BODY;
    let mut body = Vec::new();
    let status = response.status();
    let needed = status.is_success()
        || [StatusCode::BAD_REQUEST, StatusCode::INTERNAL_SERVER_ERROR].contains(&status);
    if !needed {
        return (body, Ok(()));
    }
    if let Some(length) = response.content_length().filter(|length| *length > limit as u64) {
        let detail = format!("Content-Length {length}, more than the limit of {limit} bytes");
        return (body, Err(BodyEnd::TooLarge(detail)));
    }
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                let detail = format!("still coming after the limit of {limit} bytes");
                return (body, Err(BodyEnd::TooLarge(detail)));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return (body, Ok(())),
            Err(error) => return (body, Err(BodyEnd::Broken(error))),
        }
    }
}

/// Names what answered in place of HTTP, from the first bytes that came: a TLS alert record
/// (RFC 8446 section 5.1) in answer to clear text means that the port expects TLS.
async fn not_http(response: &mut Response, scheme: Scheme) -> Failure {
    const TLS_ALERT: u8 = 0x15;
    let chunk = response.chunk().await.ok().flatten().unwrap_or_default();
    let banner = chunk.get(..MAX_BANNER).unwrap_or(&chunk).escape_ascii();
    let detail = format!("the answer begins with \"{banner}\"");
    let cause = if scheme == Scheme::Http && chunk.first() == Some(&TLS_ALERT) {
        Cause::TlsOnHttpPort
    } else {
        Cause::NotHttp
    };
    Failure::new(Phase::Wsus, cause, detail)
}

#[cfg(test)]
mod tests;
