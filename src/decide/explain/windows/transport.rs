//! Names, connections and TLS.

use super::{ONE_OF_SEVERAL, Text};

/// The finer codes of certificates are not always shown.
const FINER: &str = "clients often show the general 0x80072F8F in its place";

/// Nothing that can be reached over the network tells what a client trusts.
const OWN_STORE: &str = "each client decides by its own clock and its own machine store";

pub(super) const CODES: &[Text] = &[
    Text {
        hex: 0x8024_402C,
        name: "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED",
        means: "The name of the server, or of the proxy, could not be resolved.",
        seen: "A failure at resolve, such as nxdomain, no_data, servfail or timeout.",
        reasons: &[
            "the name in WUServer is misspelt, or its record is missing in DNS",
            "the client uses a resolver that does not know the internal zone",
            "the proxy that is configured on the client has a name that does not resolve",
        ],
        actions: &[
            "compare WUServer and WUStatusServer with the record in DNS, letter by letter",
            "resolve the name on the client itself",
            "look at `netsh winhttp show proxy` on the client",
        ],
        doubts: &[],
    },
    Text {
        hex: 0x8007_2EE7,
        name: "ERROR_WINHTTP_NAME_NOT_RESOLVED",
        means: "The same as 0x8024402C, as WinHTTP and BITS themselves report it.",
        seen: "A failure at resolve.",
        reasons: &["as for 0x8024402C", "a download URL with a name that clients cannot resolve"],
        actions: &["resolve the very name that is in the client's log, on that client"],
        doubts: &[],
    },
    Text {
        hex: 0x8007_2EFD,
        name: "ERROR_WINHTTP_CANNOT_CONNECT",
        means: "No TCP connection could be opened.",
        seen: "connect refused or unreachable, sometimes timeout.",
        reasons: &[
            "the wrong port: WSUS on Server 2012 and later listens on 8530 and 8531, older ones \
             on 80 and 443",
            "the web service (W3SVC) or the site is stopped",
            "a firewall on the way rejects the client",
        ],
        actions: &[
            "compare the port in WUServer with the bindings of the site in IIS",
            "start W3SVC and the WSUS site",
            "probe from the client's network",
        ],
        doubts: &["newer agents may show 0x80240438 in its place"],
    },
    Text {
        hex: 0x8024_0438,
        name: "WU_E_PT_ENDPOINT_UNREACHABLE",
        means: "There is no route or connection to the endpoint.",
        seen: "connect refused or unreachable.",
        reasons: &["as for 0x80072EFD", "a proxy or a policy of the client leads it elsewhere"],
        actions: &["as for 0x80072EFD", "look at the URL in the client's WindowsUpdate.log"],
        doubts: &[ONE_OF_SEVERAL, "older agents show 0x80072EFD"],
    },
    Text {
        hex: 0x8007_2EE2,
        name: "ERROR_WINHTTP_TIMEOUT",
        means: "The connection or the answer did not come in time.",
        seen: "connect timeout, tls timeout or wsus timeout; or the finding overloaded.",
        reasons: &[
            "a firewall drops packets to the port",
            "the server is overloaded: WsusPool, or its database",
            "the first answers after WsusPool was recycled are slow",
            "a proxy on the way does not answer",
        ],
        actions: &[
            "see in `check` which phase times out: connect points to the network, wsus to the server",
            "look at the memory and the queue of WsusPool, then maintain the database",
        ],
        doubts: &[
            "under load 0x8024401C is shown as well",
            "one of Microsoft's articles ties HTTP 503 to this code",
        ],
    },
    Text {
        hex: 0x8007_2EFE,
        name: "ERROR_WINHTTP_CONNECTION_ERROR",
        means: "The connection was reset or closed, or the TLS versions do not fit.",
        seen: "reset or closed at tls or at wsus.",
        reasons: &[
            "a firewall, proxy or load balancer cuts the connection",
            "client and server share no TLS version",
            "WsusPool was recycled or crashed during the answer",
        ],
        actions: &[
            "see in `check` whether it is cut at tls or at wsus",
            "at tls compare the versions that both sides have enabled in SChannel",
            "at wsus look for recycled application pools in the server's System log",
        ],
        doubts: &["a failed handshake may be shown as 0x80072F7D too"],
    },
    Text {
        hex: 0x8007_2F7D,
        name: "ERROR_WINHTTP_SECURE_CHANNEL_ERROR",
        means: "The TLS connection could not be set up.",
        seen: "tls no_common_version, no_common_suite, alert, plain_http or not_tls.",
        reasons: &[
            "an old client offers TLS 1.0 only, and the server has switched it off",
            "the server accepts only suites that the client does not know: Windows releases \
             before 10 and Server 2016 have no ECDHE_RSA with GCM",
            "the port speaks clear text",
        ],
        actions: &[
            "on Windows 7, Server 2008 R2 and 2012 see KB3140245 and DefaultSecureProtocols",
            "enable a suite on the server that the oldest client has",
            "compare the scheme in WUServer with the binding of the port",
        ],
        doubts: &[
            ONE_OF_SEVERAL,
            "this program may fail where Windows clients connect, and the other way round",
        ],
    },
    Text {
        hex: 0x8007_2F8F,
        name: "ERROR_WINHTTP_SECURE_FAILURE",
        means: "The server's certificate was refused.",
        seen: "A tls failure whose cause begins with certificate_.",
        reasons: &[
            "the certificate has expired, or the client's clock is wrong",
            "the issuer is not in the client's machine store",
            "the certificate does not carry the name that is in WUServer",
        ],
        actions: &[
            "see in `check` which of them it is",
            "put an internal CA into the Trusted Root store of the machine, not of the user",
            "renew the certificate with the right names and bind it on every member",
        ],
        doubts: &["it stands for several faults, of which finer codes exist", OWN_STORE],
    },
    Text {
        hex: 0x8007_2F05,
        name: "ERROR_WINHTTP_SECURE_CERT_DATE_INVALID",
        means: "A certificate is outside its validity.",
        seen: "tls certificate_expired or certificate_not_yet_valid.",
        reasons: &["the certificate was not renewed, or not on every member", "a wrong clock"],
        actions: &["renew it and bind the new one", "compare the clocks of client and server"],
        doubts: &[FINER, OWN_STORE],
    },
    Text {
        hex: 0x8007_2F06,
        name: "ERROR_WINHTTP_SECURE_CERT_CN_INVALID",
        means: "The certificate is for another name.",
        seen: "tls certificate_name_mismatch.",
        reasons: &[
            "WUServer has the short name or an alias that the certificate does not have",
            "another site's certificate is bound to the port",
        ],
        actions: &["use the full name in WUServer, or issue a certificate with all names in use"],
        doubts: &[FINER],
    },
    Text {
        hex: 0x8007_2F0D,
        name: "ERROR_WINHTTP_SECURE_INVALID_CA",
        means: "The issuer of the certificate is not trusted.",
        seen: "tls certificate_unknown_issuer, certificate_self_signed or certificate_incomplete_chain.",
        reasons: &[
            "the internal CA is missing in the client's machine store",
            "the server does not send the intermediate",
            "a TLS inspecting proxy shows its own certificate",
        ],
        actions: &[
            "distribute the CA's certificate by Group Policy",
            "install the intermediate on the server",
        ],
        doubts: &[FINER, OWN_STORE],
    },
    Text {
        hex: 0x8007_2F8A,
        name: "ERROR_WINHTTP_SECURE_CERT_REVOKED",
        means: "The certificate was revoked.",
        seen: "Nothing as a rule: this program asks no revocation service.",
        reasons: &["the CA revoked it, for example because it was replaced"],
        actions: &["bind the certificate that replaced it"],
        doubts: &[FINER],
    },
    Text {
        hex: 0x8007_2F19,
        name: "ERROR_WINHTTP_SECURE_CERT_REV_FAILED",
        means: "Revocation could not be checked: its server is offline.",
        seen: "Nothing: this program asks no revocation service.",
        reasons: &["clients cannot reach the CRL or OCSP address in the certificate"],
        actions: &["make that address reachable, or publish the list elsewhere"],
        doubts: &["update agents are documented to ignore a list that cannot be fetched"],
    },
    Text {
        hex: 0x8007_2F89,
        name: "ERROR_WINHTTP_SECURE_INVALID_CERT",
        means: "The certificate is invalid.",
        seen: "tls certificate_bad_chain, certificate_unparsable or certificate_wrong_eku.",
        reasons: &["it breaks a constraint of its CA", "it is damaged"],
        actions: &["look at it with `certutil -verify` on the server and on a client"],
        doubts: &[FINER],
    },
    Text {
        hex: 0x8007_2F0C,
        name: "ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED",
        means: "The server demands a certificate of the client.",
        seen: "tls client_certificate_required; or the finding client_certificate_demanded.",
        reasons: &["in IIS, SSL Settings, Client certificates is on Accept or Require"],
        actions: &["set it to Ignore for the site and for each WSUS directory"],
        doubts: &[],
    },
    Text {
        hex: 0x8007_2F78,
        name: "ERROR_WINHTTP_INVALID_SERVER_RESPONSE",
        means: "The answer is not HTTP.",
        seen: "wsus not_http or tls_on_http_port.",
        reasons: &[
            "an http:// URL leads to the TLS port",
            "something other than a web server listens on the port",
        ],
        actions: &["compare scheme and port in WUServer with the bindings in IIS"],
        doubts: &[],
    },
    Text {
        hex: 0x8007_2F7C,
        name: "ERROR_WINHTTP_REDIRECT_FAILED",
        means: "Redirections did not lead anywhere, or changed the scheme.",
        seen: "wsus redirect_loop, redirect or redirect_elsewhere.",
        reasons: &["a rewrite rule, HTTP Redirect or a portal redirects the WSUS directories"],
        actions: &["remove the rule for the WSUS site, or exempt this traffic"],
        doubts: &["whether the agent follows a redirected POST is not documented"],
    },
];
