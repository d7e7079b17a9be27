//! Whether a release and a server have a suite in common with one version.

use super::words;
use crate::model::protocol::Protocol;
use crate::model::suite::{Suite, SuiteInfo};
use crate::model::tls_scan::{
    Answer, Offer, OfferAnswer, ServerChoice, SuiteOrder, SuiteReport, TlsScan,
};

/// Alerts with which servers refuse what was offered (RFC 8446 section 6.2).
const HANDSHAKE_FAILURE: u8 = 40;
const ILLEGAL_PARAMETER: u8 = 47;
const INSUFFICIENT_SECURITY: u8 = 71;

/// What follows for one offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Agreement {
    /// They have a suite in common; which one they would take, where that is known.
    Common(Option<Suite>),
    /// They have none: what is missing, and what makes that uncertain.
    None(String, Option<&'static str>),
    /// The offer was made, and the answer tells nothing; why.
    Unclear(String),
    /// Nothing tells yet: the offer has to be made.
    Open,
}

/// What the evidence says of an offer in a version that the server accepts, the most direct first:
/// the clear answer to that very offer, the enumerated suites, what the server chose of other offers,
/// and last an answer that may have other reasons.
pub(super) fn agreement(scan: &TlsScan, offer: &Offer) -> Agreement {
    let enumerated = scan.suites.iter().find(|report| report.protocol == offer.protocol);
    let asked = scan.offers.iter().find(|asked| asked.offer == *offer);
    let answer = asked.map(|asked| answered(scan, asked, enumerated));
    if let Some(clear @ (Agreement::Common(_) | Agreement::None(_, None))) = answer {
        return clear;
    }
    let common: Vec<Suite> = enumerated.map(|report| common(report, offer)).unwrap_or_default();
    if let (Some(report), false) = (enumerated, common.is_empty()) {
        return Agreement::Common(preferred(report, offer, &common));
    }
    if choices(scan, offer.protocol).any(|choice| suits(choice, offer)) {
        return Agreement::Common(None);
    }
    match enumerated {
        Some(report) if report.incomplete.is_none() => {
            Agreement::None(lacking(report, offer), None)
        }
        Some(_) | None => answer.unwrap_or(Agreement::Open),
    }
}

/// What the server chose with a version, of everything and of other releases' offers, where it went
/// on after that.
pub(in crate::decide) fn choices(
    scan: &TlsScan,
    protocol: Protocol,
) -> impl Iterator<Item = &ServerChoice> {
    let offers = scan.offers.iter().filter(move |asked| asked.offer.protocol == protocol);
    let of_offers = offers.filter_map(|asked| asked.answer.chosen());
    let of_all = scan.version(protocol).and_then(|report| report.choice());
    let all = of_all.map(|(_, choice)| choice).into_iter().chain(of_offers);
    all.filter(|choice| choice.cut_short.is_none())
}

fn answered(scan: &TlsScan, asked: &OfferAnswer, enumerated: Option<&SuiteReport>) -> Agreement {
    let OfferAnswer { offer, answer } = asked;
    let refused = |uncertain| {
        let chosen = scan.version(offer.protocol).and_then(|report| report.choice());
        // Where the suite is offered, only the group can be what is missing.
        let group = chosen.and_then(|(_, choice)| {
            choice.group.filter(|group| {
                offer.suites.contains(&choice.suite) && !offer.groups.contains(group)
            })
        });
        if let Some(group) = group {
            return Agreement::None(words::groups(&offer.groups, &[group]), uncertain);
        }
        let chosen: Vec<Suite> = chosen.map(|(_, choice)| choice.suite).into_iter().collect();
        let wanted = enumerated.map_or(&chosen, |report| &report.accepted);
        Agreement::None(words::missing(&offer.suites, wanted), uncertain)
    };
    let version = offer.protocol.words();
    match answer {
        Answer::Chosen(choice) => match &choice.cut_short {
            None => Agreement::Common(Some(choice.suite)),
            Some(why) => Agreement::Unclear(format!(
                "its offer with {version} was answered, and then: {why}"
            )),
        },
        Answer::Alert(HANDSHAKE_FAILURE | ILLEGAL_PARAMETER | INSUFFICIENT_SECURITY) => {
            refused(None)
        }
        // SChannel does not always send an alert (MS-TLSP, product note 7).
        Answer::Reset(_) | Answer::Closed(_) => {
            refused(Some("concluded from a connection that the server ended without saying why"))
        }
        Answer::Alert(number) => Agreement::Unclear(format!(
            "its offer with {version} was answered with alert {number}, which may have other reasons"
        )),
        Answer::OtherVersion(_) => Agreement::Unclear(format!(
            "its offer with {version} was answered with another version"
        )),
        Answer::Broken(how) | Answer::NotTls(how) => {
            Agreement::Unclear(format!("its offer with {version} was answered with: {how}"))
        }
        Answer::Timeout(_) => {
            Agreement::Unclear(format!("its offer with {version} was not answered in time"))
        }
        Answer::NotConnected(failure) => Agreement::Unclear(format!(
            "its offer with {version} could not be made: {}",
            failure.detail
        )),
    }
}

/// The suites of an offer that are accepted, in the offer's order; those with elliptic curves only
/// if a group is accepted too.
fn common(report: &SuiteReport, offer: &Offer) -> Vec<Suite> {
    let curves = report.groups.iter().any(|group| offer.groups.contains(group));
    let fits =
        |suite: &&Suite| report.accepted.contains(suite) && (curves || !needs_group(**suite));
    offer.suites.iter().filter(fits).copied().collect()
}

/// The one that they take, where it is known whose order rules.
fn preferred(report: &SuiteReport, offer: &Offer, common: &[Suite]) -> Option<Suite> {
    let first_of = |order: &[Suite]| order.iter().find(|suite| common.contains(suite)).copied();
    match report.order {
        SuiteOrder::Server => first_of(&report.accepted),
        SuiteOrder::Client => first_of(&offer.suites),
        SuiteOrder::Unknown => first_of(&offer.suites).filter(|_| common.len() == 1),
    }
}

/// Whether what a server chose of another offer is among what is offered.
fn suits(choice: &ServerChoice, offer: &Offer) -> bool {
    let group_fits = choice.group.is_some_and(|group| offer.groups.contains(&group));
    offer.suites.contains(&choice.suite) && (group_fits || !needs_group(choice.suite))
}

fn needs_group(suite: Suite) -> bool {
    suite.info().is_none_or(SuiteInfo::needs_group)
}

fn lacking(report: &SuiteReport, offer: &Offer) -> String {
    if !offer.suites.iter().any(|suite| report.accepted.contains(suite)) {
        return words::missing(&offer.suites, &report.accepted);
    }
    if report.groups.is_empty() {
        return "the server accepts none of the groups that were tried".to_owned();
    }
    words::groups(&offer.groups, &report.groups)
}

/// What a release offers with one version.
pub(super) fn offer(suites: &super::table::Row, protocol: Protocol) -> Offer {
    Offer { protocol, suites: suites.suites_of(protocol), groups: suites.groups.to_vec() }
}
