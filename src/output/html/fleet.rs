//! The page of the whole fleet.

use std::collections::HashSet;
use std::sync::Arc;

use maud::{Markup, html};

use super::card::{self, Place};
use super::headline::Group;
use super::words::Labels;
use super::{Surround, chart, facts, headline, words};
use crate::model::monitor::{EndpointView, LocalTrouble, Snapshot};
use crate::model::report::Verdict;

/// Endpoints that are shown in full at most. In a larger fleet, what is healthy takes a row each,
/// and so does what is beyond that number: the page stays light enough for a phone.
const CARDS: usize = 50;

/// Problems that are listed above the endpoints at most: one screen.
const LISTED: usize = 12;

/// Endpoints that are named for one problem at most: a line or two.
const NAMED: usize = 12;

/// The main part of the page.
pub(super) fn main(snapshot: &Snapshot, surround: &Surround<'_>) -> Markup {
    let (cards, rows) = split(snapshot);
    html! {
        h1 { (headline::sentence(snapshot)) }
        (as_of(snapshot))
        (banners(snapshot, surround))
        (problems(snapshot))
        @if !cards.is_empty() {
            section aria-labelledby="endpoints" {
                h2 id="endpoints" { @if rows.is_empty() { "Endpoints" } @else { "In trouble" } }
                @for view in cards { (card::card(snapshot, view, Place::Fleet)) }
            }
        }
        @if !rows.is_empty() { (table(snapshot, &rows)) }
        (legend())
    }
}

/// Which endpoints get a card, and which a row; each in the order of the configuration.
fn split(snapshot: &Snapshot) -> (Vec<&EndpointView>, Vec<&EndpointView>) {
    let all = || snapshot.endpoints.iter().map(Arc::as_ref);
    if snapshot.endpoints.len() <= CARDS {
        return (all().collect(), Vec::new());
    }
    let worst: Vec<&EndpointView> =
        headline::troubled(snapshot).into_iter().take(CARDS).map(Arc::as_ref).collect();
    let (mut cards, mut rows) = (Vec::new(), Vec::new());
    let chosen: HashSet<&str> = worst.iter().map(|view| view.endpoint.name.0.as_str()).collect();
    for view in all() {
        let side =
            if chosen.contains(view.endpoint.name.0.as_str()) { &mut cards } else { &mut rows };
        side.push(view);
    }
    (cards, rows)
}

/// When this was so, and why the nearest is the nearest.
pub(super) fn as_of(snapshot: &Snapshot) -> Markup {
    let choice = &snapshot.choice;
    html! {
        p.as-of {
            @if !choice.text.is_empty() {
                "Choice: " (words::safe(&choice.text))
                @if let Some(since) = choice.changed_at.and_then(|at| words::since(at, snapshot.at)) {
                    ", for " (since)
                }
                ". "
            }
            "As of " span id="as-of" { (words::moment(snapshot.at)) } "."
        }
    }
}

/// What makes the page less than the whole truth.
pub(super) fn banners(snapshot: &Snapshot, surround: &Surround<'_>) -> Markup {
    let reload = surround.reload;
    html! {
        @if let Some(trouble) = &snapshot.trouble { (local(trouble, snapshot)) }
        @if let Some(reason) = &reload.refused {
            div.banner.degraded role="status" {
                p { b { "The last change of the configuration was refused. " }
                    "In force is the one read at " (words::moment(reload.in_force_since)) "." }
                pre { (lines(reason)) }
            }
        }
        @if let Some(reason) = &surround.web_refused {
            div.banner.degraded role="status" {
                p { b { "The last change of the web configuration file was refused. " }
                    "TLS, users and headers stay as they were before." }
                pre { (lines(reason)) }
            }
        }
    }
}

fn local(trouble: &LocalTrouble, snapshot: &Snapshot) -> Markup {
    html! {
        div.banner.down role="status" {
            p { b { "Probably this machine, not the endpoints" }
                @if let Some(since) = words::since(trouble.since, snapshot.at) { ", for " (since) }
                ". Failures that it causes are not counted against any endpoint." }
            ul { @for line in &trouble.evidence { li { (words::safe(line)) } } }
        }
    }
}

/// Foreign text of several lines.
pub(super) fn lines(text: &str) -> String {
    text.lines().map(crate::output::text::printable).collect::<Vec<_>>().join("\n")
}

fn problems(snapshot: &Snapshot) -> Markup {
    let groups = headline::groups(snapshot);
    html! {
        @if !groups.is_empty() && snapshot.endpoints.len() > 1 {
            section aria-labelledby="problems" {
                h2 id="problems" { "Problems, the worst first" }
                ol.worst { @for group in groups.iter().take(LISTED) { (problem(snapshot, group)) } }
                @if groups.len() > LISTED {
                    p { "And " (groups.len() - LISTED) " other kinds below." }
                }
            }
        }
    }
}

fn problem(snapshot: &Snapshot, group: &Group<'_>) -> Markup {
    html! {
        li {
            @for (number, view) in group.views.iter().take(NAMED).enumerate() {
                @let id = words::path_segment(&view.endpoint.name.0);
                @if number > 0 { ", " }
                a id={ "down-to-" (id) } href={ "#e-" (id) } { (words::label(snapshot, view)) }
            }
            @if group.views.len() > NAMED { " and " (group.views.len() - NAMED) " more" }
            " " (chart::state(group.verdict))
            @if let [view] = group.views.as_slice() { (facts::lasting(&view.state, snapshot.at)) }
            " – " (group.words)
            @if let Some(action) = &group.action { span.do { span.lead { "Do: " } (action) } }
        }
    }
}

/// Endpoints in a row each.
fn table(snapshot: &Snapshot, rows: &[&EndpointView]) -> Markup {
    let labels = Labels::of(snapshot);
    let healthy = rows.iter().all(|view| view.state.verdict == Verdict::Healthy);
    html! {
        section aria-labelledby="rows" {
            h2 id="rows" { @if healthy { "Healthy" } @else { "The others" } }
            table.rows {
                thead {
                    tr {
                        th scope="col" { "Endpoint" }
                        th scope="col" { "State" }
                        th.number scope="col" { "RTT" }
                        th.optional scope="col" { "Last rounds" }
                        th.optional scope="col" { "Certificate" }
                    }
                }
                tbody { @for view in rows { (row(snapshot, &labels, view)) } }
            }
        }
    }
}

fn row(snapshot: &Snapshot, labels: &Labels<'_>, view: &EndpointView) -> Markup {
    let id = words::path_segment(&view.endpoint.name.0);
    html! {
        tr id={ "e-" (id) } {
            th scope="row" {
                a id={ "to-" (id) } href={ "endpoint/" (id) } { (labels.label(view)) }
                @if let Some(region) = &view.endpoint.region {
                    span.faint { " " (words::safe(region)) }
                }
            }
            td {
                (chart::state(view.state.verdict))
                @if view.state.verdict != Verdict::Healthy && !headline::is_new(view) {
                    " " (headline::worst(view, snapshot.at))
                }
            }
            td.number { @if let Some(rtt) = view.rtt { (words::timed(rtt)) } @else { "–" } }
            td.optional { (chart::strip(&view.history)) }
            td.optional {
                @match words::first_end(&view.members) {
                    Some(end) => (words::ends(end, snapshot.at)),
                    None => "–",
                }
            }
        }
    }
}

/// How to read the pictures.
pub(super) fn legend() -> Markup {
    html! {
        details id="legend" {
            summary id="legend-summary" { "How to read this page" }
            p { "A column of a strip is a round, or the worst of several where there are many; the \
                 newest is on the right. The higher, the worse:" }
            (chart::legend())
            p { "A line shows round-trip times from zero up, and has a gap where none was measured. \
                 Durations are the kernel's, except with ~ (by this process' own clock: includes \
                 its waiting time) or * (simulated: says nothing about a real network). A bar has \
                 the completed phases of the last round, one after the other." }
            p { "A state changes after two observations in a row that say otherwise." }
        }
    }
}
