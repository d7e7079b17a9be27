//! The closed taxonomy of failures: where a probe stopped, and why.

/// The step of a probe that failed. Certificates are judged after the handshake and belong
/// to [`Phase::Tls`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Turning the name into addresses.
    Resolve,
    /// Opening a TCP connection to one address.
    Connect,
    /// The TLS handshake, and the judgement of the certificate.
    Tls,
    /// The WSUS protocol check (`GetConfig`).
    Wsus,
}

impl Phase {
    /// Every phase, in the order in which a probe goes through them.
    pub const ALL: [Self; 4] = [Self::Resolve, Self::Connect, Self::Tls, Self::Wsus];

    /// The stable lower-case name used in every output and metric.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Wsus => "wsus",
        }
    }
}

closed_list! {
    /// Why a phase failed. The set is closed: it becomes a metric label.
    Cause {
        // Any phase.
        /// The phase's own deadline, or the member's, passed first.
        Timeout => "timeout",
        /// The peer answered with RST.
        Reset => "reset",
        /// The peer closed the connection before the phase was complete.
        Closed => "closed",
        /// Refused: RST to a SYN, ICMP port unreachable, or DNS response code REFUSED.
        Refused => "refused",
        /// No route, host or network unreachable.
        Unreachable => "unreachable",
        /// This machine itself has no route to the address, for example no IPv6 at all: says
        /// nothing about the other end.
        NoRoute => "no_route",
        /// This machine ran out of something: file descriptors, ports, memory.
        LocalLimit => "local_limit",
        /// A local firewall or policy forbade the call.
        LocallyForbidden => "locally_forbidden",
        /// An I/O error of no other kind; the detail has the system's words.
        Io => "io",

        // Resolve.
        /// The name does not exist (NXDOMAIN).
        NxDomain => "nxdomain",
        /// The name exists but has no address of the families asked for.
        NoData => "no_data",
        /// The resolver answered SERVFAIL.
        ServFail => "servfail",
        /// A CNAME points to a name that does not exist or has no address.
        DanglingCname => "dangling_cname",
        /// The resolver's answer made no sense, or carried another error code.
        BadDnsAnswer => "bad_dns_answer",
        /// No resolver is configured on this machine.
        NoResolver => "no_resolver",

        // Tls.
        /// Clear-text HTTP is spoken on this port.
        PlainHttp => "plain_http",
        /// Something that is neither TLS nor HTTP answered.
        NotTls => "not_tls",
        /// Alert `protocol_version`, or a `ServerHello` of a version below 1.2.
        NoCommonVersion => "no_common_version",
        /// Alert `handshake_failure` or `insufficient_security`: nothing offered suited the server.
        NoCommonSuite => "no_common_suite",
        /// Alert `unrecognized_name`: the server does not know the name sent in SNI.
        UnrecognizedName => "unrecognized_name",
        /// Any other fatal alert; the detail names it.
        Alert => "alert",
        /// The server demands a client certificate.
        ClientCertificateRequired => "client_certificate_required",
        /// The peer broke the TLS protocol, or sent more than the limits allow.
        TlsProtocol => "tls_protocol",
        /// The server does not hold the key of the certificate it presented.
        BadHandshakeSignature => "bad_handshake_signature",
        /// A certificate of the chain is past its `notAfter`.
        CertificateExpired => "certificate_expired",
        /// A certificate of the chain is before its `notBefore`.
        CertificateNotYetValid => "certificate_not_yet_valid",
        /// The chain leads to an issuer that is not trusted here.
        CertificateUnknownIssuer => "certificate_unknown_issuer",
        /// The leaf is its own issuer and is not trusted here.
        CertificateSelfSigned => "certificate_self_signed",
        /// The server sent the leaf without the intermediate that issued it.
        CertificateIncompleteChain => "certificate_incomplete_chain",
        /// The certificate is for other names.
        CertificateNameMismatch => "certificate_name_mismatch",
        /// The certificate may not be used for servers.
        CertificateWrongEku => "certificate_wrong_eku",
        /// A CA certificate is used as the server's own.
        CertificateCaAsLeaf => "certificate_ca_as_leaf",
        /// Revoked by its issuer.
        CertificateRevoked => "certificate_revoked",
        /// The chain breaks a rule of path validation.
        CertificateBadChain => "certificate_bad_chain",
        /// The certificate cannot be parsed.
        CertificateUnparsable => "certificate_unparsable",

        // Wsus.
        /// The answer is not HTTP.
        NotHttp => "not_http",
        /// TLS is spoken on this port, which was probed in clear text.
        TlsOnHttpPort => "tls_on_http_port",
        /// The header section is larger than the limit.
        HeadersTooLarge => "headers_too_large",
        /// The body is larger than the limit.
        BodyTooLarge => "body_too_large",
        /// The body came compressed although no compression was asked for.
        UnexpectedEncoding => "unexpected_encoding",
        /// 400 Bad Request.
        Http400 => "http_400",
        /// 401 Unauthorized.
        Http401 => "http_401",
        /// 403 Forbidden.
        Http403 => "http_403",
        /// 404 Not Found.
        Http404 => "http_404",
        /// 405 Method Not Allowed.
        Http405 => "http_405",
        /// 407 Proxy Authentication Required.
        Http407 => "http_407",
        /// 408 Request Timeout.
        Http408 => "http_408",
        /// 409 Conflict.
        Http409 => "http_409",
        /// 410 Gone.
        Http410 => "http_410",
        /// 500 without a SOAP fault.
        Http500 => "http_500",
        /// 501 Not Implemented.
        Http501 => "http_501",
        /// 502 Bad Gateway.
        Http502 => "http_502",
        /// 503 Service Unavailable: typically a stopped application pool.
        Http503 => "http_503",
        /// 504 Gateway Timeout.
        Http504 => "http_504",
        /// 505 HTTP Version Not Supported.
        Http505 => "http_505",
        /// Any other status that is neither success nor redirect.
        HttpStatus => "http_status",
        /// A redirect within the same host.
        Redirect => "redirect",
        /// A redirect to the very URL that was asked.
        RedirectLoop => "redirect_loop",
        /// A redirect to another host.
        RedirectElsewhere => "redirect_elsewhere",
        /// A SOAP fault with one of the protocol's error codes: the WSUS code runs but refused.
        SoapFault => "soap_fault",
        /// An HTML page: a portal, a proxy or a load balancer answered.
        HtmlPage => "html_page",
        /// Empty, not XML, XML outside the limits of size, depth or features, or not of the schema.
        BadXml => "bad_xml",
        /// Well-formed XML that is not the SOAP answer that was asked for.
        NotSoap => "not_soap",
        /// An envelope or an answer in another namespace than SOAP and MS-WUSP say.
        WrongNamespace => "wrong_namespace",
        /// A SOAP answer of something that is not a WSUS server.
        NotWsus => "not_wsus",
        /// A `GetConfig` answer without an authorization plug-in.
        NoAuthPlugin => "no_auth_plugin",
        /// A property of the `GetConfig` answer has a value that MS-WUSP forbids.
        BadProperty => "bad_property",
        /// A property that MS-WUSP demands is missing from the `GetConfig` answer.
        MissingProperty => "missing_property",
        /// A file is there but is not what it should be: not a cabinet, of another length than was
        /// announced, or not the range that was asked for.
        BadFile => "bad_file",
    }
}

/// One failed phase with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where the probe stopped.
    pub phase: Phase,
    /// Why, from the closed list.
    pub cause: Cause,
    /// What was actually observed: the alert, the status line, the dates, the names.
    /// For people; holds no line breaks.
    pub detail: String,
}

impl Failure {
    /// Joins phase, cause and evidence.
    pub fn new(phase: Phase, cause: Cause, detail: impl Into<String>) -> Self {
        Self { phase, cause, detail: detail.into() }
    }
}
