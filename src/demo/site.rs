//! A healthy WSUS site: what each path answers.

use hyper::body::Bytes;
use hyper::{HeaderMap, Method};

use super::answer::{self, Answer};
use super::server::ServerOptions;
use super::soap::{self, ConfigText, FaultShape, Style};
use super::{call, static_file};
use crate::model::request::Channel;
use crate::model::service::Service;
use crate::model::wsus::SoapVersion;

/// A request that has come completely.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    /// The path in lower case: IIS does not mind the letter case.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A directory of the site.
#[derive(Debug)]
pub(super) struct Vroot {
    /// Its path, in lower case.
    path: &'static str,
    pub(super) service: Service,
    /// WSUS wants it reached through TLS only, once there is TLS.
    pub(super) needs_tls: bool,
    /// `WsusPool` runs it.
    pub(super) in_pool: bool,
}

/// The directories of the site. Five need TLS and the other four must not, which is Microsoft's
/// own list. That exactly the web services are run by `WsusPool` is assumed.
const VROOTS: [Vroot; 9] = {
    const fn vroot(path: &'static str, service: Service, needs_tls: bool, in_pool: bool) -> Vroot {
        Vroot { path, service, needs_tls, in_pool }
    }
    [
        vroot("/clientwebservice", Service::Client, true, true),
        vroot("/simpleauthwebservice", Service::SimpleAuth, true, true),
        vroot("/serversyncwebservice", Service::ServerSync, true, true),
        vroot("/dssauthwebservice", Service::DssAuth, true, true),
        vroot("/apiremoting30", Service::ApiRemoting, true, true),
        vroot("/reportingwebservice", Service::Reporting, false, true),
        vroot("/selfupdate", Service::SelfUpdate, false, false),
        vroot("/content", Service::Content, false, false),
        vroot("/inventory", Service::Inventory, false, false),
    ]
};

/// Where agents of old look for the self-update cabinet, in lower case.
pub(super) const ROOT_IDENT: &str = "/iuident.cab";

/// The self-update cabinet of a healthy server.
const IDENT_CABINET: &[u8] = include_bytes!("wuident.cab");

/// What the version file says. The contents of the real one are not known.
const SERVER_VERSION: &[u8] =
    b"<?xml version=\"1.0\"?>\r\n<simulated>a WSUS server of today</simulated>\r\n";

/// The directory that a (lower-case) path is in.
pub(super) fn vroot(path: &str) -> Option<&'static Vroot> {
    VROOTS.iter().find(|vroot| {
        path.strip_prefix(vroot.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The answer of a healthy server; `style` is that of its client service. On the content port
/// of a server with TLS, directories that need TLS are refused.
pub(super) fn answer(asked: &Asked, server: &ServerOptions, style: Style) -> Answer {
    let needs_tls = vroot(&asked.path).is_some_and(|vroot| vroot.needs_tls);
    if server.channel == Channel::Content && needs_tls {
        return answer::status(403);
    }
    answer_anywhere(asked, server, style)
}

/// The same answer, whichever the port.
pub(super) fn answer_anywhere(asked: &Asked, server: &ServerOptions, style: Style) -> Answer {
    let file = |contents| {
        static_file::answer(static_file::media_type(&asked.path), contents, &asked.headers)
    };
    let posted = asked.method == Method::POST;
    match asked.path.as_str() {
        "/clientwebservice/client.asmx" => client(asked, server, style),
        "/serversyncwebservice/serversyncwebservice.asmx" if posted => server_sync(asked, server),
        "/apiremoting30/webservice.asmx" => answer::status(401),
        "/clientwebservice/wusserverversion.xml"
        | "/selfupdate/wuident.cab"
        | ROOT_IDENT
        | "/content/anonymouscheckfile.txt"
            if posted =>
        {
            answer::status(405)
        }
        "/clientwebservice/wusserverversion.xml" => file(SERVER_VERSION),
        "/selfupdate/wuident.cab" | ROOT_IDENT => file(IDENT_CABINET),
        "/content/anonymouscheckfile.txt" => file(b""),
        path => match service_name(path) {
            Some(_) if posted => soap::action_mismatch(Style::ASMX),
            Some(name) => answer::service_page(name),
            None => answer::status(if is_directory(path) { 403 } else { 404 }),
        },
    }
}

/// The services with a page for browsers, by their (lower-case) path.
fn service_name(path: &str) -> Option<&'static str> {
    match path {
        "/simpleauthwebservice/simpleauth.asmx" => Some("SimpleAuth"),
        "/dssauthwebservice/dssauthwebservice.asmx" => Some("DssAuthWebService"),
        "/serversyncwebservice/serversyncwebservice.asmx" => Some("ServerSyncWebService"),
        "/reportingwebservice/reportingwebservice.asmx" => Some("ReportingWebService"),
        _ => None,
    }
}

/// Directories refuse to be browsed.
fn is_directory(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    path.is_empty() || VROOTS.iter().any(|vroot| vroot.path == path)
}

/// The client service. It takes SOAP 1.1 only.
fn client(asked: &Asked, server: &ServerOptions, style: Style) -> Answer {
    if asked.method != Method::POST {
        return answer::status(403);
    }
    if call::version(&asked.headers) != Some(SoapVersion::V11) {
        return answer::status(415);
    }
    let action = call::get_config_action();
    if !call::has_action(&asked.headers, &action) {
        return soap::action_mismatch(Style::WCF);
    }
    if !call::is_get_config(&asked.body) {
        return soap::fault(FaultShape::Wcf, "InvalidParameters", &action);
    }
    ConfigText { style, ..ConfigText::new(&server.machine, &server.last_change) }.answer()
}

/// The service for downstream servers. SOAP 1.2 needs no `SOAPAction`.
fn server_sync(asked: &Asked, server: &ServerOptions) -> Answer {
    let action = call::get_auth_config_action();
    let (version, named) = match call::version(&asked.headers) {
        Some(SoapVersion::V11) => (SoapVersion::V11, call::has_action(&asked.headers, &action)),
        Some(SoapVersion::V12) => (SoapVersion::V12, true),
        None => return answer::status(415),
    };
    if named && call::is_get_auth_config(&asked.body, version) {
        soap::auth_config(version, &server.last_change)
    } else {
        soap::action_mismatch(Style { version, ..Style::ASMX })
    }
}

#[cfg(test)]
mod tests;
