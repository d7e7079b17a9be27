//! What a monitoring run knows, as JSON.
//!
//! The rules are those of [`super`]: keys in a fixed order, absent is `null` and never zero, the
//! unit in the key's name, moments in RFC 3339 in UTC.
//!
//! `/api/v1/endpoints`:
//!
//! | key | what |
//! |---|---|
//! | `schema_version`, `at` | number; the moment that all of it is about |
//! | `ready` | every endpoint has had its first round |
//! | `headline` | the sentence on top of the status page |
//! | `nearest` | the name of the choice |
//! | `local_trouble` | `null`, or `since` and `evidence`: why the fault is probably on this machine |
//! | `summary` | number of `endpoints`, and of them `healthy`, `degraded`, `down`, `unknown` |
//! | `endpoints` | every endpoint in configuration order |
//!
//! An endpoint:
//!
//! | key | what |
//! |---|---|
//! | `name`, `dc`, `region`, `url` | from the configuration |
//! | `state` | `verdict`; `since`; `failure`; `contrary` (`verdict` and number of `observations` in a row that say otherwise) |
//! | `rtt_ms`, `rtt_clock` | the median member's of the last round |
//! | `dns` | `ttl_seconds`, `resends`, `failures`; `null` for a literal address |
//! | `patch_window` | `open`, `from`, `until` of the window that is open or the next; `null` where none is known |
//! | `rounds`, `checks`, `scans` | `every_seconds`, `last_at`, `last_elapsed_ms`; of rounds also `next_at` |
//! | `counts` | since the start of the process: `attempts`, `failures` by phase, and what is not an attempt: `tainted`, `local`, `unknown`, `held` (not decided yet); `panicked` |
//! | `findings` | as elsewhere, and `by`: the kind of job that saw it (`round`, `check`, `scan`) |
//! | `members` | one per address: `address`, `state`, `rtt_ms`, `rtt_clock`, `syn_retransmits` (since it is known), `phases`, `clocks`, `tls`, `certificate` (`verdict`, `detail`, `subject`, `not_after` of each certificate as sent), `services` (`service`, `works`, `text`), `tls_scan` (`versions`: `protocol`, `support`; `clients`: `client`, `works`, `text`), `findings` |
//!
//! `works` is `null` where it is not known.
//!
//! `/api/v1/endpoints/NAME/history`: `schema_version`, `name` and `rounds`, oldest first: `at`,
//! `outcome` (`healthy`, `degraded`, `down`, `unknown`, `tainted`, `local`), `rtt_ms`, and `phase`
//! and `cause` of the failure.
//!
//! `/nearest?format=json`: `schema_version`, `at`, `selected` (`null`, or `name`, `dc`, `url`,
//! `verdict`, `rtt_ms`), `text` (why), `changed_at`, `changes` by reason.
//!
//! `/api/v1/endpoints/NAME`: `schema_version`, `at`, and the keys of an endpoint.
//!
//! `/api/v1/targets` has the form that Prometheus' HTTP service discovery reads: the name as the
//! target, because several endpoints may have one URL, and as labels `endpoint` and `dc`, by which
//! every metric of this program is told apart, so that those of `/probe` join with them; URL and
//! region only for relabelling, as `__meta_wsus_probe_url` and `__meta_wsus_probe_region`. What
//! `/probe` says under `wsus_probe_*` has these labels itself: a job that scrapes it drops that where
//! another job scrapes `/metrics`, and else sets `honor_labels: true`.

mod endpoint;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use self::endpoint::EndpointJson;
use super::SCHEMA_VERSION;
use crate::model::monitor::choice::ChangeReason;
use crate::model::monitor::history::Point;
use crate::model::monitor::{EndpointView, LocalTrouble, Snapshot};
use crate::model::report::Verdict;
use crate::output::html;
use crate::output::text::{json_document, milliseconds, rfc3339};

/// Every endpoint with its state, members and findings.
///
/// # Errors
/// The serializer's.
pub fn endpoints(snapshot: &Snapshot) -> io::Result<String> {
    let all = &snapshot.endpoints;
    let count = |verdict| all.iter().filter(|view| view.state.verdict == verdict).count();
    Ok(json_document(&FleetJson {
        schema_version: SCHEMA_VERSION,
        at: rfc3339(snapshot.at),
        ready: snapshot.ready,
        headline: html::headline(snapshot),
        nearest: snapshot.choice.selected.as_ref().map(ToString::to_string),
        local_trouble: snapshot.trouble.as_ref().map(TroubleJson::from),
        summary: SummaryJson {
            endpoints: all.len(),
            healthy: count(Verdict::Healthy),
            degraded: count(Verdict::Degraded),
            down: count(Verdict::Down),
            unknown: count(Verdict::Unknown),
        },
        endpoints: all.iter().map(|view| EndpointJson::new(view, snapshot.at)).collect(),
    })?)
}

/// One endpoint, in the same form as among all, with the schema's version and the moment beside it.
///
/// # Errors
/// The serializer's.
pub fn endpoint(snapshot: &Snapshot, view: &EndpointView) -> io::Result<String> {
    Ok(json_document(&OneJson {
        schema_version: SCHEMA_VERSION,
        at: rfc3339(snapshot.at),
        endpoint: EndpointJson::new(view, snapshot.at),
    })?)
}

/// The last rounds of one endpoint, oldest first.
///
/// # Errors
/// The serializer's.
pub fn history(view: &EndpointView) -> io::Result<String> {
    Ok(json_document(&HistoryJson {
        schema_version: SCHEMA_VERSION,
        name: view.endpoint.name.to_string(),
        rounds: view.history.iter().map(PointJson::from).collect(),
    })?)
}

/// The choice and why.
///
/// # Errors
/// The serializer's.
pub fn nearest(snapshot: &Snapshot) -> io::Result<String> {
    let choice = &snapshot.choice;
    let reasons = ChangeReason::ALL.iter().map(|reason| reason.as_str());
    Ok(json_document(&NearestJson {
        schema_version: SCHEMA_VERSION,
        at: rfc3339(snapshot.at),
        selected: snapshot.selected().map(|view| SelectedJson::from(view.as_ref())),
        text: choice.text.clone(),
        changed_at: choice.changed_at.and_then(rfc3339),
        changes: reasons.zip(choice.changes).collect(),
    })?)
}

/// The endpoints in the form of Prometheus' HTTP service discovery.
///
/// # Errors
/// The serializer's.
pub fn targets(snapshot: &Snapshot) -> io::Result<String> {
    let targets = snapshot.endpoints.iter().map(|view| TargetJson::from(view.as_ref()));
    Ok(json_document(&targets.collect::<Vec<_>>())?)
}

#[derive(Serialize)]
struct FleetJson {
    schema_version: u32,
    at: Option<String>,
    ready: bool,
    headline: String,
    nearest: Option<String>,
    local_trouble: Option<TroubleJson>,
    summary: SummaryJson,
    endpoints: Vec<EndpointJson>,
}

#[derive(Serialize)]
struct OneJson {
    schema_version: u32,
    at: Option<String>,
    #[serde(flatten)]
    endpoint: EndpointJson,
}

#[derive(Serialize)]
struct TroubleJson {
    since: Option<String>,
    evidence: Vec<String>,
}

impl From<&LocalTrouble> for TroubleJson {
    fn from(trouble: &LocalTrouble) -> Self {
        Self { since: rfc3339(trouble.since), evidence: trouble.evidence.clone() }
    }
}

#[derive(Serialize)]
struct SummaryJson {
    endpoints: usize,
    healthy: usize,
    degraded: usize,
    down: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct HistoryJson {
    schema_version: u32,
    name: String,
    rounds: Vec<PointJson>,
}

#[derive(Serialize)]
struct PointJson {
    at: Option<String>,
    outcome: &'static str,
    rtt_ms: Option<f64>,
    phase: Option<&'static str>,
    cause: Option<&'static str>,
}

impl From<&Point> for PointJson {
    fn from(point: &Point) -> Self {
        Self {
            at: rfc3339(point.at()),
            outcome: point.outcome.as_str(),
            rtt_ms: point.rtt().map(milliseconds),
            phase: point.failure.map(|(phase, _)| phase.as_str()),
            cause: point.failure.map(|(_, cause)| cause.as_str()),
        }
    }
}

#[derive(Serialize)]
struct NearestJson {
    schema_version: u32,
    at: Option<String>,
    selected: Option<SelectedJson>,
    text: String,
    changed_at: Option<String>,
    changes: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct SelectedJson {
    name: String,
    dc: Option<String>,
    url: String,
    verdict: &'static str,
    rtt_ms: Option<f64>,
}

impl From<&EndpointView> for SelectedJson {
    fn from(view: &EndpointView) -> Self {
        Self {
            name: view.endpoint.name.to_string(),
            dc: view.endpoint.dc.clone(),
            url: view.endpoint.url.to_string(),
            verdict: view.state.verdict.as_str(),
            rtt_ms: view.rtt.map(|rtt| milliseconds(rtt.duration)),
        }
    }
}

/// A target group of one target.
#[derive(Serialize)]
struct TargetJson {
    targets: [String; 1],
    labels: LabelsJson,
}

/// An absent label and an empty one are the same to Prometheus; the latter is left out.
#[derive(Serialize)]
struct LabelsJson {
    endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dc: Option<String>,
    #[serde(rename = "__meta_wsus_probe_url")]
    url: String,
    #[serde(rename = "__meta_wsus_probe_region", skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

impl From<&EndpointView> for TargetJson {
    fn from(view: &EndpointView) -> Self {
        let endpoint = &view.endpoint;
        Self {
            targets: [endpoint.name.to_string()],
            labels: LabelsJson {
                endpoint: endpoint.name.to_string(),
                dc: endpoint.dc.clone(),
                url: endpoint.url.to_string(),
                region: endpoint.region.clone(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::monitor::fixture;

    #[test]
    fn endpoints_document() {
        let mut snapshot = fixture::snapshot();
        for view in &mut snapshot.endpoints {
            // Which window is the next depends on rules that are tested elsewhere.
            Arc::make_mut(&mut Arc::make_mut(view).endpoint).patch_window = None;
        }
        insta::assert_snapshot!(endpoints(&snapshot).unwrap());
    }

    #[test]
    fn one_endpoint_is_as_among_all() {
        let mut snapshot = fixture::snapshot();
        snapshot.trouble =
            Some(LocalTrouble { since: fixture::now(), evidence: vec!["\u{202e}why".to_owned()] });
        let all: serde_json::Value = serde_json::from_str(&endpoints(&snapshot).unwrap()).unwrap();
        let text = endpoint(&snapshot, &snapshot.endpoints[2]).unwrap();
        let one: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(all["local_trouble"]["evidence"][0], "\u{202e}why");
        assert_eq!(one["schema_version"], 1);
        for (key, value) in all["endpoints"][2].as_object().unwrap() {
            assert_eq!(&one[key], value);
        }
    }

    #[test]
    fn rounds_without_a_time_have_none() {
        let mut view = fixture::snapshot().endpoints[2].as_ref().clone();
        view.history.keep(4);
        insta::assert_snapshot!(history(&view).unwrap());
    }

    #[test]
    fn nearest_document() {
        let mut snapshot = fixture::snapshot();
        insta::assert_snapshot!(nearest(&snapshot).unwrap());
        snapshot.choice.selected = None;
        assert!(nearest(&snapshot).unwrap().contains("\"selected\": null"));
    }

    #[test]
    fn endpoints_with_one_url_are_two_targets() {
        let mut snapshot = fixture::snapshot();
        let url = snapshot.endpoints[0].endpoint.url.clone();
        Arc::make_mut(&mut Arc::make_mut(&mut snapshot.endpoints[1]).endpoint).url = url;
        let groups: serde_json::Value = serde_json::from_str(&targets(&snapshot).unwrap()).unwrap();
        let target = |place: usize| groups[place]["targets"][0].as_str().unwrap();
        assert_eq!([target(0), target(1)], ["dfw", "ord"]);
        assert_eq!(
            groups[1]["labels"]["__meta_wsus_probe_url"],
            "https://msupdate.dfw.example.test"
        );
    }

    #[test]
    fn targets_document() {
        let mut snapshot = fixture::snapshot();
        let view = Arc::make_mut(&mut snapshot.endpoints[1]);
        Arc::make_mut(&mut view.endpoint).dc = None;
        snapshot.endpoints.truncate(2);
        insta::assert_snapshot!(targets(&snapshot).unwrap());
        snapshot.endpoints.clear();
        assert_eq!(targets(&snapshot).unwrap(), "[]\n");
    }
}
