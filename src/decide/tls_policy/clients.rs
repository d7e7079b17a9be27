//! Who cannot connect, and whether this program can.

use crate::decide::compat::own::{can_complete, lacks_group_only};
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
    let accepted = scan.versions.iter().any(|report| report.support == Support::Supported);
    if seen.is_empty() || !accepted {
        return None;
    }
    let all = scan.clients.iter().all(|r| matches!(r.outcome, ClientOutcome::Fails(..)));
    let code = FindingCode::WindowsClientsExcluded;
    Some(Finding {
        code,
        severity: if all { Severity::Warning } else { Severity::Note },
        observed: seen.join("; "),
        meaning: if all {
            "by its defaults no Windows release can connect"
        } else {
            "by their defaults these releases cannot connect; where there are none of them, \
             nothing is broken"
        }
        .to_owned(),
        windows_update_code: windows_update_code::of_finding(code),
        action: if all {
            "allow on this member what they offer: see `wsus-probe tls`"
        } else {
            "if there are such clients, update them (KB3140245 for Windows 7, Server 2008 R2 and \
             2012), or allow here what they offer: see `wsus-probe tls`"
        }
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
    let choice = scan.version(newest).and_then(|report| report.choice()).map(|(_, choice)| choice);
    let is_old = newest < Protocol::Tls12;
    let version = newest.words();
    let (observed, action) = match choice.filter(|_| !is_old) {
        None => (
            format!("nothing newer is accepted than {}", versions(&supported)),
            "enable TLS 1.2 in SChannel, which newer clients need",
        ),
        Some(choice) if lacks_group_only(choice) => (
            format!("{version} is accepted only with groups that this program does not have"),
            "allow P-256 or P-384, which every Windows release has",
        ),
        Some(choice) => (
            format!(
                "{version} is accepted only with suites that this program does not have, such as {}",
                choice.suite
            ),
            "allow ECDHE suites, which also keep recorded traffic secret",
        ),
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
        action: format!("check WSUS from a Windows client; {action}"),
    })
}
