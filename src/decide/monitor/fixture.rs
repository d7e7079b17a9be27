//! Reports as the engine makes them, for tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use crate::decide::health;
use crate::model::certificate::{
    Certificate, CertificateReport, PublicKey, SignatureAlgorithm, Staple,
};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::monitor::fixture;
use crate::model::report::{
    Addresses, EndpointReport, Lookup, MemberReport, Phases, RecordType, Verdict,
};
use crate::model::service::{Outcome, Service, ServiceReport};
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
        services: vec![ServiceReport { service: Service::Client, outcome: Outcome::Pass }],
        ..MemberReport::unprobed(address(last))
    }
}

pub(super) fn leaf() -> Certificate {
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
        serial: "01".into(),
        sha256: "00".to_owned(),
    }
}

/// A member with this failure: it does not work, or it is not known where the failure is this
/// machine's.
pub(super) fn ill(last: u8, phase: Phase, cause: Cause) -> MemberReport {
    let failure = Failure::new(phase, cause, "as observed");
    let local = health::is_local(&failure);
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
    let (record_type, resends) = (RecordType::A, Some(1));
    let lookup = Lookup { record_type, time, resends, answered_by: None, outcome: found };
    let lookups = vec![lookup];
    let all = members.iter().flat_map(|member| &member.findings);
    let warned = all.clone().any(|finding| finding.severity == Severity::Warning);
    let (verdict, failure) = health::endpoint(&lookups, &members, warned, true);
    EndpointReport {
        endpoint: Arc::clone(&fixture::view("dfw", "Dallas", "America/Chicago").endpoint),
        verdict,
        rtt: members.iter().filter_map(|member| member.rtt).min_by_key(|rtt| rtt.duration),
        lookups,
        resolvers: Vec::new(),
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
