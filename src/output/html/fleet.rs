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
    let Parts { cards, more, rows } = Parts::of(snapshot);
    let all = more.is_empty() && rows.is_empty();
    html! {
        h1 { (headline::sentence(snapshot)) }
        (as_of(snapshot))
        (banners(snapshot, surround))
        (problems(snapshot))
        @if !cards.is_empty() {
            section aria-labelledby="endpoints" {
                h2 id="endpoints" { @if all { "Endpoints" } @else { "In trouble" } }
                @if !more.is_empty() {
                    p.faint { "Only the " (cards.len()) " worst are shown in full." }
                }
                @for view in cards { (card::card(snapshot, view, Place::Fleet)) }
            }
        }
        @if !more.is_empty() {
            (table(snapshot, &more, "more", &format!("{} more in trouble", more.len())))
        }
        @if !rows.is_empty() {
            @let healthy = rows.iter().all(|view| view.state.verdict == Verdict::Healthy);
            (table(snapshot, &rows, "rows", if healthy { "Healthy" } else { "The others" }))
        }
        (legend())
    }
}

/// Which endpoints get a card, and which a row; each in the order of the configuration.
struct Parts<'a> {
    cards: Vec<&'a EndpointView>,
    /// What is in trouble and has no card.
    more: Vec<&'a EndpointView>,
    /// The rest.
    rows: Vec<&'a EndpointView>,
}

impl<'a> Parts<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let all = || snapshot.endpoints.iter().map(Arc::as_ref);
        if snapshot.endpoints.len() <= CARDS {
            return Self { cards: all().collect(), more: Vec::new(), rows: Vec::new() };
        }
        let troubled = headline::troubled(snapshot);
        let name = |view: &&'a Arc<EndpointView>| view.endpoint.name.0.as_str();
        let shown: HashSet<&str> = troubled.iter().take(CARDS).map(name).collect();
        let listed: HashSet<&str> = troubled.iter().skip(CARDS).map(name).collect();
        let mut parts = Self { cards: Vec::new(), more: Vec::new(), rows: Vec::new() };
        for view in all() {
            let name = view.endpoint.name.0.as_str();
            let part = match (shown.contains(name), listed.contains(name)) {
                (true, _) => &mut parts.cards,
                (false, true) => &mut parts.more,
                (false, false) => &mut parts.rows,
            };
            part.push(view);
        }
        parts
    }
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
fn table(snapshot: &Snapshot, rows: &[&EndpointView], id: &str, heading: &str) -> Markup {
    let labels = Labels::of(snapshot);
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (heading) }
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
                 A bar has the completed phases of the last round, one after the other." }
            p { "Round-trip times and phases of the last round are the kernel's, except with ~ (by \
                 this process' own clock: includes its waiting time) or * (simulated: says nothing \
                 about a real network). Those of the rounds before, in lines, tables and the \
                 choice's reason, are kept without their clock, and so have no mark." }
            p { "A state changes after two observations in a row that say otherwise." }
        }
    }
}
