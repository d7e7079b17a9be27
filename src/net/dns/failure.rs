//! What a resolver's error means.

use std::time::Duration;

use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;

use crate::model::failure::{Cause, Failure, Phase};
use crate::model::report::RecordType;
use crate::net::system_error;

fn failure(cause: Cause, detail: String) -> Failure {
    Failure::new(Phase::Resolve, cause, detail)
}

/// Nothing came within the limit.
pub(super) fn timeout(name: &str, limit: Duration) -> Failure {
    let limit = humantime::format_duration(limit);
    failure(Cause::Timeout, format!("no answer for {name} within {limit}"))
}

/// An answer without an address of the kind asked for.
pub(super) fn no_address(name: &str, record_type: RecordType, chain: &[String]) -> Failure {
    let kind = record_type.as_str();
    match chain.last() {
        Some(target) => {
            let detail = format!("{name} is an alias of {target}, which has no {kind} record");
            failure(Cause::DanglingCname, detail)
        }
        None => failure(Cause::NoData, format!("{name} exists but has no {kind} record")),
    }
}

/// The resolver's own error.
#[expect(clippy::wildcard_enum_match_arm, reason = "the resolver's lists of errors are open")]
pub(super) fn of(name: &str, record_type: RecordType, error: &NetError) -> Failure {
    match error {
        NetError::Timeout => failure(Cause::Timeout, format!("no answer for {name}")),
        NetError::Io(io) => failure(system_error::cause(io), format!("asking for {name}: {io}")),
        NetError::NoConnections => {
            failure(Cause::Unreachable, format!("no connection to the resolver for {name}"))
        }
        NetError::Dns(DnsError::NoRecordsFound(none)) => {
            // The name in the query of the last answer: that of the alias's target if there is one.
            let asked = none.query.name().to_string();
            let asked = asked.trim_end_matches('.');
            let alias = !asked.eq_ignore_ascii_case(name.trim_end_matches('.'));
            no_records(name, record_type, alias.then_some(asked), none.response_code)
        }
        NetError::Dns(DnsError::ResponseCode(code)) => by_code(name, *code),
        other => failure(Cause::BadDnsAnswer, format!("{name}: {other}")),
    }
}

fn no_records(
    name: &str,
    record_type: RecordType,
    target: Option<&str>,
    code: ResponseCode,
) -> Failure {
    match (code, target) {
        (ResponseCode::NoError, None) => no_address(name, record_type, &[]),
        (ResponseCode::NoError, Some(target)) => {
            no_address(name, record_type, &[target.to_owned()])
        }
        (ResponseCode::NXDomain, Some(target)) => failure(
            Cause::DanglingCname,
            format!("{name} is an alias of {target}, which does not exist (NXDOMAIN)"),
        ),
        (code, _) => by_code(name, code),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other code is a refusal to answer")]
fn by_code(name: &str, code: ResponseCode) -> Failure {
    match code {
        ResponseCode::NXDomain => {
            failure(Cause::NxDomain, format!("{name} does not exist (NXDOMAIN)"))
        }
        ResponseCode::ServFail => {
            failure(Cause::ServFail, format!("the resolver failed for {name} (SERVFAIL)"))
        }
        ResponseCode::Refused => {
            failure(Cause::Refused, format!("the resolver refuses to answer for {name} (REFUSED)"))
        }
        other => failure(Cause::BadDnsAnswer, format!("the resolver answered {other} for {name}")),
    }
}
