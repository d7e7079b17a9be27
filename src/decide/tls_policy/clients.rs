//! Who cannot connect, and whether this program can.

use crate::decide::compat::own::can_complete;
use crate::decide::compat::table::row;
use crate::decide::compat::words::{list, versions};
use crate::decide::windows_update_code;
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{Support, TlsScan};
use crate::model::windows_client::{ClientOutcome, ClientRefusal};

/// The releases that cannot connect. Those that fail for the certificate do not count: that is the
/// certificate's failure.
pub(super) fn excluded(scan: &TlsScan) -> Option<Finding> {
    let because = |refusal| {
        let of = scan.clients.iter().filter_map(move |report| match &report.outcome {
            ClientOutcome::Fails(why, _) if *why == refusal => Some(row(report.client).words),
            ClientOutcome::Fails(..) | ClientOutcome::Works(..) | ClientOutcome::Unknown(_) => None,
        });
        let names: Vec<&str> = of.collect();
        (!names.is_empty()).then_some(names)
    };
    let without_version = because(ClientRefusal::NoCommonVersion);
    let without_suite = because(ClientRefusal::NoCommonSuite);
    let seen: Vec<String> = [
        without_version.map(|names| format!("no version in common with {}", list(&names, "and"))),
        without_suite.map(|names| format!("no suite in common with {}", list(&names, "and"))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if seen.is_empty() {
        return None;
    }
    let code = FindingCode::WindowsClientsExcluded;
    Some(Finding {
        code,
        severity: Severity::Note,
        observed: seen.join("; "),
        meaning: "by their defaults these releases cannot connect; where there are none of them, \
                  nothing is broken"
            .to_owned(),
        windows_update_code: windows_update_code::of_finding(code),
        action: "if there are such clients, update them (KB3140245 for Windows 7, 8, Server 2008 \
                 R2 and 2012), or allow here what they offer: see `wsus-probe tls`"
            .to_owned(),
    })
}

/// Something is accepted, and nothing that this program can complete a handshake with.
pub(super) fn out_of_reach(scan: &TlsScan) -> Option<Finding> {
    let supported = scan.versions.iter().filter(|report| report.support == Support::Supported);
    let supported: Vec<Protocol> = supported.map(|report| report.protocol).collect();
    let newest = *supported.iter().max()?;
    if can_complete(scan) != Some(false) {
        return None;
    }
    let suite = scan.version(newest).and_then(|report| report.choice());
    let suite = suite.map(|(_, choice)| format!(", such as {}", choice.suite));
    let is_old = newest < Protocol::Tls12;
    let observed = if is_old {
        format!("only {} is accepted", versions(&supported))
    } else {
        let version = newest.words();
        let suite = suite.unwrap_or_default();
        format!("{version} is accepted only with suites that this program does not have{suite}")
    };
    let works = |outcome: &ClientOutcome| matches!(outcome, ClientOutcome::Works(..));
    let count = scan.clients.iter().filter(|report| works(&report.outcome)).count();
    let who = match scan.clients.len() {
        0 => "clients that offer it can connect".to_owned(),
        all => format!("{count} of {all} groups of Windows releases can connect"),
    };
    Some(Finding {
        code: FindingCode::TlsOutOfReach,
        severity: if is_old { Severity::Warning } else { Severity::Note },
        observed,
        meaning: format!("{who}; whether WSUS works was not checked"),
        windows_update_code: None,
        action: if is_old {
            "check WSUS from a Windows client; enable TLS 1.2 in SChannel, which newer clients need"
        } else {
            "check WSUS from a Windows client; allow ECDHE suites, which also keep recorded \
             traffic secret"
        }
        .to_owned(),
    })
}
