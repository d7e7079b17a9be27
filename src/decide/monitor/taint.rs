//! Rounds, or parts of them, that this process slept through.

use std::time::Duration;

use crate::model::endpoint::Limits;
use crate::model::failure::{Cause, Failure, Phase};
use crate::model::report::{EndpointReport, Phases};
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

/// Why a whole round means nothing, if that is so: one sentence with the figures.
///
/// 1. A severe stall spoils everything.
/// 2. A time-out proves nothing if the process slept for a notable share of it: the answer may have
///    been there.
/// 3. Receive time stamps of the kernel are compared with the wall clock, so a step of it is part
///    of what was measured.
///
/// A shorter sleep spoils single durations at most: see [`strike`].
pub fn judge(report: &EndpointReport, limits: &Limits, disturbance: Disturbance) -> Option<String> {
    let Disturbance { stalled, stepped } = disturbance;
    if stalled >= SEVERE {
        return Some(format!("this process did not run for {}", ms(stalled)));
    }
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
    }
    let shortest = times(report).map(|time| time.duration).min();
    let spoilt = shortest.filter(|time| stepped > LEAST_STEP && counts(stepped, *time))?;
    Some(format!("the wall clock was set by {} while {} were measured", ms(stepped), ms(spoilt)))
}

/// Takes out of a round that counts the durations that this process' sleep is a notable part of:
/// those by its own clock. Those by the kernel do not contain it, and those of simulated links are
/// made up anyway. The result tells of it in one sentence, if there were any.
///
/// Only what rounds tell is looked at: round-trip times and phases.
pub fn strike(report: &mut EndpointReport, disturbance: Disturbance) -> Option<String> {
    let stalled = disturbance.stalled;
    if stalled < LEAST_STALL {
        return None;
    }
    let mut struck = 0_usize;
    let mut take = |time: &mut Option<Timed>| {
        let contains_sleep =
            |time: &mut Timed| time.clock == Clock::User && counts(stalled, time.duration);
        let spoilt = time.take_if(contains_sleep).is_some();
        struck += usize::from(spoilt);
        spoilt
    };
    for lookup in &mut report.lookups {
        take(&mut lookup.time);
    }
    let mut has_rtts = true;
    for member in &mut report.members {
        has_rtts &= !take(&mut member.rtt);
        let Phases { resolve, connect, tls, wsus } = &mut member.phases;
        for phase in [resolve, connect, tls, wsus] {
            take(phase);
        }
    }
    // The name's is made of its members'.
    if !has_rtts {
        report.rtt = None;
    }
    (struck > 0).then(|| {
        let stalled = ms(stalled);
        format!(
            "this process did not run for {stalled}: {struck} durations by its clock are left out"
        )
    })
}

fn counts(disturbed: Duration, of: Duration) -> bool {
    disturbed.saturating_mul(SHARE) > of
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

/// What rounds tell of all that was measured.
fn times(report: &EndpointReport) -> impl Iterator<Item = Timed> {
    let lookups = report.lookups.iter().filter_map(|lookup| lookup.time);
    lookups.chain(report.members.iter().flat_map(|member| {
        let Phases { resolve, connect, tls, wsus } = member.phases;
        [member.rtt, resolve, connect, tls, wsus].into_iter().flatten()
    }))
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

    /// A round on a real link: what is told is by the kernel, but for a CNAME's lookup, and what is
    /// not told, such as the time for the body, is by this process' clock.
    fn by_own_clock() -> EndpointReport {
        use crate::model::exchange::{Answer, Exchange};
        use crate::model::request::Request;
        let mut member = well(10);
        member.phases.resolve = Some(Timed::user(Duration::from_millis(50)));
        let transfer = Some(Timed::user(Duration::from_micros(200)));
        let outcome = Ok(Answer { transfer, ..Answer::default() });
        member.exchanges = vec![Exchange { request: Request::GetConfig, outcome }];
        let mut report = report(vec![member]);
        report.lookups[0].time = Some(Timed::user(Duration::from_millis(50)));
        report
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
            ("own clock", by_own_clock(), 900, 0, None),
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
    fn a_short_sleep_spoils_single_durations_by_the_own_clock() {
        let struck = |stalled| {
            let disturbance = Disturbance { stalled, ..Disturbance::default() };
            let mut report = by_own_clock();
            let text = strike(&mut report, disturbance);
            (text, report)
        };
        let (text, report) = struck(Duration::from_millis(5));
        assert_eq!((text, report), (None, by_own_clock()), "a tenth of it is nothing");
        let (text, report) = struck(Duration::from_millis(6));
        let text = text.unwrap();
        assert!(text.contains("6.0 ms: 2 durations"), "{text}");
        assert_eq!((report.lookups[0].time, report.members[0].phases.resolve), (None, None));
        assert_eq!(report.members[0].phases.wsus, by_own_clock().members[0].phases.wsus);
        assert!(report.members[0].rtt.is_some() && report.rtt.is_some());
        assert_eq!(report.verdict, by_own_clock().verdict);
    }

    #[test]
    fn the_grain_of_timers_is_no_stall_and_a_name_has_no_rtt_of_spoilt_ones() {
        let mut member = well(10);
        member.rtt = Some(Timed::user(Duration::from_micros(30)));
        let report = report(vec![member]);
        let left = |stalled| {
            let mut report = report.clone();
            strike(&mut report, Disturbance { stalled, ..Disturbance::default() });
            (report.members[0].rtt.is_some(), report.rtt.is_some())
        };
        assert_eq!(left(Duration::from_micros(1900)), (true, true));
        assert_eq!(left(LEAST_STALL), (false, false));
    }
}
