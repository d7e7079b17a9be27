//! From a response head to an answer: what both ways of asking have in common.

use reqwest::header::CONNECTION;
use reqwest::{Response, Version};
use tokio::time::Instant;

use super::body::{self, Ended};
use super::progress::Progress;
use super::{client, failure};
use crate::model::endpoint::Scheme;
use crate::model::exchange::{HttpReply, HttpVersion};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::{Method, Request};
use crate::net::clock;

/// How much of an answer that is not HTTP is quoted, in bytes: a banner's first line.
const MAX_BANNER: usize = 48;

/// An answer as far as it was read.
pub(super) struct Arrived {
    pub(super) reply: HttpReply,
    /// The response head was complete.
    pub(super) head_at: Instant,
    /// The body was complete; absent where there is none, or not all of it was read.
    pub(super) body_end: Option<Instant>,
    /// The connection is free for a further request, as far as was announced.
    pub(super) reusable: bool,
}

/// Reads what follows a head, within limits of size.
///
/// # Errors
/// What answered is not HTTP or is larger than the limits, or the body of a success did not arrive
/// in full.
pub(super) async fn read(
    request: Request,
    mut response: Response,
    scheme: Scheme,
    progress: &Progress,
) -> Result<Arrived, Failure> {
    let head_at = clock::now();
    if response.version() == Version::HTTP_09 {
        return Err(not_http(&mut response, scheme).await);
    }
    progress.head(response.status());
    let headers = client::headers(response.headers())?;
    let close = response.headers().get_all(CONNECTION).iter();
    let close = close.filter_map(|value| value.to_str().ok()).any(names_close);
    let close = close || response.version() == Version::HTTP_10;
    let (body, ended) = body::read(request, &mut response).await;
    let complete = matches!(ended, Ended::Complete);
    let success = response.status().is_success();
    match ended {
        // Any other status says enough by itself; its body only adds to the evidence.
        Ended::Broken(error) if success => {
            return Err(failure::explain(&error, scheme, progress.is_connected()));
        }
        Ended::TooLarge(detail) if success => {
            return Err(Failure::new(Phase::Wsus, Cause::BodyTooLarge, detail));
        }
        Ended::Complete | Ended::NotRead | Ended::Cut | Ended::Broken(_) | Ended::TooLarge(_) => {}
    }
    let has_body = request.method() != Method::Head;
    let version = match response.version() {
        Version::HTTP_10 => Some(HttpVersion::Http10),
        Version::HTTP_11 => Some(HttpVersion::Http11),
        _ => None,
    };
    Ok(Arrived {
        reply: HttpReply { version, status: response.status().as_u16(), headers, body },
        head_at,
        body_end: (complete && has_body).then(clock::now),
        reusable: complete && !close,
    })
}

/// Whether the value of a `Connection` header has the option `close` (RFC 9112 section 9.6).
fn names_close(value: &str) -> bool {
    value.split(',').any(|option| option.trim().eq_ignore_ascii_case("close"))
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
