//! Which Windows Update error code a client would show for a failure.
//!
//! Sources: Microsoft's Windows Update error reference (`WU_E_PT_*`) and the `WinHTTP` error
//! messages, whose numbers the update agent shows with `0x8007` in front. Which of several fitting
//! codes the agent picks is not documented for every case; those are marked as likely.

use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::FindingCode;
use crate::model::windows_update::WindowsUpdateCode;

/// The code that a Windows client would show for a failure.
///
/// `None` where no client would show one because the trouble is this machine's or this
/// program's own (its limits, its policy, its resolver), and where nothing can be said of what a
/// client makes of the answer.
pub fn code(failure: &Failure) -> Option<WindowsUpdateCode> {
    let phase = failure.phase;
    let code = match failure.cause {
        // Trouble of this machine, limits of this program, or too vague to map.
        Cause::LocalLimit
        | Cause::LocallyForbidden
        | Cause::Io
        | Cause::NoResolver
        | Cause::NoRoute
        | Cause::HeadersTooLarge
        | Cause::BodyTooLarge
        | Cause::NotWsus
        | Cause::BadFile => return None,

        Cause::Timeout => carried(phase, likely(TIMEOUT)),
        Cause::Reset | Cause::Closed => carried(phase, cut_off(phase)),
        Cause::Refused | Cause::Unreachable => carried(phase, likely(CANNOT_CONNECT)),

        Cause::NxDomain => sure(NAME_NOT_RESOLVED),
        // A client may ask another resolver or another address family.
        Cause::NoData | Cause::ServFail | Cause::DanglingCname | Cause::BadDnsAnswer => {
            likely(NAME_NOT_RESOLVED)
        }

        Cause::PlainHttp
        | Cause::NotTls
        | Cause::NoCommonVersion
        | Cause::NoCommonSuite
        | Cause::UnrecognizedName
        | Cause::Alert
        | Cause::TlsProtocol
        | Cause::BadHandshakeSignature => likely(SECURE_CHANNEL),
        Cause::ClientCertificateRequired => sure(CLIENT_CERTIFICATE_NEEDED),
        // The finer certificate codes exist as well, and a client has its own trusted roots.
        Cause::CertificateExpired
        | Cause::CertificateNotYetValid
        | Cause::CertificateUnknownIssuer
        | Cause::CertificateSelfSigned
        | Cause::CertificateIncompleteChain
        | Cause::CertificateNameMismatch
        | Cause::CertificateWrongEku
        | Cause::CertificateCaAsLeaf
        | Cause::CertificateRevoked
        | Cause::CertificateBadChain
        | Cause::CertificateUnparsable => likely(SECURE_FAILURE),

        Cause::NotHttp => sure(INVALID_SERVER_RESPONSE),
        Cause::TlsOnHttpPort => likely(INVALID_SERVER_RESPONSE),
        Cause::RedirectLoop => sure(REDIRECT_FAILED),
        // Whether the agent follows a redirected POST is not documented.
        Cause::HttpStatus | Cause::Redirect | Cause::RedirectElsewhere => likely(NOT_MAPPED),
        Cause::SoapFault => likely(SOAP_FAULT),
        Cause::UnexpectedEncoding | Cause::HtmlPage | Cause::BadXml | Cause::NotSoap => {
            likely(SOAP_PARSE)
        }
        // Sure of an envelope; what the agent makes of a foreign answer in it is not documented.
        Cause::WrongNamespace => likely(SOAP_VERSION),
        Cause::NoAuthPlugin => sure(NO_AUTH_PLUGINS),
        Cause::BadProperty => sure(INVALID_PROPERTY),
        Cause::MissingProperty => sure(MISSING_PROPERTY),

        Cause::Http400 => sure((0x8024_4016, "WU_E_PT_HTTP_STATUS_BAD_REQUEST")),
        Cause::Http401 => sure((0x8024_4017, "WU_E_PT_HTTP_STATUS_DENIED")),
        Cause::Http403 => sure((0x8024_4018, "WU_E_PT_HTTP_STATUS_FORBIDDEN")),
        Cause::Http404 => sure(NOT_FOUND),
        Cause::Http405 => sure((0x8024_401A, "WU_E_PT_HTTP_STATUS_BAD_METHOD")),
        Cause::Http407 => sure((0x8024_401B, "WU_E_PT_HTTP_STATUS_PROXY_AUTH_REQ")),
        Cause::Http408 => sure((0x8024_401C, "WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT")),
        Cause::Http409 => sure((0x8024_401D, "WU_E_PT_HTTP_STATUS_CONFLICT")),
        Cause::Http410 => sure((0x8024_401E, "WU_E_PT_HTTP_STATUS_GONE")),
        Cause::Http500 => sure((0x8024_401F, "WU_E_PT_HTTP_STATUS_SERVER_ERROR")),
        Cause::Http501 => sure((0x8024_4020, "WU_E_PT_HTTP_STATUS_NOT_SUPPORTED")),
        Cause::Http502 => sure((0x8024_4021, "WU_E_PT_HTTP_STATUS_BAD_GATEWAY")),
        Cause::Http503 => sure(SERVICE_UNAVAILABLE),
        Cause::Http504 => sure((0x8024_4023, "WU_E_PT_HTTP_STATUS_GATEWAY_TIMEOUT")),
        Cause::Http505 => sure((0x8024_4024, "WU_E_PT_HTTP_STATUS_VERSION_NOT_SUP")),
    };
    Some(code)
}

/// The code that Windows clients show because of a finding, as far as the finding alone tells.
///
/// `None` where clients show nothing, and where it depends on the failure beside the finding.
pub const fn of_finding(code: FindingCode) -> Option<WindowsUpdateCode> {
    use FindingCode as F;
    Some(match code {
        F::WsusPoolStopped => sure(SERVICE_UNAVAILABLE),
        F::Overloaded => likely(SERVICE_UNAVAILABLE),
        F::WrongVirtualDirectory | F::SelfUpdateFailed => likely(NOT_FOUND),
        F::ContentRequiresSsl => likely(CONTENT_FORBIDDEN),
        F::Hsts => likely(CONTENT_NOT_FOUND),
        F::ContentFailed => likely(TRANSFER_ERROR),
        F::ContentWrongLength => likely(INCORRECT_HASH),
        F::ContentRangeIgnored => likely(RANGE_SUPPORT),
        F::ContentLengthMissing => likely(FILE_SIZE),
        F::ClientCertificateDemanded => likely(CLIENT_CERTIFICATE_NEEDED),
        F::Intercepted => likely(SOAP_PARSE),
        F::SoapFault => likely(SOAP_FAULT),
        F::SimpleAuthFailed => likely(NO_AUTH_COOKIES),
        F::ReportingFailed => likely(SERVER_BUSY),
        F::ServerVersionMissing => likely(LEGACY_SERVER),
        F::DatabasesDiffer => likely(REFRESH_CACHE),
        F::CertificateWeakSignature | F::CertificateWeakKey => likely(SECURE_FAILURE),
        F::WindowsClientsExcluded => likely(SECURE_CHANNEL),
        F::CleartextMetadata
        | F::SelfUpdateUnsigned
        | F::LegacySuite
        | F::CertificateCnOnly
        | F::CertificateUnverified
        | F::CertificateExpiresSoon
        | F::MemberDown
        | F::MemberMissing
        | F::MemberUnexpected
        | F::FamilyResolveFailed
        | F::SynRetransmitted
        | F::DnsResent
        | F::ResolversDisagree
        | F::ResolverStale
        | F::ResolverFailed
        | F::ResolverSlow
        | F::LocalTrouble
        | F::ClockWrong
        | F::NotWsus
        | F::SiteDown
        | F::WrongPort
        | F::ServiceUnknown
        | F::HostHeaderMismatch
        | F::ServerSyncFailed
        | F::DssAuthFailed
        | F::ApiRemotingFailed
        | F::ApiRemotingOpen
        | F::MembersDiffer
        | F::SeveralMachines
        | F::HierarchySkew
        | F::UpstreamBroken
        | F::Tls10Needed
        | F::CertificateOrder
        | F::OneCertificateRefused
        | F::TlsVersionMissing
        | F::TlsVersionForbidden
        | F::OldTlsAccepted
        | F::WeakSuites
        | F::TlsOutOfReach
        | F::CleartextService
        | F::ExposedFromHere
        | F::HardeningNotVisible => return None,
    })
}

/// Whatever kept the question from the resolver, a client only learns that the name did not
/// resolve, and it may be using another resolver.
fn carried(phase: Phase, code: WindowsUpdateCode) -> WindowsUpdateCode {
    if phase == Phase::Resolve { likely(NAME_NOT_RESOLVED) } else { code }
}

/// During a TLS handshake a cut connection may also be shown as a failed secure channel.
fn cut_off(phase: Phase) -> WindowsUpdateCode {
    WindowsUpdateCode { likely: phase != Phase::Wsus, ..likely(CONNECTION_ERROR) }
}

/// A code and Microsoft's symbol for it.
pub(super) type Known = (u32, &'static str);

/// The code that clients show.
pub(super) const fn sure((hex, name): Known) -> WindowsUpdateCode {
    WindowsUpdateCode { hex, name, likely: false }
}

/// The code that clients most likely show.
pub(super) const fn likely((hex, name): Known) -> WindowsUpdateCode {
    WindowsUpdateCode { hex, name, likely: true }
}

const NAME_NOT_RESOLVED: Known = (0x8024_402C, "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED");
const TIMEOUT: Known = (0x8007_2EE2, "ERROR_WINHTTP_TIMEOUT");
const CANNOT_CONNECT: Known = (0x8007_2EFD, "ERROR_WINHTTP_CANNOT_CONNECT");
const CONNECTION_ERROR: Known = (0x8007_2EFE, "ERROR_WINHTTP_CONNECTION_ERROR");
const SECURE_CHANNEL: Known = (0x8007_2F7D, "ERROR_WINHTTP_SECURE_CHANNEL_ERROR");
const SECURE_FAILURE: Known = (0x8007_2F8F, "ERROR_WINHTTP_SECURE_FAILURE");
const CLIENT_CERTIFICATE_NEEDED: Known = (0x8007_2F0C, "ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED");
const INVALID_SERVER_RESPONSE: Known = (0x8007_2F78, "ERROR_WINHTTP_INVALID_SERVER_RESPONSE");
const REDIRECT_FAILED: Known = (0x8007_2F7C, "ERROR_WINHTTP_REDIRECT_FAILED");
const NOT_MAPPED: Known = (0x8024_402B, "WU_E_PT_HTTP_STATUS_NOT_MAPPED");
pub(super) const SOAP_FAULT: Known = (0x8024_4007, "WU_E_PT_SOAPCLIENT_SOAPFAULT");
const SOAP_PARSE: Known = (0x8024_400A, "WU_E_PT_SOAPCLIENT_PARSE");
const SOAP_VERSION: Known = (0x8024_400B, "WU_E_PT_SOAP_VERSION");
const NO_AUTH_PLUGINS: Known = (0x8024_4027, "WU_E_PT_NO_AUTH_PLUGINS_REQUESTED");
const INVALID_PROPERTY: Known = (0x8024_4029, "WU_E_PT_INVALID_CONFIG_PROP");
const MISSING_PROPERTY: Known = (0x8024_402A, "WU_E_PT_CONFIG_PROP_MISSING");
const NOT_FOUND: Known = (0x8024_4019, "WU_E_PT_HTTP_STATUS_NOT_FOUND");
const SERVICE_UNAVAILABLE: Known = (0x8024_4022, "WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL");
pub(super) const REFRESH_CACHE: Known = (0x8024_4015, "WU_E_PT_REFRESH_CACHE_REQUIRED");
pub(super) const NO_AUTH_COOKIES: Known = (0x8024_4028, "WU_E_PT_NO_AUTH_COOKIES_CREATED");
const LEGACY_SERVER: Known = (0x8024_002B, "WU_E_LEGACYSERVER");
const INCORRECT_HASH: Known = (0x8024_6002, "WU_E_DM_INCORRECTFILEHASH");
const SERVER_BUSY: Known = (0x8024_F004, "WU_E_SERVER_BUSY");
pub(super) const TRANSFER_ERROR: Known = (0x8024_6009, "WU_E_DM_BITSTRANSFERERROR");
pub(super) const CONTENT_FORBIDDEN: Known = (0x8019_0193, "BG_E_HTTP_ERROR_403");
pub(super) const CONTENT_NOT_FOUND: Known = (0x8019_0194, "BG_E_HTTP_ERROR_404");
pub(super) const FILE_SIZE: Known = (0x8020_0011, "BG_E_MISSING_FILE_SIZE");
pub(super) const RANGE_SUPPORT: Known = (0x8020_0013, "BG_E_INSUFFICIENT_RANGE_SUPPORT");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_map_to_the_documented_codes() {
        let expected = [
            (Phase::Resolve, Cause::NxDomain, "0x8024402C", false),
            (Phase::Resolve, Cause::Timeout, "0x8024402C", true),
            (Phase::Resolve, Cause::Refused, "0x8024402C", true),
            (Phase::Connect, Cause::Timeout, "0x80072EE2", true),
            (Phase::Connect, Cause::Refused, "0x80072EFD", true),
            (Phase::Connect, Cause::Unreachable, "0x80072EFD", true),
            (Phase::Tls, Cause::Reset, "0x80072EFE", true),
            (Phase::Wsus, Cause::Reset, "0x80072EFE", false),
            (Phase::Tls, Cause::NoCommonSuite, "0x80072F7D", true),
            (Phase::Tls, Cause::CertificateExpired, "0x80072F8F", true),
            (Phase::Tls, Cause::ClientCertificateRequired, "0x80072F0C", false),
            (Phase::Wsus, Cause::NotHttp, "0x80072F78", false),
            (Phase::Wsus, Cause::RedirectLoop, "0x80072F7C", false),
            (Phase::Wsus, Cause::Http400, "0x80244016", false),
            (Phase::Wsus, Cause::Http408, "0x8024401C", false),
            (Phase::Wsus, Cause::Http409, "0x8024401D", false),
            (Phase::Wsus, Cause::Http410, "0x8024401E", false),
            (Phase::Wsus, Cause::Http501, "0x80244020", false),
            (Phase::Wsus, Cause::Http503, "0x80244022", false),
            (Phase::Wsus, Cause::Http505, "0x80244024", false),
            (Phase::Wsus, Cause::HttpStatus, "0x8024402B", true),
            (Phase::Wsus, Cause::HtmlPage, "0x8024400A", true),
            (Phase::Wsus, Cause::SoapFault, "0x80244007", true),
            (Phase::Wsus, Cause::WrongNamespace, "0x8024400B", true),
            (Phase::Wsus, Cause::MissingProperty, "0x8024402A", false),
        ];
        for (phase, cause, hex, likely) in expected {
            let code = code(&Failure::new(phase, cause, "")).unwrap();
            assert_eq!((code.to_string().as_str(), code.likely), (hex, likely), "{cause:?}");
        }
    }

    #[test]
    fn trouble_of_this_machine_has_no_code() {
        for phase in Phase::ALL {
            for cause in [Cause::LocalLimit, Cause::LocallyForbidden, Cause::NoResolver, Cause::Io]
            {
                assert_eq!(code(&Failure::new(phase, cause, "")), None);
            }
        }
    }
}
