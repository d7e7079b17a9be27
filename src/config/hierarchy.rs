//! The keys of an `[[endpoint]]` that place it among WSUS servers that synchronize from each
//! other, and what must hold between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::endpoint::{Entry, Origins, keep, text};
use crate::config::error::{Fault, Problem};
use crate::config::section::{Findings, Section};
use crate::config::select::names_hint;
use crate::config::value;
use crate::model::endpoint::{DownstreamGeneration, EndpointName, Hierarchy, Scheme};
use crate::model::protocol::{Protocol, TlsExpectations};
use crate::model::text::shown;

/// The value of `role` for a server from which others synchronize.
pub const ROLE_UPSTREAM: &str = "upstream";

/// Most endpoints of a circle that a message lists.
const MAX_CIRCLE: usize = 8;

/// Parses `role`, `downstream_generation` and `upstream`; `beside` is what the table says of the
/// scheme and of TLS versions.
pub(super) fn hierarchy(
    section: &mut Section<'_>,
    findings: &mut Findings,
    origins: &mut Origins,
    beside: (Option<Scheme>, &TlsExpectations),
) -> Hierarchy {
    let role = keep(origins, "role", section.take(findings, "role", text(role)));
    let generation = section.take(findings, "downstream_generation", text(generation));
    let generation = keep(origins, "downstream_generation", generation);
    let upstream = section.take(findings, "upstream", text(value::name));
    let upstream = keep(origins, "upstream", upstream).map(EndpointName);
    let is_mute = section.raw("role").is_none();
    let fault = generation.and_then(|generation| {
        is_mute.then(needs_role).or_else(|| contradiction(generation, beside))
    });
    if let (Some(fault), Some(value)) = (fault, section.raw("downstream_generation")) {
        section.reject(findings, "downstream_generation", value.span(), fault);
    }
    Hierarchy { is_upstream: role.is_some(), downstream_generation: generation, upstream }
}

fn role(text: &str) -> Result<(), Fault> {
    if text == ROLE_UPSTREAM {
        return Ok(());
    }
    let hint = "leave the key out for a server from which no other WSUS server synchronizes";
    Err(Fault::expected(text, ROLE_UPSTREAM, hint))
}

fn generation(text: &str) -> Result<DownstreamGeneration, Fault> {
    let all = [DownstreamGeneration::Wsus32, DownstreamGeneration::Server2012OrLater];
    all.into_iter().find(|generation| generation.as_str() == text).ok_or_else(|| {
        let hint = "3.2 is WSUS 3.0 SP2, 6.2 is the role of Windows Server 2012 or later; name the \
                    oldest";
        Fault::expected(text, "\"3.2\" or \"6.2\"", hint)
    })
}

fn needs_role() -> Fault {
    Fault::new(
        "is set without `endpoint.role`: expected role = \"upstream\" beside it",
        "add role = \"upstream\", or remove it from a server without downstream servers",
    )
}

/// A downstream server of WSUS 3.2 needs over HTTPS what `forbid` rules out.
fn contradiction(
    generation: DownstreamGeneration,
    (scheme, tls): (Option<Scheme>, &TlsExpectations),
) -> Option<Fault> {
    let needs_tls10 = generation == DownstreamGeneration::Wsus32 && scheme == Some(Scheme::Https);
    (needs_tls10 && tls.forbid.contains(&Protocol::Tls10)).then(|| {
        Fault::new(
            "is \"3.2\", which `endpoint.forbid` with \"1.0\" contradicts: a downstream server of \
             WSUS 3.2 synchronizes over HTTPS only while TLS 1.0 is enabled on both servers \
             (KB2938066)",
            "take \"1.0\" out of `forbid` until that server is replaced",
        )
    })
}

/// Checks that every `upstream` is another endpoint and that none leads back to itself, and gives
/// each the spelling of the endpoint's own name.
pub(super) fn check(entries: &mut [Entry], findings: &mut Findings) {
    // In a file with problems an endpoint may be missing only because it could not be read.
    if !findings.is_clean() {
        return;
    }
    let key = |name: &EndpointName| name.0.to_ascii_lowercase();
    let index: BTreeMap<String, usize> =
        entries.iter().enumerate().map(|(at, entry)| (key(&entry.endpoint.name), at)).collect();
    let names: Vec<EndpointName> =
        entries.iter().map(|entry| entry.endpoint.name.clone()).collect();
    let mut upstreams = vec![None; entries.len()];
    for ((own, entry), slot) in entries.iter_mut().enumerate().zip(&mut upstreams) {
        if findings.is_full() {
            return;
        }
        let Some(upstream) = &mut entry.endpoint.hierarchy.upstream else { continue };
        let found = index.get(&key(upstream)).copied();
        let fault = match found {
            None => Some(unknown(upstream, &names)),
            Some(at) if at == own => Some(Fault::new(
                format!("is {}, the endpoint itself", shown(&upstream.0)),
                "name the server it synchronizes from, or remove the key if that is not an \
                 endpoint here",
            )),
            Some(at) => {
                if let Some(name) = names.get(at) {
                    upstream.clone_from(name);
                }
                *slot = Some(at);
                None
            }
        };
        if let Some(fault) = fault {
            findings.problem(at_upstream(entry, fault));
        }
    }
    for circle in circles(&upstreams) {
        let first = circle.first().and_then(|&at| entries.get(at));
        if let Some(entry) = first {
            findings.problem(at_upstream(entry, leads_in_a_circle(&circle, &names)));
        }
    }
}

fn leads_in_a_circle(circle: &[usize], names: &[EndpointName]) -> Fault {
    let path = circle.iter().take(MAX_CIRCLE).filter_map(|&at| names.get(at));
    let path: Vec<&str> = path.map(|name| name.0.as_str()).collect();
    let more = if circle.len() > MAX_CIRCLE { " ← …" } else { "" };
    let first = path.first().copied().unwrap_or_default();
    Fault::new(
        format!("leads in a circle: {}{more} ← {first}", path.join(" ← ")),
        "remove `upstream` from the topmost server, which synchronizes with Microsoft Update",
    )
}

/// Forgets an upstream endpoint that takes no part: of one that is not probed nothing is known.
pub(super) fn forget_unselected(entries: &mut [Entry]) {
    let names: BTreeSet<EndpointName> =
        entries.iter().map(|entry| entry.endpoint.name.clone()).collect();
    for entry in entries {
        let hierarchy = &mut entry.endpoint.hierarchy;
        if hierarchy.upstream.as_ref().is_some_and(|name| !names.contains(name)) {
            hierarchy.upstream = None;
            entry.origins.remove("upstream");
        }
    }
}

fn unknown(upstream: &EndpointName, names: &[EndpointName]) -> Fault {
    let known: Vec<String> = names.iter().map(ToString::to_string).collect();
    let text = format!("is {}: no endpoint is called so", shown(&upstream.0));
    Fault::new(text, names_hint(&upstream.0, &known))
}

fn at_upstream(entry: &Entry, fault: Fault) -> Problem {
    let rejected = Problem::rejected("`endpoint.upstream`", fault);
    Problem { location: entry.upstream_at.clone(), ..rejected }
}

/// The circles among `upstreams`, which has for each node the one above it. Each begins with its
/// lowest index.
fn circles(upstreams: &[Option<usize>]) -> Vec<Vec<usize>> {
    let above = |at: usize| upstreams.get(at).copied().flatten();
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in 0..upstreams.len() {
        let mut path = Vec::new();
        let mut next = Some(start);
        while let Some(at) = next.filter(|&at| seen.insert(at)) {
            path.push(at);
            next = above(at);
        }
        // Where the walk met itself, and not a node of an earlier walk, it went in a circle.
        let entry = next.and_then(|at| path.iter().position(|&node| node == at));
        if let Some(circle) = entry.and_then(|entry| path.get(entry..)) {
            let lowest = circle.iter().enumerate().min_by_key(|(_, node)| **node);
            let turn = lowest.map_or(0, |(position, _)| position);
            let mut circle = circle.to_vec();
            circle.rotate_left(turn);
            circles.push(circle);
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_once_and_trees_are_none() {
        // The node above each, `-` where there is none.
        let cases = [
            ("", "[]"),
            ("-010", "[]"),
            ("10", "[[0, 1]]"),
            // 0 hangs below a circle and is no part of it.
            ("221", "[[1, 2]]"),
            ("201", "[[0, 2, 1]]"),
            ("1032-", "[[0, 1], [2, 3]]"),
        ];
        for (above, expected) in cases {
            let upstreams: Vec<Option<usize>> =
                above.chars().map(|c| c.to_digit(10).map(|digit| digit as usize)).collect();
            assert_eq!(format!("{:?}", circles(&upstreams)), expected, "{above}");
        }
    }
}
