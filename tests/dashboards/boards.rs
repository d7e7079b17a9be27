//! The three dashboards, and what their queries have in common.

mod advice;
mod columns;
mod endpoint;
mod fleet;
pub(crate) mod standing;
mod tls;

use serde_json::Value;

use crate::grafana::board::{Board, way};
use crate::grafana::variable::{Labels, source};

/// What every query selects by: the variables that all dashboards have. Spliced into a selector:
/// `format!("{}{{{SELECTED}}}", table::ENDPOINT_STATE.name)`.
pub(crate) const SELECTED: &str = r#"job=~"$job",site=~"$site",dc=~"$dc",endpoint=~"$endpoint""#;

/// The same for series about a vantage point as a whole, which have no endpoint.
pub(crate) const SELECTED_SITE: &str = r#"job=~"$job",site=~"$site""#;

/// The same for recorded series over all vantage points.
pub(crate) const SELECTED_ENDPOINT: &str = r#"job=~"$job",dc=~"$dc",endpoint=~"$endpoint""#;

/// The way to the dashboard of the endpoint that this variable of Grafana names; what is chosen
/// and the time stay.
pub(crate) fn to_endpoint(name: &str) -> String {
    format!(
        "/d/wsus-endpoint?${{datasource:queryparam}}&${{job:queryparam}}&${{site:queryparam}}\
         &${{__url_time_range}}&var-endpoint=${{{name}}}"
    )
}

/// The dashboards' uids and titles.
const FLEET: (&str, &str) = ("wsus-fleet", "WSUS fleet");
const ENDPOINT: (&str, &str) = ("wsus-endpoint", "WSUS endpoint");
const TLS: (&str, &str) = ("wsus-tls", "WSUS TLS");

/// The ways from the dashboard with that uid to the others. What is chosen stays, but for
/// endpoints: of several none is the one that the endpoint's dashboard is about, and from there
/// one goes to the whole fleet.
pub(crate) fn others(uid: &str) -> Vec<Value> {
    let others = [FLEET, ENDPOINT, TLS].into_iter().filter(|(other, _)| *other != uid);
    let link = |(other, title)| {
        let endpoints = other != ENDPOINT.0 && (uid, other) != (ENDPOINT.0, FLEET.0);
        let kept = ["datasource", "job", "site", "dc", "endpoint"];
        way(title, other, &kept[..kept.len() - usize::from(!endpoints)])
    };
    others.map(link).collect()
}

/// Every dashboard, in the order in which somebody goes through them.
pub(crate) fn all() -> Vec<Board> {
    vec![fleet::board(), endpoint::board(), tls::board()]
}

/// Data source, job, vantage point, data center and endpoint; of endpoints one or several.
pub(crate) fn variables(several: bool) -> Vec<Value> {
    let state = "wsus_probe_endpoint_state";
    let in_job = format!("{state}{{job=~\"$job\"}}");
    let at_site = format!("{state}{{job=~\"$job\",site=~\"$site\"}}");
    let in_dc = format!("{state}{{job=~\"$job\",site=~\"$site\",dc=~\"$dc\"}}");
    let labels = |name, label, description, selector, multi| {
        Labels { name, label, description, of: name, selector, multi }.json()
    };
    vec![
        source(),
        labels("job", "Job", "Scrape job of the exporters.", state, true),
        labels(
            "site",
            "Vantage point",
            "Where an exporter stands: the target label `site`, if there is one.",
            &in_job,
            true,
        ),
        labels("dc", "Data center", "Data center of the endpoints.", &at_site, true),
        labels("endpoint", "Endpoint", "What is probed.", &in_dc, several),
    ]
}
