//! The sentence on top, and the order of what is wrong.

use std::sync::Arc;
use std::time::SystemTime;

use super::problems::Known;
use super::words;
use crate::model::monitor::{EndpointView, Snapshot};
use crate::model::report::Verdict;
use crate::output::problem::Kind;

/// Problems that the sentence names at most, and endpoints for each: what a person takes in at a
/// glance.
const NAMED: usize = 3;

/// See [`super::headline()`].
pub(super) fn sentence(snapshot: &Snapshot) -> String {
    if snapshot.endpoints.is_empty() {
        return "Nothing is watched: no endpoint is configured.".to_owned();
    }
    let mut sentences = Vec::new();
    if let Some(trouble) = &snapshot.trouble {
        let first = trouble.evidence.first();
        let why =
            first.map_or_else(|| "every endpoint fails at once".to_owned(), |e| words::safe(e));
        sentences.push(format!("Probably this machine: {}.", why.trim_end_matches('.')));
    }
    let started = snapshot.endpoints.iter().filter(|view| !is_new(view)).count();
    if started == 0 {
        let endpoints = words::count(snapshot.endpoints.len(), "endpoint");
        sentences.push(format!("{endpoints}, waiting for the first rounds."));
        return sentences.join(" ");
    }
    sentences.push(share(snapshot));
    sentences.push(nearest(snapshot));
    let groups = groups(snapshot);
    sentences.extend(groups.iter().take(NAMED).map(|group| {
        let labels: Vec<String> =
            group.views.iter().take(NAMED).map(|view| words::label(snapshot, view)).collect();
        let more = match group.views.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}{more}: {}.", labels.join(", "), group.words)
    }));
    let unnamed: usize = groups.iter().skip(NAMED).map(|group| group.views.len()).sum();
    if unnamed > 0 {
        sentences.push(format!("And {unnamed} more."));
    }
    if started < snapshot.endpoints.len() {
        sentences.push(format!("{} not looked at yet.", snapshot.endpoints.len() - started));
    }
    sentences.join(" ")
}

/// How many are healthy: `5/6`.
pub(super) fn fraction(snapshot: &Snapshot) -> String {
    format!("{}/{}", healthy(snapshot), snapshot.endpoints.len())
}

fn share(snapshot: &Snapshot) -> String {
    match (healthy(snapshot), snapshot.endpoints.len()) {
        (0, all) => format!("None of {all} healthy."),
        (healthy, all) => format!("{healthy} of {all} healthy."),
    }
}

fn healthy(snapshot: &Snapshot) -> usize {
    let verdicts = snapshot.endpoints.iter().map(|view| view.state.verdict);
    verdicts.filter(|verdict| *verdict == Verdict::Healthy).count()
}

fn nearest(snapshot: &Snapshot) -> String {
    let Some(view) = snapshot.selected() else {
        return "No endpoint to recommend.".to_owned();
    };
    let label = words::label(snapshot, view);
    match view.rtt {
        Some(rtt) => format!("Nearest from here: {label}, {}.", words::timed(rtt)),
        None => format!("Nearest from here: {label}."),
    }
}

/// It was not looked at yet.
pub(super) fn is_new(view: &EndpointView) -> bool {
    view.state.verdict == Verdict::Unknown && view.last_round.is_none()
}

/// What is not healthy, the worst first; those in the same state in the order of the configuration.
pub(super) fn troubled(snapshot: &Snapshot) -> Vec<&Arc<EndpointView>> {
    let all = snapshot.endpoints.iter();
    let mut troubled: Vec<_> =
        all.filter(|view| view.state.verdict != Verdict::Healthy && !is_new(view)).collect();
    troubled.sort_by_key(|view| rank(view.state.verdict));
    troubled
}

const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Down => 0,
        Verdict::Degraded => 1,
        Verdict::Unknown => 2,
        Verdict::Healthy => 3,
    }
}

/// Endpoints of which the same is known.
pub(super) struct Group<'a> {
    pub verdict: Verdict,
    /// The worst that is known, in a few words.
    pub words: String,
    /// What to do about it, where something is known to do.
    pub action: Option<String>,
    pub views: Vec<&'a EndpointView>,
}

/// What is not healthy, by what is wrong; the worst first.
pub(super) fn groups(snapshot: &Snapshot) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for view in troubled(snapshot) {
        let (verdict, words) = (view.state.verdict, worst(view, snapshot.at));
        let action = Known::of(view).first_action();
        let same = |group: &&mut Group<'_>| {
            (group.verdict, &group.words, &group.action) == (verdict, &words, &action)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.views.push(view),
            None => groups.push(Group { verdict, words, action, views: vec![view] }),
        }
    }
    groups
}

/// The worst that is known against an endpoint, in a few words.
pub(super) fn worst(view: &EndpointView, now: SystemTime) -> String {
    let known = Known::of(view);
    let problems = known.problems();
    let state = view.state.verdict.as_str();
    match problems.iter().find(|problem| !problem.is_note()).map(|problem| problem.kind) {
        Some(Kind::Failure(failure)) => words::failure(failure, &view.members, now),
        Some(Kind::Finding(finding)) => words::code(finding.code),
        None if view.state.verdict == Verdict::Unknown => "not known whether it works".to_owned(),
        None => state.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::endpoint::EndpointName;
    use crate::model::failure::{Cause, Failure, Phase};
    use crate::model::monitor::{LocalTrouble, fixture};

    /// Endpoints of the fixture by name; a repeated one gets a name and a data center of its own.
    fn fleet(names: &[&str]) -> Snapshot {
        let all = fixture::snapshot();
        let pick = |(number, name): (usize, &&str)| {
            let mut view = all.endpoint(name).unwrap().as_ref().clone();
            if names[..number].contains(name) {
                let endpoint = Arc::make_mut(&mut view.endpoint);
                endpoint.name = EndpointName(format!("{name}{number}"));
                endpoint.dc = None;
            }
            Arc::new(view)
        };
        let endpoints: Vec<_> = names.iter().enumerate().map(pick).collect();
        let mut choice = all.choice.clone();
        choice.selected =
            endpoints.iter().map(|view| view.endpoint.name.clone()).find(|n| n.0 == "dfw");
        Snapshot { endpoints, choice, ..all }
    }

    #[test]
    fn the_sentence_says_what_matters_most() {
        let cases: &[(&[&str], &str)] = &[
            (&[], "Nothing is watched: no endpoint is configured."),
            (&["lon"], "1 endpoint, waiting for the first rounds."),
            (&["dfw"], "1 of 1 healthy. Nearest from here: DFW, 12.1 ms."),
            (&["dfw", "dfw"], "2 of 2 healthy. Nearest from here: DFW, 12.1 ms."),
            (
                &["dfw", "syd"],
                "1 of 2 healthy. Nearest from here: DFW, 12.1 ms. SYD: certificate expired 2 days ago.",
            ),
            (&["ord"], "None of 1 healthy. No endpoint to recommend. ORD: content failed."),
            (
                &["ord", "syd", "syd", "syd", "syd", "lon"],
                "None of 6 healthy. No endpoint to recommend. SYD, syd2, syd3 and 1 more: \
                 certificate expired 2 days ago. ORD: content failed. 1 not looked at yet.",
            ),
        ];
        for (names, expected) in cases {
            assert_eq!(sentence(&fleet(names)), *expected, "{names:?}");
        }
    }

    #[test]
    fn trouble_of_this_machine_comes_first() {
        let mut snapshot = fleet(&["syd"]);
        let evidence = vec!["no resolver answers.".to_owned(), "more".to_owned()];
        snapshot.trouble = Some(LocalTrouble { since: fixture::now(), evidence });
        assert!(
            sentence(&snapshot).starts_with("Probably this machine: no resolver answers. None")
        );
        snapshot.trouble = Some(LocalTrouble { since: fixture::now(), evidence: Vec::new() });
        assert!(sentence(&snapshot).starts_with("Probably this machine: every endpoint fails"));
    }

    #[test]
    fn what_was_looked_at_in_vain_is_a_problem() {
        let mut snapshot = fleet(&["lon"]);
        let view = Arc::make_mut(&mut snapshot.endpoints[0]);
        view.last_round = fixture::snapshot().endpoints[0].last_round;
        assert!(sentence(&snapshot).ends_with("LON: not known whether it works."));
        let failure = Failure::new(Phase::Tls, Cause::NoCommonSuite, "alert 40");
        Arc::make_mut(&mut snapshot.endpoints[0]).state.failure = Some(failure);
        assert!(sentence(&snapshot).ends_with("LON: TLS no common suite."));
    }
}
