//! Servers with too much to do.

use std::time::Duration;

use super::{Diagnosis, SOAP_SERVICES, Seen, asked, codes, fault, note, served_file, told};
use super::{told_failure, warning};
use crate::decide::windows_update_code;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode};
use crate::model::request::Request;
use crate::model::windows_update::WindowsUpdateCode;

/// How much later than a round trip an answer to `GetConfig` is slow. A server answers it within
/// some tens of milliseconds from memory; a second is far beyond that and far below the patience
/// of clients, so that it shows trouble before they fail.
const SLOW: Duration = Duration::from_secs(1);

/// The server turns requests away, or leaves them without an answer while it serves files.
pub(super) fn overloaded(seen: &Seen<'_>) -> Option<Diagnosis> {
    let (observed, code) = busy(seen).or_else(|| shed(seen)).or_else(|| hanging(seen))?;
    let finding = warning(
        FindingCode::Overloaded,
        &observed,
        "the server has more to do than it can or waits for its database, or something before it \
         limits requests, perhaps only this probe's; clients that meet this wait, fail and try \
         again, which adds to the load",
        code,
        "on the server look at processor and memory of WsusPool and at its database; in WsusPool's \
         Advanced Settings queue length 2000, private memory limit 0 or 4-8 GB; after a restart \
         the first answers are slow",
    );
    let explains = seen.failing(|failure| {
        use Cause::{Http408, Http503, HttpStatus, SoapFault, Timeout};
        failure.phase == Phase::Wsus
            && [Http408, Http503, HttpStatus, SoapFault, Timeout].contains(&failure.cause)
    });
    Some(Diagnosis { finding, explains })
}

/// While the client service fails, only its own answer can tell why it does.
fn telling(seen: &Seen<'_>, requests: &[Request]) -> impl Iterator<Item = Request> {
    let failed = seen.config_failure().is_some();
    requests.iter().copied().filter(move |request| !failed || *request == Request::GetConfig)
}

type Evidence = (String, Option<WindowsUpdateCode>);

/// The server's own word for it, to clients or to downstream servers.
fn busy(seen: &Seen<'_>) -> Option<Evidence> {
    telling(seen, &[Request::GetConfig, Request::GetAuthConfig]).find_map(|request| {
        let answer = seen.answer(request)?;
        let fault = fault::fault(answer)?;
        (fault.error_code.as_deref() == Some(fault::SERVER_BUSY)).then(|| {
            let observed = format!("{}, fault {}", told(request, answer), fault::SERVER_BUSY);
            (observed, (request == Request::GetConfig).then(|| fault::code(fault)))
        })
    })
}

/// Statuses of those who shed load. 503 alone is that of a stopped pool.
fn shed(seen: &Seen<'_>) -> Option<Evidence> {
    telling(seen, &SOAP_SERVICES).find_map(|request| {
        let answer = seen.answer(request)?;
        let later = answer.reply.header("retry-after");
        let sheds = match answer.reply.status {
            408 | 429 => true,
            503 => later.is_some(),
            _ => false,
        };
        let later = later.map_or_else(String::new, |value| format!(", Retry-After: {value}"));
        sheds.then(|| {
            let failure = seen.failure(request.service());
            let failure = failure.filter(|_| request == Request::GetConfig);
            (format!("{}{later}", told(request, answer)), failure.and_then(codes::likely))
        })
    })
}

fn hanging(seen: &Seen<'_>) -> Option<Evidence> {
    let waits = |failure: &Failure| (failure.phase, failure.cause) == (Phase::Wsus, Cause::Timeout);
    let failure = seen.config_failure().filter(waits)?;
    let file = served_file(seen)?;
    let observed = format!("{}, while {file}", told_failure(Request::GetConfig, &failure));
    Some((observed, windows_update_code::code(&failure)))
}

/// A good answer that came late. It breaks nothing yet, and a pool that has just been started is
/// slow once.
pub(super) fn slow(seen: &Seen<'_>) -> Option<Finding> {
    let answer = seen.answer(Request::GetConfig)?;
    let waited = answer.first_byte?.duration;
    let round_trip = seen.round_trip?;
    if waited.saturating_sub(round_trip) <= SLOW {
        return None;
    }
    Some(note(
        FindingCode::Overloaded,
        &format!(
            "{}: first byte after {} ms at a round trip of {} ms",
            asked(Request::GetConfig),
            waited.as_millis(),
            round_trip.as_millis()
        ),
        "the server is far slower than its distance explains: overloaded, waiting for its \
         database, or just started",
        "probe again in a minute; if it stays slow look at processor and memory of WsusPool, its \
         idle time-out (0 is better) and the database's load",
    ))
}
