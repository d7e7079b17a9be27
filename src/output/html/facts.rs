//! What is known of an endpoint, as short facts.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use maud::{Markup, html};

use super::words;
use crate::decide::monitor::patch_window;
use crate::model::certificate::CertificateVerdict;
use crate::model::endpoint::{Endpoint, PatchWindow, Scheme};
use crate::model::monitor::history::{History, Outcome};
use crate::model::monitor::member::MemberView;
use crate::model::monitor::{EndpointView, State};
use crate::model::protocol::Protocol;
use crate::model::report::Verdict;
use crate::model::tls_scan::Support;

/// How long a state has lasted, and whether it is about to change.
pub(super) fn lasting(state: &State, now: SystemTime) -> Markup {
    let since = words::since(state.since, now);
    html! {
        @if let Some(since) = since { span.faint { " for " (since) } }
        @if let Some((verdict, observations)) = state.contrary {
            span.faint {
                " (last " (words::count(observations as usize, "look"))
                ": " (verdict.as_str()) ", not confirmed yet)"
            }
        }
    }
}

/// How many of the counted rounds worked: never a rounded share.
pub(super) fn availability(history: &History) -> Option<String> {
    let count = |wanted: &[Outcome]| history.iter().filter(|p| wanted.contains(&p.outcome)).count();
    let worked = count(&[Outcome::Healthy, Outcome::Degraded]);
    let counted = worked + count(&[Outcome::Down]);
    let uncounted = history.iter().len() - counted;
    let span = history
        .iter()
        .next()
        .zip(history.iter().next_back())
        .and_then(|(first, last)| last.at().duration_since(first.at()).ok())
        .filter(|span| *span > Duration::ZERO)
        .map_or_else(String::new, |span| format!(" in {}", words::duration(span)));
    match (counted, uncounted) {
        (0, 0) => None,
        (0, _) => Some(format!("no round counted, {uncounted} told nothing{span}")),
        (_, 0) => Some(format!("{worked} of {counted} rounds worked{span}")),
        _ => Some(format!("{worked} of {counted} rounds worked{span}; {uncounted} not counted")),
    }
}

/// The certificates of all members in one line; `None` where none was seen.
pub(super) fn certificate(members: &[MemberView], now: SystemTime) -> Option<String> {
    let seen: Vec<_> = members.iter().filter_map(|m| m.certificate.as_ref()).collect();
    let wrong = seen.iter().find(|chain| chain.verdict_at(now) != CertificateVerdict::Ok);
    let first = seen.first()?;
    let verdict = wrong.unwrap_or(first).verdict_at(now).as_str().replace('_', " ");
    let end = words::first_end(members).map(|end| words::ends(end, now));
    Some(match end {
        Some(end) if wrong.is_some() => format!("{verdict}; first of the chain {end}"),
        Some(end) => format!("first of the chain {end}"),
        None => verdict,
    })
}

/// Which versions the members accept, as the last scan saw it.
pub(super) fn tls(view: &EndpointView) -> Markup {
    if view.endpoint.url.scheme == Scheme::Http {
        return html! { "none: clear text" };
    }
    let scans: Vec<_> = view.members.iter().filter_map(|m| m.tls.as_ref()).collect();
    let used = view.members.iter().find_map(|member| member.session.as_ref());
    html! {
        @if scans.is_empty() { span.faint { "not scanned yet" } }
        @for &protocol in Protocol::ALL {
            @let seen: Vec<Support> = scans
                .iter()
                .flat_map(|scan| &scan.versions)
                .filter(|(version, _)| *version == protocol)
                .map(|(_, support)| *support)
                .collect();
            @if !seen.is_empty() { (version(protocol, &seen)) " " }
        }
        @if let Some(session) = used {
            span.faint { " used: " (session.version.as_str()) }
        }
    }
}

/// One version over all members.
pub(super) fn version(protocol: Protocol, seen: &[Support]) -> Markup {
    let count = |support| seen.iter().filter(|s| **s == support).count();
    let (yes, no) = (count(Support::Supported), count(Support::NotSupported));
    let (class, words) = match (yes, no) {
        (0, 0) => ("unknown", "unknown".to_owned()),
        (yes, _) if yes == seen.len() => ("yes", "yes".to_owned()),
        (_, no) if no == seen.len() => ("no", "no".to_owned()),
        (0, no) => ("unknown", format!("no at {no} of {}, else unknown", seen.len())),
        (yes, _) => ("mixed", format!("yes at {yes} of {}", seen.len())),
    };
    let name = protocol.words().replacen("TLS ", "", 1);
    html! { span class={ "version " (class) } { (name) " " (words) } }
}

/// The site's patch window; `None` where the configuration says nothing of one.
pub(super) fn patch(endpoint: &Endpoint, now: SystemTime) -> Option<Markup> {
    let (start, end) = match endpoint.patch_window.as_ref()? {
        PatchWindow::NotDocumented => return Some(html! { "not documented" }),
        PatchWindow::Nightly { start, end } => (*start, *end),
    };
    let open = patch_window::is_open(endpoint, now);
    let Some((open, (opens, closes))) = open.zip(patch_window::next(endpoint, now)) else {
        let zone = endpoint.time_zone.as_ref().map_or_else(
            || "in a time zone that is not configured".to_owned(),
            |zone| words::safe(zone),
        );
        return Some(html! { (clock(start)) " to " (clock(end)) " " (zone) });
    };
    let (word, moment) = if open { ("open until", closes) } else { ("opens", opens) };
    Some(html! {
        span class=[open.then_some("open")] { (word) " " (local(moment, endpoint)) }
        span.faint { " " (words::due(moment, now)) }
    })
}

/// A moment on the site's clock, with its zone.
fn local(moment: SystemTime, endpoint: &Endpoint) -> Markup {
    let zoned = endpoint.time_zone.as_deref().and_then(|zone| {
        let zoned = Timestamp::try_from(moment).ok()?.in_tz(zone).ok()?;
        Some(zoned.strftime(&format!("%H:%M {zone}")).to_string())
    });
    let stamp = crate::output::text::rfc3339(moment);
    match zoned {
        Some(words) => html! { time datetime=[stamp] { (words) } },
        None => words::moment(moment),
    }
}

/// A time since midnight as a clock shows it.
fn clock(since_midnight: Duration) -> String {
    let minutes = since_midnight.as_secs() / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// How many members are in which state, such as `2 members: 1 healthy, 1 down`.
pub(super) fn members(members: &[MemberView]) -> String {
    let count = |verdict| members.iter().filter(|m| m.state.verdict == verdict).count();
    let all = [Verdict::Healthy, Verdict::Degraded, Verdict::Down, Verdict::Unknown];
    let parts: Vec<String> = all
        .into_iter()
        .map(|verdict| (verdict, count(verdict)))
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{count} {}", verdict.as_str()))
        .collect();
    format!("{}: {}", words::count(members.len(), "member"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::monitor::fixture;
    use crate::model::monitor::history::Point;

    #[test]
    fn availability_counts_only_what_was_an_attempt() {
        let now = fixture::now();
        let cases: &[(&[Outcome], Option<&str>)] = &[
            (&[], None),
            (&[Outcome::Local], Some("no round counted, 1 told nothing")),
            (&[Outcome::Healthy, Outcome::Degraded], Some("2 of 2 rounds worked in 30 s")),
            (
                &[Outcome::Healthy, Outcome::Tainted, Outcome::Down, Outcome::Unknown],
                Some("1 of 2 rounds worked in 90 s; 2 not counted"),
            ),
        ];
        for (outcomes, expected) in cases {
            let mut history = History::new(10);
            for (number, outcome) in (0_u32..).zip(*outcomes) {
                let at = now + Duration::from_secs(30) * number;
                history.push(Point::new(at, None, *outcome, None));
            }
            assert_eq!(availability(&history).as_deref(), *expected);
        }
    }

    #[test]
    fn a_version_is_what_all_members_say() {
        use Support::{NotSupported, Supported, Unknown};
        for (seen, expected) in [
            (&[Supported, Supported][..], "1.2 yes"),
            (&[NotSupported], "1.2 no"),
            (&[Unknown], "1.2 unknown"),
            (&[Supported, NotSupported], "1.2 yes at 1 of 2"),
            (&[NotSupported, Unknown], "1.2 no at 1 of 2, else unknown"),
        ] {
            let text = version(Protocol::Tls12, seen).into_string();
            assert!(text.contains(&format!(">{expected}<")), "{text}");
        }
    }

    #[test]
    fn certificates_tell_the_first_end_and_what_is_wrong() {
        let snapshot = fixture::snapshot();
        let text = |name| certificate(&snapshot.endpoint(name).unwrap().members, snapshot.at);
        assert_eq!(text("dfw").unwrap(), "first of the chain ends in 40 days");
        assert_eq!(text("syd").unwrap(), "expired; first of the chain ended 2 days ago");
        assert_eq!(text("lon"), None);
        let dfw = &snapshot.endpoint("dfw").unwrap().members;
        let later = certificate(dfw, snapshot.at + Duration::from_hours(24 * 41));
        assert_eq!(later.unwrap(), "expired; first of the chain ended 24 h ago");
    }
}
