//! Scenarios, a step a line: what happens, and what is then known.

mod members;
mod scenarios;

use std::time::UNIX_EPOCH;

use super::*;
use crate::decide::monitor::local::{self, Heard};
use crate::model::certificate::{
    Certificate, CertificateReport, PublicKey, SignatureAlgorithm, Staple,
};
use crate::model::failure::Cause;
use crate::model::finding::FindingCode;
use crate::model::monitor::fixture;
use crate::model::report::{Addresses, Lookup, MemberReport, Phases, RecordType};
use crate::model::service::{Outcome as ServiceOutcome, Service, ServiceReport};
use crate::model::timing::Timed;
use crate::model::tls::{TlsSession, TlsVersion};
use crate::model::wsus::WsusAnswer;

pub(super) fn ms(ms: u64) -> Timed {
    Timed::kernel(Duration::from_millis(ms))
}

pub(super) fn address(last: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, last], 443))
}

pub(super) fn warning(code: FindingCode) -> Finding {
    Finding {
        code,
        severity: Severity::Warning,
        observed: format!("{} was seen", code.as_str()),
        meaning: String::new(),
        windows_update_code: None,
        action: String::new(),
    }
}

/// A member of which everything that was asked works.
pub(super) fn well(last: u8) -> MemberReport {
    let time = 10 + u64::from(last);
    MemberReport {
        verdict: Verdict::Healthy,
        rtt: Some(ms(time)),
        phases: Phases {
            resolve: Some(ms(2)),
            connect: Some(ms(time)),
            tls: Some(ms(time)),
            wsus: Some(ms(time)),
        },
        syn_retransmits: Some(1),
        tls: Some(TlsSession {
            version: TlsVersion::Tls13,
            suite: "TLS13_AES_256_GCM_SHA384".to_owned(),
            group: None,
            alpn: None,
            legacy_suite: false,
        }),
        certificate: Some(CertificateReport {
            chain: vec![leaf()],
            staple: Staple::Absent,
            ..CertificateReport::default()
        }),
        wsus: Some(WsusAnswer::default()),
        services: vec![ServiceReport { service: Service::Client, outcome: ServiceOutcome::Pass }],
        ..MemberReport::unprobed(address(last))
    }
}

fn leaf() -> Certificate {
    Certificate {
        subject: "CN=wsus.example.test".to_owned(),
        issuer: "CN=ca".to_owned(),
        common_name: None,
        alternative_names: Vec::new(),
        not_before: UNIX_EPOCH,
        not_after: UNIX_EPOCH + Duration::from_hours(1),
        key: PublicKey { algorithm: "RSA".to_owned(), bits: Some(2048) },
        signature: SignatureAlgorithm { name: "sha256WithRSAEncryption".to_owned(), weak: false },
        is_ca: false,
        self_signed: false,
        allows_server_auth: true,
        has_issuer_url: false,
        sct_count: None,
        must_staple: false,
        sha256: "00".to_owned(),
    }
}

/// A member with this failure: it does not work, or it is not known where the failure is this
/// machine's.
pub(super) fn ill(last: u8, phase: Phase, cause: Cause) -> MemberReport {
    let failure = Failure::new(phase, cause, "as observed");
    let local = crate::decide::health::is_local(&failure);
    let verdict = if local { Verdict::Unknown } else { Verdict::Down };
    MemberReport { verdict, failure: Some(failure), ..MemberReport::unprobed(address(last)) }
}

/// The report about a name with these members, as the engine makes it.
pub(super) fn report(members: Vec<MemberReport>) -> EndpointReport {
    let addresses = members.iter().map(|member| member.address.ip()).collect();
    let found = Addresses { addresses, ttl: Some(Duration::from_mins(5)), cname_chain: Vec::new() };
    judged(members, Ok(found))
}

/// The report about a name whose question failed.
pub(super) fn nameless(cause: Cause) -> EndpointReport {
    judged(Vec::new(), Err(Failure::new(Phase::Resolve, cause, "as the resolver said")))
}

fn judged(members: Vec<MemberReport>, found: Result<Addresses, Failure>) -> EndpointReport {
    let time = found.is_ok().then(|| ms(2));
    let lookup = Lookup { record_type: RecordType::A, time, resends: Some(1), outcome: found };
    let lookups = vec![lookup];
    let all = members.iter().flat_map(|member| &member.findings);
    let warned = all.clone().any(|finding| finding.severity == Severity::Warning);
    let (verdict, failure) = crate::decide::health::endpoint(&lookups, &members, warned, true);
    EndpointReport {
        endpoint: Arc::clone(&fixture::view("dfw", "Dallas", "America/Chicago").endpoint),
        verdict,
        rtt: members.iter().filter_map(|member| member.rtt).min_by_key(|rtt| rtt.duration),
        lookups,
        members,
        failure,
        findings: Vec::new(),
    }
}

pub(super) fn works() -> EndpointReport {
    report(vec![well(1), well(2)])
}

/// Both members of the name are silent.
pub(super) fn silent() -> EndpointReport {
    let member = |last| ill(last, Phase::Connect, Cause::Timeout);
    report(vec![member(1), member(2)])
}

pub(super) fn refused() -> EndpointReport {
    let member = |last| ill(last, Phase::Connect, Cause::Refused);
    report(vec![member(1), member(2)])
}

/// The name works, and a member's content channel does not: only a check sees that.
pub(super) fn no_content() -> EndpointReport {
    let mut member = well(1);
    member.verdict = Verdict::Degraded;
    member.findings = vec![warning(FindingCode::ContentFailed)];
    report(vec![member, well(2)])
}

/// What happens to an endpoint.
pub(super) enum Step {
    Round(EndpointReport),
    Blamed(EndpointReport, Blame),
    Tainted(EndpointReport),
    Check(EndpointReport),
    Release(Blame),
}

/// An endpoint to which things happen, one each second.
pub(super) struct Story {
    pub(super) view: EndpointView,
    seconds: u64,
}

impl Story {
    pub(super) fn new() -> Self {
        Self { view: fixture::view("dfw", "Dallas", "America/Chicago"), seconds: 0 }
    }

    pub(super) fn go(&mut self, step: &Step) -> Folded {
        self.seconds += 1;
        let at = UNIX_EPOCH + Duration::from_secs(self.seconds);
        let finished = |report| Finished {
            report,
            at,
            elapsed: Duration::from_millis(50),
            trace: Arc::from("trace"),
        };
        let view = &mut self.view;
        match step {
            Step::Round(report) => round(view, &finished(report), None, Blame::Endpoint),
            Step::Blamed(report, blame) => {
                assert_ne!(local::heard(report), Heard::Yes, "nobody would hold this");
                round(view, &finished(report), None, *blame)
            }
            Step::Tainted(report) => round(view, &finished(report), Some("slept"), Blame::Endpoint),
            Step::Check(report) => check(view, &finished(report)),
            Step::Release(blame) => release(view, *blame, at),
        }
    }

    /// State, counters where they are not 0, the history as initials, rounds that are held, and
    /// what follows.
    pub(super) fn told(&self, folded: &Folded) -> String {
        let view = &self.view;
        let counts = &view.counts;
        let failures: u64 = counts.failures.iter().sum();
        let counted = [
            ("a", counts.attempts),
            ("f", failures),
            ("t", counts.tainted),
            ("l", counts.local),
            ("u", counts.unknown),
        ];
        let counted = counted.iter().filter(|(_, count)| *count > 0);
        let counted: Vec<String> = counted.map(|(name, count)| format!("{name}{count}")).collect();
        let history: String = view.history.iter().map(|point| initial(point.outcome)).collect();
        let mut text = format!("{} {} {history}", view.state.verdict.as_str(), counted.join(" "));
        if !view.held.is_empty() {
            text.push_str(&format!(" held {}", view.held.len()));
        }
        if folded.check_now {
            text.push_str(" check");
        }
        for change in folded.changes.iter().filter(|change| change.member.is_none()) {
            text.push_str(&format!(" [{}]", change.text));
        }
        text
    }
}

fn initial(outcome: Outcome) -> char {
    match outcome {
        Outcome::Healthy => 'h',
        Outcome::Degraded => 'g',
        Outcome::Down => 'D',
        Outcome::Unknown => '?',
        Outcome::Tainted => 't',
        Outcome::Local => 'L',
    }
}

pub(super) fn run(name: &str, steps: &[(Step, &str)]) -> Story {
    let mut story = Story::new();
    for (number, (step, expected)) in (1..).zip(steps) {
        let folded = story.go(step);
        assert_eq!(story.told(&folded), *expected, "{name}, step {number}");
    }
    story
}
