//! From a request to its answer: who is admitted, and what every answer carries.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use hyper::body::Body;
use hyper::header::{AUTHORIZATION, HeaderValue};
use hyper::{Request, StatusCode};
use rustls::ServerConfig;

use crate::net::clock;
use crate::server::admission::Places;
use crate::server::answer::{self, Answer};
use crate::server::auth::{Checker, Outcome};
use crate::server::limits::Limits;
use crate::server::origin;
use crate::server::pages::Pages;
use crate::server::peer::Peer;
use crate::server::rate::Bucket;
use crate::server::route::{self, NoRoute, OTHER, PATHS, Route};
use crate::server::site::Site;
use crate::server::web_config::WebConfig;
use crate::server::web_config::watch::Watched;

/// How connections are counted that are closed because there are too many,
/// of all or of one peer.
const OVERFLOW: &str = "connection";

/// To who asks for this machine by a name that may be a stranger's.
const FOREIGN_NAME: &str = "the Host of this request is neither an address nor localhost, as when \
     another web site has its name stand for this machine: ask for http://127.0.0.1 or \
     http://localhost with the port; for other names, such as those of a proxy, use \
     --web.config.file with users or TLS\n";

/// Everything that connections share.
pub(super) struct Surface {
    pub(super) limits: Limits,
    pub(super) places: Places,
    site: Arc<Site>,
    web: Arc<Watched>,
    checker: Checker,
    bucket: Bucket,
    pages: Pages,
}

impl Surface {
    /// # Errors
    /// The web configuration file cannot be used.
    pub(super) fn new(limits: Limits, file: Option<PathBuf>, site: Arc<Site>) -> io::Result<Self> {
        let web = Arc::new(Watched::new(file).map_err(io::Error::other)?);
        Ok(Self {
            limits,
            places: Places::new(limits.connections, limits.reserved),
            checker: Checker::new(),
            bucket: Bucket::default(),
            pages: Pages::new(Arc::clone(&site), Arc::clone(&web), limits),
            web,
            site,
        })
    }

    /// How a new connection is encrypted, if it is.
    pub(super) async fn tls(&self) -> Option<Arc<ServerConfig>> {
        self.web.current().await.tls.clone()
    }

    /// Counts a connection that was closed for want of a place for its peer.
    pub(super) fn count_overflow(&self) {
        self.site.own.answered(OVERFLOW, StatusCode::SERVICE_UNAVAILABLE.as_u16());
    }

    /// Counts a request whose head could not be read; hyper has answered it.
    pub(super) fn count_unreadable(&self, error: &hyper::Error) {
        let status = if error.is_parse_too_large() {
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
        } else if error.is_parse() {
            StatusCode::BAD_REQUEST
        } else {
            return;
        };
        self.site.own.answered(OTHER, status.as_u16());
    }

    /// Answers a request of this peer. Dropping the future abandons a probe; whatever others share
    /// goes on.
    pub(super) async fn answer<B: Body>(&self, peer: Peer, request: &Request<B>) -> Answer {
        let web = self.web.current().await;
        let (label, route) = route::find(request.method(), request.uri().path());
        let mut answer = match self.refuse(&web, peer, &route, request).await {
            Some(refusal) => refusal,
            None => self.serve(route, request).await,
        };
        answer::secure(&mut answer, &web.headers);
        self.site.own.answered(label, answer.status().as_u16());
        answer
    }

    /// Why nothing is served, whatever is asked for.
    async fn refuse<B: Body>(
        &self,
        web: &WebConfig,
        peer: Peer,
        route: &Result<Route, NoRoute>,
        request: &Request<B>,
    ) -> Option<Answer> {
        // Whoever asks whether it is well restarts it when it says anything else.
        let is_limited = !matches!(route, Ok(Route::Healthy));
        let admits = |rate| !is_limited || self.bucket.admits(rate, clock::now());
        if !web.rate.is_none_or(admits) {
            let body = "more requests than `rate_limit` of the web configuration file admits\n";
            return Some(answer::later(StatusCode::TOO_MANY_REQUESTS, body));
        }
        if !web.users.is_empty() {
            let header = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
            match self.checker.check(&web.users, peer, header).await {
                Outcome::Known => {}
                Outcome::Unknown => return Some(answer::unauthorized()),
                Outcome::Busy => {
                    let body = "too many passwords are being checked, or a wrong one came from your address \
                                just now: try again in some seconds\n";
                    return Some(answer::later(StatusCode::SERVICE_UNAVAILABLE, body));
                }
            }
        }
        // A proxy on this machine may pass on any name, but it should be let in by a user or TLS.
        if peer.is_loopback() && !web.protection().any() && !origin::is_local(request.headers()) {
            return Some(answer::text(StatusCode::FORBIDDEN, FOREIGN_NAME));
        }
        if !request.body().is_end_stream() {
            let body = "no request here has a body: send none\n";
            return Some(answer::last(answer::text(StatusCode::PAYLOAD_TOO_LARGE, body)));
        }
        None
    }

    async fn serve<B: Body>(&self, route: Result<Route, NoRoute>, request: &Request<B>) -> Answer {
        match route {
            Ok(Route::Probe | Route::Reload) if origin::is_cross_site(request.headers()) => {
                let body = "another web site made the browser ask for this: open the address \
                            itself\n";
                answer::text(StatusCode::FORBIDDEN, body)
            }
            Ok(route) => {
                let query = request.uri().query().unwrap_or_default();
                self.pages.answer(route, query, request.headers()).await
            }
            Err(NoRoute::Unknown) => {
                let body = format!("nothing is served here; these paths are:\n{PATHS}");
                answer::text(StatusCode::NOT_FOUND, body)
            }
            Err(NoRoute::TooLong) => {
                answer::text(StatusCode::URI_TOO_LONG, "this path is longer than any here\n")
            }
            Err(NoRoute::Malformed(fault)) => {
                answer::text(StatusCode::BAD_REQUEST, format!("this path {fault}\n"))
            }
            Err(NoRoute::Method(allowed)) => answer::wrong_method(allowed),
        }
    }
}
