//! Which kind of job can see what, and whose findings are kept.

use std::sync::Arc;

use crate::model::finding::{Finding, FindingCode};
use crate::model::monitor::{Job, Noted};

/// How deep one has to look to see a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Every round sees it: an older observation of a check is worth nothing beside that.
    Round,
    /// A round sees it at times, where an answer to `GetConfig` or a handshake shows it; a check
    /// sees more.
    Both,
    /// Only a check sees it.
    Check,
    /// Only a check sees it, and it explains why the client service fails: one good answer to
    /// `GetConfig` disproves it.
    Explanation,
    /// Only a scan sees it.
    Scan,
}

const fn depth(code: FindingCode) -> Depth {
    use FindingCode as Code;
    match code {
        Code::CleartextMetadata
        | Code::LegacySuite
        | Code::CertificateCnOnly
        | Code::CertificateWeakSignature
        | Code::CertificateWeakKey
        | Code::CertificateOrder
        | Code::CertificateUnverified
        | Code::CertificateExpiresSoon
        | Code::MemberDown
        | Code::MemberMissing
        | Code::MemberUnexpected
        | Code::FamilyResolveFailed
        | Code::SynRetransmitted
        | Code::DnsResent
        | Code::LocalTrouble
        | Code::ClockWrong
        | Code::ClientCertificateDemanded
        | Code::Intercepted
        | Code::NotWsus
        | Code::SoapFault
        | Code::HostHeaderMismatch => Depth::Round,
        Code::Hsts
        | Code::Overloaded
        | Code::MembersDiffer
        | Code::DatabasesDiffer
        | Code::HardeningNotVisible => Depth::Both,
        Code::WsusPoolStopped | Code::SiteDown | Code::WrongVirtualDirectory | Code::WrongPort => {
            Depth::Explanation
        }
        Code::ContentRequiresSsl
        | Code::ServerVersionMissing
        | Code::SimpleAuthFailed
        | Code::ReportingFailed
        | Code::ServerSyncFailed
        | Code::DssAuthFailed
        | Code::ApiRemotingFailed
        | Code::ApiRemotingOpen
        | Code::SelfUpdateFailed
        | Code::SelfUpdateUnsigned
        | Code::ContentFailed
        | Code::ContentWrongLength
        | Code::ContentRangeIgnored
        | Code::ContentLengthMissing
        | Code::ServiceUnknown
        | Code::SeveralMachines
        | Code::HierarchySkew
        | Code::UpstreamBroken
        | Code::CleartextService
        | Code::ExposedFromHere
        | Code::ResolversDisagree
        | Code::ResolverStale
        | Code::ResolverFailed
        | Code::ResolverSlow => Depth::Check,
        Code::OneCertificateRefused
        | Code::Tls10Needed
        | Code::TlsVersionMissing
        | Code::TlsVersionForbidden
        | Code::OldTlsAccepted
        | Code::WeakSuites
        | Code::WindowsClientsExcluded
        | Code::TlsOutOfReach => Depth::Scan,
    }
}

/// Whether the finding of a job is kept. A round's always is.
const fn is_kept(code: FindingCode, by: Job) -> bool {
    match by {
        Job::Round => true,
        Job::Check => matches!(depth(code), Depth::Both | Depth::Check | Depth::Explanation),
        Job::Scan => matches!(depth(code), Depth::Scan),
    }
}

/// Replaces the findings of one kind of job by new ones. What a round sees in the same words is
/// not kept of a check.
pub(super) fn replace(noted: &mut Vec<Noted>, findings: &[Finding], by: Job) {
    noted.retain(|one| one.by != by);
    let kept = findings.iter().filter(|finding| is_kept(finding.code, by));
    noted.extend(kept.map(|finding| Noted { finding: Arc::new(finding.clone()), by }));
    let by_round: Vec<(FindingCode, String)> = noted
        .iter()
        .filter(|one| one.by == Job::Round && depth(one.finding.code) == Depth::Both)
        .map(|one| (one.finding.code, one.finding.observed.clone()))
        .collect();
    noted.retain(|one| {
        let Noted { finding, by } = one;
        let same = |(code, observed): &(FindingCode, String)| {
            *code == finding.code && *observed == finding.observed
        };
        *by == Job::Round || !by_round.iter().any(same)
    });
    noted.sort_by_key(|one| one.by);
}

/// Removes what a good answer to `GetConfig` disproves.
pub(super) fn disprove(noted: &mut Vec<Noted>) {
    noted.retain(|one| one.by != Job::Check || depth(one.finding.code) != Depth::Explanation);
}

/// Whether a finding comes and goes with single packets, so that nothing is to be concluded from
/// its coming and going.
pub(super) const fn is_fleeting(code: FindingCode) -> bool {
    matches!(code, FindingCode::SynRetransmitted | FindingCode::DnsResent)
}
