//! What is known against an endpoint, the worst first: what every renderer leads with.

use std::cmp::Reverse;

use crate::decide::{audience, health, windows_update_code};
use crate::model::failure::{Failure, Phase};
use crate::model::finding::{Finding, FindingCode, Severity};
use crate::model::report::{EndpointReport, MemberReport};
use crate::model::service::Audience;
use crate::model::windows_update::WindowsUpdateCode;

/// What went wrong, or was noticed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind<'a> {
    /// A phase failed.
    Failure(&'a Failure),
    /// Something was observed.
    Finding(&'a Finding),
}

/// One thing that is known against an endpoint.
#[derive(Debug, Clone)]
pub(super) struct Problem<'a> {
    /// What.
    pub kind: Kind<'a>,
    /// The addresses of the members it was said of; empty where it concerns the name.
    pub members: Vec<String>,
    /// What Windows clients show because of it. A diagnosis has the code of the failure that it
    /// explains, unless it knows better.
    pub code: Option<WindowsUpdateCode>,
    /// It explains a failure of the same member, and so says more than the failure.
    explains: bool,
}

impl Problem<'_> {
    /// Its stable code, and the phase before the cause of a failure.
    pub(super) fn label(&self) -> String {
        match self.kind {
            Kind::Failure(failure) => {
                format!("{} {}", failure.phase.as_str(), failure.cause.as_str())
            }
            Kind::Finding(finding) => finding.code.as_str().to_owned(),
        }
    }

    /// For whom something does not work because of it, in words; `None` for nobody in particular.
    pub(super) fn for_whom(&self) -> Option<String> {
        words(self.audience())
    }

    /// Nothing is broken: it is only worth knowing.
    pub(super) fn is_note(&self) -> bool {
        matches!(self.kind, Kind::Finding(finding) if finding.severity == Severity::Note)
    }

    /// It is a failure, or stands for one.
    pub(super) const fn is_of_a_failure(&self) -> bool {
        self.explains || matches!(self.kind, Kind::Failure(_))
    }

    fn audience(&self) -> &'static [Audience] {
        match self.kind {
            Kind::Failure(failure) => of_failure(failure),
            Kind::Finding(finding) => audience::of_finding(finding.code),
        }
    }

    /// Failures and what explains them, then warnings, then notes; within each what concerns
    /// more audiences first, and of single ones the larger.
    fn badness(&self) -> (u8, Reverse<usize>, Option<Audience>) {
        let rank = match self.kind {
            Kind::Finding(finding) if self.explains && finding.severity == Severity::Warning => 0,
            Kind::Failure(_) => 1,
            // It stands in the place of the failure.
            Kind::Finding(_) if self.explains => 1,
            Kind::Finding(finding) if finding.severity == Severity::Note => 4,
            Kind::Finding(finding) if is_diagnosis(finding.code) => 2,
            Kind::Finding(_) => 3,
        };
        (rank, Reverse(self.audience().len()), self.audience().first().copied())
    }
}

/// Everything that is known against an endpoint and its members, the worst first. What was said
/// of several members alike is there once. The endpoint's own failure is there by itself only
/// where no member has it, and before those of members.
pub(super) fn of_endpoint(report: &EndpointReport) -> Vec<Problem<'_>> {
    let mut problems = failures(report);
    problems.extend(report.findings.iter().map(|finding| Problem {
        kind: Kind::Finding(finding),
        members: Vec::new(),
        code: finding.windows_update_code,
        explains: false,
    }));
    for member in &report.members {
        for finding in &member.findings {
            add(&mut problems, of_member(finding, member), member);
        }
    }
    drop_explained(&mut problems);
    problems.sort_by_key(Problem::badness);
    problems
}

/// A failure at members of each of which a diagnosis says more: the general words on the failure
/// would contradict the diagnosis.
fn drop_explained(problems: &mut Vec<Problem<'_>>) {
    let explaining = problems.iter().filter(|problem| problem.explains);
    let explained: Vec<String> = explaining.flat_map(|problem| problem.members.clone()).collect();
    problems.retain(|problem| {
        let at_members = matches!(problem.kind, Kind::Failure(_)) && !problem.members.is_empty();
        !(at_members && problem.members.iter().all(|member| explained.contains(member)))
    });
}

/// How much of an endpoint a problem touches, where that is not all of it.
pub(super) fn share_of_members(problem: &Problem<'_>, report: &EndpointReport) -> Option<String> {
    let (touched, all) = (problem.members.len(), report.members.len());
    (touched > 0 && touched < all).then(|| format!("{touched} of {all} members"))
}

/// Audiences in words: `everybody` where it is all of them, `None` where there are none.
pub(super) fn words(audiences: &[Audience]) -> Option<String> {
    let everybody = [Audience::Clients, Audience::DownstreamServers, Audience::Administrators];
    if everybody.iter().all(|audience| audiences.contains(audience)) {
        return Some("everybody".to_owned());
    }
    let names: Vec<&str> = audiences.iter().map(|audience| audience.words()).collect();
    (!names.is_empty()).then(|| names.join(" and "))
}

fn failures(report: &EndpointReport) -> Vec<Problem<'_>> {
    let mut problems = Vec::new();
    for member in &report.members {
        if let Some(failure) = &member.failure {
            add(&mut problems, of_phase(failure), member);
        }
    }
    if let Some(own) = &report.failure {
        match problems.iter().position(|problem| problem.kind == Kind::Failure(own)) {
            Some(index) => problems.swap(0, index),
            None => problems.insert(0, of_phase(own)),
        }
    }
    problems
}

/// The code that clients show for a failure; none where this program lacks what they may have: they
/// may show no error at all.
pub(super) fn shown_code(failure: &Failure) -> Option<WindowsUpdateCode> {
    windows_update_code::code(failure).filter(|_| !health::says_nothing(failure))
}

fn of_phase(failure: &Failure) -> Problem<'_> {
    Problem {
        kind: Kind::Failure(failure),
        members: Vec::new(),
        code: shown_code(failure),
        explains: false,
    }
}

fn of_member<'a>(finding: &'a Finding, member: &MemberReport) -> Problem<'a> {
    let explained = member.failure.as_ref().filter(|_| is_diagnosis(finding.code));
    // The failure is this program's own, and no client shows an error because of it.
    let out_of_reach = finding.code == FindingCode::TlsOutOfReach
        && member.failure.as_ref().is_some_and(health::says_nothing);
    Problem {
        kind: Kind::Finding(finding),
        members: Vec::new(),
        code: finding.windows_update_code.or_else(|| explained.and_then(windows_update_code::code)),
        explains: (explained.is_some() && finding.severity == Severity::Warning) || out_of_reach,
    }
}

fn add<'a>(problems: &mut Vec<Problem<'a>>, mut problem: Problem<'a>, member: &MemberReport) {
    let address = member.address.ip().to_string();
    // What is said of the name stays apart from what is said of a member.
    // That one member's failure is explained says nothing about another's.
    let apart = |other: &Problem<'_>| {
        let of_reach =
            matches!(problem.kind, Kind::Finding(f) if f.code == FindingCode::TlsOutOfReach);
        of_reach && other.explains != problem.explains
    };
    let same = |other: &&mut Problem<'_>| {
        other.kind == problem.kind && !other.members.is_empty() && !apart(other)
    };
    if let Some(other) = problems.iter_mut().find(same) {
        other.explains |= problem.explains;
        other.code = other.code.or(problem.code);
        other.members.push(address);
    } else {
        problem.members.push(address);
        problems.push(problem);
    }
}

/// What does not work at all works for nobody; an answer of the client service that is wrong
/// proves nothing of the other services.
fn of_failure(failure: &Failure) -> &'static [Audience] {
    if health::says_nothing(failure) {
        return &[];
    }
    match failure.phase {
        Phase::Resolve | Phase::Connect | Phase::Tls => {
            &[Audience::Clients, Audience::DownstreamServers, Audience::Administrators]
        }
        Phase::Wsus => &[Audience::Clients],
    }
}

/// Whether a finding explains several answers together.
fn is_diagnosis(code: FindingCode) -> bool {
    (FindingCode::WsusPoolStopped..=FindingCode::Overloaded).contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::failure::Cause;
    use crate::output::fixture;

    fn labels(report: &EndpointReport) -> Vec<String> {
        of_endpoint(report).iter().map(Problem::label).collect()
    }

    #[test]
    fn a_diagnosis_stands_for_the_failure_that_it_explains_and_has_its_code() {
        let report = fixture::pool_stopped();
        assert_eq!(labels(&report)[0], "wsus_pool_stopped");
        let general = labels(&report).contains(&"wsus http_503".to_owned());
        assert!(!general, "its general words would contradict the diagnosis");
        let worst = of_endpoint(&report).remove(0);
        assert_eq!(worst.code.unwrap().to_string(), "0x80244022");
        assert_eq!(worst.for_whom().as_deref(), Some("everybody"));
    }

    /// A member that this program cannot reach, and one that does not answer, with the same finding.
    #[test]
    fn what_is_out_of_reach_at_one_member_hides_no_failure_of_another() {
        let mut report = fixture::pool_stopped();
        let finding = Finding {
            code: FindingCode::TlsOutOfReach,
            severity: Severity::Warning,
            observed: "nothing newer".into(),
            meaning: String::new(),
            windows_update_code: None,
            action: String::new(),
        };
        let (lacking, silent) = (Cause::NoCommonVersion, Cause::Timeout);
        let member = |address: &str, cause| {
            let mut member = MemberReport::unprobed(address.parse().unwrap());
            member.failure = Some(Failure::new(Phase::Tls, cause, "seen"));
            member.findings = vec![finding.clone()];
            member
        };
        report.failure = None;
        report.findings.clear();
        report.members = vec![member("10.77.8.1:8531", lacking)];
        assert_eq!(labels(&report), ["tls_out_of_reach"]);
        let explaining = of_endpoint(&report).remove(0);
        assert_eq!(
            (explaining.code, explaining.for_whom().as_deref()),
            (None, Some("administrators"))
        );
        report.members.push(member("10.77.8.2:8531", silent));
        assert_eq!(labels(&report), ["tls_out_of_reach", "tls timeout", "tls_out_of_reach"]);
    }

    #[test]
    fn failures_come_before_warnings_and_warnings_before_notes() {
        let mut report = fixture::content_broken();
        assert_eq!(
            labels(&report),
            ["content_failed", "self_update_unsigned", "exposed_from_here"]
        );
        report.members[0].findings.reverse();
        assert_eq!(labels(&report)[0], "content_failed");
        let failure = Failure::new(Phase::Resolve, Cause::Timeout, "");
        report.failure = Some(failure);
        assert_eq!(labels(&report)[0], "resolve timeout");
    }

    #[test]
    fn what_is_said_of_several_members_is_there_once() {
        let mut report = fixture::pool_stopped();
        let mut twin = report.members[0].clone();
        twin.address.set_ip("10.77.8.2".parse().unwrap());
        report.members.push(twin);
        let worst = of_endpoint(&report).remove(0);
        assert_eq!(worst.members, ["10.77.8.1", "10.77.8.2"]);
        assert_eq!(share_of_members(&worst, &report), None);
        report.members[1].findings.clear();
        let worst = of_endpoint(&report).remove(0);
        assert_eq!(share_of_members(&worst, &report).as_deref(), Some("1 of 2 members"));
    }

    #[test]
    fn audiences_are_words() {
        use Audience::{Administrators, Clients, DownstreamServers, OldClients};
        let cases: [(&[Audience], Option<&str>); 4] = [
            (&[], None),
            (&[OldClients], Some("clients up to 8.1")),
            (&[Clients, DownstreamServers], Some("clients and downstream servers")),
            (&[Clients, DownstreamServers, Administrators], Some("everybody")),
        ];
        for (audiences, expected) in cases {
            assert_eq!(words(audiences).as_deref(), expected);
        }
    }
}
