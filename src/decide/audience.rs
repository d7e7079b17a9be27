//! For whom something is broken.

use crate::model::finding::FindingCode;
use crate::model::service::{Audience, Service};

/// Who needs a service.
pub const fn of_service(service: Service) -> &'static [Audience] {
    match service {
        Service::Client | Service::SimpleAuth | Service::Content | Service::Reporting => {
            &[Audience::Clients]
        }
        Service::SelfUpdate => &[Audience::OldClients],
        Service::ServerSync | Service::DssAuth => &[Audience::DownstreamServers],
        Service::ApiRemoting | Service::Inventory => &[Audience::Administrators],
    }
}

/// Whom a finding concerns; nobody in particular where it breaks nothing.
pub const fn of_finding(code: FindingCode) -> &'static [Audience] {
    use FindingCode as F;
    const EVERYBODY: &[Audience] =
        &[Audience::Clients, Audience::DownstreamServers, Audience::Administrators];
    match code {
        F::WsusPoolStopped
        | F::SiteDown
        | F::WrongVirtualDirectory
        | F::ClientCertificateDemanded
        | F::Intercepted
        | F::NotWsus
        | F::WrongPort
        | F::HostHeaderMismatch
        | F::Overloaded
        | F::MemberDown
        | F::MemberMissing
        | F::MemberUnexpected
        | F::MembersDiffer
        | F::CertificateUnverified
        | F::CertificateExpiresSoon => EVERYBODY,
        F::ContentRequiresSsl
        | F::Hsts
        | F::SoapFault
        | F::ServerVersionMissing
        | F::SimpleAuthFailed
        | F::ReportingFailed
        | F::ContentFailed
        | F::ContentWrongLength
        | F::ContentRangeIgnored
        | F::ContentLengthMissing
        | F::DatabasesDiffer
        | F::CleartextMetadata
        | F::CleartextService
        | F::CertificateCnOnly
        | F::CertificateWeakSignature
        | F::CertificateWeakKey
        | F::CertificateOrder
        | F::OneCertificateRefused
        | F::WindowsClientsExcluded
        | F::TlsVersionMissing
        | F::FamilyResolveFailed
        | F::ResolversDisagree
        | F::ResolverStale
        | F::ResolverFailed
        | F::SynRetransmitted => &[Audience::Clients],
        F::SelfUpdateFailed | F::SelfUpdateUnsigned => &[Audience::OldClients],
        F::ServerSyncFailed
        | F::DssAuthFailed
        | F::HierarchySkew
        | F::UpstreamBroken
        | F::Tls10Needed => &[Audience::DownstreamServers],
        F::ApiRemotingFailed
        | F::ApiRemotingOpen
        | F::ServiceUnknown
        | F::ExposedFromHere
        | F::HardeningNotVisible
        | F::TlsVersionForbidden
        | F::OldTlsAccepted
        | F::TlsOutOfReach
        | F::WeakSuites
        | F::SeveralMachines => &[Audience::Administrators],
        F::LegacySuite | F::DnsResent | F::ResolverSlow | F::LocalTrouble | F::ClockWrong => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{of_finding, of_service};
    use crate::model::finding::FindingCode as F;
    use crate::model::service::Service;

    #[test]
    fn a_broken_service_concerns_those_who_need_it() {
        let pairs = [
            (Service::SimpleAuth, F::SimpleAuthFailed),
            (Service::Content, F::ContentFailed),
            (Service::Content, F::ContentRequiresSsl),
            (Service::Content, F::ContentWrongLength),
            (Service::Content, F::ContentRangeIgnored),
            (Service::Content, F::ContentLengthMissing),
            (Service::SelfUpdate, F::SelfUpdateFailed),
            (Service::SelfUpdate, F::SelfUpdateUnsigned),
            (Service::Reporting, F::ReportingFailed),
            (Service::ServerSync, F::ServerSyncFailed),
            (Service::DssAuth, F::DssAuthFailed),
            (Service::ApiRemoting, F::ApiRemotingFailed),
        ];
        for (service, code) in pairs {
            assert_eq!(of_finding(code), of_service(service), "{code:?}");
        }
    }
}
