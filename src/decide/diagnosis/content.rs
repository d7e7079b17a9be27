//! What is wrong with the content channel.

use super::{Seen, codes, note, warning};
use crate::decide::services::content::{FlawKind, announced, flaws};
use crate::decide::services::{self, origin};
use crate::model::endpoint::Scheme;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::finding::{Finding, FindingCode};
use crate::model::request::Request;
use crate::model::service::Service;

/// Nothing where a diagnosis accounts for the channel.
pub(super) fn findings(seen: &Seen<'_>, explained: &[Service]) -> Vec<Finding> {
    if explained.contains(&Service::Content) {
        return Vec::new();
    }
    let ssl = requires_ssl(seen).filter(|_| seen.passes(Service::Client));
    let failed = seen
        .unexplained(Service::Content, explained)
        .filter(|failure| ssl.is_none() && failure.cause != Cause::BadFile)
        .map(|failure| failed(seen, failure));
    let flaws = flaws(seen.exchanges, seen.asked);
    let odd = if flaws.iter().any(|flaw| flaw.kind == FlawKind::WrongLength) {
        None
    } else {
        not_empty(seen)
    };
    let flaws = flaws.iter().map(|flaw| of_flaw(flaw.kind, &flaw.observed));
    ssl.into_iter().chain(failed).chain(flaws).chain(odd).collect()
}

/// Content is refused in clear text, by IIS or by something that does not say it is another.
fn requires_ssl(seen: &Seen<'_>) -> Option<Finding> {
    let failure = seen.failure(Service::Content).filter(|f| f.cause == Cause::Http403)?;
    let from_iis = [Request::ContentHead, Request::ContentGet]
        .into_iter()
        .filter_map(|request| seen.answer(request))
        .all(|answer| origin::of(answer) != origin::Origin::Stranger);
    if !from_iis {
        return None;
    }
    let secure = seen.answer(Request::SecureContentHead).map(|answer| answer.reply.status);
    let meaning = match (secure, seen.asked.scheme) {
        (Some(200), _) => "the content directory demands TLS: the same file is served over TLS; ",
        (_, Scheme::Https) => "the content directory most likely demands TLS; ",
        (_, Scheme::Http) => "the content directory may demand TLS, or forbid this address; ",
    };
    Some(warning(
        FindingCode::ContentRequiresSsl,
        &format!("content over http: {}", failure.detail),
        &format!("{meaning}clients always fetch content over http: they scan but download nothing"),
        Some(codes::BITS_403),
        "in IIS Manager clear Require SSL on Content (and on Inventory, ReportingWebService and \
         SelfUpdate), and on the site itself; it belongs only on the five web services; check IP \
         restrictions",
    ))
}

fn failed(seen: &Seen<'_>, failure: &Failure) -> Finding {
    let url = services::url_of(Request::ContentHead, seen.asked);
    let unreachable = [Cause::Refused, Cause::Timeout, Cause::Unreachable];
    let (code, action) = if failure.cause == Cause::Http404 {
        (
            Some(codes::BITS_404),
            "check that the virtual directory Content exists on the site that has this port and \
             points to WsusContent; then run `wsusutil checkhealth`",
        )
    } else if failure.phase == Phase::Connect && unreachable.contains(&failure.cause) {
        (
            codes::likely(failure),
            "open the content port in the firewalls and bind it to the site: Get-WebBinding -Name \
             'WSUS Administration'; an https port N needs http on N-1, and 443 needs http on 80",
        )
    } else {
        let code = if failure.cause == Cause::Http403 {
            Some(codes::BITS_403)
        } else if failure.phase == Phase::Wsus {
            Some(codes::DOWNLOAD)
        } else {
            codes::likely(failure)
        };
        (
            code,
            "open the URL of the content port with a browser on a client's network; check the \
             virtual directory Content in IIS and any proxy for this port",
        )
    };
    warning(
        FindingCode::ContentFailed,
        &format!("content at {url}{}: {}", by_head_only(seen), failure.detail),
        "content comes over clear-text http even when the services use TLS; clients can scan but \
         download nothing",
        code,
        action,
    )
}

/// A remark where the same file is served to GET, which is what a browser shows.
fn by_head_only(seen: &Seen<'_>) -> &'static str {
    let served = seen.answer(Request::ContentGet).is_some_and(|get| get.reply.status == 200);
    let refused = seen.answer(Request::ContentHead).is_some_and(|head| head.reply.status != 200);
    if served && refused { ", to HEAD but not to GET" } else { "" }
}

fn of_flaw(kind: FlawKind, observed: &str) -> Finding {
    let proxy = "probe from the server's own network: if it is right there, take the proxy or \
                 load balancer out of the way of the content port, or let it pass HEAD and Range";
    match kind {
        FlawKind::WrongLength => warning(
            FindingCode::ContentWrongLength,
            observed,
            "something changes files on the way, or the server sends others than it announces; \
             downloads fail or do not match their hash",
            None,
            proxy,
        ),
        FlawKind::LengthMissing => warning(
            FindingCode::ContentLengthMissing,
            observed,
            "BITS, with which clients download, needs the length of a file before it begins; \
             downloads fail",
            Some(codes::BITS_NO_LENGTH),
            proxy,
        ),
        FlawKind::RangeIgnored => warning(
            FindingCode::ContentRangeIgnored,
            observed,
            "BITS, with which clients download, fetches files in ranges; without them downloads \
             fail while scans work",
            Some(codes::BITS_NO_RANGES),
            proxy,
        ),
    }
}

/// The check file of every server that was looked at is empty, but no document promises it.
fn not_empty(seen: &Seen<'_>) -> Option<Finding> {
    let length = announced(seen.exchanges).filter(|length| *length > 0)?;
    seen.passes(Service::Content).then(|| {
        note(
            FindingCode::ContentWrongLength,
            &format!("{} has {length} bytes", Request::ContentHead.path()),
            "WSUS is known to keep this file empty; another one there may mean that something \
             else serves content",
            "look at the file in WsusContent on the server",
        )
    })
}
