//! One member: its state, session, certificate, services, and the Windows releases it serves.

use std::time::SystemTime;

use maud::{Markup, html};

use super::card::fact;
use super::{chart, facts, words};
use crate::model::monitor::member::{CertificateView, MemberView, ServiceView, TlsView};
use crate::model::tls::TlsSession;
use crate::output::scan_words;

/// Everything about one member.
pub(super) fn member(member: &MemberView, now: SystemTime) -> Markup {
    html! {
        section.member {
            p.verdict {
                b { (member.address) } " "
                (chart::state(member.state.verdict))
                (facts::lasting(&member.state, now))
                @if let Some(failure) = &member.state.failure {
                    " – " (words::failure(failure, std::slice::from_ref(member), now))
                    @if !failure.detail.is_empty() {
                        span.faint { " (" (words::safe(&failure.detail)) ")" }
                    }
                }
            }
            dl.facts {
                @if let Some(rtt) = member.rtt { (fact("RTT", &html! { (words::timed(rtt)) })) }
                @if let Some(resent) = member.syn_retransmits.filter(|resent| *resent > 0) {
                    (fact("SYNs sent again", &html! { (resent) }))
                }
                @if let Some(phases) = chart::phases(&member.phases) {
                    div.wide { dt { "Phases" } dd { (phases) } }
                }
                @if let Some(tls) = &member.session { (fact("Session", &session(tls))) }
                @if let Some(chain) = &member.certificate {
                    (fact("Certificate", &certificate(chain, now)))
                }
                @if let Some(scan) = &member.tls { (fact("Accepts", &versions(scan))) }
                @if !member.services.is_empty() {
                    (fact("Services", &services(&member.services)))
                }
                @if let Some(scan) = member.tls.as_ref().filter(|scan| !scan.clients.is_empty()) {
                    (fact("Windows", &clients(scan)))
                }
            }
        }
    }
}

fn session(session: &TlsSession) -> Markup {
    html! {
        "TLS " (session.version.as_str()) ", " (words::safe(&session.suite))
        @if let Some(group) = &session.group { ", " (words::safe(group)) }
        @if let Some(alpn) = &session.alpn { ", " (words::safe(alpn)) }
        @if session.legacy_suite { " (only for old servers)" }
    }
}

fn certificate(chain: &CertificateView, now: SystemTime) -> Markup {
    let ends = chain.not_after.iter().enumerate();
    html! {
        (words::safe(&chain.subject)) ": " (chain.verdict_at(now).as_str().replace('_', " "))
        @if !chain.detail.is_empty() { " (" (words::safe(&chain.detail)) ")" }
        ul.plain {
            @for (position, end) in ends {
                li {
                    @if position == 0 { "leaf " } @else { "certificate " (position + 1) " " }
                    @match end {
                        Some(end) => { (words::ends(*end, now)) ", " (words::moment(*end)) }
                        None => "cannot be read",
                    }
                }
            }
        }
    }
}

fn versions(scan: &TlsView) -> Markup {
    html! {
        @for (protocol, support) in &scan.versions { (facts::version(*protocol, &[*support])) " " }
    }
}

/// One thing that works, does not, or is not known to.
fn answer(works: Option<bool>, name: &str, why: &str) -> Markup {
    let (class, word) = match works {
        Some(true) => ("yes", "yes"),
        Some(false) => ("no", "no"),
        None => ("unknown", "unknown"),
    };
    html! {
        li class={ "answer " (class) } {
            (name) ": " b { (word) }
            @if !why.is_empty() { span.faint { " – " (words::safe(why)) } }
        }
    }
}

fn services(services: &[ServiceView]) -> Markup {
    html! {
        ul.plain {
            @for service in services {
                (answer(service.works, &service.service.as_str().replace('_', " "), &service.text))
            }
        }
    }
}

/// Those that cannot connect come first; the rest is what one expects.
fn clients(scan: &TlsView) -> Markup {
    let rank = |works: Option<bool>| match works {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    };
    let mut clients: Vec<_> = scan.clients.iter().collect();
    clients.sort_by_key(|(_, works, _)| rank(*works));
    html! {
        ul.plain {
            @for (client, works, why) in clients {
                (answer(*works, &scan_words::client(*client), why))
            }
        }
    }
}
