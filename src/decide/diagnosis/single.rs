//! What is wrong with single services.

use super::{Seen, codes, fault, note, told, warning};
use crate::decide::services::origin::{self, Origin};
use crate::decide::wsus;
use crate::model::cabinet::CabinetSignature;
use crate::model::exchange::Content;
use crate::model::failure::Failure;
use crate::model::finding::{Finding, FindingCode};
use crate::model::request::Request;
use crate::model::service::{Outcome, Service, ServiceReport};
use crate::model::windows_update::WindowsUpdateCode;

/// The services that fail beyond what a diagnosis explains, and oddities of those that work.
pub(super) fn findings(seen: &Seen<'_>, explained: &[Service]) -> Vec<Finding> {
    let failed = [
        Service::SimpleAuth,
        Service::SelfUpdate,
        Service::Reporting,
        Service::ServerSync,
        Service::DssAuth,
        Service::ApiRemoting,
    ]
    .into_iter()
    .filter_map(|service| failed(service, seen.unexplained(service, explained)?, seen));
    let odd = [server_version(seen), unsigned(seen), open_api(seen), unknown(seen)];
    failed.chain(odd.into_iter().flatten()).collect()
}

fn failed(service: Service, failure: &Failure, seen: &Seen<'_>) -> Option<Finding> {
    let Texts { code, meaning, action, windows_update_code } = texts(service, failure, seen)?;
    let observed = format!("{}: {}", service.as_str(), failure.detail);
    Some(warning(code, &observed, meaning, windows_update_code, action))
}

struct Texts {
    code: FindingCode,
    meaning: &'static str,
    action: &'static str,
    windows_update_code: Option<WindowsUpdateCode>,
}

/// `None` for the services that have rules of their own, or none.
fn texts(service: Service, failure: &Failure, seen: &Seen<'_>) -> Option<Texts> {
    let (code, meaning, action, windows_update_code) = match service {
        Service::SimpleAuth => (
            FindingCode::SimpleAuthFailed,
            "clients get no authorization and stop right after they have asked for the \
             configuration",
            "in IIS check SimpleAuthWebService: there, in WsusPool, Anonymous Authentication on; \
             `wsusutil postinstall` creates it again",
            Some(codes::NO_AUTH_COOKIES),
        ),
        Service::SelfUpdate => (
            FindingCode::SelfUpdateFailed,
            "agents up to Windows 8.1 and Server 2012 R2 refuse to go on without this cabinet; \
             Windows 10 and later never ask for it",
            "check that the virtual directory SelfUpdate exists on the site and points to \
             %ProgramFiles%\\Update Services\\SelfUpdate, anonymous, without Require SSL",
            codes::likely(failure),
        ),
        Service::Reporting => (
            FindingCode::ReportingFailed,
            "clients can scan and install, but their state does not reach the server: its reports \
             grow old",
            "in IIS check ReportingWebService: there, in WsusPool, Anonymous Authentication on, \
             Require SSL off; `wsusutil postinstall` creates it again",
            codes::likely(failure),
        ),
        Service::ServerSync => return Some(server_sync(seen)),
        Service::DssAuth => (
            FindingCode::DssAuthFailed,
            "downstream servers get no authorization and cannot synchronize; clients are not \
             concerned",
            "in IIS check DssAuthWebService: there, in WsusPool, Anonymous Authentication on; \
             `wsusutil postinstall` creates it again",
            None,
        ),
        Service::ApiRemoting => (
            FindingCode::ApiRemotingFailed,
            "consoles and scripts on other machines cannot manage the server; clients are not \
             concerned",
            "in IIS check ApiRemoting30: there, in WsusPool, Windows Authentication on; \
             `wsusutil postinstall` creates it again",
            None,
        ),
        Service::Client | Service::Content | Service::Inventory => return None,
    };
    Some(Texts { code, meaning, action, windows_update_code })
}

/// What could not be told is said, so that silence means that all is well.
fn unknown(seen: &Seen<'_>) -> Option<Finding> {
    let told = |report: &ServiceReport| match &report.outcome {
        Outcome::Unknown(why) => Some(format!("{}: {why}", report.service.as_str())),
        Outcome::Pass | Outcome::Fail(_) | Outcome::NotApplicable(_) => None,
    };
    let unknown: Vec<String> = seen.services.iter().filter_map(told).collect();
    let works = seen.passes(Service::Client) && !unknown.is_empty();
    works.then(|| {
        note(
            FindingCode::ServiceUnknown,
            &unknown.join("; "),
            "what was seen does not tell whether these work; the verdict rests on the others",
            "probe again, or from the server's own network where no proxy changes the answers",
        )
    })
}

/// A fault has words of its own, and no Windows client sees it.
fn server_sync(seen: &Seen<'_>) -> Texts {
    let fault = seen.answer(Request::GetAuthConfig).and_then(fault::fault).map(fault::words);
    let (meaning, action) = fault.map_or(
        (
            "downstream servers cannot synchronize from this one; clients are not concerned",
            "in IIS check ServerSyncWebService: there, in WsusPool, Anonymous Authentication on; \
             `wsusutil postinstall` creates it again",
        ),
        |words| (words.meaning, words.action),
    );
    Texts { code: FindingCode::ServerSyncFailed, meaning, action, windows_update_code: None }
}

/// Microsoft's own test of the client service reads this file; that clients need it is not
/// documented, so that it is only worth a note.
fn server_version(seen: &Seen<'_>) -> Option<Finding> {
    let answer = seen.answer(Request::ServerVersion)?;
    let page = wsus::is_page(answer);
    if !seen.passes(Service::Client) || (answer.reply.status == 200 && !page) {
        return None;
    }
    let what = if answer.reply.status == 200 { ", a page" } else { "" };
    Some(note(
        FindingCode::ServerVersionMissing,
        &format!("{}{what}", told(Request::ServerVersion, answer)),
        "the file by which Microsoft's instructions test the client service is not served; by it \
         old agents may tell WSUS from its predecessor",
        "compare the folder of ClientWebService (%ProgramFiles%\\Update Services\\WebServices) and \
         its static file handler with a healthy server's",
    ))
}

/// The signature is read and not verified, so that only its absence is certain.
fn unsigned(seen: &Seen<'_>) -> Option<Finding> {
    let answer = seen.answer(Request::SelfUpdate).filter(|answer| answer.reply.status == 200)?;
    let Content::Cabinet(Ok(cabinet)) = &answer.content else { return None };
    let path = Request::SelfUpdate.path();
    let remedy = "copy the SelfUpdate folder from a healthy server of the same release, or repair \
                  WSUS; then see who changed the file";
    match &cabinet.signature {
        CabinetSignature::Present { .. } => None,
        CabinetSignature::Absent => Some(warning(
            FindingCode::SelfUpdateUnsigned,
            &format!("{path} carries no signature"),
            "agents up to Windows 8.1 and Server 2012 R2 take this cabinet only with Microsoft's \
             signature, and refuse to go on; Windows 10 and later never ask for it",
            None,
            remedy,
        )),
        CabinetSignature::Unreadable(why) => Some(note(
            FindingCode::SelfUpdateUnsigned,
            &format!("{path}: the signature cannot be read: {why}"),
            "agents up to Windows 8.1 may refuse it; it may also be of a form that this program \
             does not know",
            "on Windows: Get-AuthenticodeSignature wuident.cab",
        )),
    }
}

/// What a server answers to a GET is not documented, so that this proves little.
fn open_api(seen: &Seen<'_>) -> Option<Finding> {
    let answer = seen.answer(Request::ApiRemoting).filter(|answer| answer.reply.status == 200)?;
    (origin::of(answer) == Origin::AspNet).then(|| {
        note(
            FindingCode::ApiRemotingOpen,
            &format!("{} without credentials", told(Request::ApiRemoting, answer)),
            "the page of the administration service is shown to anybody; whether its calls demand \
             credentials is not tried",
            "in IIS, ApiRemoting30, Authentication: Windows Authentication on, Anonymous \
             Authentication off",
        )
    })
}
