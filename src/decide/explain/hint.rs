//! What an administrator does about a failure.

use super::{WSUS_HTTP_PORT, WSUS_HTTPS_PORT};
use crate::model::endpoint::{Endpoint, EndpointUrl, Scheme};
use crate::model::failure::{Cause, Failure, Phase};

/// The text for one failure.
#[expect(clippy::too_many_lines, reason = "one table over the closed list of causes")]
pub(super) fn of(failure: &Failure, endpoint: &Endpoint) -> String {
    let name = endpoint.tls_name();
    let url = &endpoint.url;
    let host = &url.host;
    let port = url.port;
    let text = match failure.cause {
        Cause::Timeout => return timeout(failure.phase, url),
        Cause::Reset => return reset(failure.phase),
        Cause::Closed => return closed(failure.phase),
        Cause::Refused => return refused(failure.phase, url),
        Cause::Unreachable => return unreachable(failure.phase, url),
        Cause::LocalLimit => {
            "raise this machine's limits, first the open files with `ulimit -n 4096`, or probe \
             fewer endpoints at a time"
        }
        Cause::LocallyForbidden if failure.phase == Phase::Resolve => {
            "allow outgoing DNS queries in this machine's firewall"
        }
        Cause::LocallyForbidden => {
            return format!(
                "allow outgoing connections to TCP port {port} in this machine's firewall"
            );
        }
        Cause::NoRoute => {
            "check this machine's default route and address family; probe only one family with \
             --family"
        }
        Cause::Io => "look up the system's message above; repeat the probe with -v",

        Cause::NxDomain if super::is_short(host) => {
            return format!(
                "give the full name: Windows clients append their DNS suffix to {host}, this \
                 program does not"
            );
        }
        Cause::NxDomain => {
            return format!("check the spelling of {host}, then create its record in DNS");
        }
        Cause::NoData => {
            return format!("add an A or AAAA record for {host}, or ask for any address family");
        }
        Cause::ServFail => {
            "ask another resolver with --resolver; if that works, look at the log of this one, \
             else at the zone's name servers and DNSSEC"
        }
        Cause::DanglingCname => "correct the CNAME's target or create the name it points to",
        Cause::BadDnsAnswer => {
            "compare with another resolver by --resolver and check for a device \
                                that rewrites DNS"
        }
        Cause::NoResolver => "configure a resolver on this machine, or name one with --resolver IP",

        Cause::PlainHttp => return plain_http(url),
        Cause::NotTls => {
            return format!(
                "find out which program listens on port {port} and check the URL's port"
            );
        }
        Cause::NoCommonVersion => {
            return format!(
                "check with a Windows client or `openssl s_client -connect {host}:{port}`; enable \
                 TLS 1.2 for the server in SChannel and install the updates it needs"
            );
        }
        Cause::NoCommonSuite => {
            return format!(
                "check with a Windows client or `openssl s_client -connect {host}:{port}`; enable \
                 ECDHE suites on the server"
            );
        }
        Cause::UnrecognizedName => {
            return format!("add {name} to the bindings of the web server or load balancer");
        }
        Cause::Alert => {
            "look for Schannel events in the server's System log at the time of this probe"
        }
        Cause::ClientCertificateRequired => {
            "in IIS set SSL Settings, Client certificates, to Ignore for the WSUS site"
        }
        Cause::TlsProtocol => {
            "probe the server directly, past any proxy or load balancer, to see which one is at fault"
        }
        Cause::BadHandshakeSignature => {
            "install the certificate together with its own private key and bind it again"
        }
        Cause::CertificateExpired => {
            "renew the certificate and bind the new one to the site in IIS, on every member"
        }
        Cause::CertificateNotYetValid => {
            "check the clocks of this machine and of the issuing CA; if both are right, wait or \
             issue it again"
        }
        Cause::CertificateUnknownIssuer => {
            "for an internal CA give its certificate with --ca-file, and see that clients have it \
             in the machine's Trusted Root store"
        }
        Cause::CertificateSelfSigned => {
            "issue a certificate from your CA, or give this one with --ca-file and distribute it to \
             the clients' machine store"
        }
        Cause::CertificateIncompleteChain => {
            "install the intermediate CA's certificate on the server so that it is sent along"
        }
        Cause::CertificateNameMismatch => {
            return format!(
                "issue a certificate whose subject alternative names hold {name}, or use a URL \
                 with a name it has"
            );
        }
        Cause::CertificateWrongEku => {
            "issue a certificate with the extended key usage Server Authentication"
        }
        Cause::CertificateCaAsLeaf => {
            "let that CA issue a certificate for the server and bind it in place of the CA's own"
        }
        Cause::CertificateRevoked => {
            "find out why it was revoked, then issue and bind a new certificate"
        }
        Cause::CertificateBadChain => {
            "check the chain on the server with `certutil -verify`; a CA's constraint is violated"
        }
        Cause::CertificateUnparsable => {
            "export the certificate on the server and look at it; replace it if it is damaged"
        }

        Cause::NotHttp => {
            return format!("find out what listens on port {port}; IIS should");
        }
        Cause::TlsOnHttpPort => return tls_on_http_port(url),
        Cause::HeadersTooLarge => {
            "see what sends so many headers: `curl -I` on the URL, then on the server itself"
        }
        Cause::BodyTooLarge => {
            "see what is sent: open the URL with a browser; it is not the client web service"
        }
        Cause::UnexpectedEncoding => {
            "switch off compression for the client web service in the proxy or load balancer"
        }
        Cause::Http400 => {
            return format!("check that the site's bindings in IIS accept the host name {name}");
        }
        Cause::Http401 => "enable Anonymous Authentication for ClientWebService in IIS",
        Cause::Http403 => {
            "in IIS check SSL Settings, client certificates and IP restrictions of ClientWebService"
        }
        Cause::Http404 => {
            "check the port and that the virtual directory ClientWebService exists on this site \
             in IIS"
        }
        Cause::Http405 => "restore the .asmx handler of ClientWebService in IIS",
        Cause::Http407 => "let traffic to the WSUS server bypass the proxy",
        Cause::Http408 => "look for packet loss on the way and for load on the server",
        Cause::Http409 => {
            "see in the logs of IIS and of any proxy which of them answers 409, and why"
        }
        Cause::Http410 => {
            "check that the URL is that of the present WSUS server; this one says its service was \
             removed"
        }
        Cause::Http500 => {
            "read the server's Application log (ASP.NET, Windows Server Update Services) and check \
             that its database runs"
        }
        Cause::Http501 => {
            "check that IIS answers and not a device or web server that does not take POST requests"
        }
        Cause::Http502 => {
            "check from the load balancer that the WSUS servers behind it answer on their ports"
        }
        Cause::Http503 => {
            "start WsusPool in IIS; if it stops again raise its private memory limit (the default \
             of 1,843,200 KB stops it under load) and its queue length"
        }
        Cause::Http504 => {
            "check the load of the WSUS servers and the timeout of the load balancer before them"
        }
        Cause::Http505 => "look for a proxy or load balancer that refuses HTTP/1.1",
        Cause::HttpStatus => "look up the status above in the log of IIS or of the proxy",
        Cause::Redirect => "remove the HTTP Redirect or rewrite rule for ClientWebService in IIS",
        Cause::RedirectLoop => "remove the rewrite rule that sends the service to itself",
        Cause::RedirectElsewhere => {
            "put the final host into the URL, or remove the redirect if you do not know that host"
        }
        Cause::SoapFault => {
            "look up the fault above in SoftwareDistribution.log on the server and run \
             `wsusutil checkhealth` there"
        }
        Cause::HtmlPage => {
            "read the page above to see which device answers, and let this traffic bypass it"
        }
        Cause::BadXml => {
            "request the URL on the server itself; if the answer is good there, a device in between \
             damages it"
        }
        Cause::NotSoap => {
            "check that the URL is that of a WSUS server and not of another web service"
        }
        Cause::WrongNamespace => {
            "request the URL on the server itself; if the answer is the same there, it is not a \
             WSUS server, otherwise a gateway in between rewrites SOAP"
        }
        Cause::NotWsus => {
            "check the URL; on a WSUS server run `wsusutil postinstall` to repair the service"
        }
        Cause::NoAuthPlugin => {
            "check SimpleAuthWebService in IIS, then run `wsusutil postinstall` on the server"
        }
        Cause::BadProperty => {
            "compare the property above with a healthy WSUS server; restart WsusService and WsusPool"
        }
        Cause::BadFile => {
            "compare the file on the server with what arrives; if it is good there, a device in \
             between changes it"
        }
        Cause::MissingProperty => {
            "install the WSUS server's latest updates, then restart WsusService and WsusPool"
        }
    };
    text.to_owned()
}

fn timeout(phase: Phase, url: &EndpointUrl) -> String {
    let port = url.port;
    match phase {
        Phase::Resolve => {
            "check that the resolver is up and that UDP and TCP port 53 to it are open, or name \
             another with --resolver"
                .into()
        }
        Phase::Connect => format!(
            "check that the server is up and that no firewall drops TCP port {port}; {}",
            default_ports()
        ),
        Phase::Tls => format!(
            "check the load of the server and whether a firewall or inspection device holds up TLS \
             on port {port}"
        ),
        Phase::Wsus => {
            "check processor and memory of WsusPool and the database's load; after a restart the \
             first answers are slow"
                .into()
        }
    }
}

fn reset(phase: Phase) -> String {
    match phase {
        Phase::Resolve => "check whether the resolver takes queries over TCP or TLS".into(),
        Phase::Connect => "look for a firewall or load balancer that resets connections".into(),
        Phase::Tls => {
            "compare the server's TLS versions and suites with your clients', then look for a \
             firewall that resets TLS"
                .into()
        }
        Phase::Wsus => "look for a recycled WsusPool in the server's System log and for a device \
                        that resets idle connections"
            .into(),
    }
}

fn closed(phase: Phase) -> String {
    match phase {
        Phase::Resolve => "check the resolver's access list and its connection limit".into(),
        Phase::Connect => "check the connection limits of the server and its load balancer".into(),
        Phase::Tls => {
            "check that a certificate is bound to the port in IIS and that a TLS version in common \
             is enabled"
                .into()
        }
        Phase::Wsus => {
            "check HTTPERR logs on the server (%windir%\\System32\\LogFiles\\HTTPERR) and the state \
             of WsusPool"
                .into()
        }
    }
}

fn refused(phase: Phase, url: &EndpointUrl) -> String {
    if phase == Phase::Resolve {
        return "allow this machine in the resolver's access list, or name another with --resolver"
            .into();
    }
    format!(
        "start the web service (W3SVC) if it is stopped; {}; check the port in the URL and the \
         firewall",
        if is_wsus_port(url.port) {
            format!("{} is the right port by default", url.port)
        } else {
            default_ports()
        }
    )
}

fn unreachable(phase: Phase, url: &EndpointUrl) -> String {
    if phase == Phase::Resolve {
        return "check this machine's route to its resolver".into();
    }
    format!(
        "check this machine's routes, VPN and address family, and that {} has the right address",
        url.host
    )
}

fn plain_http(url: &EndpointUrl) -> String {
    let clear = EndpointUrl { scheme: Scheme::Http, ..url.clone() };
    if url.port == WSUS_HTTP_PORT {
        let tls = EndpointUrl { port: WSUS_HTTPS_PORT, ..url.clone() };
        return format!("use {clear}, or {tls} if the server has a certificate");
    }
    format!(
        "use {clear}, or the port on which the server speaks TLS ({WSUS_HTTPS_PORT} by default)"
    )
}

fn tls_on_http_port(url: &EndpointUrl) -> String {
    let tls = EndpointUrl { scheme: Scheme::Https, ..url.clone() };
    format!("use {tls}, or the port on which the server speaks HTTP ({WSUS_HTTP_PORT} by default)")
}

fn is_wsus_port(port: u16) -> bool {
    [WSUS_HTTP_PORT, WSUS_HTTPS_PORT].contains(&port)
}

fn default_ports() -> String {
    format!(
        "WSUS on Server 2012 and later listens on {WSUS_HTTP_PORT}/{WSUS_HTTPS_PORT} by default"
    )
}
