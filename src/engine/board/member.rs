//! What was seen of one member.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::decide::diagnosis::{self, Seen};
use crate::decide::health::{self, Evidence};
use crate::decide::select::standing::{Health, Member};
use crate::decide::{certificate, exposure, findings, generation, members, services, tls_policy};
use crate::engine::event::Sight;
use crate::engine::member::Sampling;
use crate::model::certificate::CertificateReport;
use crate::model::endpoint::{Endpoint, EndpointUrl, Scheme};
use crate::model::exchange::Exchange;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, Severity};
use crate::model::report::{MemberReport, Phases, Verdict};
use crate::model::request::Request;
use crate::model::service::ServiceReport;
use crate::model::timing::Timed;
use crate::model::tls::TlsSession;
use crate::model::tls_scan::TlsScan;
use crate::model::wsus::WsusAnswer;

/// One connection attempt.
#[derive(Default)]
struct Sample {
    sent: Duration,
    answered: bool,
    rtt: Option<Timed>,
}

/// Everything seen of one address.
pub(super) struct MemberState {
    address: SocketAddr,
    endpoint: Arc<Endpoint>,
    /// The URL as it is requested.
    asked: EndpointUrl,
    resolve: Option<Timed>,
    samples: Vec<Sample>,
    connect: Option<Timed>,
    not_connected: Option<Failure>,
    syn_retransmits: Option<u32>,
    session: Option<TlsSession>,
    tls_time: Option<Timed>,
    not_secured: Option<Failure>,
    certificate: Option<CertificateReport>,
    exchanges: Vec<Exchange>,
    scan: Option<TlsScan>,
    /// The judgement of the answer to `GetConfig`.
    checked: Option<Result<WsusAnswer, Failure>>,
    /// A warning is already certain. Kept, because the race looks at it after every event.
    warned: bool,
    done: bool,
}

impl MemberState {
    pub(super) fn new(
        address: SocketAddr,
        resolve: Option<Timed>,
        endpoint: &Arc<Endpoint>,
    ) -> Self {
        Self {
            address,
            endpoint: Arc::clone(endpoint),
            asked: endpoint.requested_url(),
            resolve,
            samples: Vec::new(),
            connect: None,
            not_connected: None,
            syn_retransmits: None,
            session: None,
            tls_time: None,
            not_secured: None,
            certificate: None,
            exchanges: Vec::new(),
            scan: None,
            checked: None,
            warned: false,
            done: false,
        }
    }

    pub(super) fn fold(&mut self, at: Duration, sight: Sight) {
        match sight {
            Sight::Sent { sample } => self.sample(sample).sent = at,
            Sight::Connected { sample, connect, rtt, syn_retransmits } => {
                self.add_retransmits(syn_retransmits);
                self.connect = self.connect.or(Some(connect));
                let sample = self.sample(sample);
                sample.answered = true;
                sample.rtt = rtt;
            }
            Sight::NotConnected { sample, failure, syn_retransmits } => {
                self.add_retransmits(syn_retransmits);
                self.not_connected.get_or_insert(failure);
                self.sample(sample).answered = true;
            }
            Sight::Secured { session, time, min_rtt } => {
                self.session = Some(session);
                self.tls_time = time;
                // The connection's minimum, unless its first exchange was spoilt.
                let first = self.sample(0);
                first.rtt = first.rtt.map(|rtt| match min_rtt {
                    Some(min) if min.duration < rtt.duration => min,
                    Some(_) | None => rtt,
                });
            }
            Sight::NotSecured(failure) => self.not_secured = Some(failure),
            Sight::Certificate(report) => {
                self.certificate = Some(report);
                self.look_for_warnings();
            }
            Sight::Scanned(scan) => {
                if let Some(failure) = &mut self.not_secured {
                    tls_policy::set_right(failure, &scan);
                }
                self.scan = Some(*scan);
                self.look_for_warnings();
            }
            Sight::Asked(exchange) => {
                if exchange.request == Request::GetConfig {
                    self.checked = Some(crate::decide::wsus::of_exchange(&exchange, &self.asked));
                }
                // Not in the order of arrival, which differs from round to round.
                let place = self.exchanges.partition_point(|one| one.request <= exchange.request);
                self.exchanges.insert(place, exchange);
                self.look_for_warnings();
            }
            Sight::Done => self.done = true,
        }
    }

    fn sample(&mut self, number: u32) -> &mut Sample {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        if self.samples.len() <= index {
            self.samples.resize_with(index.saturating_add(1), Sample::default);
        }
        #[expect(clippy::indexing_slicing, reason = "the vector was just made long enough")]
        &mut self.samples[index]
    }

    fn add_retransmits(&mut self, count: Option<u32>) {
        if let Some(count) = count {
            *self.syn_retransmits.get_or_insert(0) += count;
        }
    }

    pub(super) fn first_sent(&self) -> Option<Duration> {
        self.samples.iter().map(|sample| sample.sent).min()
    }

    /// The failure to connect, once every attempt has failed.
    fn connect_failure(&self, expected: usize) -> Option<&Failure> {
        let all_in = self.samples.len() >= expected && self.samples.iter().all(|s| s.answered);
        self.not_connected.as_ref().filter(|failure| {
            // Without a route no attempt can fare better.
            self.connect.is_none() && (all_in || failure.cause == Cause::NoRoute)
        })
    }

    fn evidence(&self, expected_samples: usize, warned: bool) -> Evidence<'_> {
        Evidence {
            tls_expected: self.asked.scheme == Scheme::Https,
            connect: self.connect_failure(expected_samples),
            tls: self.not_secured.as_ref(),
            certificate: self.certificate.as_ref(),
            wsus: self.checked.as_ref().map(Result::as_ref),
            warned,
            settled: self.done,
        }
    }

    /// How it stands in the race.
    pub(super) fn standing(&self, sampling: Sampling) -> Member {
        let expected = usize::try_from(sampling.samples).unwrap_or(usize::MAX);
        let (verdict, failure) = health::member(&self.evidence(expected, self.warned));
        let out_of_reach = failure.is_some_and(|failure| health::says_nothing(&failure));
        Member {
            samples: self.samples.iter().filter_map(|s| Some(s.rtt?.duration)).collect(),
            pending_since: self.samples.iter().filter(|s| !s.answered).map(|s| s.sent).max(),
            unsent: self.samples.len() < expected,
            health: match verdict {
                Verdict::Healthy => Health::Healthy,
                Verdict::Degraded => Health::Degraded,
                Verdict::Down => Health::Down,
                Verdict::Unknown if out_of_reach => Health::Ignored,
                Verdict::Unknown if self.done => Health::Down,
                Verdict::Unknown => Health::Pending,
            },
        }
    }

    /// Only certificates, scans and answers give warnings, in which the date plays no part.
    fn look_for_warnings(&mut self) {
        self.warned = is_warned(&self.findings(SystemTime::UNIX_EPOCH, &self.services()));
    }

    fn services(&self) -> Vec<ServiceReport> {
        let Some(scan) = &self.scan else { return services::reports(&self.exchanges, &self.asked) };
        let mut exchanges = self.exchanges.clone();
        let failures = exchanges.iter_mut().filter_map(|exchange| exchange.outcome.as_mut().err());
        for failure in failures.filter(|failure| failure.phase == Phase::Tls) {
            tls_policy::set_right(failure, scan);
        }
        services::reports(&exchanges, &self.asked)
    }

    fn findings(&self, now: SystemTime, services: &[ServiceReport]) -> Vec<Finding> {
        let rtts = self.samples.iter().filter_map(|sample| sample.rtt);
        let seen = Seen {
            asked: &self.asked,
            exchanges: &self.exchanges,
            services,
            round_trip: rtts.map(|rtt| rtt.duration).min(),
        };
        let mut findings = diagnosis::of_member(&seen);
        if let Some(report) = &self.certificate {
            findings.extend(certificate::findings(report, now));
        }
        if let Some(scan) = &self.scan {
            findings.extend(tls_policy::findings(&self.endpoint, scan));
        }
        findings.extend(exposure::of_member(&seen));
        findings.extend(members::behind_one_address(&self.exchanges));
        findings.extend(findings::of_member(self.session.as_ref(), self.syn_retransmits));
        findings
    }

    /// The scan of a member of which nothing else was looked at: beside or after a handshake or a
    /// check there is the outcome of that, too.
    fn only_scan(&self) -> Option<&TlsScan> {
        let nothing_else =
            self.session.is_none() && self.not_secured.is_none() && self.exchanges.is_empty();
        self.scan.as_ref().filter(|_| nothing_else)
    }

    fn verdict(&self, findings: &[Finding]) -> (Verdict, Option<Failure>) {
        let evidence = self.evidence(self.samples.len(), is_warned(findings));
        let (verdict, failure) = health::member(&evidence);
        match self.only_scan() {
            Some(scan) if failure.is_none() => {
                (tls_policy::verdict(scan, findings), tls_policy::failure(scan))
            }
            Some(_) | None => (verdict, failure),
        }
    }

    /// How long `GetConfig` took.
    fn wsus_time(&self) -> Option<Timed> {
        let asked =
            self.exchanges.iter().find(|exchange| exchange.request == Request::GetConfig)?;
        asked.outcome.as_ref().ok()?.first_byte
    }

    pub(super) fn report(&self, now: SystemTime) -> MemberReport {
        let answer = self.checked.as_ref().and_then(|checked| checked.as_ref().ok());
        let services = self.services();
        let generation = generation::estimate(&self.exchanges, self.session.as_ref());
        let mut findings = self.findings(now, &services);
        findings.extend(generation::findings(generation.as_ref(), &self.exchanges));
        let (verdict, failure) = self.verdict(&findings);
        let samples: Vec<Option<Timed>> = self.samples.iter().map(|sample| sample.rtt).collect();
        MemberReport {
            address: self.address,
            verdict,
            rtt: samples.iter().flatten().min_by_key(|rtt| rtt.duration).copied(),
            samples,
            syn_retransmits: self.syn_retransmits,
            phases: Phases {
                resolve: self.resolve,
                connect: self.connect,
                tls: self.tls_time,
                wsus: answer.and_then(|_| self.wsus_time()),
            },
            tls: self.session.clone(),
            certificate: self.certificate.clone(),
            wsus: answer.cloned(),
            exchanges: self.exchanges.clone(),
            services,
            generation,
            tls_scan: self.scan.clone(),
            failure,
            findings,
        }
    }
}

fn is_warned(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Warning)
}
