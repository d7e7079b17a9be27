//! Mirror types of compared resolvers.

use serde::Serialize;

use super::endpoint::LookupJson;
use crate::decide::resolvers::stale;
use crate::decide::resolvers::standing::standing;
use crate::model::endpoint::Endpoint;
use crate::model::report::{Answerer, Lookup};
use crate::model::resolvers::{Agreement, ResolverReport};
use crate::output::text::milliseconds;

/// What one resolver said.
#[derive(Serialize)]
pub(super) struct ResolverJson {
    resolver: String,
    own: bool,
    servers: Vec<String>,
    agreement: Option<&'static str>,
    lookups: Vec<AnswerJson>,
    again: Vec<AgainJson>,
    stale: Option<StaleJson>,
}

#[derive(Serialize)]
struct AnswerJson {
    #[serde(flatten)]
    lookup: LookupJson,
    answered_by: Option<String>,
}

#[derive(Serialize)]
struct AgainJson {
    after_ms: f64,
    #[serde(flatten)]
    answer: AnswerJson,
}

#[derive(Serialize)]
struct StaleJson {
    record_type: &'static str,
    newer: Option<String>,
    older_by_seconds: u64,
    gone_in_seconds: u64,
}

/// All that were compared; `None` where none was.
pub(super) fn all(endpoint: &Endpoint, reports: &[ResolverReport]) -> Option<Vec<ResolverJson>> {
    let judged = standing(endpoint, reports).each.into_iter().zip(stale(reports));
    let each = reports.iter().zip(judged).map(|(report, (agreement, stale))| ResolverJson {
        resolver: report.resolver.to_string(),
        own: report.is_own,
        servers: report.servers.iter().map(ToString::to_string).collect(),
        agreement: agreement.map(Agreement::as_str),
        lookups: report.lookups.iter().map(answer).collect(),
        again: report
            .again
            .iter()
            .map(|again| AgainJson {
                after_ms: milliseconds(again.after),
                answer: answer(&again.lookup),
            })
            .collect(),
        stale: stale.map(|stale| StaleJson {
            record_type: stale.record_type.as_str(),
            newer: reports.get(stale.newer).map(|newer| newer.resolver.to_string()),
            older_by_seconds: stale.older_by.as_secs(),
            gone_in_seconds: stale.gone_in.as_secs(),
        }),
    });
    (!reports.is_empty()).then(|| each.collect())
}

fn answer(lookup: &Lookup) -> AnswerJson {
    let answered_by = lookup.answered_by.map(|by| match by {
        Answerer::Server(address) => address.to_string(),
        Answerer::ThisMachine => "this_machine".to_owned(),
    });
    AnswerJson { lookup: LookupJson::new(lookup), answered_by }
}
