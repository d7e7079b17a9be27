//! The page of one endpoint.

use std::time::SystemTime;

use maud::{Markup, html};

use super::card::{self, Place, fact};
use super::problems::{Known, on_clients};
use super::{Surround, chart, fleet, headline, words};
use crate::decide::explain::lookup;
use crate::model::failure::Phase;
use crate::model::monitor::history::Point;
use crate::model::monitor::{Counts, DnsView, EndpointView, Ran, Snapshot};
use crate::model::report::Verdict;
use crate::model::windows_update::WindowsUpdateCode;

/// Rounds in the table at most; the API has all that are kept.
const ROUNDS: usize = 200;

/// The main part of the page.
pub(super) fn main(snapshot: &Snapshot, view: &EndpointView, surround: &Surround<'_>) -> Markup {
    let label = words::label(snapshot, view);
    html! {
        (neighbours(snapshot, view))
        h1 { (label) ": " (sentence(view, snapshot.at)) }
        (fleet::as_of(snapshot))
        (fleet::banners(snapshot, surround))
        (card::card(snapshot, view, Place::Own))
        (windows(snapshot, view))
        (counters(view, snapshot.at))
        (rounds(view))
        (trace(view))
        (fleet::legend())
    }
}

/// The state in a few words.
pub(super) fn sentence(view: &EndpointView, now: SystemTime) -> String {
    if headline::is_new(view) {
        return "not looked at yet.".to_owned();
    }
    let lasting =
        words::since(view.state.since, now).map_or_else(String::new, |s| format!(" for {s}"));
    let state = format!("{}{lasting}", view.state.verdict.as_str());
    match view.state.verdict {
        Verdict::Healthy => format!("{state}."),
        Verdict::Degraded | Verdict::Down | Verdict::Unknown => {
            format!("{state} – {}.", headline::worst(view, now))
        }
    }
}

fn neighbours(snapshot: &Snapshot, view: &EndpointView) -> Markup {
    let all = &snapshot.endpoints;
    let here = all.iter().position(|other| other.endpoint.name == view.endpoint.name);
    let previous = here.and_then(|here| all.get(here.checked_sub(1)?));
    let next = here.and_then(|here| all.get(here + 1));
    let link = |other: &EndpointView, id: &str, arrow: [&str; 2]| {
        let path = words::path_segment(&other.endpoint.name.0);
        html! {
            a id=(id) href={ "../endpoint/" (path) } {
                (arrow[0]) (words::label(snapshot, other)) (arrow[1])
            }
        }
    };
    html! {
        nav aria-label="Endpoints" {
            a id="to-all" href="../" { "All endpoints" }
            @if let Some(other) = previous { (link(other, "to-previous", ["← ", ""])) }
            @if let Some(other) = next { (link(other, "to-next", ["", " →"])) }
        }
    }
}

fn windows(snapshot: &Snapshot, view: &EndpointView) -> Markup {
    let known = Known::within(snapshot, view);
    let codes = known.codes();
    html! {
        section aria-labelledby="windows" {
            h2 id="windows" { "What a Windows client sees" }
            @if codes.is_empty() {
                p { (known.without_code()) }
            } @else {
                ul.plain { @for code in codes { li { (on_clients(code)) (explained(code)) } } }
            }
        }
    }
}

/// What Microsoft's reference says of a code, where it is known here.
fn explained(code: WindowsUpdateCode) -> Markup {
    let articles = lookup::articles(&code.to_string());
    html! { @for article in articles.iter().take(1) { p.faint { (article.summary) } } }
}

fn counters(view: &EndpointView, now: SystemTime) -> Markup {
    let counts = &view.counts;
    html! {
        section aria-labelledby="counters" {
            h2 id="counters" { "Counted since the start of the process" }
            dl.facts {
                (fact("Rounds that showed whether it works", &html! { (counts.attempts) }))
                (fact("Of these, failed", &failures(counts)))
                (fact("Slept through by this process, not counted", &html! { (counts.tainted) }))
                (fact("Failed because of this machine, not counted", &html! { (counts.local) }))
                (fact("Did not show whether clients can use it", &html! { (counts.unknown) }))
                @if !view.held.is_empty() {
                    (fact("Without any answer, not counted yet", &html! {
                        (view.held.len()) " (whether the endpoint or this machine is at fault is \
                        not known before another endpoint answers)"
                    }))
                }
                @if counts.panicked > 0 {
                    (fact("Ended by a defect of this program", &html! { (counts.panicked) }))
                }
                @if let Some(dns) = &view.dns { (fact("DNS", &resolver(dns))) }
                @for (name, pace, ran) in [
                    ("Round", view.pace.round, view.last_round),
                    ("WSUS check", view.pace.check, view.last_check),
                    ("TLS scan", view.pace.scan, view.last_scan),
                ] {
                    (fact(name, &html! {
                        "every " (words::duration(pace)) ", " (last(ran, now))
                    }))
                }
            }
        }
    }
}

fn resolver(dns: &DnsView) -> Markup {
    html! {
        @match dns.ttl {
            Some(ttl) => { "answers are valid for " (words::duration(ttl)) },
            None => "no answer with a TTL",
        }
        @if let Some(resends) = dns.resends { "; " (resends) " questions sent again" }
    }
}

fn last(ran: Option<Ran>, now: SystemTime) -> String {
    let Some(ran) = ran else { return "not yet".to_owned() };
    let ago = words::since(ran.at, now).map_or_else(String::new, |since| format!(" {since} ago"));
    format!("last{ago}, took {}", words::milliseconds(ran.elapsed))
}

fn failures(counts: &Counts) -> Markup {
    let all: u64 = counts.failures.iter().sum();
    let parts: Vec<String> = Phase::ALL
        .into_iter()
        .zip(counts.failures)
        .filter(|(_, count)| *count > 0)
        .map(|(phase, count)| format!("{count} at {}", words::phase(phase)))
        .collect();
    html! { (all) @if !parts.is_empty() { ": " (parts.join(", ")) } }
}

fn rounds(view: &EndpointView) -> Markup {
    let kept = view.history.iter().len();
    html! {
        section aria-labelledby="rounds" {
            h2 id="rounds" { "Last rounds" }
            @if kept == 0 { p { "None yet." } } @else {
                table.rounds {
                    caption {
                        "Newest first; " (kept) " kept."
                        @if kept > ROUNDS { " The older ones are in the API." }
                    }
                    thead {
                        tr {
                            th scope="col" { "Ended, UTC" }
                            th scope="col" { "Outcome" }
                            th scope="col" { "Failed" }
                            th.number scope="col" { "RTT" }
                        }
                    }
                    tbody { @for point in view.history.iter().rev().take(ROUNDS) { (round(point)) } }
                }
                p {
                    a id="to-history" href={
                        "../api/v1/endpoints/" (words::path_segment(&view.endpoint.name.0)) "/history"
                    } { "All as JSON" }
                }
            }
        }
    }
}

fn round(point: &Point) -> Markup {
    html! {
        tr {
            td { (words::time_of_day(point.at())) }
            td class={ "outcome " (point.outcome.as_str()) } { (chart::outcome_words(point.outcome)) }
            td {
                @if let Some((phase, cause)) = point.failure {
                    (words::phase(phase)) " " (cause.as_str().replace('_', " "))
                } @else { "–" }
            }
            td.number {
                @match point.rtt() { Some(rtt) => (words::milliseconds(rtt)), None => "–" }
            }
        }
    }
}

fn trace(view: &EndpointView) -> Markup {
    html! {
        @if !view.trace.is_empty() {
            section aria-labelledby="trace" {
                h2 id="trace" { "What the last round did" }
                pre { (fleet::lines(&view.trace)) }
            }
        }
    }
}
