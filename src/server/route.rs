//! From a path to what is asked for.

use hyper::Method;

use crate::server::percent;

/// Bytes of a path at most: the longest route with the longest sensible name, each of its bytes
/// escaped.
const MAX_PATH: usize = 1024;

/// What is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// The page of the fleet.
    Fleet,
    /// The page of the endpoint of that name.
    Endpoint(String),
    /// The metrics.
    Metrics,
    /// A probe on request.
    Probe,
    /// The choice.
    Nearest,
    /// The fleet as JSON.
    Endpoints,
    /// The endpoint of that name as JSON.
    EndpointJson(String),
    /// The last rounds of the endpoint of that name as JSON.
    History(String),
    /// The fleet in the form of Prometheus' HTTP service discovery.
    Targets,
    /// What to do about each alert.
    Runbook,
    /// What to do about the alert of that name.
    RunbookSection(String),
    /// Whether this process serves.
    Healthy,
    /// Whether every endpoint was looked at.
    Ready,
    /// A wish to read the configuration again.
    Reload,
}

/// Why a request has no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRoute {
    /// Nothing is served there.
    Unknown,
    /// The path is longer than any that is served.
    TooLong,
    /// The path cannot be decoded; with what is wrong.
    Malformed(&'static str),
    /// Another method is needed: the value of `Allow`.
    Method(&'static str),
}

/// Every path, for a reader who is lost.
pub(super) const PATHS: &str = "\
/                                  status page
/endpoint/NAME                     one endpoint's page
/metrics                           metrics for Prometheus
/probe?target=NAME|URL             probes now; profile=quick|standard|deep, debug=true
/nearest                           URL of the nearest endpoint; format=text|json
/api/v1/endpoints                  all endpoints as JSON
/api/v1/endpoints/NAME             one endpoint as JSON
/api/v1/endpoints/NAME/history     its last rounds as JSON
/api/v1/targets                    Prometheus HTTP service discovery
/runbook                           what to do about each alert
/runbook/ALERT                     what to do about one
/-/healthy                         200 as long as this process serves
/-/ready                           200 once every endpoint was looked at
/-/reload                          POST: reads the configuration again
";

/// How requests without a route are counted.
pub(super) const OTHER: &str = "other";

/// The methods of everything that only reads.
const READ: &str = "GET, HEAD";

/// The methods that change something: Prometheus takes both for its own reload.
const WRITE: &str = "POST, PUT";

impl Route {
    /// Its name in metrics: of bounded number, whatever is asked for.
    pub(super) const fn label(&self) -> &'static str {
        match self {
            Self::Fleet => "/",
            Self::Endpoint(_) => "/endpoint/NAME",
            Self::Metrics => "/metrics",
            Self::Probe => "/probe",
            Self::Nearest => "/nearest",
            Self::Endpoints => "/api/v1/endpoints",
            Self::EndpointJson(_) => "/api/v1/endpoints/NAME",
            Self::History(_) => "/api/v1/endpoints/NAME/history",
            Self::Targets => "/api/v1/targets",
            Self::Runbook => "/runbook",
            Self::RunbookSection(_) => "/runbook/ALERT",
            Self::Healthy => "/-/healthy",
            Self::Ready => "/-/ready",
            Self::Reload => "/-/reload",
        }
    }

    fn takes(&self, method: &Method) -> Result<(), &'static str> {
        let (allowed, list): (&[&Method], _) = match self {
            Self::Reload => (&[&Method::POST, &Method::PUT], WRITE),
            Self::Fleet
            | Self::Endpoint(_)
            | Self::Metrics
            | Self::Probe
            | Self::Nearest
            | Self::Endpoints
            | Self::EndpointJson(_)
            | Self::History(_)
            | Self::Targets
            | Self::Runbook
            | Self::RunbookSection(_)
            | Self::Healthy
            | Self::Ready => (&[&Method::GET, &Method::HEAD], READ),
        };
        if allowed.contains(&method) { Ok(()) } else { Err(list) }
    }
}

/// The route of a path as it stands in the request, and its name in metrics. Nothing is
/// normalized: a path with `..` or with empty segments leads nowhere.
pub(super) fn find(method: &Method, path: &str) -> (&'static str, Result<Route, NoRoute>) {
    match parse(path) {
        Ok(route) => {
            let label = route.label();
            let taken = route.takes(method).map_err(NoRoute::Method);
            (label, taken.map(|()| route))
        }
        Err(none) => (OTHER, Err(none)),
    }
}

fn parse(path: &str) -> Result<Route, NoRoute> {
    if path.len() > MAX_PATH {
        return Err(NoRoute::TooLong);
    }
    let rest = path.strip_prefix('/').ok_or(NoRoute::Unknown)?;
    let segments = rest.split('/').map(percent::decode).collect::<Result<Vec<_>, _>>();
    let segments = segments.map_err(NoRoute::Malformed)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    Ok(match segments.as_slice() {
        [""] => Route::Fleet,
        ["endpoint", name] => Route::Endpoint((*name).to_owned()),
        ["metrics"] => Route::Metrics,
        ["probe"] => Route::Probe,
        ["nearest"] => Route::Nearest,
        ["api", "v1", "endpoints"] => Route::Endpoints,
        ["api", "v1", "endpoints", name] => Route::EndpointJson((*name).to_owned()),
        ["api", "v1", "endpoints", name, "history"] => Route::History((*name).to_owned()),
        ["api", "v1", "targets"] => Route::Targets,
        ["runbook"] => Route::Runbook,
        ["runbook", alert] => Route::RunbookSection((*alert).to_owned()),
        ["-", "healthy"] => Route::Healthy,
        ["-", "ready"] => Route::Ready,
        ["-", "reload"] => Route::Reload,
        _ => return Err(NoRoute::Unknown),
    })
}

#[cfg(test)]
mod tests {
    use hyper::Method;

    use super::{MAX_PATH, NoRoute, OTHER, PATHS, Route, find};

    #[test]
    fn every_listed_path_has_a_route_and_its_label() {
        for line in PATHS.lines() {
            let path = line.split(['?', ' ']).next().unwrap();
            let method = if path == "/-/reload" { Method::POST } else { Method::GET };
            let (label, route) = find(&method, path);
            assert_eq!(label, path, "{route:?}");
            assert!(route.is_ok(), "{path}");
        }
    }

    #[test]
    fn tricks_lead_nowhere() {
        for path in [
            "",
            "*",
            "metrics",
            "/..//metrics",
            "/../metrics",
            "/%2e%2e/metrics",
            "//metrics",
            "/metrics/",
            "/metrics%2f",
            "/METRICS",
            "/runbook/a/b",
            "/api/v1/endpoints/a/b",
            "/api/v1/endpoints/a%2Fhistory/x",
        ] {
            assert_eq!(find(&Method::GET, path), (OTHER, Err(NoRoute::Unknown)), "{path}");
        }
        for path in ["/%00", "/metrics%00", "/%zz", "/%ff", "/%"] {
            let (_, route) = find(&Method::GET, path);
            assert!(matches!(route, Err(NoRoute::Malformed(_))), "{path}");
        }
        let long = format!("/endpoint/{}", "a".repeat(MAX_PATH));
        assert_eq!(find(&Method::GET, &long).1, Err(NoRoute::TooLong));
        let escaped = find(&Method::GET, "/endpoint/a%2Fb%20").1;
        assert_eq!(escaped, Ok(Route::Endpoint("a/b ".to_owned())));
    }

    #[test]
    fn a_wrong_method_is_told_the_right_ones() {
        assert_eq!(find(&Method::POST, "/metrics").1, Err(NoRoute::Method("GET, HEAD")));
        assert_eq!(find(&Method::GET, "/-/reload").1, Err(NoRoute::Method("POST, PUT")));
        assert_eq!(find(&Method::PUT, "/-/reload").1, Ok(Route::Reload));
        assert_eq!(find(&Method::HEAD, "/").1, Ok(Route::Fleet));
    }
}
