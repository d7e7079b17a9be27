//! Mirror types of an endpoint's view.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::decide::monitor::patch_window;
use crate::model::endpoint::Endpoint;
use crate::model::failure::Phase;
use crate::model::monitor::member::{CertificateView, MemberView, ServiceView, TlsView};
use crate::model::monitor::{Counts, DnsView, EndpointView, Noted, Ran, State};
use crate::output::json::endpoint::{FailureJson, FindingJson};
use crate::output::json::member::{ClocksJson, PhasesJson, TlsJson, clock, ms};
use crate::output::text::{milliseconds, rfc3339};

/// One endpoint with all that is known of it.
#[derive(Serialize)]
pub(super) struct EndpointJson {
    name: String,
    dc: Option<String>,
    region: Option<String>,
    url: String,
    state: StateJson,
    rtt_ms: Option<f64>,
    rtt_clock: Option<&'static str>,
    dns: Option<DnsJson>,
    patch_window: Option<WindowJson>,
    rounds: RoundsJson,
    checks: JobJson,
    scans: JobJson,
    counts: CountsJson,
    findings: Vec<NotedJson>,
    members: Vec<MemberJson>,
}

impl EndpointJson {
    pub(super) fn new(view: &EndpointView, now: SystemTime) -> Self {
        let endpoint = view.endpoint.as_ref();
        Self {
            name: endpoint.name.to_string(),
            dc: endpoint.dc.clone(),
            region: endpoint.region.clone(),
            url: endpoint.url.to_string(),
            state: StateJson::new(&view.state, endpoint),
            rtt_ms: ms(view.rtt),
            rtt_clock: clock(view.rtt),
            dns: view.dns.as_ref().map(DnsJson::from),
            patch_window: WindowJson::new(endpoint, now),
            rounds: RoundsJson {
                job: JobJson::new(view.pace.round, view.last_round),
                next_at: view.next_round.and_then(rfc3339),
            },
            checks: JobJson::new(view.pace.check, view.last_check),
            scans: JobJson::new(view.pace.scan, view.last_scan),
            counts: CountsJson::new(&view.counts, view.held.len()),
            findings: view.findings.iter().map(NotedJson::from).collect(),
            members: view
                .members
                .iter()
                .map(|member| MemberJson::new(member, endpoint, now))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct StateJson {
    verdict: &'static str,
    since: Option<String>,
    failure: Option<FailureJson>,
    contrary: Option<ContraryJson>,
}

impl StateJson {
    fn new(state: &State, endpoint: &Endpoint) -> Self {
        Self {
            verdict: state.verdict.as_str(),
            since: rfc3339(state.since),
            failure: state.failure.as_ref().map(|failure| FailureJson::new(failure, endpoint)),
            contrary: state.contrary.map(|(verdict, observations)| ContraryJson {
                verdict: verdict.as_str(),
                observations,
            }),
        }
    }
}

#[derive(Serialize)]
struct ContraryJson {
    verdict: &'static str,
    observations: u32,
}

#[derive(Serialize)]
struct DnsJson {
    ttl_seconds: Option<u64>,
    resends: Option<u64>,
    failures: Vec<String>,
}

impl From<&DnsView> for DnsJson {
    fn from(dns: &DnsView) -> Self {
        Self {
            ttl_seconds: dns.ttl.map(|ttl| ttl.as_secs()),
            resends: dns.resends,
            failures: dns.failures.clone(),
        }
    }
}

#[derive(Serialize)]
struct WindowJson {
    open: bool,
    from: Option<String>,
    until: Option<String>,
}

impl WindowJson {
    fn new(endpoint: &Endpoint, now: SystemTime) -> Option<Self> {
        let open = patch_window::is_open(endpoint, now)?;
        let (from, until) = patch_window::next(endpoint, now).unzip();
        Some(Self { open, from: from.and_then(rfc3339), until: until.and_then(rfc3339) })
    }
}

#[derive(Serialize)]
struct RoundsJson {
    #[serde(flatten)]
    job: JobJson,
    next_at: Option<String>,
}

#[derive(Serialize)]
struct JobJson {
    every_seconds: f64,
    last_at: Option<String>,
    last_elapsed_ms: Option<f64>,
}

impl JobJson {
    fn new(pace: Duration, ran: Option<Ran>) -> Self {
        Self {
            every_seconds: pace.as_secs_f64(),
            last_at: ran.and_then(|ran| rfc3339(ran.at)),
            last_elapsed_ms: ran.map(|ran| milliseconds(ran.elapsed)),
        }
    }
}

#[derive(Serialize)]
struct CountsJson {
    attempts: u64,
    failures: BTreeMap<&'static str, u64>,
    tainted: u64,
    local: u64,
    unknown: u64,
    held: usize,
    panicked: u64,
}

impl CountsJson {
    fn new(counts: &Counts, held: usize) -> Self {
        let phases = Phase::ALL.into_iter().map(Phase::as_str);
        Self {
            attempts: counts.attempts,
            failures: phases.zip(counts.failures).collect(),
            tainted: counts.tainted,
            local: counts.local,
            unknown: counts.unknown,
            held,
            panicked: counts.panicked,
        }
    }
}

#[derive(Serialize)]
struct NotedJson {
    by: &'static str,
    #[serde(flatten)]
    finding: FindingJson,
}

impl From<&Noted> for NotedJson {
    fn from(noted: &Noted) -> Self {
        Self { by: noted.by.as_str(), finding: FindingJson::from(noted.finding.as_ref()) }
    }
}

#[derive(Serialize)]
struct MemberJson {
    address: String,
    state: StateJson,
    rtt_ms: Option<f64>,
    rtt_clock: Option<&'static str>,
    syn_retransmits: Option<u64>,
    phases: PhasesJson,
    clocks: ClocksJson,
    tls: Option<TlsJson>,
    certificate: Option<CertificateJson>,
    services: Vec<ServiceJson>,
    tls_scan: Option<ScanJson>,
    findings: Vec<NotedJson>,
}

impl MemberJson {
    fn new(member: &MemberView, endpoint: &Endpoint, now: SystemTime) -> Self {
        Self {
            address: member.address.ip().to_string(),
            state: StateJson::new(&member.state, endpoint),
            rtt_ms: ms(member.rtt),
            rtt_clock: clock(member.rtt),
            syn_retransmits: member.syn_retransmits,
            phases: PhasesJson::from(&member.phases),
            clocks: ClocksJson::from(&member.phases),
            tls: member.session.as_deref().map(TlsJson::from),
            certificate: member
                .certificate
                .as_deref()
                .map(|chain| CertificateJson::new(chain, now)),
            services: member.services.iter().map(ServiceJson::from).collect(),
            tls_scan: member.tls.as_deref().map(ScanJson::from),
            findings: member.findings.iter().map(NotedJson::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct CertificateJson {
    verdict: &'static str,
    detail: String,
    subject: String,
    not_after: Vec<Option<String>>,
}

impl CertificateJson {
    fn new(chain: &CertificateView, now: SystemTime) -> Self {
        let ends = chain.not_after.iter();
        Self {
            verdict: chain.verdict_at(now).as_str(),
            detail: chain.detail.clone(),
            subject: chain.subject.clone(),
            not_after: ends.map(|end| end.and_then(rfc3339)).collect(),
        }
    }
}

#[derive(Serialize)]
struct ServiceJson {
    service: &'static str,
    works: Option<bool>,
    text: String,
}

impl From<&ServiceView> for ServiceJson {
    fn from(view: &ServiceView) -> Self {
        Self { service: view.service.as_str(), works: view.works, text: view.text.to_string() }
    }
}

#[derive(Serialize)]
struct ScanJson {
    versions: Vec<VersionJson>,
    clients: Vec<ClientJson>,
}

impl From<&TlsView> for ScanJson {
    fn from(scan: &TlsView) -> Self {
        let versions = scan.versions.iter().map(|(protocol, support)| VersionJson {
            protocol: protocol.as_str(),
            support: support.as_str(),
        });
        let clients = scan.clients.iter().map(|(client, works, text)| ClientJson {
            client: client.as_str(),
            works: *works,
            text: text.clone(),
        });
        Self { versions: versions.collect(), clients: clients.collect() }
    }
}

#[derive(Serialize)]
struct VersionJson {
    protocol: &'static str,
    support: &'static str,
}

#[derive(Serialize)]
struct ClientJson {
    client: &'static str,
    works: Option<bool>,
    text: String,
}
