//! What is served, route by route.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use crate::decide::explain::runbook::runbook;
use crate::metrics::fleet;
use crate::model::monitor::{Reload, Snapshot};
use crate::model::text::one_line;
use crate::output::html::{self, Surround};
use crate::output::json::monitor as json;
use crate::server::answer::{self, Answer, EXPOSITION, HTML, JSON};
use crate::server::limits::Limits;
use crate::server::rendering::{NotRendered, Shared, Sink};
use crate::server::route::{PATHS, Route};
use crate::server::site::Site;
use crate::server::web_config::watch::Watched;
use crate::server::{encoding, percent, probe};

/// How long a reload may take: reading files and trusted roots, also from a slow disk.
const RELOAD: Duration = Duration::from_secs(30);

/// Characters of a name or reason that is repeated in an answer.
const MAX_SHOWN: usize = 200;

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// All pages.
pub(super) struct Pages {
    site: Arc<Site>,
    web: Arc<Watched>,
    metrics: Shared,
    fleet: Shared,
    endpoints: Shared,
    probes: Semaphore,
}

impl Pages {
    pub(super) fn new(site: Arc<Site>, web: Arc<Watched>, limits: Limits) -> Self {
        let (metrics, fleet, endpoints) = (Shared::new(), Shared::new(), Shared::new());
        Self { site, web, metrics, fleet, endpoints, probes: Semaphore::new(limits.probes) }
    }

    /// Answers with status, type and body.
    pub(super) async fn answer(&self, route: Route, query: &str, headers: &HeaderMap) -> Answer {
        match route {
            Route::Fleet => self.fleet(headers).await,
            Route::Metrics => self.metrics(headers).await,
            Route::Endpoints => self.endpoints(headers).await,
            Route::Endpoint(name) => self.endpoint(&name),
            Route::EndpointJson(name) => self.endpoint_json(&name),
            Route::History(name) => self.history(&name),
            Route::Targets => json_answer(StatusCode::OK, json::targets(&self.snapshot())),
            Route::Nearest => self.nearest(query),
            Route::Probe => probe::answer(&self.site, &self.probes, query, headers).await,
            Route::Runbook => answer::with_type(StatusCode::OK, HTML, html::runbook_index(VERSION)),
            Route::RunbookSection(alert) => runbook_section(&alert),
            Route::Healthy => answer::text(StatusCode::OK, "healthy\n"),
            Route::Ready => self.ready(),
            Route::Reload => reload(&self.site.reloads).await,
        }
    }

    fn snapshot(&self) -> Snapshot {
        self.site.monitor.snapshot()
    }

    async fn metrics(&self, headers: &HeaderMap) -> Answer {
        let (site, web) = (Arc::clone(&self.site), Arc::clone(&self.web));
        rendered(&self.metrics, EXPOSITION, headers, move |out| {
            let settings = site.settings();
            if let Some(read) = web.last_change() {
                site.own.web_config_read(read.is_ok());
            }
            let mut own = String::new();
            site.own.write(&mut own, &settings.reload);
            out(&own);
            for part in fleet::Parts::new(&site.monitor.snapshot(), settings.detail) {
                out(&part);
            }
        })
        .await
    }

    async fn fleet(&self, headers: &HeaderMap) -> Answer {
        let (site, web) = (Arc::clone(&self.site), Arc::clone(&self.web));
        rendered(&self.fleet, HTML, headers, move |out| {
            let settings = site.settings();
            let around = surround(&site, &settings.reload, &web);
            out(&html::fleet(&site.monitor.snapshot(), &around));
        })
        .await
    }

    async fn endpoints(&self, headers: &HeaderMap) -> Answer {
        let site = Arc::clone(&self.site);
        rendered(&self.endpoints, JSON, headers, move |out| {
            // The serializer fails only for values that JSON cannot hold; there are none.
            out(&json::endpoints(&site.monitor.snapshot()).unwrap_or_default());
        })
        .await
    }

    fn endpoint(&self, name: &str) -> Answer {
        let snapshot = self.snapshot();
        let Some(view) = snapshot.endpoint(name) else { return no_endpoint(name, &snapshot) };
        let settings = self.site.settings();
        let page =
            html::endpoint(&snapshot, view, &surround(&self.site, &settings.reload, &self.web));
        answer::with_type(StatusCode::OK, HTML, page)
    }

    fn endpoint_json(&self, name: &str) -> Answer {
        let snapshot = self.snapshot();
        let Some(view) = snapshot.endpoint(name) else { return no_endpoint(name, &snapshot) };
        json_answer(StatusCode::OK, json::endpoint(&snapshot, view))
    }

    fn history(&self, name: &str) -> Answer {
        let snapshot = self.snapshot();
        match snapshot.endpoint(name) {
            Some(view) => json_answer(StatusCode::OK, json::history(view)),
            None => no_endpoint(name, &snapshot),
        }
    }

    fn nearest(&self, query: &str) -> Answer {
        let parameters = match percent::query(query) {
            Ok(parameters) => parameters,
            Err(fault) => return answer::text(StatusCode::BAD_REQUEST, format!("{fault}\n")),
        };
        let format = parameters.iter().find(|(name, _)| name == "format");
        let snapshot = self.snapshot();
        let selected = snapshot.selected();
        let status =
            if selected.is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        match format.map_or("text", |(_, format)| format) {
            "json" => json_answer(status, json::nearest(&snapshot)),
            "text" => {
                let line = selected
                    .map_or_else(|| why_none(&snapshot), |view| view.endpoint.url.to_string());
                answer::text(status, format!("{line}\n"))
            }
            other => {
                let body = format!("format is {}: use text or json\n", one_line(other, MAX_SHOWN));
                answer::text(StatusCode::BAD_REQUEST, body)
            }
        }
    }

    fn ready(&self) -> Answer {
        let snapshot = self.snapshot();
        let status = if snapshot.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        answer::text(status, readiness(&snapshot))
    }
}

/// Whether it is ready, of how many endpoints something is known, and why not of all.
fn readiness(snapshot: &Snapshot) -> String {
    let word = if snapshot.ready { "ready" } else { "not ready" };
    let all = snapshot.endpoints.len();
    let done = snapshot.endpoints.iter().filter(|view| view.is_looked_at()).count();
    let told = format!("{word}: {done} of {all} endpoints have had a round that told something");
    let why = snapshot.trouble.as_ref().and_then(|trouble| trouble.evidence.first());
    match why {
        Some(why) => format!("{told}; {}\n", one_line(why, MAX_SHOWN)),
        None => told + "\n",
    }
}

fn surround<'a>(site: &Site, reload: &'a Reload, web: &Watched) -> Surround<'a> {
    let web_refused = web.last_change().and_then(Result::err);
    Surround { version: VERSION, started: site.started, reload, web_refused }
}

fn why_none(snapshot: &Snapshot) -> String {
    let text = snapshot.choice.text.as_str();
    let text = if text.is_empty() { "no round has ended yet" } else { text };
    one_line(&format!("no endpoint is selected: {text}"), MAX_SHOWN)
}

fn no_endpoint(name: &str, snapshot: &Snapshot) -> Answer {
    let mut body = format!("no endpoint is called {}\n", one_line(name, MAX_SHOWN));
    if snapshot.endpoints.len() <= MAX_LISTED {
        let names = snapshot.endpoints.iter().map(|view| view.endpoint.name.0.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        body = body + "the configuration has: " + &names + "\n";
    }
    body.push_str("\nthese paths are served:\n");
    body.push_str(PATHS);
    answer::text(StatusCode::NOT_FOUND, body)
}

fn runbook_section(alert: &str) -> Answer {
    if alert.is_empty() {
        // Links of the index are relative to where it is.
        return answer::moved(HeaderValue::from_static("../runbook"));
    }
    if let Some(section) = runbook().section(alert) {
        let page = html::runbook_section(section, VERSION);
        return answer::with_type(StatusCode::OK, HTML, page);
    }
    let names = runbook().sections.iter().map(|section| section.alert.as_str());
    let names = names.collect::<Vec<_>>().join(", ");
    let alert = one_line(alert, MAX_SHOWN);
    let body = format!("the runbook of this version has no alert {alert}; it has: {names}\n");
    answer::text(StatusCode::NOT_FOUND, body)
}

/// Endpoints whose names are listed for who asked for another one.
const MAX_LISTED: usize = 50;

fn json_answer(status: StatusCode, body: std::io::Result<String>) -> Answer {
    match body {
        Ok(body) => answer::with_type(status, JSON, body),
        Err(error) => {
            let body = format!("this cannot be written as JSON: {error}\n");
            answer::text(StatusCode::INTERNAL_SERVER_ERROR, body)
        }
    }
}

async fn rendered(
    shared: &Shared,
    kind: HeaderValue,
    headers: &HeaderMap,
    render: impl FnOnce(&mut Sink<'_>) + Send + 'static,
) -> Answer {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let gzip = encoding::wants_gzip(accepted);
    match shared.get(gzip, render).await {
        Ok(body) => answer::encoded(kind, gzip, body),
        Err(NotRendered::Held) => {
            let body = "slow readers are still taking earlier answers: try again soon\n";
            answer::later(StatusCode::SERVICE_UNAVAILABLE, body)
        }
        Err(NotRendered::Defect) => {
            let body = "a defect of wsus-probe: the answer could not be made; see its log\n";
            answer::text(StatusCode::INTERNAL_SERVER_ERROR, body)
        }
    }
}

async fn reload(wishes: &mpsc::Sender<oneshot::Sender<Result<(), String>>>) -> Answer {
    let failed = |reason: &str| {
        let body = format!("the configuration in force stays: {reason}\n");
        answer::text(StatusCode::INTERNAL_SERVER_ERROR, body)
    };
    let (tell, told) = oneshot::channel();
    match wishes.try_send(tell) {
        Ok(()) => {}
        Err(mpsc::error::TrySendError::Full(_)) => {
            let body = "reloads are under way already: try again soon\n";
            return answer::later(StatusCode::SERVICE_UNAVAILABLE, body);
        }
        Err(mpsc::error::TrySendError::Closed(_)) => return failed("the program is ending"),
    }
    match timeout(RELOAD, told).await {
        Ok(Ok(Ok(()))) => answer::text(StatusCode::OK, "the configuration was read again\n"),
        Ok(Ok(Err(reason))) => failed(&reason),
        Ok(Err(_)) => failed("the program is ending"),
        Err(_) => failed("reading it has not ended yet; see the log"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::monitor::{LocalTrouble, fixture};

    #[test]
    fn rounds_that_told_nothing_do_not_count_and_the_reason_is_said() {
        let mut snapshot = fixture::snapshot();
        let last_round = snapshot.endpoints[0].last_round;
        let view = Arc::make_mut(&mut snapshot.endpoints[3]);
        (view.last_round, view.counts.local) = (last_round, 2);
        let told = "not ready: 3 of 4 endpoints have had a round that told something";
        assert_eq!(readiness(&snapshot), format!("{told}\n"));
        let evidence = vec!["no endpoint has answered".to_owned(), "more".to_owned()];
        snapshot.trouble = Some(LocalTrouble { since: fixture::now(), evidence });
        assert_eq!(readiness(&snapshot), format!("{told}; no endpoint has answered\n"));
        snapshot.ready = true;
        assert!(readiness(&snapshot).starts_with("ready: 3 of 4 "));
    }
}
