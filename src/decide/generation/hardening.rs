//! KB2938066, the update that hardened WSUS: what can be seen of it from outside, and where to
//! look instead.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::model::cabinet::{CabinetSignature, IdentCabinet};
use crate::model::exchange::{Answer, Content, Exchange};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::generation::{Generation, Release};
use crate::model::request::Request;
use crate::model::text::one_line;

/// The releases that the update exists for.
const APPLIES_TO: [Release; 5] = [
    Release::Wsus3Sp2On2003,
    Release::Wsus3Sp2On2008,
    Release::Wsus3Sp2On2008R2,
    Release::Server2012,
    Release::Server2012R2,
];

/// The longest foreign text that is quoted, in characters.
const MAX_QUOTE: usize = 80;

/// What the date of a signature suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    /// From before the update was made.
    Before,
    /// From the months in which it was made: could be either.
    About,
    /// From after it was published.
    After,
}

/// A note where the candidates hold a release that the update exists for.
pub(super) fn not_visible(generation: &Generation, exchanges: &[Exchange]) -> Option<Finding> {
    let concerned: Vec<&str> = generation
        .candidates
        .iter()
        .filter(|release| APPLIES_TO.contains(release))
        .map(|release| release.words())
        .collect();
    if concerned.is_empty() {
        return None;
    }
    let is = if concerned.len() == generation.candidates.len() { "is" } else { "may be" };
    let (seen, suggests) = cabinet(exchanges);
    let suggests = suggests.map(|text| format!("; that {text}")).unwrap_or_default();
    Some(Finding {
        code: FindingCode::HardeningNotVisible,
        severity: Severity::Note,
        observed: format!("the server {is} {}; {seen}", concerned.join(" or ")),
        meaning: format!(
            "whether KB2938066, which hardens these releases, is installed cannot be seen from \
             outside{suggests}; without it a server is incompatible with the later Windows Update \
             client of Windows 7 SP1 and Server 2008 R2 SP1"
        ),
        windows_update_code: None,
        action: "look on the server: WSUS 3.0 SP2 needs Server Version 3.2.7600.274 or later in \
                 the console, Server 2012 and 2012 R2 the update among the installed ones; install \
                 it from the top of a hierarchy downwards and synchronize after each server"
            .to_owned(),
    })
}

/// What was seen of the self-update cabinet, and what its date suggests.
fn cabinet(exchanges: &[Exchange]) -> (String, Option<&'static str>) {
    let asked = exchanges.iter().find(|exchange| exchange.request == Request::SelfUpdate);
    let Some(asked) = asked else {
        return ("its self-update cabinet was not looked at".to_owned(), None);
    };
    let unread = |why: &str| {
        (format!("its self-update cabinet could not be read: {}", one_line(why, MAX_QUOTE)), None)
    };
    match &asked.outcome {
        Err(failure) => unread(&failure.detail),
        Ok(Answer { content: Content::Cabinet(Ok(cabinet)), reply, .. }) => {
            signature(cabinet, reply.header("last-modified"))
        }
        Ok(Answer { content: Content::Cabinet(Err(problem)), .. }) => unread(&problem.0),
        Ok(answer) => unread(&format!("HTTP {}", answer.reply.status)),
    }
}

fn signature(cabinet: &IdentCabinet, modified: Option<&str>) -> (String, Option<&'static str>) {
    let modified = modified
        .map(|date| format!(", Last-Modified {}", one_line(date, MAX_QUOTE)))
        .unwrap_or_default();
    match &cabinet.signature {
        CabinetSignature::Absent => {
            (format!("its self-update cabinet is not signed{modified}"), None)
        }
        CabinetSignature::Unreadable(why) => {
            let why = one_line(why, MAX_QUOTE);
            (
                format!("the signature of its self-update cabinet is unreadable: {why}{modified}"),
                None,
            )
        }
        CabinetSignature::Present { signer, signed_at } => {
            let signer = one_line(signer, MAX_QUOTE);
            let at = signed_at.and_then(|at| Timestamp::try_from(at).ok());
            let when = at.map_or_else(
                || "without a date".to_owned(),
                |at| format!("on {}", at.strftime("%Y-%m-%d")),
            );
            let suggests = signed_at.and_then(age).map(|age| match age {
                Age::Before => "the cabinet is older than the update suggests that it is missing",
                Age::About => "the cabinet is about as old as the update tells nothing",
                Age::After => {
                    "the cabinet is younger than the update fits an installed one and does not \
                     prove it"
                }
            });
            let seen =
                format!("its self-update cabinet is signed {when}, as it claims by {signer}");
            (format!("{seen}{modified}"), suggests)
        }
    }
}

/// The update is of mid-2014; when exactly its cabinet was signed is not known here, so that the
/// first half of that year tells nothing.
fn age(signed: SystemTime) -> Option<Age> {
    let signed = Timestamp::try_from(signed).ok()?.to_zoned(TimeZone::UTC).date();
    Some(if signed < date(2014, 1, 1) {
        Age::Before
    } else if signed < date(2014, 7, 1) {
        Age::About
    } else {
        Age::After
    })
}
