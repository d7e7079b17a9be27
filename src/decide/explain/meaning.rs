//! What a failure means for Windows clients.

use crate::model::endpoint::Endpoint;
use crate::model::failure::{Cause, Failure, Phase};

/// The text for one failure.
#[expect(clippy::too_many_lines, reason = "one table over the closed list of causes")]
pub(super) fn of(failure: &Failure, endpoint: &Endpoint) -> String {
    let name = endpoint.tls_name();
    let port = endpoint.url.port;
    let text = match failure.cause {
        Cause::Timeout => return timeout(failure.phase, port),
        Cause::Reset | Cause::Closed => return cut_off(failure.phase, port),
        Cause::Refused if failure.phase == Phase::Resolve => {
            "the resolver refuses to answer; clients that use it cannot find the server"
        }
        Cause::Refused => {
            return format!(
                "clients that are sent here cannot connect: nothing listens on port {port}, or a \
                 firewall rejects them"
            );
        }
        Cause::Unreachable if failure.phase == Phase::Resolve => {
            "the resolver cannot be reached from this machine"
        }
        Cause::Unreachable => "there is no network path from this machine to the server's address",
        Cause::LocalLimit | Cause::LocallyForbidden | Cause::NoResolver | Cause::NoRoute => {
            "this machine could not make the probe; nothing is known of the server"
        }
        Cause::Io => "the probe stopped at a system error; what clients see is not known",

        Cause::NxDomain if super::is_short(&endpoint.url.host) => {
            "the name does not exist as written; clients whose DNS suffix completes it may still \
             find the server"
        }
        Cause::NxDomain => "the name does not exist, so clients cannot find the server",
        Cause::NoData => "the name exists but leads to no address, so clients cannot connect",
        Cause::ServFail => "the resolver could not get an answer; clients that use it fail too",
        Cause::DanglingCname => "the name is an alias that leads nowhere, so clients fail too",
        Cause::BadDnsAnswer => "the resolver's answer is unusable; clients that use it may fail",

        Cause::PlainHttp => {
            return format!("port {port} speaks clear-text HTTP; https clients cannot use it");
        }
        Cause::NotTls => {
            return format!("something other than a web server answers on port {port}");
        }
        Cause::NoCommonVersion => {
            "this program, which offers TLS 1.2 and 1.3, shares no version with the server; \
             Windows clients may still connect, so the health of WSUS is not known from here"
        }
        Cause::NoCommonSuite => {
            "this program, which offers TLS 1.2 and 1.3 with ECDHE, shares no suite with the \
             server; Windows clients may still connect, so the health of WSUS is not known from here"
        }
        Cause::UnrecognizedName => {
            return format!("the server does not serve the name {name}; clients are turned away");
        }
        Cause::Alert | Cause::TlsProtocol => {
            "the server broke off the handshake; clients most likely cannot connect"
        }
        Cause::ClientCertificateRequired => {
            "the server asks every client for a certificate, which update clients do not have"
        }
        Cause::BadHandshakeSignature => {
            "the server cannot prove that it owns its certificate; clients refuse it"
        }
        Cause::CertificateExpired => "clients refuse an expired certificate and stop updating",
        Cause::CertificateNotYetValid => "clients refuse a certificate that is not valid yet",
        Cause::CertificateUnknownIssuer => {
            "clients refuse the server unless they trust the issuer in their machine store"
        }
        Cause::CertificateSelfSigned => {
            "clients refuse the server unless this very certificate is in their machine store"
        }
        Cause::CertificateIncompleteChain => {
            "clients that cannot fetch the missing intermediate themselves refuse the server"
        }
        Cause::CertificateNameMismatch => {
            return format!("the certificate is not for {name}; clients refuse the server");
        }
        Cause::CertificateWrongEku => "the certificate is not meant for servers; clients refuse it",
        Cause::CertificateCaAsLeaf => "a CA's own certificate is in use; strict clients refuse it",
        Cause::CertificateRevoked => {
            "clients that can read the revocation list refuse the certificate"
        }
        Cause::CertificateBadChain | Cause::CertificateUnparsable => {
            "clients most likely cannot validate the certificate and refuse the server"
        }

        Cause::NotHttp => "what answers is not a web server; clients cannot use it",
        Cause::TlsOnHttpPort => {
            return format!("port {port} expects TLS; clients with an http:// URL cannot use it");
        }
        Cause::HeadersTooLarge | Cause::BodyTooLarge => {
            "the answer is far larger than that of a WSUS server; what clients see is not known"
        }
        Cause::UnexpectedEncoding => {
            "something between compresses answers nobody asked to compress; clients may not read it"
        }
        Cause::Http400 => "the web server rejects the clients' request as malformed",
        Cause::Http401 => "the web server demands a login, which update clients do not send",
        Cause::Http403 => "the web server forbids access to the client service; scans fail",
        Cause::Http404 => "the client web service is not there; scans fail",
        Cause::Http405 => "the client web service does not take requests; scans fail",
        Cause::Http407 => "a proxy on the way demands a login; clients without one fail",
        Cause::Http408 => "the server gave up waiting for the request; scans fail or are slow",
        Cause::Http409 => "the web server reports a conflict in place of the service; scans fail",
        Cause::Http410 => "the web server says that the service is gone for good; scans fail",
        Cause::Http500 => "the client web service crashes on a plain request; scans fail",
        Cause::Http501 => "what answers does not know the clients' kind of request; scans fail",
        Cause::Http502 => "a proxy or load balancer gets no valid answer from the WSUS server",
        Cause::Http503 => "the WSUS application is stopped or overloaded; scans fail",
        Cause::Http504 => "a proxy or load balancer waits for the WSUS server in vain",
        Cause::Http505 => "what answers refuses the clients' version of HTTP; scans fail",
        Cause::HttpStatus => "an unusual HTTP status in place of the service; scans fail",
        Cause::Redirect | Cause::RedirectElsewhere => {
            "the service is redirected; update clients are not known to follow"
        }
        Cause::RedirectLoop => "the server redirects to the same address again; scans fail",
        Cause::SoapFault => "WSUS runs but answers with an error; scans most likely fail",
        Cause::HtmlPage => "a portal, proxy or load balancer answers in place of WSUS; scans fail",
        Cause::BadXml | Cause::NotSoap => "clients cannot read such an answer; scans fail",
        Cause::WrongNamespace => {
            "clients take the answer for one of another SOAP version or service; scans fail"
        }
        Cause::NotWsus => "a web service answers, but it is not WSUS; scans fail",
        Cause::NoAuthPlugin => "clients find no way to register and stop the scan",
        Cause::BadFile => "a file is there but is not what it should be; clients cannot use it",
        Cause::BadProperty | Cause::MissingProperty => {
            "clients reject the server's configuration and stop the scan"
        }
    };
    text.to_owned()
}

fn timeout(phase: Phase, port: u16) -> String {
    match phase {
        Phase::Resolve => {
            "the resolver does not answer in time; clients that use it fail too".into()
        }
        Phase::Connect => {
            format!("nobody answers on port {port}: clients wait a long time, then fail")
        }
        Phase::Tls => {
            format!("port {port} is open but does not answer the TLS handshake in time")
        }
        Phase::Wsus => "the connection works, but WSUS does not answer in time: \
                        it is overloaded or hangs"
            .into(),
    }
}

fn cut_off(phase: Phase, port: u16) -> String {
    match phase {
        Phase::Resolve => "the connection to the resolver was cut before it answered".into(),
        Phase::Connect => format!("connections to port {port} are cut as soon as they are made"),
        Phase::Tls => "the connection is cut during the TLS handshake: no TLS version or suite in \
                       common, or a device in between"
            .into(),
        Phase::Wsus => "the connection is cut before the answer is complete; scans fail".into(),
    }
}
