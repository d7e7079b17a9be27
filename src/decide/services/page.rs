//! A service that is only asked for its page.
//!
//! What the services of a real server answer to a GET is not documented, beyond that 403 is
//! normal. So every answer with which ASP.NET or IIS shows that something is there counts, and
//! an answer without a sign of them is not held to prove anything.

use super::origin::{self, Origin};
use crate::decide::wsus;
use crate::model::endpoint::EndpointUrl;
use crate::model::exchange::{Answer, Content};
use crate::model::request::Request;
use crate::model::service::Outcome;

pub(super) fn outcome(answer: &Answer, asked: &EndpointUrl, request: Request) -> Outcome {
    let reply = &answer.reply;
    let origin = origin::of(answer);
    let unclear = || {
        Outcome::Unknown(format!(
            "{}{}, without a sign of IIS",
            wsus::status_line(reply.status),
            wsus::server(reply)
        ))
    };
    match reply.status {
        403 if answer.certificate_requested => {
            let refused = wsus::refused(reply, asked, request);
            Outcome::Fail(wsus::for_want_of_a_certificate(refused, answer))
        }
        200 if origin.is_iis() => Outcome::Pass,
        200 => match &answer.content {
            Content::Html(title) => Outcome::Fail(wsus::page(reply, title.as_deref())),
            Content::Unread | Content::Soap(_) | Content::Cabinet(_) => unclear(),
        },
        401 | 403 | 405 if origin.is_iis() || origin == Origin::Silent => Outcome::Pass,
        401 | 403 | 405 => unclear(),
        500 if is_xml(answer) => Outcome::Pass,
        // Something of ASP.NET is there; whether the service works is another question.
        400 | 500 if origin.is_iis() => Outcome::Unknown(format!(
            "{}{}: it is not documented whether a service that works says this to a GET",
            wsus::status_line(reply.status),
            wsus::server(reply)
        )),
        _ => Outcome::Fail(wsus::refused(reply, asked, request)),
    }
}

/// Whether the answer to a GET is a document of the SOAP stack, which is a fault then.
fn is_xml(answer: &Answer) -> bool {
    let kinds = ["text/xml", "application/soap+xml"];
    answer.reply.header("content-type").is_some_and(|value| {
        let value = value.trim_start().to_ascii_lowercase();
        kinds.iter().any(|kind| value.starts_with(kind))
    })
}
