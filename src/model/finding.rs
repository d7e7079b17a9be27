//! Observations that are worth a person's attention.

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

macro_rules! finding_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident => $name:literal,)+) => {
        /// The stable code of a finding. The set is closed: it becomes a metric label.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl FindingCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable lower-case name used in every output and metric.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

finding_codes! {
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
    /// No endpoint answered: the fault is probably on this machine.
    LocalTrouble => "local_trouble",
    /// The wall clock of this machine cannot be right.
    ClockWrong => "clock_wrong",
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
    /// What it means for clients. One line.
    pub meaning: String,
    /// What to do about it. One line.
    pub action: String,
}
