//! The content channel, by the file that WSUS keeps for its own check and by a range.

use super::{answer, exchange, failed, judged, says_nothing, url_of};
use crate::decide::wsus;
use crate::model::endpoint::{EndpointUrl, Scheme};
use crate::model::exchange::{Answer, Content, Exchange};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::service::Outcome;

/// How content is served, but not as clients need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::decide) enum FlawKind {
    /// GET gives another number of bytes than HEAD announced.
    WrongLength,
    /// HEAD names no length.
    LengthMissing,
    /// A range was asked for and not given.
    RangeIgnored,
}

/// One flaw with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decide) struct Flaw {
    /// Which.
    pub(in crate::decide) kind: FlawKind,
    /// What was seen, as one line.
    pub(in crate::decide) observed: String,
}

/// Works only when HEAD and GET both do and no [`Flaw`] shows.
pub(super) fn outcome(exchanges: &[Exchange], asked: &EndpointUrl) -> Outcome {
    let part = |request| judged(exchanges, request, |answer| granted(answer, asked, request));
    let parts = [part(Request::ContentHead), part(Request::ContentGet)];
    let worst = parts
        .iter()
        .find(|part| matches!(part, Outcome::Fail(_)))
        .or_else(|| parts.iter().find(|part| matches!(part, Outcome::Unknown(_))));
    if let Some(worst) = worst {
        return worst.clone();
    }
    match flaws(exchanges, asked).into_iter().next() {
        Some(flaw) => failed(Failure::new(Phase::Wsus, Cause::BadFile, flaw.observed)),
        None => Outcome::Pass,
    }
}

fn granted(answer: &Answer, asked: &EndpointUrl, request: Request) -> Outcome {
    let reply = &answer.reply;
    if reply.status != 200 {
        return Outcome::Fail(wsus::refused(reply, &url_of(request, asked), request));
    }
    match &answer.content {
        Content::Html(title) => Outcome::Fail(wsus::page(reply, title.as_deref())),
        _ if wsus::is_html(reply) => Outcome::Fail(wsus::page(reply, None)),
        Content::Unread | Content::Soap(_) | Content::Cabinet(_) => Outcome::Pass,
    }
}

/// Every flaw that shows, the worst first.
pub(in crate::decide) fn flaws(exchanges: &[Exchange], asked: &EndpointUrl) -> Vec<Flaw> {
    let good = |request| {
        let answer = answer(exchanges, request)?;
        (answer.reply.status == 200 && !wsus::is_page(answer)).then_some(answer)
    };
    let head = good(Request::ContentHead);
    let length = head.and_then(content_length);
    let get = good(Request::ContentGet);
    let wrong_length = length.zip(get).and_then(|(length, get)| wrong_length(length, get));
    let length_missing = head.is_some() && length.is_none();
    let length_missing = length_missing.then(|| Flaw {
        kind: FlawKind::LengthMissing,
        observed: "200 OK to HEAD without a Content-Length".to_owned(),
    });
    let cabinet = answer(exchanges, Request::SelfUpdate)
        .is_some_and(|answer| matches!(answer.content, Content::Cabinet(Ok(_))));
    let not_empty = get.is_some_and(|get| get.body_bytes > 0);
    // A range can be given only where the file itself is, and a port that serves no files at all
    // says nothing about ranges.
    let cabinet = cabinet && get.is_some();
    let ranges = [(Request::ContentRange, not_empty), (Request::CabinetRange, cabinet)];
    let range = ranges
        .into_iter()
        .filter(|(_, is_there)| *is_there)
        .find_map(|(request, _)| range_refused(exchange(exchanges, request)?, asked));
    [wrong_length, length_missing, range].into_iter().flatten().collect()
}

/// The length that HEAD announced for the check file; absent where it named none.
pub(in crate::decide) fn announced(exchanges: &[Exchange]) -> Option<u64> {
    answer(exchanges, Request::ContentHead)
        .filter(|answer| answer.reply.status == 200)
        .and_then(content_length)
}

fn content_length(answer: &Answer) -> Option<u64> {
    answer.reply.header("content-length")?.trim().parse().ok()
}

fn wrong_length(announced: u64, get: &Answer) -> Option<Flaw> {
    let flaw = |seen: String| Flaw {
        kind: FlawKind::WrongLength,
        observed: format!("HEAD announces {announced} bytes, GET {seen}"),
    };
    if let Some(length) = content_length(get).filter(|length| *length != announced) {
        return Some(flaw(format!("announces {length}")));
    }
    let came = u64::try_from(get.body_bytes).unwrap_or(u64::MAX);
    // Too few are a flaw only if the body was read to its end.
    let differs = came > announced || (came < announced && get.transfer.is_some());
    differs.then(|| flaw(format!("gives {came}")))
}

/// Anything but the range of a file that is there. The cabinet is known to be there at the service
/// port; where that is another one, and this one refuses the path, nothing is proved about ranges.
fn range_refused(exchange: &Exchange, asked: &EndpointUrl) -> Option<Flaw> {
    let request = exchange.request;
    let range = request.range()?;
    let flaw = |seen: String| {
        let observed = format!("{seen} to GET {} with Range: {range}", request.path());
        Some(Flaw { kind: FlawKind::RangeIgnored, observed })
    };
    let answer = match &exchange.outcome {
        Ok(answer) => answer,
        Err(failure) if failure.phase < Phase::Wsus || says_nothing(failure) => return None,
        Err(failure) => return flaw(failure.detail.clone()),
    };
    match answer.reply.status {
        206 => {
            let given = answer.reply.header("content-range");
            if given.is_some_and(|given| is_that_range(given, range))
                && Some(answer.body_bytes) == bytes_of(range)
            {
                return None;
            }
            let given = given.map_or_else(|| "none".to_owned(), wsus::quote);
            let bytes = answer.body_bytes;
            flaw(format!("206 Partial Content with {bytes} bytes, Content-Range: {given},"))
        }
        300..=399 => None,
        401 | 403 | 404 if asked.scheme == Scheme::Https && request == Request::CabinetRange => {
            None
        }
        _ if wsus::is_page(answer) => None,
        status => flaw(wsus::status_line(status)),
    }
}

/// Whether a `Content-Range` (RFC 9110 section 14.4) is the range of a `Range` header.
fn is_that_range(given: &str, asked: &str) -> bool {
    let given = given.trim().strip_prefix("bytes").map(str::trim_start);
    let given = given.and_then(|rest| rest.split_once('/')).map(|(range, _)| range.trim());
    given.is_some() && given == asked.strip_prefix("bytes=")
}

fn bytes_of(range: &str) -> Option<usize> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
    last.checked_sub(first)?.checked_add(1)
}
