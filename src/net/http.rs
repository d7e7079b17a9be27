//! The requests of the WSUS check over HTTP or HTTPS, pinned to one member.
//!
//! A [`Lane`] is one connection. It serves requests one after another and is never opened twice,
//! so that neither a second connection nor a resumed session can hide a fault. Nothing is
//! followed, retried, sent through a proxy or asked for in compressed form: what this member
//! answers to this request is the evidence. Only a [`Request`] can be sent.

mod answer;
mod body;
mod client;
mod connector;
pub mod direct;
mod failure;
pub mod progress;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};
use tokio::time::{Instant, sleep};

use self::answer::Arrived;
use self::connector::Watch;
use self::progress::Progress;
use super::clock;
use crate::model::endpoint::{EndpointUrl, SimulatedLink};
use crate::model::exchange::HttpReply;
use crate::model::failure::Failure;
use crate::model::request::{Method, Request};
use crate::model::timing::{Clock, Timed};

/// How long a connection rests between an answer and the next request, in steps. After the first
/// the end of the connection has come, which some servers send right behind an answer without
/// having announced it. The further ones, each twice as long, give a busy machine time to notice
/// that the connection is free; they pass only where it is not.
const RESTS: [Duration; 4] = [
    Duration::from_millis(1),
    Duration::from_millis(2),
    Duration::from_millis(4),
    Duration::from_millis(8),
];

/// Where requests go, and how.
#[derive(Debug, Clone)]
pub struct Destination {
    /// What is requested, without a path; its host goes into `Host` and SNI, so a name override
    /// must have replaced it (see [`crate::model::endpoint::Endpoint::requested_url`]).
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
    /// Status, headers and body. That of a success is complete, unless it is a page or a file
    /// whose contents do not matter and is longer than what is read of those. Of other statuses
    /// it is what came, or nothing: a SOAP call's judgement needs it only for 400 and 500.
    pub reply: HttpReply,
    /// From the request, or from the complete connection (TCP and TLS) where that was opened for
    /// it, to the complete response head, or where the connection was open already, to the first
    /// bytes of it. Labelled [`Clock::Simulated`] on a simulated link, although none of it is made
    /// up: the delay is put in front of it. Absent if the completion of the connection was not
    /// noted.
    pub first_byte: Option<Timed>,
    /// From the complete response head to the end of the body; absent where no body was read, or
    /// not to its end.
    pub transfer: Option<Timed>,
}

/// A request without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpError {
    /// Why; [`Phase::Connect`](crate::model::failure::Phase::Connect), `Tls` or `Wsus`.
    pub failure: Failure,
    /// The connection, with TLS where there is any, had been complete.
    pub connected: bool,
}

/// What became of a request on a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It was answered.
    Answered(HttpAnswer),
    /// It failed.
    Failed(HttpError),
    /// It was never sent: the server has closed the kept-alive connection since the last answer.
    Gone,
}

/// One connection to one member, opened by its first request. Dropping it closes the connection.
#[derive(Debug)]
pub struct Lane {
    destination: Destination,
    client: Result<Client, Failure>,
    progress: Progress,
    /// It has carried a request.
    used: bool,
    /// The last answer was read to its end, and the connection was not announced to end with it.
    reusable: bool,
}

impl Lane {
    /// Prepares a connection; sends nothing.
    pub fn new(destination: Destination) -> Self {
        let progress = Progress::default();
        let watch = Watch::new(progress.clone(), destination.link);
        let client = client::client(&destination, watch)
            .map_err(|error| failure::explain(&error, destination.url.scheme, false));
        Self { destination, client, progress, used: false, reusable: true }
    }

    /// Whether a further request may find its connection open.
    pub fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// How far it has come; shared with the lane.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Sends a request and reads its answer within limits of size.
    ///
    /// There is no limit of time: the caller wraps the future in a deadline and asks
    /// [`Self::progress`] when that passes. Dropping the future abandons the request; the lane is
    /// then of no further use.
    ///
    /// [`Asked::Failed`] when no connection came about, when what answered is not HTTP or larger
    /// than the limits, or when the body of a success did not arrive in full. Every HTTP status
    /// is an answer.
    pub async fn ask(&mut self, request: Request) -> Asked {
        // Until the answer is there nothing else may be sent.
        self.reusable = false;
        self.progress.begin();
        let outcome = if self.used {
            self.send_again(request).await
        } else {
            self.used = true;
            self.send(request).await.map(Some)
        };
        let answered = match outcome {
            Ok(Some((response, asked_at))) => self.read(request, response, asked_at).await,
            Ok(None) => return Asked::Gone,
            Err(failure) => Err(failure),
        };
        match answered {
            Ok(answer) => Asked::Answered(answer),
            Err(failure) => {
                Asked::Failed(HttpError { failure, connected: self.progress.is_connected() })
            }
        }
    }

    /// Sends on the connection that an earlier request opened; `None` when it is gone.
    async fn send_again(&self, request: Request) -> Result<Option<(Response, Instant)>, Failure> {
        for rest in RESTS {
            sleep(rest).await;
            let asked_at = clock::now();
            match self.build(request)?.send().await {
                Ok(response) => return Ok(Some((response, asked_at))),
                Err(error) if connector::is_spent(&error) => {}
                Err(error) => return Err(self.explain(&error)),
            }
        }
        Ok(None)
    }

    async fn send(&self, request: Request) -> Result<(Response, Instant), Failure> {
        let asked_at = clock::now();
        let sent = self.build(request)?.send().await;
        sent.map(|response| (response, asked_at)).map_err(|error| self.explain(&error))
    }

    fn build(&self, request: Request) -> Result<RequestBuilder, Failure> {
        let client = self.client.as_ref().map_err(Clone::clone)?;
        let Destination { url, member, .. } = &self.destination;
        let url = client::pinned_url(url, member.ip(), request)?;
        let builder = match request.method() {
            Method::Get => client.get(url),
            Method::Head => client.head(url),
            Method::Post => client.post(url),
        };
        let (fields, body) = client::own_fields(request);
        let builder = builder.headers(fields);
        Ok(if body.is_empty() { builder } else { builder.body(body) })
    }

    async fn read(
        &mut self,
        request: Request,
        response: Response,
        asked_at: Instant,
    ) -> Result<HttpAnswer, Failure> {
        let scheme = self.destination.url.scheme;
        let Arrived { reply, head_at, body_end, reusable } =
            answer::read(request, response, scheme, &self.progress).await?;
        self.reusable = reusable;
        Ok(HttpAnswer {
            reply,
            first_byte: self.progress.since_connected(asked_at, head_at).map(|d| self.timed(d)),
            transfer: body_end.map(|end| self.timed(end.saturating_duration_since(head_at))),
        })
    }

    fn timed(&self, duration: Duration) -> Timed {
        let simulated = self.destination.link.is_some();
        Timed { duration, clock: if simulated { Clock::Simulated } else { Clock::User } }
    }

    fn explain(&self, error: &reqwest::Error) -> Failure {
        failure::explain(error, self.destination.url.scheme, self.progress.is_connected())
    }
}

#[cfg(test)]
mod tests;
