//! Members of one name against each other.
//!
//! Compared is only what both sides have shown. The value of `PackageServerShare` names an
//! internal machine: it is compared, and appears in no finding.

mod aspect;
mod groups;
mod origin;
mod scan;

use crate::decide::members::groups::Groups;
use crate::decide::members::origin::Origin;
use crate::model::exchange::{Answer, Exchange};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::report::MemberReport;
use crate::model::request::Channel;
use crate::model::wsus::ServerConfig;

/// How the members of one name differ, with the odd ones named: those whose value is in the
/// minority, or every value where there is no majority.
pub fn compare(members: &[MemberReport]) -> Vec<Finding> {
    let differences = aspect::differences(members);
    let origins: Vec<(String, Origin<'_>)> = members
        .iter()
        .filter_map(|member| {
            let answer = member.wsus.as_ref()?;
            Some((member.address.ip().to_string(), Origin::of(&answer.config)))
        })
        .collect();
    members_differ(&differences).into_iter().chain(databases_differ(&origins)).collect()
}

/// Whether the answers of one address come from several machines: `GetConfig` by its two ports.
pub fn behind_one_address(exchanges: &[Exchange]) -> Vec<Finding> {
    let answers: Vec<(&str, &Answer, &ServerConfig)> = exchanges
        .iter()
        .filter_map(|exchange| {
            let port = match exchange.request.channel() {
                Channel::Service => "service port",
                Channel::Content => "content port",
            };
            let answer = exchange.outcome.as_ref().ok()?;
            let (config, _) = answer.server_config()?;
            Some((port, answer, config))
        })
        .collect();
    let origins: Vec<(String, Origin<'_>)> = answers
        .iter()
        .map(|(port, _, config)| (format!("the {port}"), Origin::of(config)))
        .collect();
    if let Some(finding) = databases_differ(&origins) {
        return vec![finding];
    }
    several_machines(&answers, &origins).into_iter().collect()
}

fn members_differ(differences: &[aspect::Difference]) -> Option<Finding> {
    let severity = differences.iter().map(|difference| difference.severity).max()?;
    let texts: Vec<&str> = differences.iter().map(|difference| difference.text.as_str()).collect();
    let (meaning, action) = match severity {
        Severity::Warning => (
            "what a client gets depends on the member it is sent to; typically one was migrated \
             or changed and the others were not",
            "bring the named members to the same Windows release, settings and certificate as the \
             others, or take them out of DNS or the load balancer meanwhile",
        ),
        Severity::Note => (
            "clients get the same service from every member; the members are not set up alike",
            "nothing is broken; if it is not intended, look at the named members",
        ),
    };
    Some(Finding {
        code: FindingCode::MembersDiffer,
        severity,
        observed: texts.join("; "),
        meaning: meaning.to_owned(),
        windows_update_code: None,
        action: action.to_owned(),
    })
}

/// Unequal times of the last change of the configuration mean unequal databases, unless every
/// answer is by the same machine: then the configuration was probably changed between them.
fn databases_differ(origins: &[(String, Origin<'_>)]) -> Option<Finding> {
    let changes = origins.iter().filter_map(|(at, origin)| {
        Some((at.clone(), origin.last_change()?, origin.last_change_shown()?))
    });
    let observed = Groups::of(changes).described()?;
    let observed = format!("LastChange {observed}");
    if origin::is_one_machine(origins.iter().map(|(_, origin)| origin)) {
        return Some(Finding {
            code: FindingCode::DatabasesDiffer,
            severity: Severity::Note,
            observed: format!("{observed}; all by their own account on one machine"),
            meaning: "the configuration was probably changed between two answers".to_owned(),
            windows_update_code: None,
            action: "probe again; if it stays, machines of one name have different databases"
                .to_owned(),
        });
    }
    Some(Finding {
        code: FindingCode::DatabasesDiffer,
        severity: Severity::Warning,
        observed,
        meaning: "LastChange is the time of the last change of configuration: most likely these \
                  machines do not share a database; then a client that is sent from one to the \
                  other scans everything anew, which can exceed 1 GB"
            .to_owned(),
        windows_update_code: Some(origin::SERVER_CHANGED),
        action:
            "give all of them one database, or each a name of its own that clients keep; equal \
                 times would not prove that the database is the same"
                .to_owned(),
    })
}

/// One address whose ports are answered by different machines.
fn several_machines(
    answers: &[(&str, &Answer, &ServerConfig)],
    origins: &[(String, Origin<'_>)],
) -> Option<Finding> {
    let mut seen = Vec::new();
    if origin::is_several_machines(origins.iter().map(|(_, origin)| origin)) {
        seen.push("PackageServerShare names different machines".to_owned());
    }
    for (header, words) in [("server", "Server"), ("x-aspnet-version", "X-AspNet-Version")] {
        let values = answers.iter().map(|(port, answer, _)| {
            let value = aspect::header(answer.reply.header(header));
            (format!("the {port}"), value.clone(), value)
        });
        seen.extend(Groups::of(values).described().map(|text| format!("{words} {text}")));
    }
    if seen.is_empty() {
        return None;
    }
    Some(Finding {
        code: FindingCode::SeveralMachines,
        severity: Severity::Note,
        observed: format!("service port and content port differ: {}", seen.join("; ")),
        meaning: "several machines answer behind this address, or a proxy in front of one of its \
                  ports; what is seen of one need not hold for the others"
            .to_owned(),
        windows_update_code: None,
        action: "nothing is broken; to judge each machine, probe it by its own address".to_owned(),
    })
}

#[cfg(test)]
mod tests;
