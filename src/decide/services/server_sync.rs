//! The service that downstream servers synchronize from.

use super::origin;
use crate::decide::wsus;
use crate::model::endpoint::EndpointUrl;
use crate::model::exchange::Answer;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::request::Request;
use crate::model::service::Outcome;
use crate::model::wsus::SoapReply;

/// The plug-in of downstream servers (MS-WSUSSS 3.1.4.1).
const DSS_PLUGIN: &str = "DssTargeting";

pub(super) fn outcome(answer: &Answer, asked: &EndpointUrl) -> Outcome {
    if matches!(answer.reply.status, 401 | 403) && origin::of(answer).is_iis() {
        return Outcome::Unknown(format!(
            "{}: perhaps only certain downstream servers may ask",
            wsus::status_line(answer.reply.status)
        ));
    }
    let message = match wsus::message(answer, asked, Request::GetAuthConfig) {
        Ok(message) => message,
        Err(failure) => return Outcome::Fail(wsus::for_want_of_a_certificate(failure, answer)),
    };
    let SoapReply::AuthConfig(plugins) = &message.reply else {
        return Outcome::Fail(wsus::answer_to_another_call());
    };
    if plugins.iter().any(|plugin| plugin.id == DSS_PLUGIN) {
        return Outcome::Pass;
    }
    let (cause, detail) = if plugins.is_empty() {
        (Cause::NoAuthPlugin, "AuthInfo names no authorization plug-in".to_owned())
    } else {
        let ids: Vec<&str> = plugins.iter().map(|plugin| plugin.id.as_str()).collect();
        let ids = wsus::quote(&ids.join(", "));
        (Cause::NotWsus, format!("authorization plug-in \"{ids}\", not {DSS_PLUGIN}"))
    };
    Outcome::Fail(Failure::new(Phase::Wsus, cause, detail))
}
