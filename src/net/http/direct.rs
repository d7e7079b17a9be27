//! One request over a connection that is open already.
//!
//! It is the request of a [`Lane`](super::Lane), byte for byte, and its answer is read in the same
//! way. Because the connection is the prober's own, the kernel tells when the answer arrived.

use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use reqwest::header::{ACCEPT, HOST, HeaderValue, USER_AGENT};
use reqwest::{Body, Response, Url};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::client::TlsStream;

use super::progress::Progress;
use super::{HttpAnswer, answer, client, failure};
use crate::model::endpoint::EndpointUrl;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::{Method, Request};
use crate::model::timing::{Clock, Timed};
use crate::net::tcp::Link;
use crate::net::tls::sniff::Sniff;

/// A byte stream over a link, with or without TLS in between.
pub trait Carrier: AsyncRead + AsyncWrite + Unpin + Send {
    /// The link below.
    fn link(&mut self) -> &mut dyn Link;
}

impl Carrier for Box<dyn Link> {
    fn link(&mut self) -> &mut dyn Link {
        &mut **self
    }
}

impl Carrier for TlsStream<Sniff<Box<dyn Link>>> {
    fn link(&mut self) -> &mut dyn Link {
        self.get_mut().0.inner_mut().link()
    }
}

/// Sends a request to a member and reads its answer within limits of size; then closes the
/// connection. `url` is what is requested, without a path. [`HttpAnswer::first_byte`] ends with
/// the arrival of the answer's first bytes, by the clock of the link.
///
/// There is no limit of time: the caller wraps the future in a deadline and asks `progress` when
/// that passes. Dropping the future closes the connection.
///
/// # Errors
/// What answers is not HTTP or larger than the limits, or the body of a success did not arrive in
/// full. Every HTTP status is an answer.
pub async fn ask(
    mut stream: Box<dyn Carrier>,
    url: &EndpointUrl,
    member: IpAddr,
    request: Request,
    progress: &Progress,
) -> Result<HttpAnswer, Failure> {
    progress.connected_now();
    let message = message(&client::pinned_url(url, member, request)?, request)?;
    stream.link().begin_exchange();
    let explain = |error: &(dyn Error + 'static)| failure::explain(error, url.scheme, true);
    let watched = TokioIo::new(Watched { stream, first_bytes: None });
    let mut builder = Builder::new();
    builder.http09_responses(true).max_headers(client::MAX_HEADERS);
    let (mut sender, mut connection) =
        builder.handshake(watched).await.map_err(|error| explain(&error))?;
    let arrived = {
        let mut exchange = pin!(async {
            let response = sender.send_request(message).await.map_err(|error| explain(&error))?;
            let response = Response::from(response.map(Body::wrap));
            answer::read(request, response, url.scheme, progress).await
        });
        tokio::select! {
            biased;
            arrived = &mut exchange => arrived,
            // How it ended is told to the exchange too, if that still waits for something.
            _ = &mut connection => exchange.await,
        }
    };
    let mut watched = connection.into_parts().io.into_inner();
    // Says good-bye (RFC 8446 section 6.1), but waits for nothing.
    let _ = watched.stream.shutdown().now_or_never();
    let arrived = arrived?;
    let first_byte = watched.first_bytes;
    let clock = match first_byte {
        Some(Timed { clock: Clock::Simulated, .. }) => Clock::Simulated,
        Some(_) | None => Clock::User,
    };
    let transfer = arrived.body_end.map(|end| {
        let duration = end.saturating_duration_since(arrived.head_at);
        Timed { duration, clock }
    });
    Ok(HttpAnswer { reply: arrived.reply, first_byte, transfer })
}

fn message(url: &Url, request: Request) -> Result<hyper::Request<Full<Bytes>>, Failure> {
    let impossible = |error: &dyn Error| {
        let detail = format!("{url} cannot be requested: {error}");
        Failure::new(Phase::Connect, Cause::Io, detail)
    };
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let host = HeaderValue::from_str(&host).map_err(|error| impossible(&error))?;
    let (fields, body) = client::own_fields(request);
    let mut message = hyper::Request::builder()
        .method(match request.method() {
            Method::Get => hyper::Method::GET,
            Method::Head => hyper::Method::HEAD,
            Method::Post => hyper::Method::POST,
        })
        .uri(request.path())
        .body(Full::new(Bytes::from_static(body.as_bytes())))
        .map_err(|error| impossible(&error))?;
    let headers = message.headers_mut();
    *headers = fields;
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, HeaderValue::from_static(client::USER_AGENT));
    headers.insert(HOST, host);
    Ok(message)
}

/// A stream that notes how long the first bytes of the answer took. Below TLS they are not the
/// first that arrive: a server's session tickets may come before.
struct Watched {
    stream: Box<dyn Carrier>,
    first_bytes: Option<Timed>,
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let watched = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut watched.stream).poll_read(context, buffer))?;
        if watched.first_bytes.is_none() && buffer.filled().len() > before {
            watched.first_bytes = watched.stream.link().first_write_to_last_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
