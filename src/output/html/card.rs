//! One endpoint as a card: what it is, how it fares, what is wrong, its members.

use std::time::SystemTime;

use maud::{Markup, html};

use super::problems::Known;
use super::{chart, facts, headline, member, words};
use crate::model::monitor::{EndpointView, Snapshot};
use crate::model::report::Phases;

/// Where a card is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Among others: members are folded, and the name leads to the endpoint's page.
    Fleet,
    /// On its own page.
    Own,
}

/// The whole card.
pub(super) fn card(snapshot: &Snapshot, view: &EndpointView, place: Place) -> Markup {
    let id = words::path_segment(&view.endpoint.name.0);
    let verdict = view.state.verdict.as_str();
    html! {
        article class={ "card " (verdict) } id={ "e-" (id) } {
            (head(snapshot, view, place, &id))
            div.charts {
                figure { (chart::strip(&view.history)) (caption(view, snapshot.at)) }
                @if let Some(line) = chart::sparkline(&view.history) { figure { (line) } }
            }
            (summary(view, snapshot.at))
            (Known::within(snapshot, view).blocks(&id))
            (members(view, place, &id, snapshot.at))
        }
    }
}

fn head(snapshot: &Snapshot, view: &EndpointView, place: Place, id: &str) -> Markup {
    let endpoint = &view.endpoint;
    let nearest = snapshot.choice.selected.as_ref() == Some(&endpoint.name);
    let label = words::label(snapshot, view);
    html! {
        header {
            @if place == Place::Fleet {
                h3 { a id={ "to-" (id) } href={ "endpoint/" (id) } { (label) } }
            }
            p.verdict {
                (chart::state(view.state.verdict))
                @if headline::is_new(view) {
                    span.faint { " – not looked at yet" }
                } @else {
                    (facts::lasting(&view.state, snapshot.at))
                }
            }
            @if let Some(rtt) = view.rtt { span { span.faint { "RTT " } b { (words::timed(rtt)) } } }
            @if nearest { span.badge { "nearest" } }
            p.where {
                @if let Some(region) = &endpoint.region { (words::safe(region)) " · " }
                span.url { (words::safe(&endpoint.url.to_string())) }
            }
        }
    }
}

fn caption(view: &EndpointView, now: SystemTime) -> Markup {
    html! {
        figcaption.range {
            @match facts::availability(&view.history) {
                Some(text) => (text),
                None => "no round yet",
            }
            @if let Some(next) = view.next_round { "; next " (words::due(next, now)) }
        }
    }
}

fn summary(view: &EndpointView, now: SystemTime) -> Markup {
    html! {
        dl.brief {
            @if let Some((at, phases)) = shown_phases(view) {
                div.wide { dt { "Phases at " (at) } dd { (phases) } }
            }
            @if !view.members.is_empty() { (fact("TLS", &facts::tls(view))) }
            @if let Some(text) = facts::certificate(&view.members, now) {
                (fact("Certificate", &html! { (text) }))
            }
            @for failure in view.dns.iter().flat_map(|dns| &dns.failures) {
                (fact("DNS", &html! { (words::safe(failure)) }))
            }
            @if let Some(window) = facts::patch(&view.endpoint, now) {
                (fact("Patch window", &window))
            }
        }
    }
}

/// A term and what is said of it.
pub(super) fn fact(term: &str, said: &Markup) -> Markup {
    html! { div { dt { (term) } dd { (said) } } }
}

/// The phases of the member that stands for the endpoint: the one whose round-trip time is the
/// endpoint's, else the first with any.
fn shown_phases(view: &EndpointView) -> Option<(String, Markup)> {
    let measured = |phases: &Phases| *phases != Phases::default();
    let median = view.members.iter().find(|m| m.rtt.is_some() && m.rtt == view.rtt);
    let member = median
        .filter(|member| measured(&member.phases))
        .or_else(|| view.members.iter().find(|member| measured(&member.phases)))?;
    Some((member.address.ip().to_string(), chart::phases(&member.phases)?))
}

fn members(view: &EndpointView, place: Place, id: &str, now: SystemTime) -> Markup {
    let all = html! { @for member in &view.members { (member::member(member, now)) } };
    html! {
        @if view.members.is_empty() {
        } @else if place == Place::Own {
            h2 { "Members" }
            (all)
        } @else {
            details id={ "members-" (id) } {
                summary id={ "members-of-" (id) } { (facts::members(&view.members)) }
                (all)
            }
        }
    }
}
