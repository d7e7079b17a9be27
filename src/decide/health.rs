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
