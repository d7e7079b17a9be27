//! Who cannot connect, and whether this program can.

use crate::decide::compat::own::{can_complete, lacks_group_only};
use crate::decide::compat::table::row;
use crate::decide::compat::words::{list, versions};
use crate::decide::{certificate, windows_update_code};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::protocol::Protocol;
use crate::model::tls_scan::{SeenChain, TlsScan};
use crate::model::windows_client::{ClientOutcome, ClientRefusal, ClientReport, WindowsClient};

/// The releases that cannot connect. Those that fail for the certificate do not count: that is the
/// certificate's failure.
pub(super) fn excluded(scan: &TlsScan) -> Option<Finding> {
    let fails = |refusal: ClientRefusal| {
        let of = move |report: &&ClientReport| matches!(report.outcome, ClientOutcome::Fails(why, _) if why == refusal);
        scan.clients.iter().filter(of)
    };
    let because = |refusal, words: &str| {
        let names: Vec<&str> = fails(refusal).map(|report| row(report.client).words).collect();
        (!names.is_empty()).then(|| format!("{words} in common with {}", list(&names, "and")))
    };
    let (version, suite) = (ClientRefusal::NoCommonVersion, ClientRefusal::NoCommonSuite);
    let seen = [because(version, "no version"), because(suite, "no suite")];
    let seen: Vec<String> = seen.into_iter().flatten().collect();
    if seen.is_empty() || scan.accepted().next().is_none() {
        return None;
    }
    let uncertain = fails(version).chain(fails(suite)).any(|report| report.caveat.is_some());
    let doubt = if uncertain { " (as it seems; `wsus-probe tls` tells the doubts)" } else { "" };
    let works = |report: &ClientReport| matches!(report.outcome, ClientOutcome::Works(..));
    let none_works = !scan.clients.iter().any(works);
    let broken = none_works && fails(ClientRefusal::Certificate).next().is_none();
    let code = FindingCode::WindowsClientsExcluded;
    Some(Finding {
        code,
        severity: if broken { Severity::Warning } else { Severity::Note },
        observed: format!("{}{doubt}", seen.join("; ")),
        meaning: if none_works {
            "by its defaults no Windows release is known to connect"
        } else {
            "by their defaults these releases cannot connect; where there are none of them, \
             nothing is broken"
        }
        .to_owned(),
        windows_update_code: windows_update_code::of_finding(code),
        action: remedy(scan, none_works),
    })
}

/// What to do about releases that cannot connect: to update those that an update helps.
fn remedy(scan: &TlsScan, none_works: bool) -> String {
    let helped = [WindowsClient::SevenUpdated, WindowsClient::EightUpdated];
    let helps = scan.clients.iter().any(|report| {
        helped.contains(&report.client) && matches!(report.outcome, ClientOutcome::Works(..))
    });
    let allow = "allow on this member what they offer: see `wsus-probe tls`";
    if none_works {
        allow.to_owned()
    } else if helps {
        format!(
            "if there are such clients, update them (KB3140245 for Windows 7, Server 2008 R2 and \
             2012), or {allow}"
        )
    } else {
        format!("if there are such clients, {allow}")
    }
}

/// A chain that clients refuse beside one that they may accept: which one a client gets depends on
/// what it offers.
pub(super) fn one_refused(scan: &TlsScan) -> Vec<Finding> {
    let failure = |chain: &SeenChain| certificate::failure(&chain.report);
    if scan.chains.iter().all(|chain| failure(chain).is_some()) {
        return Vec::new();
    }
    let refused = scan.chains.iter().filter_map(failure).map(|failure| Finding {
        code: FindingCode::OneCertificateRefused,
        severity: Severity::Warning,
        windows_update_code: windows_update_code::code(&failure),
        observed: failure.detail,
        meaning: "the server has another certificate that is in order; clients that are given \
                  this one refuse it"
            .to_owned(),
        action: "renew this certificate too, or remove it from the server".to_owned(),
    });
    refused.collect()
}

/// Something is accepted, and nothing that this program can complete a handshake with.
pub(super) fn out_of_reach(scan: &TlsScan) -> Option<Finding> {
    let supported: Vec<Protocol> = scan.accepted().collect();
    let newest = *supported.iter().max()?;
    if can_complete(scan) != Some(false) {
        return None;
    }
    let choice = scan.version(newest).and_then(|report| report.choice()).map(|(_, choice)| choice);
    let is_old = newest < Protocol::Tls12;
    let version = newest.words();
    let (observed, action) = match choice.filter(|_| !is_old) {
        None => (
            format!("nothing newer is known to be accepted than {}", versions(&supported)),
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
        _ if count == 0 => "no Windows release is known to connect".to_owned(),
        all => format!("{count} of {all} groups of Windows releases can connect"),
    };
    Some(Finding {
        code: FindingCode::TlsOutOfReach,
        severity: if is_old { Severity::Warning } else { Severity::Note },
        observed,
        meaning: format!("{who}; whether WSUS works was not checked"),
        windows_update_code: None,
        action: if count == 0 && !scan.clients.is_empty() {
            action.to_owned()
        } else {
            format!("check WSUS from a Windows client; {action}")
        },
    })
}
