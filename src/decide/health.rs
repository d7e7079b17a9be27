//! From evidence to verdicts, per member and per endpoint.

use crate::decide::certificate;
use crate::model::certificate::CertificateReport;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::report::{Lookup, MemberReport, Verdict};
use crate::model::wsus::WsusAnswer;

/// What is known of one member, so far or at the end.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// `https`: there must be a handshake and a certificate.
    pub tls_expected: bool,
    /// Why connecting failed; set only when every attempt has failed.
    pub connect: Option<&'a Failure>,
    /// Why the handshake failed.
    pub tls: Option<&'a Failure>,
    /// The judgement of the certificate.
    pub certificate: Option<&'a CertificateReport>,
    /// The outcome of the WSUS check.
    pub wsus: Option<Result<&'a WsusAnswer, &'a Failure>>,
    /// At least one finding is a warning.
    pub warned: bool,
}

/// The verdict on one member: [`Verdict::Unknown`] while or because evidence is missing.
///
/// The first failing phase is the failure, in the order in which a client goes through them; the
/// sampler's own evidence goes first, because it tells connecting and the handshake apart. A
/// completed WSUS check proves that connecting and the handshake work, whatever happened to the
/// sampler's own attempts.
pub fn member(evidence: &Evidence<'_>) -> (Verdict, Option<Failure>) {
    let judged = evidence.certificate.and_then(certificate::failure);
    let failure = match evidence.wsus {
        Some(Ok(_)) => judged,
        Some(Err(check)) => [evidence.connect, evidence.tls, judged.as_ref(), Some(check)]
            .into_iter()
            .flatten()
            .next()
            .cloned(),
        None => evidence.connect.or(evidence.tls).cloned().or(judged),
    };
    let complete = evidence.wsus.is_some_and(|check| check.is_ok())
        && (evidence.certificate.is_some() || !evidence.tls_expected);
    let verdict = match &failure {
        Some(failure) if failure.cause == Cause::NoRoute => Verdict::Unknown,
        Some(failure) if failure.cause == Cause::LocalLimit => Verdict::Unknown,
        Some(_) => Verdict::Down,
        None if !complete => Verdict::Unknown,
        None if evidence.warned => Verdict::Degraded,
        None => Verdict::Healthy,
    };
    (verdict, failure)
}

/// The verdict on a name: healthy when every member is, down when none works, degraded in
/// between. Members that cannot be reached for reasons of this machine count for nothing.
///
/// The failure is set when there is no member at all, or when none works: then it is that of the
/// member that came farthest. `finished` says that nothing more is to come: before that, a name
/// without members is unknown.
pub fn endpoint(
    lookups: &[Lookup],
    members: &[MemberReport],
    warned: bool,
    finished: bool,
) -> (Verdict, Option<Failure>) {
    let count = |verdict| members.iter().filter(|m| m.verdict == verdict).count();
    let works = count(Verdict::Healthy) + count(Verdict::Degraded);
    let unknown = members.iter().filter(|m| m.verdict == Verdict::Unknown);
    let unknown = unknown.filter(|m| !is_no_route(m)).count();
    if works > 0 {
        let clean = works == count(Verdict::Healthy) && count(Verdict::Down) == 0 && !warned;
        return match (clean, unknown) {
            (false, _) => (Verdict::Degraded, None),
            (true, 0) => (Verdict::Healthy, None),
            (true, _) => (Verdict::Unknown, None),
        };
    }
    let farthest = members.iter().filter_map(|m| m.failure.as_ref()).max_by_key(|f| f.phase);
    let nameless = members.is_empty() && finished;
    let failure = farthest.cloned().or_else(|| nameless.then(|| lookup_failure(lookups))?);
    let down = count(Verdict::Down) > 0 || nameless;
    match failure {
        Some(failure) if down && unknown == 0 && !is_local(&failure) => {
            (Verdict::Down, Some(failure))
        }
        failure => (Verdict::Unknown, failure),
    }
}

/// Why a name has no address: of several errors the one that says most about the name.
fn lookup_failure(lookups: &[Lookup]) -> Option<Failure> {
    let weight = |cause: Cause| (cause != Cause::NoData, cause != Cause::Timeout);
    lookups
        .iter()
        .filter_map(|lookup| lookup.outcome.as_ref().err())
        .max_by_key(|failure| weight(failure.cause))
        .cloned()
}

/// Whether a member cannot be reached because this machine has no route to its address family.
pub fn is_no_route(member: &MemberReport) -> bool {
    member.failure.as_ref().is_some_and(|failure| failure.cause == Cause::NoRoute)
}

/// Whether a failure is this machine's own and says nothing about the other end.
pub fn is_local(failure: &Failure) -> bool {
    let always = [Cause::LocalLimit, Cause::LocallyForbidden, Cause::NoResolver, Cause::NoRoute];
    always.contains(&failure.cause)
        || (failure.phase == Phase::Resolve && failure.cause == Cause::Io)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::certificate::{CertificateProblem, CertificateVerdict};
    use crate::model::report::{Phases, RecordType};
    use crate::model::wsus::ServerConfig;

    fn failure(phase: Phase, cause: Cause) -> Failure {
        Failure::new(phase, cause, "seen")
    }

    fn certificate(verdict: Option<CertificateVerdict>) -> CertificateReport {
        let problem =
            |verdict| CertificateProblem { verdict, position: Some(0), detail: "seen".into() };
        CertificateReport {
            chain: Vec::new(),
            problems: verdict.map(problem).into_iter().collect(),
        }
    }

    #[test]
    fn the_first_failing_phase_decides_on_a_member() {
        use Verdict::{Degraded, Down, Healthy, Unknown};
        let config = ServerConfig::default();
        let answer = WsusAnswer { config, server_header: None, aspnet_header: None, hsts: false };
        let refused = failure(Phase::Connect, Cause::Refused);
        let reset = failure(Phase::Tls, Cause::Reset);
        let stopped = failure(Phase::Wsus, Cause::Http503);
        let no_route = failure(Phase::Connect, Cause::NoRoute);
        let limit = failure(Phase::Connect, Cause::LocalLimit);
        let good = certificate(None);
        let expired = certificate(Some(CertificateVerdict::Expired));
        let works = Evidence {
            tls_expected: true,
            connect: None,
            tls: None,
            certificate: Some(&good),
            wsus: Some(Ok(&answer)),
            warned: false,
        };
        let broken = Evidence { wsus: Some(Err(&stopped)), ..works };
        let table = [
            ("works", works, Healthy, None),
            ("warned", Evidence { warned: true, ..works }, Degraded, None),
            ("not judged yet", Evidence { certificate: None, ..works }, Unknown, None),
            (
                "clear text has no certificate",
                Evidence { tls_expected: false, certificate: None, ..works },
                Healthy,
                None,
            ),
            ("not checked yet", Evidence { wsus: None, ..works }, Unknown, None),
            ("check failed", broken, Down, Some(Cause::Http503)),
            (
                "expired comes before the check's own failure",
                Evidence { certificate: Some(&expired), ..broken },
                Down,
                Some(Cause::CertificateExpired),
            ),
            (
                "a working check outweighs a broken sample",
                Evidence { tls: Some(&reset), connect: Some(&refused), ..works },
                Healthy,
                None,
            ),
            (
                "the handshake comes before the certificate",
                Evidence { tls: Some(&reset), certificate: Some(&expired), ..broken },
                Down,
                Some(Cause::Reset),
            ),
            (
                "connecting comes first",
                Evidence { connect: Some(&refused), tls: Some(&reset), ..broken },
                Down,
                Some(Cause::Refused),
            ),
            (
                "no route says nothing of the server",
                Evidence { connect: Some(&no_route), certificate: None, wsus: None, ..works },
                Unknown,
                Some(Cause::NoRoute),
            ),
            (
                "nor does a limit of this machine",
                Evidence { connect: Some(&limit), certificate: None, wsus: None, ..works },
                Unknown,
                Some(Cause::LocalLimit),
            ),
        ];
        for (name, evidence, verdict, cause) in table {
            let (seen, failure) = member(&evidence);
            assert_eq!((seen, failure.map(|f| f.cause)), (verdict, cause), "{name}");
        }
    }

    fn report(verdict: Verdict, failure: Option<Failure>) -> MemberReport {
        MemberReport {
            address: "192.0.2.1:443".parse().unwrap(),
            verdict,
            rtt: None,
            samples: Vec::new(),
            syn_retransmits: None,
            phases: Phases::default(),
            tls: None,
            certificate: None,
            wsus: None,
            failure,
            findings: Vec::new(),
        }
    }

    #[test]
    fn members_together_make_the_verdict_on_a_name() {
        use Verdict::{Degraded, Down, Healthy, Unknown};
        let healthy = || report(Healthy, None);
        let refused = || report(Down, Some(failure(Phase::Connect, Cause::Refused)));
        let stopped = || report(Down, Some(failure(Phase::Wsus, Cause::Http503)));
        let no_route = || report(Unknown, Some(failure(Phase::Connect, Cause::NoRoute)));
        let pending = || report(Unknown, None);
        for (name, members, warned, verdict, cause) in [
            ("all healthy", vec![healthy(), healthy()], false, Healthy, None),
            ("warned", vec![healthy()], true, Degraded, None),
            ("one down", vec![healthy(), refused()], false, Degraded, None),
            ("one without a route", vec![healthy(), no_route()], false, Healthy, None),
            ("one not finished", vec![healthy(), pending()], false, Unknown, None),
            ("the farthest failure", vec![refused(), stopped()], false, Down, Some(Cause::Http503)),
            (
                "down or not finished",
                vec![refused(), pending()],
                false,
                Unknown,
                Some(Cause::Refused),
            ),
            ("no route at all", vec![no_route()], false, Unknown, Some(Cause::NoRoute)),
        ] {
            let (seen, failure) = endpoint(&[], &members, warned, true);
            assert_eq!((seen, failure.map(|f| f.cause)), (verdict, cause), "{name}");
        }
    }

    #[test]
    fn a_name_without_members_is_as_its_lookups_say() {
        use Verdict::{Down, Unknown};
        let lookup = |record_type, cause| Lookup {
            record_type,
            time: None,
            resends: None,
            outcome: Err(failure(Phase::Resolve, cause)),
        };
        let both = |a, aaaa| [lookup(RecordType::A, a), lookup(RecordType::Aaaa, aaaa)];
        for (a, aaaa, verdict, cause) in [
            (Cause::NxDomain, Cause::NxDomain, Down, Cause::NxDomain),
            (Cause::NoData, Cause::ServFail, Down, Cause::ServFail),
            (Cause::NoData, Cause::Timeout, Down, Cause::Timeout),
            (Cause::Timeout, Cause::ServFail, Down, Cause::ServFail),
            (Cause::NoResolver, Cause::NoResolver, Unknown, Cause::NoResolver),
            (Cause::LocalLimit, Cause::LocalLimit, Unknown, Cause::LocalLimit),
        ] {
            let (seen, failure) = endpoint(&both(a, aaaa), &[], false, true);
            assert_eq!((seen, failure.map(|f| f.cause)), (verdict, Some(cause)), "{a:?} {aaaa:?}");
        }
        assert_eq!(endpoint(&both(Cause::NoData, Cause::NoData), &[], false, false).0, Unknown);
    }
}
