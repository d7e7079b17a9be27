//! Values in words: units always, moments in UTC, foreign text made harmless.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use maud::{Markup, html};

use crate::model::failure::{Failure, Phase};
use crate::model::finding::FindingCode;
use crate::model::monitor::member::MemberView;
use crate::model::monitor::{EndpointView, Snapshot};
use crate::model::text::one_line;
use crate::model::timing::{Clock, Timed};
use crate::output::text::{printable, rfc3339};

/// Characters of a text from outside that are shown at most: a few lines on a phone.
const TEXT_LIMIT: usize = 400;

/// Foreign text as one printable line.
pub(super) fn safe(text: &str) -> String {
    printable(&one_line(text, TEXT_LIMIT)).into_owned()
}

/// A duration in words, to one unit, or two while the first is small: `42 s`, `12 min`, `3 h 5 min`.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{minutes} min"),
        6_000..36_000 if minutes % 60 > 0 => format!("{hours} h {} min", minutes % 60),
        6_000..172_800 => format!("{hours} h"),
        _ => format!("{days} days"),
    }
}

/// How long that is ago; `None` for what is still to come.
pub(super) fn since(then: SystemTime, now: SystemTime) -> Option<String> {
    now.duration_since(then).ok().map(duration)
}

/// When something is due: `in 18 s`, or `now` when that is past.
pub(super) fn due(then: SystemTime, now: SystemTime) -> String {
    match then.duration_since(now) {
        Ok(left) if left.as_secs() > 0 => format!("in {}", duration(left)),
        Ok(_) | Err(_) => "now".to_owned(),
    }
}

/// When a certificate ends: `ends in 40 days`, `ended 2 days ago`.
pub(super) fn ends(end: SystemTime, now: SystemTime) -> String {
    match end.duration_since(now) {
        Ok(left) => format!("ends in {}", duration(left)),
        Err(past) => format!("ended {} ago", duration(past.duration())),
    }
}

/// A duration in milliseconds with its unit, with as many decimals as help.
pub(super) fn milliseconds(duration: Duration) -> String {
    let value = duration.as_secs_f64() * 1e3;
    let decimals = match value {
        ..0.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} ms")
}

/// The same, marked where the kernel did not measure it. The page's legend explains the marks.
pub(super) fn timed(timed: Timed) -> String {
    let mark = match timed.clock {
        Clock::Kernel => "",
        Clock::User => "~",
        Clock::Simulated => "*",
    };
    format!("{mark}{}", milliseconds(timed.duration))
}

/// A moment to the second, such as `2026-11-21 08:00:00 UTC`.
pub(super) fn moment(time: SystemTime) -> Markup {
    let Some(stamp) = rfc3339(time) else { return html! { "a time beyond all calendars" } };
    let words = stamp.replacen('T', " ", 1).replacen('Z', " UTC", 1);
    html! { time datetime=(stamp) { (words) } }
}

/// The time of day of a moment, such as `08:00:00`; for columns whose heading names the zone.
pub(super) fn time_of_day(time: SystemTime) -> Markup {
    let Some(stamp) = rfc3339(time) else { return html! { "?" } };
    let clock = stamp.split_once('T').map_or("", |(_, clock)| clock.trim_end_matches('Z'));
    html! { time datetime=(stamp) { (clock) } }
}

/// What endpoints are called: by their data center where that is unique, else by their name.
pub(super) struct Labels<'a>(HashMap<&'a str, usize>);

impl<'a> Labels<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let mut endpoints_in = HashMap::new();
        for dc in snapshot.endpoints.iter().filter_map(|view| view.endpoint.dc.as_deref()) {
            *endpoints_in.entry(dc).or_default() += 1;
        }
        Self(endpoints_in)
    }

    pub(super) fn label(&self, view: &EndpointView) -> String {
        let unique = |dc: &&str| self.0.get(*dc).is_none_or(|endpoints| *endpoints == 1);
        safe(view.endpoint.dc.as_deref().filter(unique).unwrap_or(&view.endpoint.name.0))
    }
}

/// What one endpoint is called. For many, [`Labels`] are made once.
pub(super) fn label(snapshot: &Snapshot, view: &EndpointView) -> String {
    Labels::of(snapshot).label(view)
}

/// The phase as people say it.
pub(super) const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "DNS",
        Phase::Connect => "connect",
        Phase::Tls => "TLS",
        Phase::Wsus => "WSUS",
    }
}

/// A failure in a few words: `certificate expired 2 days ago`, `connect refused`.
pub(super) fn failure(failure: &Failure, members: &[MemberView], now: SystemTime) -> String {
    let cause = failure.cause.as_str();
    if let Some(status) = cause.strip_prefix("http_").filter(|rest| rest.parse::<u16>().is_ok()) {
        return format!("WSUS HTTP {status}");
    }
    let words = cause.replace('_', " ");
    if !cause.starts_with("certificate_") {
        return format!("{} {words}", phase(failure.phase));
    }
    let expired = cause == "certificate_expired";
    match first_end(members).filter(|_| expired).and_then(|end| since(end, now)) {
        Some(ago) => format!("{words} {ago} ago"),
        None => words,
    }
}

/// The code of a finding as words.
pub(super) fn code(code: FindingCode) -> String {
    code.as_str().replace('_', " ")
}

/// When the first of the presented certificates ends; `None` where none can be read.
pub(super) fn first_end(members: &[MemberView]) -> Option<SystemTime> {
    let chains = members.iter().filter_map(|member| member.certificate.as_ref());
    chains.flat_map(|chain| chain.not_after.iter().flatten()).min().copied()
}

/// `1 member`, `2 members`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A name as a part of a URL's path and of an element's id (RFC 3986 section 2.3).
pub(super) fn path_segment(name: &str) -> String {
    let mut path = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::failure::Cause;
    use crate::model::monitor::fixture;

    #[test]
    fn durations_have_one_unit_or_two() {
        for (seconds, words) in [
            (0, "0 s"),
            (99, "99 s"),
            (100, "1 min"),
            (3_000, "50 min"),
            (6_000, "1 h 40 min"),
            (7_200, "2 h"),
            (40_000, "11 h"),
            (172_799, "47 h"),
            (172_800, "2 days"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn the_future_is_never_in_the_past() {
        let now = fixture::now();
        let hour = Duration::from_hours(1);
        assert_eq!(due(now + hour, now), "in 60 min");
        assert_eq!(due(now - hour, now), "now");
        assert_eq!(ends(now + hour * 24 * 40, now), "ends in 40 days");
        assert_eq!(ends(now - hour * 48, now), "ended 2 days ago");
        assert_eq!(since(now + hour, now), None);
    }

    #[test]
    fn failures_are_short() {
        let snapshot = fixture::snapshot();
        let members = &snapshot.endpoint("syd").unwrap().members;
        for (phase, cause, words) in [
            (Phase::Tls, Cause::CertificateExpired, "certificate expired 2 days ago"),
            (Phase::Tls, Cause::CertificateNameMismatch, "certificate name mismatch"),
            (Phase::Wsus, Cause::Http503, "WSUS HTTP 503"),
            (Phase::Wsus, Cause::HttpStatus, "WSUS http status"),
            (Phase::Connect, Cause::Refused, "connect refused"),
            (Phase::Resolve, Cause::NxDomain, "DNS nxdomain"),
        ] {
            let seen = failure(&Failure::new(phase, cause, ""), members, fixture::now());
            assert_eq!(seen, words);
        }
        let unseen = Failure::new(Phase::Tls, Cause::CertificateExpired, "");
        assert_eq!(failure(&unseen, &[], fixture::now()), "certificate expired");
    }

    #[test]
    fn names_are_fit_for_paths() {
        assert_eq!(path_segment("dfw-1._~"), "dfw-1._~");
        assert_eq!(path_segment("a/../b:1 ü"), "a%2F..%2Fb%3A1%20%C3%BC");
    }

    #[test]
    fn the_data_center_is_the_label_while_it_is_unique() {
        let mut snapshot = fixture::snapshot();
        assert_eq!(label(&snapshot, &snapshot.endpoints[0]), "DFW");
        let mut other = fixture::view("dfw-2", "Dallas", "America/Chicago");
        std::sync::Arc::make_mut(&mut other.endpoint).dc = Some("DFW".to_owned());
        snapshot.endpoints.push(std::sync::Arc::new(other));
        assert_eq!(label(&snapshot, &snapshot.endpoints[0]), "dfw");
    }
}
