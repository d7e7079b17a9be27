//! What scans of the members' TLS show to differ.

use crate::decide::members::aspect::{Difference, by, difference};
use crate::model::certificate::CertificateReport;
use crate::model::finding::Severity;
use crate::model::protocol::Protocol;
use crate::model::report::MemberReport;
use crate::model::suite::Suite;
use crate::model::tls_scan::{SeenChain, Support};

/// Versions that some members accept and others do not. A member of which that is not known takes
/// no part.
pub(super) fn versions(members: &[MemberReport]) -> Vec<Difference> {
    let accepts = |member: &MemberReport, protocol| match member
        .tls_scan
        .as_ref()?
        .version(protocol)?
        .support
    {
        Support::Supported => Some("accepted".to_owned()),
        Support::NotSupported => Some("not accepted".to_owned()),
        Support::Unknown => None,
    };
    let compared = Protocol::ALL.iter().filter_map(|&protocol| {
        let groups = by(members, |member| accepts(member, protocol));
        difference(Severity::Warning, protocol.words(), &groups)
    });
    compared.collect()
}

/// Suites within one version: all that are accepted where they were enumerated, else the one that
/// is chosen of everything.
pub(super) fn suites(members: &[MemberReport]) -> Vec<Difference> {
    let compared = Protocol::ALL.iter().filter_map(|&protocol| {
        let words = protocol.words();
        let all = by(members, |member| accepted(member, protocol));
        if let Some(odd) = all.odd() {
            let text = format!("the set of suites with {words} {odd}");
            return Some(Difference { severity: Severity::Note, text });
        }
        let chosen = by(members, |member| {
            let (_, choice) = member.tls_scan.as_ref()?.version(protocol)?.choice()?;
            Some(choice.suite.to_string())
        });
        difference(Severity::Note, &format!("chosen suite with {words}"), &chosen)
    });
    compared.collect()
}

/// All suites that a member accepts with a version, in one order; `None` where some may be missing.
fn accepted(member: &MemberReport, protocol: Protocol) -> Option<String> {
    let mut reports = member.tls_scan.as_ref()?.suites.iter();
    let report = reports.find(|report| report.protocol == protocol)?;
    let mut accepted = report.accepted.clone();
    accepted.sort_unstable();
    let names: Vec<String> = accepted.iter().map(Suite::to_string).collect();
    report.incomplete.is_none().then(|| names.join(" "))
}

/// What is to be shown of every chain that a member presented, in one order; `None` where none was
/// seen.
pub(super) fn chains(
    member: &MemberReport,
    shown: impl Fn(&CertificateReport) -> Option<String>,
) -> Option<String> {
    let chains: &[SeenChain] = &member.tls_scan.as_ref()?.chains;
    let mut texts: Vec<String> = chains.iter().filter_map(|c| shown(&c.report)).collect();
    texts.sort_unstable();
    (!texts.is_empty()).then(|| texts.join(" and "))
}
