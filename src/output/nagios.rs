//! For Nagios-compatible monitoring.
//!
//! One line, `WSUS STATE - text|performance data`, and the plugin's exit code, as the Monitoring
//! Plugins' development guidelines describe them.
//!
//! Several endpoints give the worst of their states, in the order OK, UNKNOWN, WARNING, CRITICAL
//! (that of `max_state_alt` in the Monitoring Plugins): what is known to be wrong is never hidden
//! by what is not known, and what is not known never looks like OK.

use crate::model::report::{EndpointReport, Verdict};
use crate::model::selection::CheckReport;
use crate::output::problem;
use crate::output::text::{milliseconds, printable};

/// The four states of a plugin, better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Every endpoint is healthy.
    Ok,
    /// Nothing is known to be wrong, but something is not known; also when nothing was checked.
    Unknown,
    /// The worst endpoint is degraded.
    Warning,
    /// An endpoint is down.
    Critical,
}

impl State {
    /// The exit code that monitoring expects.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    /// The word in the status line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Healthy => Self::Ok,
            Verdict::Degraded => Self::Warning,
            Verdict::Down => Self::Critical,
            Verdict::Unknown => Self::Unknown,
        }
    }
}

/// The status line with a line feed at its end, and the state for the exit code.
pub fn check(report: &CheckReport) -> (String, State) {
    let endpoints = &report.endpoints;
    let state = endpoints
        .iter()
        .map(|endpoint| State::of(endpoint.verdict))
        .max()
        .unwrap_or(State::Unknown);
    // What there was no time for may be anything.
    let state = if report.interrupted { state.max(State::Unknown) } else { state };
    let data: Vec<String> =
        endpoints.iter().map(round_trip).chain([healthy_count(endpoints)]).collect();
    let line = format!("WSUS {} - {}|{}\n", state.as_str(), summary(report), data.join(" "));
    (line, state)
}

fn summary(report: &CheckReport) -> String {
    let endpoints = &report.endpoints;
    if endpoints.is_empty() {
        return "no endpoint was checked".into();
    }
    let healthy = count(endpoints, Verdict::Healthy);
    let mut parts = vec![format!("{healthy} of {} healthy", endpoints.len())];
    for verdict in [Verdict::Down, Verdict::Degraded, Verdict::Unknown] {
        let named: Vec<String> =
            endpoints.iter().filter(|endpoint| endpoint.verdict == verdict).map(named).collect();
        if !named.is_empty() {
            parts.push(format!("{}: {}", verdict.as_str(), named.join(", ")));
        }
    }
    parts.extend(report.local_findings.iter().map(|finding| plain(&finding.observed)));
    if report.interrupted {
        parts.push("interrupted".into());
    }
    parts.join("; ")
}

/// The endpoint's name with the worst that is known against it, and for whom it does not work.
fn named(report: &EndpointReport) -> String {
    let name = plain(&report.endpoint.name.0);
    let problems = problem::of_endpoint(report);
    let Some(worst) = problems.first() else { return name };
    let whom = worst.for_whom().map(|whom| format!(" for {whom}"));
    format!("{name} ({}{})", worst.label(), whom.unwrap_or_default())
}

/// The guidelines' `U` stands for a value that could not be determined.
fn round_trip(report: &EndpointReport) -> String {
    let label = label(&format!("{}_rtt", report.endpoint.name));
    match report.rtt {
        Some(rtt) => format!("{label}={}ms;;;0", milliseconds(rtt.duration)),
        None => format!("{label}=U;;;0"),
    }
}

fn healthy_count(endpoints: &[EndpointReport]) -> String {
    let healthy = count(endpoints, Verdict::Healthy);
    format!("'healthy'={healthy};;;0;{}", endpoints.len())
}

fn count(endpoints: &[EndpointReport], verdict: Verdict) -> usize {
    endpoints.iter().filter(|report| report.verdict == verdict).count()
}

/// A quoted label: quotes are doubled; the equals sign and the bar, which end a label or the text
/// in common parsers, are replaced.
fn label(name: &str) -> String {
    format!("'{}'", plain(name).replace('\'', "''").replace('=', "_"))
}

/// One line without the bar, which starts the performance data.
fn plain(text: &str) -> String {
    printable(text).replace('|', "/")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::endpoint::EndpointName;
    use crate::output::fixture;

    #[test]
    fn status_line() {
        let (line, state) = check(&fixture::check());
        assert_eq!(state.code(), 2);
        insta::assert_snapshot!(line);
    }

    #[test]
    fn what_was_interrupted_is_never_ok() {
        let mut report = fixture::check();
        report.endpoints.retain(|endpoint| endpoint.verdict == Verdict::Healthy);
        assert_eq!(check(&report).1, State::Ok);
        report.interrupted = true;
        assert_eq!(check(&report).1, State::Unknown);
    }

    #[test]
    fn the_worst_state_wins() {
        use Verdict::{Degraded, Down, Healthy, Unknown};
        let cases: [(&[Verdict], State); 7] = [
            (&[], State::Unknown),
            (&[Healthy, Healthy], State::Ok),
            (&[Healthy, Unknown], State::Unknown),
            (&[Unknown, Degraded, Healthy], State::Warning),
            (&[Unknown, Down, Degraded], State::Critical),
            (&[Down, Unknown], State::Critical),
            (&[Degraded, Healthy], State::Warning),
        ];
        for (verdicts, expected) in cases {
            let mut report = fixture::check();
            report.endpoints.truncate(verdicts.len());
            for (endpoint, verdict) in report.endpoints.iter_mut().zip(verdicts) {
                endpoint.verdict = *verdict;
            }
            assert_eq!(check(&report).1, expected, "{verdicts:?}");
        }
    }

    #[test]
    fn names_cannot_forge_performance_data() {
        let mut report = fixture::check();
        report.endpoints.truncate(1);
        let endpoint = Arc::make_mut(&mut report.endpoints[0].endpoint);
        endpoint.name = EndpointName("a|b='1'\nc".into());
        report.endpoints[0].verdict = Verdict::Down;
        let (line, _) = check(&report);
        assert_eq!(line.matches('|').count(), 1);
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.contains("'a/b_''1''\\nc_rtt'=12.1ms;;;0"), "{line}");
    }
}
