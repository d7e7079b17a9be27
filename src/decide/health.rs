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
    /// The sampler has nothing more to say. Until then a check that failed on its way to the
    /// request proves nothing: the sampler tells better why.
    pub settled: bool,
}

/// The verdict on one member: [`Verdict::Unknown`] while or because evidence is missing.
///
/// The first failing phase is the failure, in the order in which a client goes through them; the
/// sampler's own evidence goes first, because it tells connecting and the handshake apart. A
/// certificate that everybody refuses goes before a handshake that perhaps only this program cannot
/// make. A completed WSUS check proves that connecting and the handshake work, whatever happened to
/// the sampler's own attempts.
pub fn member(evidence: &Evidence<'_>) -> (Verdict, Option<Failure>) {
    let judged = evidence.certificate.and_then(certificate::failure);
    let tls = evidence.tls.filter(|failure| judged.is_none() || !says_nothing(failure));
    let sampled = evidence.connect.is_some() || evidence.tls.is_some() || evidence.settled;
    let failure = match evidence.wsus {
        Some(Ok(_)) => judged,
        Some(Err(check)) if check.phase < Phase::Wsus && !sampled => judged,
        Some(Err(check)) => [evidence.connect, tls, judged.as_ref(), Some(check)]
            .into_iter()
            .flatten()
            .next()
            .cloned(),
        None => evidence.connect.or(tls).cloned().or(judged),
    };
    let complete = evidence.wsus.is_some_and(|check| check.is_ok())
        && (evidence.certificate.is_some() || !evidence.tls_expected);
    let verdict = match &failure {
        Some(failure) if says_nothing(failure) => Verdict::Unknown,
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
    if members.iter().any(|m| m.verdict == Verdict::Unknown && m.failure.is_none()) {
        return (Verdict::Unknown, None);
    }
    let farthest = |verdict| {
        let failures = members.iter().filter(|m| m.verdict == verdict);
        failures.filter_map(|m| m.failure.as_ref()).max_by_key(|f| f.phase)
    };
    let nameless = members.is_empty() && finished;
    let failure = farthest(Verdict::Down)
        .or_else(|| farthest(Verdict::Unknown))
        .cloned()
        .or_else(|| nameless.then(|| lookup_failure(lookups))?);
    let down = count(Verdict::Down) > 0 || nameless;
    match failure {
        Some(failure) if down && unknown == 0 && !says_nothing(&failure) => {
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

/// Whether a failure says nothing about how Windows clients fare: it is this machine's own, or
/// this program's TLS cannot reach what theirs may.
pub fn says_nothing(failure: &Failure) -> bool {
    is_local(failure) || matches!(failure.cause, Cause::NoCommonSuite | Cause::NoCommonVersion)
}

/// Whether a failure is this machine's own and says nothing about the other end.
pub fn is_local(failure: &Failure) -> bool {
    let always = [Cause::LocalLimit, Cause::LocallyForbidden, Cause::NoResolver, Cause::NoRoute];
    always.contains(&failure.cause)
        // A resolver that cannot be reached has said nothing of the name.
        || (failure.phase == Phase::Resolve
            && matches!(failure.cause, Cause::Io | Cause::Unreachable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::certificate::{CertificateProblem, CertificateVerdict};
    use crate::model::report::RecordType;

    fn failed(phase: Phase, cause: Cause) -> Failure {
        Failure::new(phase, cause, "")
    }

    fn report(verdict: Verdict, failure: Option<Failure>) -> MemberReport {
        let address = std::net::SocketAddr::from(([192, 0, 2, 1], 443));
        MemberReport { verdict, failure, ..MemberReport::unprobed(address) }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table, a row a case")]
    fn members() {
        let evidence = Evidence {
            tls_expected: true,
            connect: None,
            tls: None,
            certificate: None,
            wsus: None,
            warned: false,
            settled: false,
        };
        let refused = failed(Phase::Connect, Cause::Refused);
        let alert = failed(Phase::Tls, Cause::Alert);
        let stopped = failed(Phase::Wsus, Cause::Http503);
        let slow = failed(Phase::Connect, Cause::Timeout);
        let no_route = failed(Phase::Connect, Cause::NoRoute);
        let suite = failed(Phase::Tls, Cause::NoCommonSuite);
        let ok = CertificateReport::default();
        let ended = failed(Phase::Tls, Cause::CertificateExpired);
        let problem = CertificateProblem {
            verdict: CertificateVerdict::Expired,
            position: Some(0),
            detail: String::new(),
        };
        let expired = CertificateReport { problems: vec![problem], ..CertificateReport::default() };
        let answer = WsusAnswer::default();
        let certified = Evidence { certificate: Some(&ok), ..evidence };
        let works = Evidence { wsus: Some(Ok(&answer)), ..certified };
        let table = [
            ("nothing is known", evidence, Verdict::Unknown, None),
            ("certificate only", certified, Verdict::Unknown, None),
            (
                "answer without certificate",
                Evidence { certificate: None, ..works },
                Verdict::Unknown,
                None,
            ),
            (
                "clear text",
                Evidence { tls_expected: false, certificate: None, ..works },
                Verdict::Healthy,
                None,
            ),
            ("works", works, Verdict::Healthy, None),
            ("works with a warning", Evidence { warned: true, ..works }, Verdict::Degraded, None),
            (
                "works though a sample failed",
                Evidence { tls: Some(&alert), ..works },
                Verdict::Healthy,
                None,
            ),
            (
                "refused",
                Evidence { connect: Some(&refused), ..evidence },
                Verdict::Down,
                Some(&refused),
            ),
            (
                "the sampler tells the phases apart",
                Evidence { tls: Some(&alert), wsus: Some(Err(&slow)), ..evidence },
                Verdict::Down,
                Some(&alert),
            ),
            (
                "stopped",
                Evidence { wsus: Some(Err(&stopped)), ..certified },
                Verdict::Down,
                Some(&stopped),
            ),
            (
                "expired comes before the check's own failure",
                Evidence { certificate: Some(&expired), wsus: Some(Err(&stopped)), ..evidence },
                Verdict::Down,
                Some(&ended),
            ),
            (
                "the handshake comes before the certificate",
                Evidence { tls: Some(&alert), certificate: Some(&expired), ..evidence },
                Verdict::Down,
                Some(&alert),
            ),
            (
                "unless Windows may get farther than this program",
                Evidence { tls: Some(&suite), certificate: Some(&expired), ..evidence },
                Verdict::Down,
                Some(&ended),
            ),
            (
                "the check alone cannot tell why",
                Evidence { wsus: Some(Err(&slow)), ..evidence },
                Verdict::Unknown,
                None,
            ),
            (
                "unless nobody else will",
                Evidence { wsus: Some(Err(&slow)), settled: true, ..evidence },
                Verdict::Down,
                Some(&slow),
            ),
            (
                "no suite in common says nothing about Windows",
                Evidence { tls: Some(&suite), ..evidence },
                Verdict::Unknown,
                Some(&suite),
            ),
            (
                "no route",
                Evidence { connect: Some(&no_route), ..evidence },
                Verdict::Unknown,
                Some(&no_route),
            ),
        ];
        for (name, evidence, verdict, failure) in table {
            assert_eq!(member(&evidence), (verdict, failure.cloned()), "{name}");
        }
    }

    #[test]
    fn endpoints() {
        use Verdict::{Degraded, Down, Healthy, Unknown};
        let refused = failed(Phase::Connect, Cause::Refused);
        let stopped = failed(Phase::Wsus, Cause::Http503);
        let no_route = failed(Phase::Connect, Cause::NoRoute);
        let limit = failed(Phase::Connect, Cause::LocalLimit);
        let healthy = || report(Healthy, None);
        let down = |failure: &Failure| report(Down, Some(failure.clone()));
        let away = |failure: &Failure| report(Unknown, Some(failure.clone()));
        let pending = || report(Unknown, None);
        let table = [
            ("all healthy", vec![healthy(), healthy()], Healthy, None),
            ("one dead of two", vec![healthy(), down(&refused)], Degraded, None),
            ("one degraded", vec![healthy(), report(Degraded, None)], Degraded, None),
            ("one pending", vec![healthy(), pending()], Unknown, None),
            ("no route counts for nothing", vec![healthy(), away(&no_route)], Healthy, None),
            ("the farthest failure", vec![down(&stopped), down(&refused)], Down, Some(&stopped)),
            ("dead, and no route", vec![down(&refused), away(&no_route)], Down, Some(&refused)),
            ("dead, and pending", vec![down(&refused), pending()], Unknown, None),
            ("only no route", vec![away(&no_route)], Unknown, Some(&no_route)),
            ("out of descriptors", vec![away(&limit), away(&limit)], Unknown, Some(&limit)),
        ];
        for (name, members, verdict, failure) in table {
            let found = endpoint(&[], &members, false, true);
            assert_eq!(found, (verdict, failure.cloned()), "{name}");
        }
        assert_eq!(endpoint(&[], &[healthy()], true, true).0, Degraded, "warned");
    }

    #[test]
    fn names_without_addresses() {
        let lookup = |record_type, cause| Lookup {
            record_type,
            time: None,
            resends: None,
            answered_by: None,
            outcome: Err(failed(Phase::Resolve, cause)),
        };
        let cause = |a, aaaa, finished| {
            let lookups = [lookup(RecordType::A, a), lookup(RecordType::Aaaa, aaaa)];
            let (verdict, failure) = endpoint(&lookups, &[], false, finished);
            (verdict, failure.map(|failure| failure.cause))
        };
        for (a, aaaa, verdict, told) in [
            (Cause::NxDomain, Cause::NxDomain, Verdict::Down, Cause::NxDomain),
            (Cause::NoData, Cause::ServFail, Verdict::Down, Cause::ServFail),
            (Cause::ServFail, Cause::NoData, Verdict::Down, Cause::ServFail),
            (Cause::Timeout, Cause::ServFail, Verdict::Down, Cause::ServFail),
            (Cause::Timeout, Cause::NoData, Verdict::Down, Cause::Timeout),
            (Cause::NoResolver, Cause::NoResolver, Verdict::Unknown, Cause::NoResolver),
        ] {
            assert_eq!(cause(a, aaaa, true), (verdict, Some(told)));
        }
        assert_eq!(cause(Cause::NoData, Cause::NoData, false), (Verdict::Unknown, None));
    }
}
