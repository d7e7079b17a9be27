//! For programs: versioned JSON.
//!
//! One pretty-printed object per run, keys in a fixed order. The schema is [`SCHEMA_VERSION`];
//! fields may be added within a version, and are renamed or removed only with a new one.
//! Absent is `null`, never zero. Durations are in milliseconds with three decimals (`_ms`) or in
//! whole seconds (`_seconds`); moments are RFC 3339 in UTC; verdicts, phases, causes and codes are
//! the closed lower-case lists of [`crate::model`].
//!
//! `nearest`:
//!
//! | key | what |
//! |---|---|
//! | `schema_version` | number |
//! | `selected` | `null`, or `name`, `url`, `rtt_ms`, `verdict` of the choice |
//! | `reason` | `code` and `text`: why this one, or why none |
//! | `confidence` | 0.5 to 1.0, or `null` when nothing was selected |
//! | `elapsed_ms` | from the first question to the choice |
//! | `local_findings` | findings about this machine |
//! | `candidates` | every endpoint in configuration order |
//! | `current` | the server in use: `url`, and `source` (`option`, `registry`); `null` where none is known |
//! | `applied` | what came of `--apply`: `state` (`applied`, `already`, `kept`, `nothing_chosen`, `not_sure`, `declined`, `untouched`, `restored`, `overtaken`, `not_restored`), `text`, `before` and `after` (`WUServer`, `WUStatusServer`, `UseWUServer`, each `null` where it is not set), `backup_file`; `null` where it was not asked for |
//!
//! `check`:
//!
//! | key | what |
//! |---|---|
//! | `schema_version`, `elapsed_ms`, `local_findings` | as above |
//! | `interrupted` | the run was ended before every endpoint had answered or timed out |
//! | `summary` | number of `endpoints`, and of them `healthy`, `degraded`, `down`, `unknown` |
//! | `endpoints` | every endpoint in configuration order |
//!
//! `tls`: the same keys as `check`, and
//!
//! | key | what |
//! |---|---|
//! | `not_scanned` | `name` and `url` of each endpoint that has no TLS |
//!
//! An endpoint:
//!
//! | key | what |
//! |---|---|
//! | `name`, `dc`, `region`, `url` | from the configuration |
//! | `verdict` | `healthy`, `degraded`, `down` or `unknown` |
//! | `rtt_ms`, `rtt_clock` | the median member's round-trip time, and the clock that measured it: `kernel`, `user`, `simulated` |
//! | `rejected` | `null`, or `code` and `text`: why it was not selected (`nearest` only) |
//! | `failure` | why the endpoint as a whole is down |
//! | `findings` | `code`, `severity` (`note`, `warning`), `observed`, `meaning`, `action`, `for_whom`, `windows_update_code`, `windows_update_name`, `likely` (the last three `null` where no code is known) |
//! | `lookups` | per record type: `record_type`, `time_ms`, `clock`, `resends`, `addresses`, `ttl_seconds`, `cname_chain`, `failure` (`cause`, `text`) |
//! | `resolvers` | one per resolver that was compared, in the order in which they were named; `null` where none was asked |
//! | `members` | one per address |
//!
//! A resolver that was compared:
//!
//! | key | what |
//! |---|---|
//! | `resolver` | as the configuration spells it |
//! | `own` | it is the one that the endpoint is probed with, or one of the servers of that |
//! | `servers` | the addresses that it stands for; empty where they are not known |
//! | `agreement` | with more than half of all, or, where no answer has so many on its side, with the configured members: `same`, `part`, `more`, `differs`; `split` where neither tells who is right; `null` where it is not known |
//! | `lookups` | as of an endpoint, and `answered_by`: the server's address, `this_machine` (its hosts file, or a name like `localhost`), or `null` where it is not known |
//! | `again` | second answers, where first ones differed: the same and `after_ms` |
//! | `stale` | `null`, or why its answer is older than another one: `record_type`, `newer` (the other resolver), `older_by_seconds`, `gone_in_seconds` |
//!
//! A member:
//!
//! | key | what |
//! |---|---|
//! | `address` | without the port, which is the URL's |
//! | `verdict`, `rtt_ms`, `rtt_clock`, `failure`, `findings` | as above |
//! | `samples_ms` | round-trip time of each sample, `null` where it was lost or spoilt |
//! | `syn_retransmits` | SYNs sent again |
//! | `phases`, `clocks` | `resolve_ms`, `connect_ms`, `tls_ms`, `wsus_ms`; and the clock of each |
//! | `tls` | `version`, `suite`, `group`, `alpn`, `legacy_suite` |
//! | `certificate` | `verdict`, `not_after` (the earliest of the chain, a root that is sent along left out), `presented_not_after` (the earliest of all that were sent), `verified_not_after` (the earliest of `verified_chain`), `problems` (`verdict`, `position`, `detail`), `chain` (`subject`, `issuer`, `alternative_names`, `not_before`, `not_after`, `key_algorithm`, `key_bits`, `signature_algorithm`, `sha256`), `verified_chain` (`subject` and `not_after` of each, from the leaf to the trusted root; `null` where no path to one was found, dates left aside), `sct_count` (timestamps embedded in the leaf; `null` where it has no such list), `must_staple`, `ocsp` |
//! | `certificate.ocsp` | `stapled`; of the staple, whose signature is not verified: `status` (`good`, `revoked`, `unknown`; `null` where no readable answer about the leaf was sent, which says nothing), `produced_at`, `this_update`, `next_update`; `problem` (why clients cannot use it, or miss it) |
//! | `wsus` | `protocol_version`, `last_change`, `registration_required`, `auth_plugins`, `server_header`, `aspnet_header`, `hsts` |
//! | `requests`, `body_bytes` | how many requests ended, with an answer or without, and the bytes of body in all answers |
//! | `services` | per service: `service`, `result` (`pass`, `fail`, `not_applicable`, `unknown`), `for_whom`, `failure` (`phase`, `cause`, `text`), `reason` (why it is not applicable or unknown), `requests` |
//! | `release` | `candidates` (all releases of WSUS that fit; none where signals contradict each other) and `signals` (`observed`, `tells`); `null` where nothing tells |
//! | `tls_scan` | `null` where it was not looked at; else as below |
//! | `package_server_share` | the internal name; only with `--show-internal-names`, and where the server tells it |
//!
//! A request of a service has `request`, `method`, `url` (with the
//! name override in place of the host), `status`, `first_byte_ms` (request to
//! response head), `transfer_ms` (from there to the end of the body), `body_bytes`, `clock` (of
//! both durations), and `failure` where there was no answer.
//!
//! A scan of a member's TLS:
//!
//! | key | what |
//! |---|---|
//! | `versions` | per version that was tried: `protocol` (`ssl3`, `1.0`, `1.1`, `1.2`, `1.3`), `support` (`supported`, `not_supported`, `unknown`), `certain` (false where it was concluded from a refusal that may have other reasons), what the server chose where it is supported (`suite`, `group`, `prime_bits`, `retry`: a `HelloRetryRequest`, `client_certificate_requested`: `null` with 1.3, which does not show it, `shape`: of the hello that was answered), `attempts` |
//! | `chains` | per chain that was presented: `protocols` (with which) and `certificate` (as of a member; whether the server holds the key is not checked, because no handshake is completed) |
//! | `suites` | per version, with `tls --suites`: `protocol`, `order` (`server`, `client`, `unknown`: whose rules), `accepted` (`suite` and `weakness`; in the server's order where that rules), `groups`, `incomplete` (why there may be more, or `null`) |
//! | `clients` | per group of Windows releases: `client`, `words`, `outcome` (`works`, `fails`, `unknown`), `protocol` and `suite` (with which it works), `reason` (`no_common_version`, `no_common_suite`, `certificate`) and `text` (why not, or why not known), `caveat` (what is not certain about what was seen), `assumption` (what is taken for granted of these releases) |
//! | `offers` | what was offered on behalf of Windows releases, where it did not follow from the rest: `protocol`, `suites`, `groups`, and `answer`, `alert`, `text` as of an attempt |
//! | `connections` | that were opened or tried |
//! | `versions_ms`, `elapsed_ms` | from the first connection's start to the last answer about versions, and to the end; by this process' clock; `null` where there was no connection |
//!
//! An attempt has `shape` (`full`, `short`, `no_server_name`, `no_extensions`), `answer`
//! (`chosen`, `other_version`, `alert`, `broken`, `not_tls`, `closed`, `reset`, `timeout`,
//! `not_connected`), `alert` and `alert_name`, `bytes` (that came before the answer broke off),
//! `text` (the answer in words), `warnings` (numbers of alerts of level warning that came before),
//! `time_ms` (first byte of the hello to the last byte of the answer) and `clock`.
//!
//! `for_whom` holds `clients`, `clients_up_to_8_1`, `downstream_servers`, `administrators`; it is
//! empty where nobody in particular is concerned.
//!
//! A failure has `phase`, `cause`, `windows_update_code` and `windows_update_name` (`null` where
//! no client would show one), `likely` (another code is possible), `text` (what was observed and
//! what it means) and `hint` (what to do).

mod endpoint;
mod machine;
mod member;
pub mod monitor;
mod resolvers;
mod service;
mod tls;

use std::sync::Arc;

use serde::Serialize;

use self::endpoint::{EndpointJson, FindingJson};
use self::machine::{AppliedJson, CurrentJson};
use super::machine::Machine;
use super::text::{json_document, milliseconds};
use crate::model::endpoint::Endpoint;
use crate::model::report::{EndpointReport, Verdict};
use crate::model::selection::{CheckReport, NearestReport};

/// The version of the schema described above.
pub const SCHEMA_VERSION: u32 = 1;

/// The document of one `nearest` run, with a line feed at its end.
///
/// # Errors
/// When serialisation fails, which these types give no cause for.
pub fn nearest(report: &NearestReport, machine: &Machine) -> serde_json::Result<String> {
    let selection = &report.selection;
    let mut rejected = selection.rejected.iter();
    json_document(&NearestJson {
        schema_version: SCHEMA_VERSION,
        selected: selection
            .selected
            .and_then(|index| report.candidates.get(index))
            .map(SelectedJson::from),
        reason: CodeJson {
            code: selection.reason.code.as_str(),
            text: selection.reason.text.clone(),
        },
        confidence: selection.confidence,
        elapsed_ms: milliseconds(report.elapsed),
        local_findings: report.local_findings.iter().map(FindingJson::from).collect(),
        candidates: report
            .candidates
            .iter()
            .map(|candidate| {
                let rejected = rejected.next().and_then(Option::as_ref).map(|rejected| CodeJson {
                    code: rejected.code.as_str(),
                    text: rejected.text.clone(),
                });
                EndpointJson::new(candidate, rejected, false)
            })
            .collect(),
        current: machine.current.as_ref().map(CurrentJson::from),
        applied: machine.applied.as_ref().map(AppliedJson::from),
    })
}

/// The document of one `check` run, with a line feed at its end. `internal_names` adds what
/// servers tell of the machine behind the name.
///
/// # Errors
/// When serialisation fails, which these types give no cause for.
pub fn check(report: &CheckReport, internal_names: bool) -> serde_json::Result<String> {
    json_document(&CheckJson::new(report, internal_names))
}

/// The document of one `tls` run, with a line feed at its end. `clear_text` are the endpoints that
/// were left out.
///
/// # Errors
/// When serialisation fails, which these types give no cause for.
pub fn tls(report: &CheckReport, clear_text: &[Arc<Endpoint>]) -> serde_json::Result<String> {
    let not_scanned = clear_text
        .iter()
        .map(|endpoint| NotScannedJson {
            name: endpoint.name.to_string(),
            url: endpoint.url.to_string(),
        })
        .collect();
    json_document(&TlsJson { check: CheckJson::new(report, false), not_scanned })
}

#[derive(Serialize)]
struct NearestJson {
    schema_version: u32,
    selected: Option<SelectedJson>,
    reason: CodeJson,
    confidence: Option<f64>,
    elapsed_ms: f64,
    local_findings: Vec<FindingJson>,
    candidates: Vec<EndpointJson>,
    current: Option<CurrentJson>,
    applied: Option<AppliedJson>,
}

#[derive(Serialize)]
struct SelectedJson {
    name: String,
    url: String,
    rtt_ms: Option<f64>,
    verdict: &'static str,
}

impl From<&EndpointReport> for SelectedJson {
    fn from(report: &EndpointReport) -> Self {
        Self {
            name: report.endpoint.name.to_string(),
            url: report.endpoint.url.to_string(),
            rtt_ms: report.rtt.map(|rtt| milliseconds(rtt.duration)),
            verdict: report.verdict.as_str(),
        }
    }
}

/// A stable code and its sentence.
#[derive(Serialize)]
struct CodeJson {
    code: &'static str,
    text: String,
}

#[derive(Serialize)]
struct CheckJson {
    schema_version: u32,
    elapsed_ms: f64,
    interrupted: bool,
    summary: SummaryJson,
    endpoints: Vec<EndpointJson>,
    local_findings: Vec<FindingJson>,
}

impl CheckJson {
    fn new(report: &CheckReport, internal_names: bool) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            elapsed_ms: milliseconds(report.elapsed),
            interrupted: report.interrupted,
            summary: SummaryJson::of(&report.endpoints),
            endpoints: report
                .endpoints
                .iter()
                .map(|endpoint| EndpointJson::new(endpoint, None, internal_names))
                .collect(),
            local_findings: report.local_findings.iter().map(FindingJson::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct TlsJson {
    #[serde(flatten)]
    check: CheckJson,
    not_scanned: Vec<NotScannedJson>,
}

/// An endpoint that has no TLS.
#[derive(Serialize)]
struct NotScannedJson {
    name: String,
    url: String,
}

#[derive(Serialize)]
struct SummaryJson {
    endpoints: usize,
    healthy: usize,
    degraded: usize,
    down: usize,
    unknown: usize,
}

impl SummaryJson {
    fn of(endpoints: &[EndpointReport]) -> Self {
        let count = |verdict| endpoints.iter().filter(|report| report.verdict == verdict).count();
        Self {
            endpoints: endpoints.len(),
            healthy: count(Verdict::Healthy),
            degraded: count(Verdict::Degraded),
            down: count(Verdict::Down),
            unknown: count(Verdict::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::fixture;

    #[test]
    fn nearest_document() {
        insta::assert_snapshot!(nearest(&fixture::nearest(), &Machine::default()).unwrap());
    }

    #[test]
    fn nothing_selected_is_null() {
        insta::assert_snapshot!(nearest(&fixture::nearest_none(), &Machine::default()).unwrap());
    }

    #[test]
    fn compared_resolvers() {
        let document = check(&fixture::resolvers::check(), false).unwrap();
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        let resolvers = &document["endpoints"][3]["resolvers"];
        insta::assert_snapshot!(serde_json::to_string_pretty(&resolvers[0]).unwrap());
        let of = |key| resolvers.as_array().unwrap().iter().map(move |one| one[key].clone());
        let agreements: Vec<_> = of("agreement").collect();
        assert_eq!(agreements, [json!("split"), json!("split"), json!("split"), json!(null)]);
        assert!(of("stale").skip(1).all(|stale| stale.is_null()));
    }

    #[test]
    fn check_document() {
        let mut report = fixture::check();
        report.endpoints.truncate(2);
        report.interrupted = true;
        insta::assert_snapshot!(check(&report, false).unwrap());
    }

    #[test]
    fn a_member_with_services() {
        let mut report = fixture::check();
        report.endpoints.retain(|endpoint| endpoint.endpoint.name.0 == "fra");
        insta::assert_snapshot!(check(&report, false).unwrap());
    }

    #[test]
    fn a_scan_of_tls() {
        let mut report = fixture::scan::tls();
        report.endpoints.truncate(2);
        insta::assert_snapshot!(tls(&report, &fixture::scan::clear_text()).unwrap());
    }

    #[test]
    fn the_internal_server_name_is_shown_only_where_it_was_asked_for() {
        let text = nearest(&fixture::nearest(), &Machine::default()).unwrap()
            + &check(&fixture::check(), false).unwrap();
        assert!(!text.contains("secret-host"));
        assert!(!text.contains("PackageServerShare") && !text.contains("package_server_share"));
        let text = check(&fixture::check(), true).unwrap();
        assert!(
            text.contains(r#""package_server_share": "\\\\secret-host\\UpdateServicesPackages""#)
        );
    }
}
