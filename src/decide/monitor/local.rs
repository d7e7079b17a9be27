//! Whether it is this machine that is in trouble.

mod describe;
mod watch;

use std::time::SystemTime;

use crate::decide::health;
use crate::model::exchange::NOT_ASKED;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::monitor::LocalTrouble;
use crate::model::report::{EndpointReport, MemberReport};

/// What a round proves about this machine's own network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Something at the other end answered, if only with a refusal: the network works.
    Yes,
    /// Only the resolver answered, and said that the name has no address. That is a failure of the
    /// name; it neither proves nor disproves that there is a way to any endpoint, because the
    /// resolver may be on this very machine.
    Resolver,
    /// Nothing answered.
    Nothing,
    /// It failed for a reason that is certainly this machine's own.
    Local,
}

/// What a round proves.
///
/// A RST, an alert, a certificate or an HTTP answer can only come from the other end; an address
/// from a resolver, a connection that times out and an ICMP message can come from nearby. A family
/// without a route counts for nothing beside another that was answered.
pub fn heard(report: &EndpointReport) -> Heard {
    if report.members.iter().any(has_answered) {
        return Heard::Yes;
    }
    let lookups = || report.lookups.iter().filter_map(|lookup| lookup.outcome.as_ref().err());
    let says_none = |failure: &&Failure| {
        matches!(failure.cause, Cause::NxDomain | Cause::NoData | Cause::DanglingCname)
    };
    if report.members.is_empty() && lookups().any(|failure| says_none(&failure)) {
        return Heard::Resolver;
    }
    let members = report.members.iter().map(|member| member.failure.as_ref());
    let lookups = lookups().filter(|failure| !says_none(failure)).map(Some);
    let mut failures = members.chain(lookups).peekable();
    let any = failures.peek().is_some();
    if any && failures.all(|failure| failure.is_some_and(health::is_local)) {
        Heard::Local
    } else {
        Heard::Nothing
    }
}

/// Whether anything came back from a member's own address.
pub(super) fn has_answered(member: &MemberReport) -> bool {
    let measured = member.rtt.is_some() || member.phases.connect.is_some();
    let shown = member.tls.is_some() || member.certificate.is_some() || member.wsus.is_some();
    let exchanges = member.exchanges.iter().map(|exchange| exchange.outcome.as_ref());
    let mut answers = exchanges.map(|outcome| outcome.err().is_none_or(is_an_answer));
    measured || shown || member.failure.as_ref().is_some_and(is_an_answer) || answers.any(|one| one)
}

/// Whether a failure means that the other end answered, or at least took a connection.
fn is_an_answer(failure: &Failure) -> bool {
    match failure.phase {
        Phase::Resolve => false,
        Phase::Connect => matches!(failure.cause, Cause::Refused | Cause::Reset | Cause::Closed),
        Phase::Tls | Phase::Wsus => {
            !health::is_local(failure) && !failure.detail.starts_with(NOT_ASKED)
        }
    }
}

/// What to do with rounds without any answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It cannot be told yet: hold them.
    Hold,
    /// Others were heard meanwhile, or nobody else could be: they count against their endpoints.
    /// With [`Heard::Yes`] this settles all rounds that are held, of every endpoint.
    Endpoints,
    /// This round is this machine's; and so are all that are held, while nobody is heard
    /// ([`LocalWatch::silent_since`]).
    Local,
}

/// Watches all endpoints for the moment when none of them is heard any more.
///
/// Each note costs the same, however many endpoints there are.
#[derive(Debug, Clone, Default)]
pub struct LocalWatch(watch::Watch);

impl LocalWatch {
    /// Takes note of a round of the endpoint with this key, of so many endpoints in all.
    ///
    /// Order counts, and not the clock, which may be set meanwhile: `at` only dates the trouble.
    pub fn note(&mut self, key: u64, heard: Heard, endpoints: usize, at: SystemTime) -> Ruling {
        self.0.note(key, heard, endpoints, at)
    }

    /// Forgets an endpoint that is watched no more. Trouble ends with those who showed it.
    pub fn forget(&mut self, key: u64) {
        self.0.forget(key);
    }

    /// Since when nobody is heard, while that is so.
    pub fn silent_since(&self) -> Option<SystemTime> {
        self.0.silent_since()
    }
}

/// Puts what is known of this machine into words. `reports` are the last rounds of a few
/// endpoints, `routes` what the system said when it was asked for a way out, per family.
pub fn describe(
    since: SystemTime,
    reports: &[EndpointReport],
    routes: &[(&str, Result<(), String>)],
    now: SystemTime,
) -> LocalTrouble {
    LocalTrouble { since, evidence: describe::lines(since, reports, routes, now) }
}

#[cfg(test)]
mod tests;
