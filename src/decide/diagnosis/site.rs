//! What is wrong with the web site as a whole.

use super::{
    Diagnosis, SOAP_SERVICES, Seen, asked, first_and_more, served_file, told, told_failure, warning,
};
use crate::decide::services::origin::Origin;
use crate::decide::services::{self, origin};
use crate::decide::windows_update_code;
use crate::model::endpoint::Scheme;
use crate::model::exchange::Exchange;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::request::Request;
use crate::model::service::Service;

/// 503 from every SOAP service while a static file is served.
///
/// Not when `Retry-After` says that something sheds load on purpose.
pub(super) fn pool_stopped(seen: &Seen<'_>) -> Option<Diagnosis> {
    let get_config = seen.answer(Request::GetConfig)?;
    let stopped = SOAP_SERVICES
        .into_iter()
        .filter_map(|request| seen.answer(request))
        .all(|answer| answer.reply.status == 503);
    if !stopped || get_config.reply.header("retry-after").is_some() {
        return None;
    }
    let file = served_file(seen)?;
    let failure = seen.config_failure()?;
    let finding = warning(
        FindingCode::WsusPoolStopped,
        &format!("{}, while {file}", told(Request::GetConfig, get_config)),
        "IIS runs, but the application pool of the WSUS services has stopped, most often at its \
         private memory limit; no client can scan",
        windows_update_code::code(&failure),
        "on the server: Start-WebAppPool WsusPool; then in IIS, WsusPool, Advanced Settings: \
         private memory limit 0 or 4-8 GB (the default of 1,843,200 KB is too small), queue \
         length 2000; iisreset is the last resort",
    );
    Some(Diagnosis { finding, explains: seen.failing(|failure| failure.cause == Cause::Http503) })
}

/// The kernel's HTTP driver refuses the name or path before any site sees the request.
pub(super) fn host_header(seen: &Seen<'_>) -> Option<Diagnosis> {
    let answer = seen.answer(Request::GetConfig)?;
    let refused = matches!(answer.reply.status, 400 | 404);
    if !refused || origin::of(answer) != Origin::HttpDriver {
        return None;
    }
    let host = &seen.asked.host;
    let finding = warning(
        FindingCode::HostHeaderMismatch,
        &told(Request::GetConfig, answer),
        &format!(
            "by its Server header Windows' HTTP driver answers and not a site: most likely no \
             started site of IIS takes requests for {host} on port {}",
            seen.asked.port
        ),
        windows_update_code::code(&seen.config_failure()?),
        &format!(
            "on the server: Get-WebBinding -Name 'WSUS Administration'; add a binding without a \
             host name, or one for {host}; then Start-Website 'WSUS Administration'"
        ),
    );
    let explains = seen.failing(|failure| {
        matches!(failure.cause, Cause::Http400 | Cause::Http404 | Cause::Http503)
    });
    Some(Diagnosis { finding, explains })
}

/// The client service is not there while the server is.
pub(super) fn wrong_directory(seen: &Seen<'_>) -> Option<Diagnosis> {
    let failure = seen.config_failure()?;
    if !is_missing(&failure) {
        return None;
    }
    let answers = || seen.exchanges.iter().filter_map(|one| one.outcome.as_ref().ok());
    let all_missing =
        answers().count() > 1 && answers().all(|a| matches!(a.reply.status, 404 | 405 | 410 | 501));
    let present =
        Service::ALL.iter().find(|service| **service != Service::Client && seen.passes(**service));
    let client = told_failure(Request::GetConfig, &failure);
    let (observed, meaning, action) = match present {
        Some(service) => (
            format!("{client}, while {} answers", service.as_str()),
            "the server has parts of WSUS, but the virtual directory ClientWebService is missing \
             or without its handler; no client can scan",
            "run `wsusutil postinstall` on the server to create the virtual directories again, \
             then compare the site WSUS Administration in IIS with a healthy server's",
        ),
        None if all_missing => (
            format!("{client}, and so every other path of WSUS"),
            "a web server answers that has none of the WSUS directories: another site's, or that \
             of another machine",
            "check host and port of the URL: WSUS listens on 8530/8531 by default and 80/443 may \
             be the Default Web Site; on the server: Get-WebBinding -Name 'WSUS Administration'",
        ),
        None => return None,
    };
    let finding = warning(
        FindingCode::WrongVirtualDirectory,
        &observed,
        meaning,
        windows_update_code::code(&failure),
        action,
    );
    Some(Diagnosis { finding, explains: seen.failing(is_missing) })
}

fn is_missing(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::Http404 | Cause::Http405 | Cause::Http410 | Cause::Http501)
}

/// How everything can fail alike.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    ServerErrors,
    Cut,
    Hanging,
}

/// Every request is refused for the same reason. Where no connection comes about, the member's
/// own failure says it all.
pub(super) fn down(seen: &Seen<'_>) -> Option<Diagnosis> {
    let telling = seen.exchanges.iter().filter(|exchange| {
        exchange.outcome.as_ref().err().is_none_or(|failure| !services::says_nothing(failure))
    });
    let kinds: Option<Vec<Likeness>> = telling.map(likeness).collect();
    let kinds = kinds.filter(|kinds| kinds.len() > 1)?;
    let first = kinds.first().copied().filter(|first| kinds.iter().all(|kind| kind == first))?;
    let failure = seen.config_failure().filter(|failure| failure.phase == Phase::Wsus)?;
    let (meaning, action) = words(first);
    let finding = warning(
        FindingCode::SiteDown,
        &format!("{}, and every other request alike", told_failure(Request::GetConfig, &failure)),
        meaning,
        windows_update_code::code(&failure),
        action,
    );
    Some(Diagnosis { finding, explains: Service::ALL.to_vec() })
}

fn likeness(exchange: &Exchange) -> Option<Likeness> {
    let failure = match &exchange.outcome {
        Ok(answer) => {
            let error = matches!(answer.reply.status, 500 | 502..=504 | 506..=510 | 512..=599);
            return error.then_some(Likeness::ServerErrors);
        }
        Err(failure) => failure,
    };
    let cut = matches!(failure.cause, Cause::Reset | Cause::Closed);
    let hanging = failure.cause == Cause::Timeout;
    if cut { Some(Likeness::Cut) } else { hanging.then_some(Likeness::Hanging) }
}

fn words(likeness: Likeness) -> (&'static str, &'static str) {
    match likeness {
        Likeness::ServerErrors => (
            "static files and services fail alike: the whole site, its application pools, or what \
             stands before it is down, not a part of WSUS",
            "on the server: Start-WebAppPool WsusPool; Start-Website 'WSUS Administration'; if \
             that does not help look into %windir%\\System32\\LogFiles\\HTTPERR; iisreset is the \
             last resort",
        ),
        Likeness::Cut => (
            "every connection is cut before an answer: by a device in between, by IIS without a \
             working certificate or pool, or because the port speaks TLS where the URL says http, \
             or the reverse",
            "probe from the server's own network to tell a device from the server; on the server \
             look into %windir%\\System32\\LogFiles\\HTTPERR and the System log",
        ),
        Likeness::Hanging => (
            "connections are taken but nothing is answered in the time that this probe waits: the \
             server hangs or is very slow, or a device in between answers for a dead one",
            "on the server look at processor, memory and disk; Restart-WebAppPool WsusPool; then \
             Restart-Service W3SVC; behind a load balancer check its members",
        ),
    }
}

/// The header on any answer: one is enough for a client to remember it for the whole host.
pub(super) fn hsts(seen: &Seen<'_>) -> Option<Finding> {
    let sent = |exchange: &&Exchange| {
        let answer = exchange.outcome.as_ref().ok();
        answer.is_some_and(|a| a.reply.header("strict-transport-security").is_some())
    };
    let requests: Vec<String> =
        seen.exchanges.iter().filter(sent).map(|exchange| asked(exchange.request)).collect();
    if requests.is_empty() {
        return None;
    }
    // RFC 6797 section 8.1: one that comes in clear text is to be ignored.
    let over_tls = |exchange: &Exchange| {
        services::url_of(exchange.request, seen.asked).scheme == Scheme::Https
    };
    let counts = seen.exchanges.iter().filter(sent).any(over_tls);
    let severity = if counts { Severity::Warning } else { Severity::Note };
    let finding = warning(
        FindingCode::Hsts,
        &format!("Strict-Transport-Security on the answer to {}", first_and_more(&requests)),
        "clients that honour it turn http requests to this host into https ones, and fail at the \
         content port, which speaks clear text only",
        None,
        "switch HSTS off for the WSUS site: in IIS Manager, Sites, HSTS, or the response header on \
         the proxy in front of it",
    );
    Some(Finding { severity, ..finding })
}
