//! What a server's certificate chain says, and the judgement of it.

use std::time::SystemTime;

/// The facts of one certificate that judgements and reports need.
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one certificate")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Subject as an RFC 4514 string.
    pub subject: String,
    /// Issuer as an RFC 4514 string.
    pub issuer: String,
    /// The subject's common name, if there is one.
    pub common_name: Option<String>,
    /// DNS names and IP addresses of the subject alternative name extension.
    pub alternative_names: Vec<String>,
    /// Start of validity.
    pub not_before: SystemTime,
    /// End of validity.
    pub not_after: SystemTime,
    /// Kind and size of the public key.
    pub key: PublicKey,
    /// The issuer's signature algorithm.
    pub signature: SignatureAlgorithm,
    /// Basic constraints say CA, or it is a version 1 certificate that issued itself.
    pub is_ca: bool,
    /// Subject equals issuer, and the signature is by the certificate's own key, as far as that
    /// can be verified.
    pub self_signed: bool,
    /// The extended key usage allows server authentication, or there is no such extension.
    pub allows_server_auth: bool,
    /// The authority information access extension names where the issuer can be fetched.
    pub has_issuer_url: bool,
    /// Signed certificate timestamps that are embedded (RFC 6962 section 3.3); `None` without that
    /// extension, or where it cannot be read.
    pub sct_count: Option<usize>,
    /// The certificate demands a stapled OCSP response (RFC 7633).
    pub must_staple: bool,
    /// The serial number in lower-case hexadecimal, without leading bytes of zeros.
    pub serial: String,
    /// Lower-case hexadecimal SHA-256 of the DER encoding.
    pub sha256: String,
}

/// Kind of a public key and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// `RSA`, `RSASSA-PSS`, `EC`, `Ed25519` … or the algorithm's OID.
    pub algorithm: String,
    /// Size in bits where it is known: of RSA the modulus, of elliptic curves a coordinate.
    pub bits: Option<u32>,
}

impl PublicKey {
    /// The bits of the modulus, where it is an RSA key of whichever kind.
    pub fn rsa_bits(&self) -> Option<u32> {
        self.bits.filter(|_| ["RSA", "RSASSA-PSS"].contains(&self.algorithm.as_str()))
    }
}

/// The algorithm with which a certificate was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureAlgorithm {
    /// Such as `sha256WithRSAEncryption`, or the OID.
    pub name: String,
    /// Whether clients refuse it (MD2, MD4, MD5, SHA-1).
    pub weak: bool,
}

/// The closed list of verdicts on a chain, in the order in which they are reported: those with
/// which clients refuse the server first, then those with which at least some connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificateVerdict {
    /// No problem found.
    Ok,
    /// Not a certificate.
    Unparsable,
    /// A certificate of the chain has expired.
    Expired,
    /// A certificate of the chain is not valid yet.
    NotYetValid,
    /// Revoked.
    Revoked,
    /// The server does not hold the certificate's key.
    BadSignature,
    /// The leaf issued itself and is not trusted.
    SelfSigned,
    /// A CA certificate serves as the leaf.
    CaAsLeaf,
    /// The intermediate is missing.
    IncompleteChain,
    /// The issuer is not trusted.
    UnknownIssuer,
    /// The names do not match.
    NameMismatch,
    /// Not usable for servers.
    WrongEku,
    /// Any other breach of path validation.
    BadChain,
    /// Only the common name matches: Windows clients accept it, stricter ones do not.
    NoSanCnOnly,
    /// Signature algorithm that clients refuse.
    WeakSignature,
    /// Key too short.
    WeakKey,
    /// Whether the chain is good is not known: it holds what cannot be verified here.
    Unverified,
    /// The certificates are not sent in the order of their issuers, or some belong to none.
    WrongOrder,
}

impl CertificateVerdict {
    /// The stable lower-case name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unparsable => "unparsable",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Revoked => "revoked",
            Self::BadSignature => "bad_signature",
            Self::SelfSigned => "self_signed",
            Self::CaAsLeaf => "ca_as_leaf",
            Self::IncompleteChain => "incomplete_chain",
            Self::UnknownIssuer => "unknown_issuer",
            Self::NameMismatch => "name_mismatch",
            Self::WrongEku => "wrong_eku",
            Self::BadChain => "bad_chain",
            Self::NoSanCnOnly => "no_san_cn_only",
            Self::WeakSignature => "weak_signature",
            Self::WeakKey => "weak_key",
            Self::Unverified => "unverified",
            Self::WrongOrder => "wrong_order",
        }
    }

    /// Whether clients that trust what this machine trusts accept the chain; `None` where that
    /// cannot be verified here.
    pub const fn is_accepted(self) -> Option<bool> {
        match self {
            Self::Ok
            | Self::NoSanCnOnly
            | Self::WeakSignature
            | Self::WeakKey
            | Self::WrongOrder => Some(true),
            Self::Unverified => None,
            Self::Unparsable
            | Self::Expired
            | Self::NotYetValid
            | Self::Revoked
            | Self::BadSignature
            | Self::SelfSigned
            | Self::CaAsLeaf
            | Self::IncompleteChain
            | Self::UnknownIssuer
            | Self::NameMismatch
            | Self::WrongEku
            | Self::BadChain => Some(false),
        }
    }
}

/// One problem of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateProblem {
    /// Which.
    pub verdict: CertificateVerdict,
    /// Position of the certificate in the presented chain (0 is the leaf), where it is one.
    pub position: Option<usize>,
    /// The evidence: which date, which names, which key. One line, for people.
    pub detail: String,
}

closed_list! {
    /// What an OCSP response says of a certificate (RFC 6960 section 2.2).
    RevocationStatus {
        /// Not revoked, as far as the responder knows.
        Good => "good",
        /// Revoked.
        Revoked => "revoked",
        /// The responder does not know the certificate.
        Unknown => "unknown",
    }
}

/// The answer in a stapled OCSP response. Its signature is not verified: it tells what the server
/// sends, not what its certification authority says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StapledStatus {
    /// What it says.
    pub status: RevocationStatus,
    /// It is about the leaf; else it is the answer about some other certificate.
    pub for_leaf: bool,
    /// When the certificate was revoked, if it was.
    pub revoked_at: Option<SystemTime>,
    /// When the response was signed.
    pub produced_at: SystemTime,
    /// From when the status is known to be right.
    pub this_update: SystemTime,
    /// When newer information will be there; `None` where it always is.
    pub next_update: Option<SystemTime>,
}

/// The OCSP response that came with a chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Staple {
    /// None came. That says nothing about the certificate.
    #[default]
    Absent,
    /// One that could be read.
    Present(StapledStatus),
    /// One that tells nothing, and why.
    Unreadable(String),
}

/// Everything that is known of the chain a member presented.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CertificateReport {
    /// The presented chain in the presented order, leaf first. Unparsable ones are left out
    /// here and named in `problems`.
    pub chain: Vec<Certificate>,
    /// All problems found, worst first; empty means [`CertificateVerdict::Ok`].
    pub problems: Vec<CertificateProblem>,
    /// The path that was validated, from the leaf to the trusted root, dates left aside; `None`
    /// where there is none. A leaf that is trusted itself is its own path.
    pub verified: Option<Vec<Certificate>>,
    /// The stapled OCSP response.
    pub staple: Staple,
    /// Why the staple, or its absence, is of no use to a client; `None` also where it need not be
    /// there. One line, for people.
    pub staple_problem: Option<String>,
}

impl CertificateReport {
    /// The server's own certificate, where the first one that was sent can be read.
    pub fn leaf(&self) -> Option<&Certificate> {
        let unreadable = |problem: &CertificateProblem| {
            problem.verdict == CertificateVerdict::Unparsable && problem.position == Some(0)
        };
        self.chain.first().filter(|_| !self.problems.iter().any(unreadable))
    }

    /// When the first certificate of the verified path ends, its root included.
    pub fn verified_not_after(&self) -> Option<SystemTime> {
        self.verified.iter().flatten().map(|certificate| certificate.not_after).min()
    }

    /// The certificates that a client uses, with their positions in [`Self::chain`]: a root that
    /// is sent along plays no part, because clients have their own copy.
    pub fn used(&self) -> impl Iterator<Item = (usize, &Certificate)> {
        let chain = self.chain.iter().enumerate();
        chain.filter(|(position, certificate)| *position == 0 || !certificate.self_signed)
    }

    /// The worst problem's verdict, or [`CertificateVerdict::Ok`].
    pub fn verdict(&self) -> CertificateVerdict {
        self.problems.first().map_or(CertificateVerdict::Ok, |problem| problem.verdict)
    }
}

/// The result of path validation, dates left aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathOutcome {
    /// A path to a trusted root exists.
    Trusted,
    /// As [`Self::Trusted`], but only if signatures with SHA-1, or by RSA keys of less than 2048
    /// bits, are accepted.
    TrustedThoughWeak,
    /// No path to a trusted root exists.
    UnknownIssuer,
    /// The leaf is a CA certificate.
    CaAsLeaf,
    /// The leaf or a CA above it must not be used for servers.
    WrongEku,
    /// A signature on the path is of a kind that is not accepted: weak, or unknown here.
    WeakSignature,
    /// The path holds what cannot be verified here, though clients may accept it; why.
    Unverifiable(String),
    /// A certificate on the path is revoked.
    Revoked,
    /// Another rule was broken; the library's words.
    Broken(String),
}

/// What was established about a presented chain, before it is judged.
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one chain")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFacts {
    /// Each presented certificate, or why it cannot be parsed.
    pub chain: Vec<Result<Certificate, String>>,
    /// The leaf itself is among the trusted certificates, byte for byte.
    pub leaf_is_trusted: bool,
    /// Path validation inside everybody's validity.
    pub path: PathOutcome,
    /// The path that was validated, from the leaf to the trusted root.
    pub verified: Option<Vec<Certificate>>,
    /// A trusted certificate has the name of the issuer at which the presented chain ends. Says
    /// nothing about signatures.
    pub issuer_is_known: bool,
    /// The stapled OCSP response.
    pub staple: Staple,
    /// Path validation at the present time succeeded as well.
    pub valid_now: bool,
    /// The alternative names cover the server's name.
    pub name_matches: bool,
    /// Nothing was signed by another key than the leaf's; see
    /// [`Presented::signature_ok`](crate::model::tls::Presented::signature_ok).
    pub signature_ok: bool,
}
