//! The self-update cabinet.

use crate::decide::wsus;
use crate::model::endpoint::EndpointUrl;
use crate::model::exchange::{Answer, Content};
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::service::Outcome;

pub(super) fn outcome(answer: &Answer, asked: &EndpointUrl) -> Outcome {
    let reply = &answer.reply;
    if reply.status != 200 {
        let refused = wsus::refused(reply, asked, Request::SelfUpdate);
        return Outcome::Fail(wsus::for_want_of_a_certificate(refused, answer));
    }
    match &answer.content {
        Content::Cabinet(Ok(_)) => Outcome::Pass,
        Content::Html(title) => Outcome::Fail(wsus::page(reply, title.as_deref())),
        Content::Cabinet(Err(_)) if wsus::is_html(reply) => Outcome::Fail(wsus::page(reply, None)),
        Content::Cabinet(Err(problem)) => {
            let detail = format!("200 OK, but {}", wsus::quote(&problem.0));
            Outcome::Fail(Failure::new(Phase::Wsus, Cause::BadFile, detail))
        }
        Content::Unread | Content::Soap(_) => {
            Outcome::Unknown("200 OK, but the file was not read".to_owned())
        }
    }
}
