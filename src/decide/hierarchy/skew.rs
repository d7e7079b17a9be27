//! Whether a downstream server is newer than its upstream server: updates such as KB2938066 are to
//! be installed from the top downwards.

use std::time::SystemTime;

use jiff::Timestamp;

use crate::model::cabinet::CabinetSignature;
use crate::model::exchange::{Answer, Content};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::generation::Release;
use crate::model::report::{EndpointReport, MemberReport};
use crate::model::request::Request;

/// A note: releases are estimated from signs that proxies may change, and the dates of the
/// self-update cabinets suggest an order and do not prove it.
pub(super) fn skew(upstream: &EndpointReport, downstream: &EndpointReport) -> Option<Finding> {
    let name = &upstream.endpoint.name;
    let by_release = releases(upstream, downstream);
    let by_cabinet = cabinets(upstream, downstream);
    let of_release = by_release.is_some();
    let seen: Vec<String> = by_release.into_iter().chain(by_cabinet).collect();
    if seen.is_empty() {
        return None;
    }
    let meaning = if of_release {
        "an upstream server that is older than its downstream server may not know what that one \
         synchronizes; servers are to be brought up to date from the top downwards"
    } else {
        "this suggests that the downstream server was brought up to date before its upstream \
         server; updates such as KB2938066 are to be installed from the top downwards"
    };
    Some(Finding {
        code: FindingCode::HierarchySkew,
        severity: Severity::Note,
        observed: format!("newer than {name}, from which it synchronizes: {}", seen.join("; ")),
        meaning: meaning.to_owned(),
        windows_update_code: None,
        action: format!(
            "bring {name} up to date and let it synchronize successfully, then this server"
        ),
    })
}

/// Every release that the downstream endpoint's members may be is newer than every one that the
/// upstream endpoint's may be.
fn releases(upstream: &EndpointReport, downstream: &EndpointReport) -> Option<String> {
    let above = candidates(upstream)?;
    let below = candidates(downstream)?;
    let newest_above = above.iter().max_by_key(|release| version(**release))?;
    let oldest_below = below.iter().min_by_key(|release| version(**release))?;
    (version(*oldest_below) > version(*newest_above)).then(|| {
        format!("{} or later, above it {} or older", oldest_below.words(), newest_above.words())
    })
}

/// Every release that a member may be; `None` unless that is known of each.
fn candidates(report: &EndpointReport) -> Option<Vec<Release>> {
    let one = |member: &MemberReport| {
        let candidates = &member.generation.as_ref()?.candidates;
        (!candidates.is_empty()).then(|| candidates.clone())
    };
    let all: Option<Vec<Vec<Release>>> = report.members.iter().map(one).collect();
    Some(all?.concat()).filter(|candidates| !candidates.is_empty())
}

/// A release as far as WSUS itself goes: 3.0 SP2 is the same on every Windows.
fn version(release: Release) -> Release {
    match release {
        Release::Wsus3Sp2On2003 | Release::Wsus3Sp2On2008 | Release::Wsus3Sp2On2008R2 => {
            Release::Wsus3Sp2On2008R2
        }
        Release::Wsus2
        | Release::Wsus3
        | Release::Wsus3Sp1
        | Release::Server2012
        | Release::Server2012R2
        | Release::Server2016
        | Release::Server2019
        | Release::Server2022
        | Release::Server2025 => release,
    }
}

/// Every self-update cabinet of the downstream endpoint was signed later than every one of the
/// upstream endpoint.
fn cabinets(upstream: &EndpointReport, downstream: &EndpointReport) -> Option<String> {
    let above = upstream.members.iter().filter_map(signed_at).max()?;
    let below = downstream.members.iter().filter_map(signed_at).min()?;
    let day = |time| Timestamp::try_from(time).ok().map(|at| at.strftime("%Y-%m-%d").to_string());
    let (above_day, below_day) = (day(above)?, day(below)?);
    (below > above).then(|| format!("self-update cabinet signed {below_day}, above it {above_day}"))
}

fn signed_at(member: &MemberReport) -> Option<SystemTime> {
    let asked = member.exchanges.iter().find(|exchange| exchange.request == Request::SelfUpdate)?;
    let Ok(Answer { content: Content::Cabinet(Ok(cabinet)), .. }) = &asked.outcome else {
        return None;
    };
    match &cabinet.signature {
        CabinetSignature::Present { signed_at, .. } => *signed_at,
        CabinetSignature::Absent | CabinetSignature::Unreadable(_) => None,
    }
}
