//! What was seen of one member.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use crate::decide::health::{self, Evidence};
use crate::decide::select::standing::{Health, Member};
use crate::decide::{certificate, findings};
use crate::engine::event::Sight;
use crate::engine::member::Sampling;
use crate::model::certificate::CertificateReport;
use crate::model::endpoint::{EndpointUrl, Scheme};
use crate::model::failure::{Cause, Failure};
use crate::model::finding::{Finding, Severity};
use crate::model::report::{MemberReport, Phases, Verdict};
use crate::model::timing::Timed;
use crate::model::tls::TlsSession;
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
    url: EndpointUrl,
    resolve: Option<Timed>,
    samples: Vec<Sample>,
    connect: Option<Timed>,
    not_connected: Option<Failure>,
    syn_retransmits: Option<u32>,
    session: Option<TlsSession>,
    tls_time: Option<Timed>,
    not_secured: Option<Failure>,
    certificate: Option<CertificateReport>,
    checked: Option<Result<(WsusAnswer, Option<Timed>), Failure>>,
    done: bool,
}

impl MemberState {
    pub(super) fn new(address: SocketAddr, resolve: Option<Timed>, url: &EndpointUrl) -> Self {
        Self {
            address,
            url: url.clone(),
            resolve,
            samples: Vec::new(),
            connect: None,
            not_connected: None,
            syn_retransmits: None,
            session: None,
            tls_time: None,
            not_secured: None,
            certificate: None,
            checked: None,
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
            Sight::Certificate(report) => self.certificate = Some(report),
            Sight::Checked(outcome) => self.checked = Some(outcome),
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
            tls_expected: self.url.scheme == Scheme::Https,
            connect: self.connect_failure(expected_samples),
            tls: self.not_secured.as_ref(),
            certificate: self.certificate.as_ref(),
            wsus: self.checked.as_ref().map(|checked| checked.as_ref().map(|(answer, _)| answer)),
            warned,
            settled: self.done,
        }
    }

    /// How it stands in the race.
    pub(super) fn standing(&self, sampling: Sampling) -> Member {
        let expected = usize::try_from(sampling.samples).unwrap_or(usize::MAX);
        let (verdict, failure) = health::member(&self.evidence(expected, self.warned()));
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

    /// Whether a warning is already certain; the date plays no part in warnings.
    fn warned(&self) -> bool {
        is_warned(&self.findings(SystemTime::UNIX_EPOCH))
    }

    fn findings(&self, now: SystemTime) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        if let Some(report) = &self.certificate {
            findings.extend(certificate::findings(report, now));
        }
        if let Some(Ok((answer, _))) = &self.checked {
            findings.extend(crate::decide::wsus::findings(answer, &self.url));
        }
        findings.extend(findings::of_member(self.session.as_ref(), self.syn_retransmits));
        findings
    }

    pub(super) fn report(&self, now: SystemTime) -> MemberReport {
        let answer = self.checked.as_ref().and_then(|checked| checked.as_ref().ok());
        let findings = self.findings(now);
        let warned = is_warned(&findings);
        let (verdict, failure) = health::member(&self.evidence(self.samples.len(), warned));
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
                wsus: answer.and_then(|(_, time)| *time),
            },
            tls: self.session.clone(),
            certificate: self.certificate.clone(),
            wsus: answer.map(|(answer, _)| answer.clone()),
            failure,
            findings,
        }
    }
}

fn is_warned(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Warning)
}
