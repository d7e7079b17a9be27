//! Who answers at the door instead of WSUS, and doors that want something of the caller.

use super::{Diagnosis, Seen, note, told, told_failure, warning};
use crate::decide::services;
use crate::decide::services::origin::{self, Origin};
use crate::decide::{windows_update_code, wsus};
use crate::model::endpoint::{EndpointUrl, Scheme};
use crate::model::exchange::Answer;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode};
use crate::model::request::Request;
use crate::model::service::Service;

const CERTIFICATE_REMEDY: &str = "in IIS Manager, site WSUS Administration and each directory below it, SSL Settings: set \
     Client certificates to Ignore; on a load balancer switch client authentication off";

/// The server does not go on without a certificate of the client.
pub(super) fn client_certificate(seen: &Seen<'_>) -> Option<Diagnosis> {
    let failure = seen.config_failure()?;
    if failure.cause != Cause::ClientCertificateRequired {
        return None;
    }
    let finding = warning(
        FindingCode::ClientCertificateDemanded,
        &told_failure(Request::GetConfig, &failure),
        "the server demands a certificate of every client, and the update agent has none to show",
        windows_update_code::code(&failure),
        CERTIFICATE_REMEDY,
    );
    let refused = [Cause::ClientCertificateRequired, Cause::Http400, Cause::Http403];
    let explains = seen.failing(|failure| refused.contains(&failure.cause));
    Some(Diagnosis { finding, explains })
}

/// The server asks for a certificate but goes on without one.
pub(super) fn certificate_asked(seen: &Seen<'_>) -> Option<Finding> {
    seen.config_failure().is_none().then_some(())?;
    seen.answer(Request::GetConfig).filter(|answer| answer.certificate_requested)?;
    Some(note(
        FindingCode::ClientCertificateDemanded,
        "the handshake asks for a client certificate; the server answers without one too",
        "clients get through today; some devices and agents stumble over the question, and it is \
         one step from demanding a certificate",
        CERTIFICATE_REMEDY,
    ))
}

/// TLS at a clear-text port, or the reverse, or a server without a TLS port.
pub(super) fn wrong_port(seen: &Seen<'_>) -> Option<Diagnosis> {
    let failure = seen.config_failure()?;
    let (port, all) = (seen.asked.port, Service::ALL.to_vec());
    let refused = (failure.phase, failure.cause) == (Phase::Connect, Cause::Refused);
    let same_port = |scheme| EndpointUrl { scheme, ..seen.asked.clone() };
    let (meaning, works, explains) = if failure.cause == Cause::PlainHttp {
        let meaning = format!("port {port} speaks clear text, and the URL says https");
        (meaning, same_port(Scheme::Http), all)
    } else if failure.cause == Cause::TlsOnHttpPort {
        let meaning = format!("port {port} speaks TLS, and the URL says http");
        (meaning, same_port(Scheme::Https), all)
    } else {
        let clear = answers_in_clear_text(seen).filter(|_| refused)?;
        let but_content = all.into_iter().filter(|service| *service != Service::Content).collect();
        let meaning = format!("nothing listens on port {port}, while WSUS answers at {clear}");
        (meaning, clear, but_content)
    };
    let finding = warning(
        FindingCode::WrongPort,
        &told_failure(Request::GetConfig, &failure),
        &format!("{meaning}; clients with this URL reach nothing"),
        windows_update_code::code(&failure),
        &format!(
            "try {works} as WUServer and WUStatusServer, or bind the port to the site as the URL \
             wants it (http on 8530, https on 8531 by default); on the server: Get-WebBinding \
             -Name 'WSUS Administration'"
        ),
    );
    Some(Diagnosis { finding, explains })
}

/// The clear-text URL, if WSUS answers there.
fn answers_in_clear_text(seen: &Seen<'_>) -> Option<EndpointUrl> {
    let exchange = services::exchange(seen.exchanges, Request::CleartextConfig)?;
    let clear = seen.asked.content_url()?;
    wsus::of_exchange(exchange, &clear).ok().map(|_| clear)
}

/// Something between this machine and the server answers in its place.
pub(super) fn intercepted(seen: &Seen<'_>) -> Option<Diagnosis> {
    let failure = seen.config_failure()?;
    let answer = seen.answer(Request::GetConfig)?;
    if !is_interception(&failure, answer) {
        return None;
    }
    let finding = warning(
        FindingCode::Intercepted,
        &format!("{}{}", told_failure(Request::GetConfig, &failure), traces(answer)),
        "a proxy, a captive portal or a load balancer answers in place of WSUS; clients that take \
         the same way reach nothing",
        windows_update_code::code(&failure),
        "let traffic to the WSUS server bypass the proxy (on clients: netsh winhttp show proxy); \
         on a load balancer check that its WSUS members are up; probe the server's own address to \
         compare",
    );
    let explains = seen.failing(|other| is_detour(other.cause) || other.cause == failure.cause);
    Some(Diagnosis { finding, explains })
}

fn is_interception(failure: &Failure, answer: &Answer) -> bool {
    let origin = origin::of(answer);
    let windows = origin.is_iis() || origin == Origin::HttpDriver;
    let says_so = [Cause::RedirectElsewhere, Cause::Http407].contains(&failure.cause)
        || answer.reply.status == NETWORK_AUTHENTICATION;
    // What IIS sends as a page is another application's, not that of a device in between.
    let stands_before = failure.cause == Cause::HtmlPage;
    let refuses = failure.cause == Cause::Http403 && !traces(answer).is_empty();
    says_so || (!windows && (stands_before || refuses))
}

/// RFC 6585 section 6: a captive portal says so itself.
const NETWORK_AUTHENTICATION: u16 = 511;

fn is_detour(cause: Cause) -> bool {
    matches!(cause, Cause::HtmlPage | Cause::RedirectElsewhere | Cause::Http407)
}

/// What proxies leave in the headers of an answer.
fn traces(answer: &Answer) -> String {
    let names = ["via", "x-cache", "proxy-authenticate"];
    let found = names.into_iter().find_map(|name| Some((name, answer.reply.header(name)?)));
    found.map_or_else(String::new, |(name, value)| format!(", {name}: {}", wsus::quote(value)))
}

/// A web server or service of another kind.
pub(super) fn not_wsus(seen: &Seen<'_>) -> Option<Diagnosis> {
    let failure = seen.config_failure()?;
    let other =
        matches!(failure.cause, Cause::NotWsus | Cause::NotSoap | Cause::NotHttp | Cause::HtmlPage);
    if !other {
        return None;
    }
    let observed = match seen.answer(Request::GetConfig) {
        Some(answer) => format!("{}; {}", told(Request::GetConfig, answer), failure.detail),
        None => told_failure(Request::GetConfig, &failure),
    };
    let finding = warning(
        FindingCode::NotWsus,
        &observed,
        "what answers here is not a WSUS server, or one whose configuration is empty; clients \
         cannot scan",
        windows_update_code::code(&failure),
        "check host and port of the URL; if it is the WSUS server run `wsusutil postinstall` on \
         it, then `wsusutil checkhealth`, and read the Application log",
    );
    Some(Diagnosis { finding, explains: Service::ALL.to_vec() })
}
