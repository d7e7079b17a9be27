//! Rounds that this process slept through.

use std::time::Duration;

use crate::model::endpoint::Limits;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::report::{EndpointReport, MemberReport, Phases};
use crate::model::timing::{Clock, Timed};

/// A disturbance counts from this share of what was measured or waited for: less is lost in the
/// spread of any network.
const SHARE: u32 = 10;

/// A stall for this long spoils everything: no scheduler lets a process wait so long on a machine
/// that works, so it was suspended or starved, and other ends have given up meanwhile.
const SEVERE: Duration = Duration::from_secs(1);

/// Shorter stalls cannot be told from the grain of timers, which is a millisecond at each end.
const LEAST_STALL: Duration = Duration::from_millis(2);

/// Smaller steps are those with which clocks are disciplined all the time.
const LEAST_STEP: Duration = Duration::from_millis(1);

/// What disturbed this process during a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Disturbance {
    /// How long the process did not get to run, at most, at a stretch.
    pub stalled: Duration,
    /// By how much the wall clock went otherwise than the monotonic one.
    pub stepped: Duration,
}

/// Why the times and the time-outs of a round mean nothing, if that is so: one sentence with the
/// figures.
///
/// 1. A severe stall spoils everything.
/// 2. A time-out proves nothing if the process slept for a notable share of it: the answer may have
///    been there.
/// 3. A duration by this process' clock contains its sleep. Those by the kernel do not; those of
///    simulated links are made up anyway.
/// 4. Receive time stamps of the kernel are compared with the wall clock, so a step of it is part
///    of what was measured.
pub fn judge(report: &EndpointReport, limits: &Limits, disturbance: Disturbance) -> Option<String> {
    let Disturbance { stalled, stepped } = disturbance;
    if stalled >= SEVERE {
        return Some(format!("this process did not run for {}", ms(stalled)));
    }
    let counts = |disturbed: Duration, of: Duration| disturbed.saturating_mul(SHARE) > of;
    if stalled >= LEAST_STALL {
        let shortest = timeouts(report).map(|phase| (limit(limits, phase), phase)).min();
        if let Some((limit, phase)) = shortest.filter(|(limit, _)| counts(stalled, *limit)) {
            return Some(format!(
                "this process did not run for {} of the {} after which {} timed out",
                ms(stalled),
                ms(limit),
                phase.as_str()
            ));
        }
        let own = times(report).filter(|time| time.clock == Clock::User);
        let shortest = own.map(|time| time.duration).min();
        if let Some(time) = shortest.filter(|time| counts(stalled, *time)) {
            return Some(format!(
                "this process did not run for {} while its own clock measured {}",
                ms(stalled),
                ms(time)
            ));
        }
    }
    let shortest = times(report).map(|time| time.duration).min();
    let spoilt = shortest.filter(|time| stepped > LEAST_STEP && counts(stepped, *time))?;
    Some(format!("the wall clock was set by {} while {} were measured", ms(stepped), ms(spoilt)))
}

/// The phases that timed out anywhere.
fn timeouts(report: &EndpointReport) -> impl Iterator<Item = Phase> {
    let lookups = report.lookups.iter().filter_map(|lookup| lookup.outcome.as_ref().err());
    let members = report.members.iter().flat_map(|member| {
        let exchanges = member.exchanges.iter();
        let failed = exchanges.filter_map(|exchange| exchange.outcome.as_ref().err());
        member.failure.iter().chain(failed)
    });
    let timed_out = |failure: &&Failure| failure.cause == Cause::Timeout;
    lookups.chain(members).filter(timed_out).map(|failure| failure.phase)
}

fn limit(limits: &Limits, phase: Phase) -> Duration {
    let own = match phase {
        Phase::Resolve => limits.resolve,
        Phase::Connect => limits.connect,
        Phase::Tls => limits.tls,
        Phase::Wsus => limits.wsus,
    };
    own.min(limits.deadline)
}

/// Everything that was measured.
fn times(report: &EndpointReport) -> impl Iterator<Item = Timed> {
    let lookups = report.lookups.iter().filter_map(|lookup| lookup.time);
    lookups.chain(report.members.iter().flat_map(times_of))
}

fn times_of(member: &MemberReport) -> impl Iterator<Item = Timed> {
    let Phases { resolve, connect, tls, wsus } = member.phases;
    let answers = member.exchanges.iter().filter_map(|exchange| exchange.outcome.as_ref().ok());
    let answers = answers.flat_map(|answer| [answer.first_byte, answer.transfer]);
    let phases = [member.rtt, resolve, connect, tls, wsus].into_iter();
    phases.chain(member.samples.iter().copied()).chain(answers).flatten()
}

fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::monitor::fixture::{ill, nameless, report, well};
    use crate::model::report::EndpointReport;

    const LIMITS: Limits = Limits {
        deadline: Duration::from_secs(5),
        resolve: Duration::from_secs(2),
        connect: Duration::from_secs(2),
        tls: Duration::from_secs(3),
        wsus: Duration::from_secs(4),
    };

    fn by_own_clock() -> EndpointReport {
        let mut member = well(10);
        member.phases.wsus = Some(Timed::user(Duration::from_millis(50)));
        report(vec![member])
    }

    fn exchange_timed_out() -> EndpointReport {
        use crate::model::exchange::Exchange;
        use crate::model::request::Request;
        let mut member = well(10);
        let outcome = Err(Failure::new(Phase::Wsus, Cause::Timeout, ""));
        member.exchanges = vec![Exchange { request: Request::Reporting, outcome }];
        report(vec![member])
    }

    #[test]
    fn sleep_spoils_what_it_is_a_tenth_of() {
        let timed_out = || report(vec![ill(1, Phase::Connect, Cause::Timeout)]);
        let refused = || report(vec![ill(1, Phase::Connect, Cause::Refused)]);
        let table = [
            // What was seen, milliseconds of stall and step, and how the sentence begins or ends.
            ("kernel", report(vec![well(10)]), 900, 0, None),
            ("suspended", report(vec![well(10)]), 1000, 0, Some("did not run for 1000.0 ms")),
            ("an answer is an answer", refused(), 900, 0, None),
            ("time-out", timed_out(), 200, 0, None),
            (
                "time-out",
                timed_out(),
                201,
                0,
                Some("201.0 ms of the 2000.0 ms after which connect"),
            ),
            ("resolver", nameless(Cause::Timeout), 201, 0, Some("after which resolve timed out")),
            ("exchange", exchange_timed_out(), 400, 0, None),
            ("exchange", exchange_timed_out(), 401, 0, Some("after which wsus timed out")),
            ("own clock", by_own_clock(), 5, 0, None),
            ("own clock", by_own_clock(), 6, 0, Some("for 6.0 ms while its own clock measured 50")),
            ("step", report(vec![well(10)]), 0, 1, None),
            ("step", report(vec![well(10)]), 0, 2, Some("set by 2.0 ms while 2.0 ms")),
            ("step, nothing measured", nameless(Cause::Timeout), 0, 5000, None),
        ];
        for (name, report, stalled, stepped, expected) in table {
            let disturbance = Disturbance {
                stalled: Duration::from_millis(stalled),
                stepped: Duration::from_millis(stepped),
            };
            let found = judge(&report, &LIMITS, disturbance);
            let fits = match (&found, expected) {
                (Some(text), Some(expected)) => text.contains(expected),
                (found, expected) => found.is_none() && expected.is_none(),
            };
            assert!(fits, "{name}, {stalled} and {stepped} ms: {found:?}");
        }
    }

    #[test]
    fn the_grain_of_timers_is_no_stall() {
        let mut member = well(10);
        member.rtt = Some(Timed::user(Duration::from_micros(30)));
        let report = report(vec![member]);
        let judged =
            |stalled| judge(&report, &LIMITS, Disturbance { stalled, ..Disturbance::default() });
        assert_eq!(judged(Duration::from_micros(1900)), None);
        assert!(judged(LEAST_STALL).is_some());
    }
}
