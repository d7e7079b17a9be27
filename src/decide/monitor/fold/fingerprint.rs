//! What a round saw, times aside, as one number.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{measured, noted};
use crate::model::finding::FindingCode;
use crate::model::report::{EndpointReport, MemberReport};

/// A number that differs, but for chance, where a check would have something to explain or to
/// confirm: the verdict, the cause, the members, their certificates and handshakes, the findings.
pub(super) fn of(report: &EndpointReport) -> u64 {
    let mut hasher = DefaultHasher::new();
    report.verdict.hash(&mut hasher);
    report.failure.as_ref().map(|failure| (failure.phase, failure.cause)).hash(&mut hasher);
    let of_members = report.members.iter().flat_map(|member| &member.findings);
    let codes = report.findings.iter().chain(of_members).map(|finding| finding.code);
    let mut codes: Vec<FindingCode> = codes.filter(|code| !noted::is_fleeting(*code)).collect();
    codes.sort_unstable();
    codes.hash(&mut hasher);
    for member in &report.members {
        hash_member(member, &mut hasher);
    }
    hasher.finish()
}

fn hash_member(member: &MemberReport, hasher: &mut DefaultHasher) {
    member.address.hash(hasher);
    member.verdict.hash(hasher);
    member.failure.as_ref().map(|failure| (failure.phase, failure.cause)).hash(hasher);
    let session = member.tls.as_ref();
    session.map(|tls| (tls.version, &tls.suite, &tls.group, &tls.alpn)).hash(hasher);
    let certificate = member.certificate.as_ref().map(measured::certificate);
    // Not the detail: it tells how long ago or how soon.
    certificate.map(|one| (one.verdict, one.subject, one.not_after)).hash(hasher);
}
