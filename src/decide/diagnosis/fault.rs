//! What the error codes of the protocols mean (MS-WUSP 2.2.2.4, MS-WSUSSS 2.2.9.3).

use super::{Diagnosis, Seen, codes, told_failure, warning};
use crate::model::exchange::{Answer, Content};
use crate::model::failure::Cause;
use crate::model::finding::FindingCode;
use crate::model::request::Request;
use crate::model::windows_update::WindowsUpdateCode;
use crate::model::wsus::{SoapFault, SoapReply};

/// The error code with which a server says that it has too much to do.
pub(super) const SERVER_BUSY: &str = "ServerBusy";

/// Meaning and remedy of a fault, each as one line.
pub(super) struct Words {
    pub(super) meaning: &'static str,
    pub(super) action: &'static str,
}

/// `GetConfig` was answered with a fault. That of an overloaded server is another rule's.
pub(super) fn of_client(seen: &Seen<'_>) -> Option<Diagnosis> {
    let failure = seen.config_failure().filter(|failure| failure.cause == Cause::SoapFault)?;
    let fault = fault(seen.answer(Request::GetConfig)?)?;
    let words = words(fault);
    let finding = warning(
        FindingCode::SoapFault,
        &told_failure(Request::GetConfig, &failure),
        words.meaning,
        Some(code(fault)),
        words.action,
    );
    Some(Diagnosis { finding, explains: seen.failing(|other| other.cause == Cause::SoapFault) })
}

/// The fault of an answer.
pub(super) fn fault(answer: &Answer) -> Option<&SoapFault> {
    let Content::Soap(Ok(message)) = &answer.content else { return None };
    if let SoapReply::Fault(fault) = &message.reply { Some(fault) } else { None }
}

/// What the agent shows for a fault. Where the protocol ties no code to the error code, the
/// agent maps the fault's own code, after it has logged [`codes::SOAP_FAULT`].
pub(super) fn code(fault: &SoapFault) -> WindowsUpdateCode {
    match fault.error_code.as_deref() {
        Some("InvalidCookie" | "ServerChanged") => codes::REFRESH_CACHE,
        Some("FileLocationChanged" | "FileLocationsChanged") => codes::FILE_LOCATIONS,
        Some(_) | None => match fault.code.as_str() {
            "Client" | "Sender" => codes::SOAP_CLIENT,
            "Server" | "Receiver" => codes::SOAP_SERVER,
            _ => codes::SOAP_FAULT,
        },
    }
}

/// Meaning and remedy by the fault's error code.
pub(super) fn words(fault: &SoapFault) -> Words {
    let known = fault
        .error_code
        .as_deref()
        .and_then(|code| WORDS.iter().find(|(codes, _, _)| codes.contains(&code)));
    match known {
        Some((_, meaning, action)) => Words { meaning, action },
        None => Words {
            meaning: "the WSUS code runs into an error that the protocol does not name, such as \
                      an exception of its own or of .NET; scans most likely fail",
            action: "on the server read %ProgramFiles%\\Update Services\\LogFiles\\\
                     SoftwareDistribution.log and the Application log at the time of this probe; \
                     then Restart-WebAppPool WsusPool",
        },
    }
}

type Row = (&'static [&'static str], &'static str, &'static str);

const WORDS: [Row; 13] = [
    (
        &["InvalidCookie"],
        "the server does not accept a cookie it should have given itself, as after a restored \
         database or between unequal members; clients drop theirs and scan in full again",
        "see that all members of the name share one database and one configuration, then \
         Restart-WebAppPool WsusPool on each",
    ),
    (
        &["ConfigChanged"],
        "the server's configuration has changed since the client asked for it; clients ask again, \
         and go round in circles if members of one name disagree",
        "probe again in a minute; if it stays, compare the members' configuration, then \
         Restart-WebAppPool WsusPool on each",
    ),
    (
        &["RegistrationRequired"],
        "the server wants the computer registered before it answers, which it should not want for \
         its configuration",
        "Restart-Service WsusService and Restart-WebAppPool WsusPool; if it stays run `wsusutil \
         checkhealth` and read the Application log",
    ),
    (
        &["RegistrationNotRequired"],
        "the server refuses a registration that its configuration does not ask for; clients and \
         server disagree about the configuration",
        "Restart-WebAppPool WsusPool so that the server reads its configuration again; compare \
         the members of the name",
    ),
    (
        &["ServerChanged"],
        "the server is another one than before, or its database was replaced: every client scans \
         in full again, which can exceed 1 GB each",
        "put all members of the name on one database; if it was restored or replaced on purpose \
         let the clients scan in waves and watch the load of WsusPool",
    ),
    (
        &["InternalServerError"],
        "the WSUS code fails inside, often because its database is down, full or too slow; clients \
         cannot scan",
        "on the server: Get-Service *SQL*, *WID* to see that the database runs; free space on its \
         disk; then Restart-Service WsusService, and read the Application log",
    ),
    (
        &["CookieExpired"],
        "the server takes a fresh request for one with an old cookie; clocks of server and \
         database, or of the members, may differ",
        "compare the clocks of the members and of the database server (w32tm /query /status), \
         then Restart-WebAppPool WsusPool",
    ),
    (
        &["InvalidParameters"],
        "the server refuses a parameter, which the message names; here it can only be the protocol \
         version, as a server older than 3.0 SP2 might; whether clients fail too is not known",
        "see with a Windows client whether it scans; for InstalledNonLeafUpdateIDs in its log \
         raise maxInstalledPrerequisites to 800 in the web.config of ClientWebService",
    ),
    (
        &["InvalidAuthorizationCookie"],
        "the server does not accept its own authorization cookies, as when members of one name \
         hold different keys or databases",
        "check SimpleAuthWebService and DssAuthWebService in IIS, put all members on one database, \
         then Restart-WebAppPool WsusPool",
    ),
    (
        &[SERVER_BUSY],
        "the server has too much to do and turns requests away; clients try again later",
        "look at processor and memory of WsusPool and at the database; queue length 2000 and \
         private memory limit 0 or 4-8 GB in its Advanced Settings; decline superseded updates",
    ),
    (
        &["FileLocationChanged", "FileLocationsChanged"],
        "the places of update files have changed; clients ask for them again, and fail if the \
         server goes on saying so",
        "see under Options, Update Files whether the place of content was just changed; after a \
         move run `wsusutil reset` at a quiet hour",
    ),
    (
        &["IncompatibleProtocolVersion"],
        "the server and its downstream servers speak versions of the protocol that do not fit; \
         synchronization fails",
        "bring the upstream server to the newest release and update first, then the downstream \
         servers; an upstream server must not be older",
    ),
    (
        &["FileDigestsMissing"],
        "the server does not know files that it is asked for: its database and its content do not \
         fit together",
        "synchronize the server with its own upstream first, then run `wsusutil reset` at a quiet \
         hour",
    ),
];

#[cfg(test)]
pub(super) fn known_codes() -> impl Iterator<Item = &'static str> {
    WORDS.iter().flat_map(|(codes, _, _)| codes.iter().copied())
}
