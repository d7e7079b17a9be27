//! Whether it is this machine that is in trouble.

mod describe;
mod watch;

use std::collections::HashSet;
use std::time::SystemTime;

use crate::decide::{findings, health};
use crate::model::certificate::CertificateVerdict;
use crate::model::exchange::NOT_ASKED;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::monitor::LocalTrouble;
use crate::model::report::{EndpointReport, MemberReport};

/// What a round proves about this machine's own network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Something at the other end answered, if only with a refusal: the network works.
    Yes,
    /// The other end answered, and then was silent until the round ended: the network worked when
    /// the round began, and may have failed since. See [`LocalWatch::confirm`].
    Faded,
    /// Only the resolver answered, and said that the name has no address. That is a failure of the
    /// name; it neither proves nor disproves that there is a way to any endpoint, because the
    /// resolver may be on this very machine.
    Resolver,
    /// Nothing answered.
    Nothing,
    /// It failed for a reason that is certainly this machine's own.
    Local,
    /// It answered, and of its certificates none is valid yet. Where that is so everywhere, it is
    /// rather this machine's clock that is behind.
    Early,
    /// It answered with a certificate, and this machine's clock is certainly wrong: whether the
    /// certificate is valid cannot be told, neither if it looks so nor if it does not.
    Clock,
}

/// What a round proves that ended at `wall`, by this machine's clock.
///
/// A RST, an alert, a certificate or an HTTP answer can only come from the other end; an address
/// from a resolver, a connection that times out and an ICMP message can come from nearby. A family
/// without a route counts for nothing beside another that was answered.
pub fn heard(report: &EndpointReport, wall: SystemTime) -> Heard {
    let is_shown = |member: &MemberReport| member.certificate.is_some() || is_early(member);
    if findings::is_clock_wrong(wall) && report.members.iter().any(is_shown) {
        return Heard::Clock;
    }
    if report.members.iter().any(is_early) && !shows_valid(report) {
        return Heard::Early;
    }
    if report.members.iter().any(has_answered) {
        let is_silence = |member: &MemberReport| {
            member.failure.as_ref().is_some_and(|failure| failure.cause == Cause::Timeout)
        };
        return if report.members.iter().all(is_silence) { Heard::Faded } else { Heard::Yes };
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

/// Whether a member is refused because its certificate is not valid yet.
fn is_early(member: &MemberReport) -> bool {
    let cause = member.failure.as_ref().map(|failure| failure.cause);
    cause == Some(Cause::CertificateNotYetValid)
}

/// Whether a certificate was seen that is valid by this machine's clock, as far as dates go. One
/// that has expired is none: it says nothing of a clock that is behind.
pub fn shows_valid(report: &EndpointReport) -> bool {
    let is_date =
        |verdict| matches!(verdict, CertificateVerdict::NotYetValid | CertificateVerdict::Expired);
    let mut shown = report.members.iter().filter_map(|member| {
        let certificate = member.certificate.as_ref()?;
        Some((certificate, is_early(member)))
    });
    shown.any(|(shown, early)| {
        !early && !shown.problems.iter().any(|problem| is_date(problem.verdict))
    })
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
pub struct LocalWatch {
    network: watch::Watch,
    /// The same for dates: silent is who shows only certificates that are not valid yet, heard
    /// whose certificate is valid; who shows none is no witness.
    dates: watch::Watch,
    /// Since when the clock is certainly wrong.
    clock: Option<SystemTime>,
    /// Endpoints whose last round faded.
    faded: HashSet<u64>,
}

impl LocalWatch {
    /// What a round of the endpoint with this key proves beside its last one.
    ///
    /// Where the network fails in the middle of a round, the round fades, maybe after others were
    /// already silent: it is no proof that the others are at fault, and taken for silence. One that
    /// fades after a round that faded was answered after the end of that: it is the server.
    pub fn confirm(&mut self, key: u64, heard: Heard) -> Heard {
        if heard != Heard::Faded {
            self.faded.remove(&key);
            return heard;
        }
        if self.faded.insert(key) { Heard::Nothing } else { Heard::Yes }
    }

    /// Takes note of a round of the endpoint with this key, of so many endpoints in all.
    ///
    /// `heard` is [confirmed](Self::confirm); `valid` says whether it [`shows_valid`]. Order counts, and not the clock, which may be set
    /// meanwhile: `at` only dates the trouble, and is looked at for being impossible.
    pub fn note(
        &mut self,
        key: u64,
        heard: Heard,
        valid: bool,
        endpoints: usize,
        at: SystemTime,
    ) -> Ruling {
        let clock = self.clock.unwrap_or(at);
        self.clock = findings::is_clock_wrong(at).then_some(clock);
        let (network, dates) = match heard {
            Heard::Clock => (Heard::Yes, Heard::Resolver),
            Heard::Early => (Heard::Yes, Heard::Nothing),
            Heard::Yes if valid => (Heard::Yes, Heard::Yes),
            Heard::Yes | Heard::Faded | Heard::Resolver | Heard::Nothing | Heard::Local => {
                (heard, Heard::Resolver)
            }
        };
        let network = self.network.note(key, network, endpoints, at);
        let dates = self.dates.note(key, dates, endpoints, at);
        match heard {
            Heard::Clock => Ruling::Local,
            Heard::Early => dates,
            Heard::Yes | Heard::Faded | Heard::Resolver | Heard::Nothing | Heard::Local => network,
        }
    }

    /// Whether rounds of this endpoint are held for the dates of its certificates: then answers of
    /// others do not settle them, only valid certificates do.
    pub fn is_early(&self, key: u64) -> bool {
        self.dates.is_fresh(key)
    }

    /// Forgets an endpoint that is watched no more. Trouble ends with those who showed it.
    pub fn forget(&mut self, key: u64) {
        self.network.forget(key);
        self.dates.forget(key);
        self.faded.remove(&key);
    }

    /// Whether anything was ever heard.
    pub const fn has_heard(&self) -> bool {
        self.network.has_heard()
    }

    /// Since when this machine is in trouble, while that is so: its clock is wrong, or nobody is
    /// heard.
    pub fn silent_since(&self) -> Option<SystemTime> {
        self.clock.or_else(|| self.dates.silent_since()).or_else(|| self.network.silent_since())
    }
}

/// Puts what is known of this machine into words. `ever_heard` is [`LocalWatch::has_heard`]. `reports` are the last rounds of a few
/// endpoints, the last one first, `routes` what the system said when it was asked for a way out, per family.
pub fn describe(
    since: SystemTime,
    ever_heard: bool,
    reports: &[EndpointReport],
    routes: &[(&str, Result<(), String>)],
    now: SystemTime,
) -> LocalTrouble {
    LocalTrouble { since, evidence: describe::lines(since, ever_heard, reports, routes, now) }
}

#[cfg(test)]
mod tests;
