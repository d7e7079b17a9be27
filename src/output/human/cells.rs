//! Short texts for single values.

use std::time::{Duration, SystemTime};

use super::table::Cell;
use super::{Style, Tone};
use crate::model::certificate::{CertificateReport, CertificateVerdict, Staple};
use crate::model::report::{EndpointReport, Verdict};
use crate::model::timing::{Clock, Timed};
use crate::model::tls::TlsSession;
use crate::output::text::rfc3339;

/// What stands for an absent value.
pub(super) const ABSENT: &str = "-";

/// The colour of a verdict.
pub(super) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Healthy => Tone::Good,
        Verdict::Degraded => Tone::Warning,
        Verdict::Down => Tone::Bad,
        Verdict::Unknown => Tone::Faint,
    }
}

/// A verdict in its colour.
pub(super) fn verdict(verdict: Verdict) -> Cell {
    Cell::new(verdict.as_str(), tone(verdict))
}

/// A duration in milliseconds, marked with `~` or `*` where the kernel did not measure it.
pub(super) fn milliseconds(timed: Option<Timed>) -> String {
    let Some(timed) = timed else { return ABSENT.to_owned() };
    let mark = match timed.clock {
        Clock::Kernel => "",
        Clock::User => "~",
        Clock::Simulated => "*",
    };
    let value = timed.duration.as_secs_f64() * 1e3;
    let decimals = match value {
        ..0.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{mark}{value:.decimals$}")
}

/// Version and cipher of a session, such as `1.2 AES256-CBC`.
pub(super) fn session(session: Option<&TlsSession>) -> String {
    session.map_or_else(
        || ABSENT.to_owned(),
        |session| format!("{} {}", session.version.as_str(), short_suite(&session.suite)),
    )
}

/// The cipher of a suite: the rest of the name is the same for all that are in use.
fn short_suite(suite: &str) -> String {
    let cipher = suite
        .split_once("_WITH_")
        .map(|(_, cipher)| cipher)
        .or_else(|| suite.strip_prefix("TLS13_"))
        .unwrap_or(suite);
    let cipher = cipher.rsplit_once("_SHA").map_or(cipher, |(cipher, _)| cipher);
    cipher.replacen("AES_", "AES", 1).replacen("_POLY1305", "", 1).replace('_', "-")
}

/// The verdict on a certificate and the whole days until the first that clients use ends.
pub(super) fn certificate(report: Option<&CertificateReport>, now: SystemTime) -> Cell {
    let Some(report) = report else { return Cell::plain(ABSENT) };
    let verdict = report.verdict();
    let tone = if verdict == CertificateVerdict::Ok { Tone::Good } else { Tone::Warning };
    match days_left(report, now) {
        Some(days) => Cell::new(&format!("{} {days}d", verdict.as_str()), tone),
        None => Cell::new(verdict.as_str(), tone),
    }
}

fn days_left(report: &CertificateReport, now: SystemTime) -> Option<u64> {
    let end = report.used().map(|(_, certificate)| certificate.not_after).min();
    days_until(end?, now)
}

/// The whole days until then; `None` once it is past.
pub(super) fn days_until(end: SystemTime, now: SystemTime) -> Option<u64> {
    Some(end.duration_since(now).ok()?.as_secs() / DAY.as_secs())
}

/// What the marks of [`milliseconds`] mean, for those that occur among the durations shown.
pub(super) fn legend(shown: impl Iterator<Item = Timed>, style: Style) -> String {
    let clocks: Vec<Clock> = shown.map(|timed| timed.clock).collect();
    let mut text = String::new();
    for (clock, line) in [
        (Clock::User, "~ by this process' own clock: includes its waiting time"),
        (Clock::Simulated, "* simulated: says nothing about a real network"),
    ] {
        if clocks.contains(&clock) {
            text.push_str(&Tone::Faint.paint(line, style));
            text.push('\n');
        }
    }
    text
}

/// Every duration of an endpoint and its members.
pub(super) fn timings(report: &EndpointReport) -> impl Iterator<Item = Timed> {
    let of_phases = report.members.iter().flat_map(|member| {
        let phases = &member.phases;
        [phases.resolve, phases.connect, phases.tls, phases.wsus]
    });
    let exchanges = report.members.iter().flat_map(|member| &member.exchanges);
    let of_answers = exchanges
        .filter_map(|exchange| exchange.outcome.as_ref().ok())
        .flat_map(|answer| [answer.first_byte, answer.transfer]);
    of_phases.chain(of_answers).chain([report.rtt]).flatten()
}

const DAY: Duration = Duration::from_hours(24);

/// What was sent and what of it was verified, in one line.
pub(super) fn chain(report: &CertificateReport) -> String {
    let sent = report.chain.len();
    let root = match report.chain.split_last() {
        Some((last, [_, ..])) if last.self_signed => ", with the root, which nobody needs",
        Some(_) | None => "",
    };
    let verified = report.verified_not_after().map_or_else(
        || "no path to a trusted root".to_owned(),
        |end| format!("verified until {}", rfc3339(end).unwrap_or_else(|| "after 9999".to_owned())),
    );
    let scts = report.leaf().and_then(|leaf| leaf.sct_count);
    let scts = scts.map_or_else(String::new, |count| format!("; {count} SCTs"));
    format!("{sent} sent{root}; {verified}; {}{scts}", staple(report))
}

fn staple(report: &CertificateReport) -> String {
    if let Some(problem) = &report.staple_problem {
        return format!("OCSP staple: {problem}");
    }
    match &report.staple {
        Staple::Present(answer) => format!("OCSP staple says {}", answer.status.as_str()),
        Staple::Absent | Staple::Unreadable(_) => "no OCSP staple".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::fixture;

    #[test]
    fn durations_are_short_and_marked() {
        let timed = |microseconds, clock| {
            Some(Timed { duration: Duration::from_micros(microseconds), clock })
        };
        assert_eq!(milliseconds(timed(0, Clock::Kernel)), "0.00");
        assert_eq!(milliseconds(timed(41, Clock::Kernel)), "0.04");
        assert_eq!(milliseconds(timed(998, Clock::Kernel)), "1.0");
        assert_eq!(milliseconds(timed(12_149, Clock::User)), "~12.1");
        assert_eq!(milliseconds(timed(99_960, Clock::Kernel)), "100");
        assert_eq!(milliseconds(timed(190_400, Clock::Simulated)), "*190");
        assert_eq!(milliseconds(None), "-");
    }

    #[test]
    fn the_legend_names_only_marks_that_occur() {
        let style = Style { color: false, width: 80 };
        let fleet = fixture::check().endpoints;
        assert_eq!(legend(fleet[..1].iter().flat_map(timings), style), "");
        assert_eq!(legend(fleet.iter().flat_map(timings), style).lines().count(), 2);
    }

    #[test]
    fn the_days_left_are_those_of_what_clients_use() {
        let report = fixture::with_root_that_ends_first();
        assert_eq!(days_left(&report, fixture::now()), Some(402));
    }

    #[test]
    fn suites_are_shortened_to_their_cipher() {
        for (suite, short) in [
            ("TLS13_AES_256_GCM_SHA384", "AES256-GCM"),
            ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "AES128-CBC"),
            ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "AES256-CBC"),
            ("TLS13_CHACHA20_POLY1305_SHA256", "CHACHA20"),
            ("SOMETHING_NEW", "SOMETHING-NEW"),
        ] {
            assert_eq!(short_suite(suite), short);
        }
    }
}
