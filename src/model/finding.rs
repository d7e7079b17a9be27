//! Observations that are worth a person's attention.

use super::windows_update::WindowsUpdateCode;

/// What a finding does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the verdict stays.
    Note,
    /// Something does not work for everybody: the verdict is at best `degraded`.
    Warning,
}

impl Severity {
    /// The stable lower-case name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
        }
    }
}

closed_list! {
    /// The stable code of a finding. The set is closed: it becomes a metric label.
    FindingCode {
        /// Update metadata travels in clear text.
        CleartextMetadata => "cleartext_metadata",
        /// Only suites of old Windows servers are in common.
        LegacySuite => "legacy_suite",
        /// The certificate names the server in its common name only.
        CertificateCnOnly => "certificate_cn_only",
        /// The certificate is signed with an algorithm that new clients refuse.
        CertificateWeakSignature => "certificate_weak_signature",
        /// The certificate's key is shorter than new clients accept.
        CertificateWeakKey => "certificate_weak_key",
        /// The certificates of the chain are not in the order of their issuers, or some do not
        /// belong to it.
        CertificateOrder => "certificate_order",
        /// One of a server's certificates is refused by clients while another is in order.
        OneCertificateRefused => "one_certificate_refused",
        /// The certificate holds what cannot be verified here.
        CertificateUnverified => "certificate_unverified",
        /// The certificate ends soon.
        CertificateExpiresSoon => "certificate_expires_soon",
        /// A member of the name is down while others work.
        MemberDown => "member_down",
        /// An expected member is not behind the name.
        MemberMissing => "member_missing",
        /// A member is behind the name that is not expected.
        MemberUnexpected => "member_unexpected",
        /// One address family of the name failed to resolve with an error.
        FamilyResolveFailed => "family_resolve_failed",
        /// `Strict-Transport-Security` on a WSUS answer.
        Hsts => "hsts",
        /// SYNs had to be sent again.
        SynRetransmitted => "syn_retransmitted",
        /// DNS questions had to be sent again.
        DnsResent => "dns_resent",
        /// Resolvers that were compared give different addresses for the name.
        ResolversDisagree => "resolvers_disagree",
        /// A resolver answers from its cache what is older than another one's answer.
        ResolverStale => "resolver_stale",
        /// A resolver that was to be compared gave no usable answer.
        ResolverFailed => "resolver_failed",
        /// A resolver takes several times as long as the fastest one.
        ResolverSlow => "resolver_slow",
        /// No endpoint answered: the fault is probably on this machine.
        LocalTrouble => "local_trouble",
        /// The wall clock of this machine cannot be right.
        ClockWrong => "clock_wrong",

        // Diagnoses: what explains several answers together.
        /// The application pool of the services is stopped while static files answer.
        WsusPoolStopped => "wsus_pool_stopped",
        /// Every part of the site is refused alike.
        SiteDown => "site_down",
        /// A web server without the WSUS directories answers.
        WrongVirtualDirectory => "wrong_virtual_directory",
        /// TLS is demanded where content is fetched in clear text.
        ContentRequiresSsl => "content_requires_ssl",
        /// The server demands a client certificate.
        ClientCertificateDemanded => "client_certificate_demanded",
        /// A proxy, a captive portal or a load balancer answers in place of WSUS.
        Intercepted => "intercepted",
        /// Whatever answers is not a WSUS server.
        NotWsus => "not_wsus",
        /// The WSUS code runs and refuses, with an error code of the protocol.
        SoapFault => "soap_fault",
        /// TLS is spoken to a clear-text port, or the reverse.
        WrongPort => "wrong_port",
        /// The kernel's HTTP driver answers: no site takes requests for this host name.
        HostHeaderMismatch => "host_header_mismatch",
        /// The server answers late or sheds load.
        Overloaded => "overloaded",

        // Single services.
        /// The version file of the client service is not there.
        ServerVersionMissing => "server_version_missing",
        /// Clients cannot be authorized.
        SimpleAuthFailed => "simple_auth_failed",
        /// Clients cannot report.
        ReportingFailed => "reporting_failed",
        /// Downstream servers cannot synchronize.
        ServerSyncFailed => "server_sync_failed",
        /// Downstream servers cannot be authorized.
        DssAuthFailed => "dss_auth_failed",
        /// Remote consoles cannot be used.
        ApiRemotingFailed => "api_remoting_failed",
        /// The administration service answers without asking for credentials.
        ApiRemotingOpen => "api_remoting_open",
        /// The self-update cabinet is not there or not a cabinet.
        SelfUpdateFailed => "self_update_failed",
        /// The self-update cabinet carries no signature.
        SelfUpdateUnsigned => "self_update_unsigned",
        /// The content channel does not answer, or refuses.
        ContentFailed => "content_failed",
        /// The content check file has another length than it should.
        ContentWrongLength => "content_wrong_length",
        /// The content channel ignores ranges.
        ContentRangeIgnored => "content_range_ignored",
        /// The content channel answers HEAD without a length.
        ContentLengthMissing => "content_length_missing",

        /// What was seen does not tell whether a service works.
        ServiceUnknown => "service_unknown",

        // Members against each other, and servers against servers.
        /// Members of one name differ in what clients would notice.
        MembersDiffer => "members_differ",
        /// Members of one name have different databases.
        DatabasesDiffer => "databases_differ",
        /// Several machines answer behind one address.
        SeveralMachines => "several_machines",
        /// A downstream server is newer than its upstream server.
        HierarchySkew => "hierarchy_skew",
        /// The server it synchronizes from does not work for downstream servers.
        UpstreamBroken => "upstream_broken",
        /// TLS 1.0 is needed by a downstream server of WSUS 3.2 and not known to be accepted.
        Tls10Needed => "tls10_needed",

        // TLS versions, suites and clients.
        /// A TLS version that is required is not accepted.
        TlsVersionMissing => "tls_version_missing",
        /// A TLS version that is forbidden is accepted.
        TlsVersionForbidden => "tls_version_forbidden",
        /// TLS versions below 1.2 are accepted.
        OldTlsAccepted => "old_tls_accepted",
        /// Suites with RC4, DES, triple DES or without encryption are accepted.
        WeakSuites => "weak_suites",
        /// Some Windows releases cannot connect.
        WindowsClientsExcluded => "windows_clients_excluded",
        /// Only TLS that this program cannot complete is accepted: whether WSUS works is not known.
        TlsOutOfReach => "tls_out_of_reach",

        // What is visible from here.
        /// An `https://` endpoint serves update metadata in clear text too.
        CleartextService => "cleartext_service",
        /// An unauthenticated WSUS can be reached from this vantage point.
        ExposedFromHere => "exposed_from_here",
        /// Whether hardening updates are installed cannot be seen from outside.
        HardeningNotVisible => "hardening_not_visible",
    }
}

/// One observation: what was seen, what it means, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code.
    pub code: FindingCode,
    /// What it does to the verdict.
    pub severity: Severity,
    /// What was seen. One line.
    pub observed: String,
    /// What it means for those it concerns. One line.
    pub meaning: String,
    /// The error that Windows clients show because of it, where one is known.
    pub windows_update_code: Option<WindowsUpdateCode>,
    /// What to do about it. One line.
    pub action: String,
}
