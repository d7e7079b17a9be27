//! TLS versions, suites and clients, and the order of certificates.

use super::Text;
use crate::model::finding::FindingCode as Code;

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::CertificateOrder,
        seen: "The certificates that the server sends are not in the order leaf, issuer, issuer's \
               issuer, or some of them do not belong to the chain.",
        means: "Windows sorts them out by itself. TLS libraries that follow the standard to the \
                letter may refuse the server.",
        reasons: &["a file of certificates was put together by hand", "an old one was left in"],
        actions: &["bind only the server's certificate, and install its intermediates beside it"],
        doubts: &[],
    },
    Text {
        code: Code::TlsVersionMissing,
        seen: "A version that the configuration requires (`require`) was refused, or it is not \
               known whether it is accepted.",
        means: "Clients that offer nothing else cannot connect.",
        reasons: &[
            "the version was switched off in SChannel, on purpose or with a hardening template",
            "the release does not have it: TLS 1.3 came with Server 2022",
            "a load balancer or a proxy speaks TLS in place of the server",
        ],
        actions: &[
            "enable it under SCHANNEL\\Protocols in the registry, then restart the server",
            "if it is not needed any more, take it out of `require`",
        ],
        doubts: &[
            "a refusal without the alert protocol_version may have other reasons; then the finding \
             says so",
        ],
    },
    Text {
        code: Code::TlsVersionForbidden,
        seen: "A version that the configuration forbids (`forbid`) was accepted, or it is not known \
               whether it is.",
        means: "A hardening that somebody expects is not in force.",
        reasons: &[
            "the server was not restarted after the change",
            "the change was made for clients (Client) and not for the server (Server)",
            "one member of several was forgotten",
        ],
        actions: &["disable it under SCHANNEL\\Protocols for Server, then restart the server"],
        doubts: &[],
    },
    Text {
        code: Code::OldTlsAccepted,
        seen: "A version below TLS 1.2 is accepted, and neither required nor forbidden.",
        means: "These versions are outdated and open to known attacks. Old clients may need them.",
        reasons: &["it is the default up to Server 2022"],
        actions: &[
            "see with `wsus-probe tls` which Windows releases would be left out",
            "switch on newer versions for those that have them (KB3140245)",
            "then disable the old ones, or say that one is wanted with `require`",
        ],
        doubts: &[
            "WSUS 3.2 as a downstream server needs TLS 1.0 over HTTPS; where the configuration \
             says that there is one, TLS 1.0 is not counted",
        ],
    },
    Text {
        code: Code::WeakSuites,
        seen: "Suites with RC4, DES, triple DES or without encryption are accepted.",
        means: "With RC4, DES or no encryption traffic can be read or changed. Triple DES gives \
                away parts of very long connections.",
        reasons: &["defaults of Server 2012 R2 and older hold RC4", "a list of suites was widened"],
        actions: &["set the order of cipher suites by Group Policy, without these"],
        doubts: &[
            "without `--suites` only what the server chose is seen: others may be accepted too",
        ],
    },
    Text {
        code: Code::WindowsClientsExcluded,
        seen: "Some Windows releases have by default no version or no suite in common with the \
               server.",
        means: "Update clients of these releases cannot connect at all.",
        reasons: &[
            "only ECDHE-RSA with GCM is accepted, which came with Windows 10 and Server 2016",
            "only TLS 1.2 is accepted, and clients up to Server 2012 lack KB3140245",
            "only TLS 1.3 is accepted",
        ],
        actions: &[
            "see with `wsus-probe tls` what each release lacks",
            "install KB3140245 and set DefaultSecureProtocols on Windows 7, Server 2008 R2 and \
             2012",
            "allow ECDHE-RSA with CBC, or add an ECDSA certificate, for 2012 R2 and older",
        ],
        doubts: &[
            "what a release offers is taken from Microsoft's lists of defaults; policies change it",
            "that the update agent offers what WinHTTP offers by default is assumed",
        ],
    },
    Text {
        code: Code::OneCertificateRefused,
        seen: "The server presents two certificates, one for each kind of key, and one of them has \
               expired or has another fault with which clients refuse it.",
        means: "Clients connect or fail depending on which suites they offer.",
        reasons: &["one of the two was renewed and the other forgotten"],
        actions: &["renew both, or remove the one that is not needed"],
        doubts: &["which of them a Windows release is given follows from its documented suites"],
    },
    Text {
        code: Code::TlsOutOfReach,
        seen: "The server accepts TLS, but no version and suite that this program has: TLS 1.2 and \
               1.3 with ECDHE.",
        means: "Clients that offer the same as the server can connect. Whether WSUS works behind it \
                was not checked.",
        reasons: &[
            "TLS 1.2 is off, as by default on Server 2008 R2 and older",
            "only RSA or DHE key exchange is accepted",
        ],
        actions: &[
            "check WSUS from a Windows client of that network",
            "enable TLS 1.2 and ECDHE suites on the server",
        ],
        doubts: &["a load balancer in front may accept other suites than the server itself"],
    },
];
