//! What a scan found.

use std::sync::Arc;

use super::noted;
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
