//! What a scan found.

use std::sync::Arc;

use super::noted;
use crate::decide::monitor::local;
use crate::model::endpoint::Scheme;
use crate::model::failure::Phase;
use crate::model::monitor::member::{MemberView, TlsView};
use crate::model::monitor::{EndpointView, Job};
use crate::model::report::{EndpointReport, MemberReport};
use crate::model::suite::Suite;
use crate::model::tls_scan::{Support, TlsScan};
use crate::model::windows_client::{ClientOutcome, ClientReport, WindowsClient};

pub(super) fn fold(view: &mut EndpointView, report: &EndpointReport) {
    for seen in &report.members {
        let known = view.members.iter_mut().find(|member| member.address == seen.address);
        if let Some(member) = known {
            take(member, seen);
        }
    }
}

/// Whether a member took part in a handshake now of which no scan has found anything: it, or this
/// machine's network, was down at that time, or the member is new.
pub(super) fn is_missing(view: &EndpointView, report: &EndpointReport) -> bool {
    let is_unseen = |seen: &&MemberReport| {
        let known = view.members.iter().find(|member| member.address == seen.address);
        let tls = known.and_then(|member| member.tls.as_deref());
        !tls.is_some_and(|tls| tls.versions.iter().any(|(_, support)| *support != Support::Unknown))
    };
    let is_there = |seen: &MemberReport| {
        let before = seen.failure.as_ref().is_some_and(|failure| failure.phase < Phase::Tls);
        !before && local::has_answered(seen)
    };
    view.endpoint.url.scheme == Scheme::Https
        && report.members.iter().filter(is_unseen).any(is_there)
}

fn take(member: &mut MemberView, seen: &MemberReport) {
    let Some(scan) = &seen.tls_scan else { return };
    let tells = scan.versions.iter().any(|report| report.support != Support::Unknown);
    if !tells && member.tls.is_some() {
        return;
    }
    let found = tls_view(scan);
    if member.tls.as_deref() != Some(&found) {
        member.tls = Some(Arc::new(found));
    }
    noted::replace(&mut member.findings, &seen.findings, Job::Scan);
}

fn tls_view(scan: &TlsScan) -> TlsView {
    TlsView {
        versions: scan.versions.iter().map(|report| (report.protocol, report.support)).collect(),
        clients: scan.clients.iter().map(client).collect(),
    }
}

fn client(report: &ClientReport) -> (WindowsClient, Option<bool>, String) {
    let (works, text) = match &report.outcome {
        ClientOutcome::Works(protocol, suite) => {
            let suite = suite.map(|suite: Suite| format!(" with {suite}")).unwrap_or_default();
            (Some(true), format!("{}{suite}", protocol.words()))
        }
        ClientOutcome::Fails(_, why) => (Some(false), why.clone()),
        ClientOutcome::Unknown(why) => (None, why.clone()),
    };
    (report.client, works, text)
}
