//! Links lead to a dashboard that exists, and what is chosen goes with them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::known::Known;
use super::macros::texts;
use super::queries::result;
use super::{Board, Finding, Findings, list, text};

/// What comes before the uid of a dashboard.
const DASHBOARD: &str = "/d/";

pub(super) fn check(board: &Board<'_>, all: &[Board<'_>], known: &Known) -> Vec<Finding> {
    let mut found = Findings::at(board.uid);
    for link in list(&board.json["links"]) {
        way(board, link, all, &mut found);
    }
    let mut everything = found.list;
    for panel in board.panels() {
        let mut found = Findings::at(board.place(panel));
        // The panels of a row are looked at themselves.
        for url in texts(panel, &["panels"]).into_iter().filter(|text| text.contains(DASHBOARD)) {
            follow(url, all, &mut found);
            fields(url, panel, known, &mut found);
        }
        everything.append(&mut found.list);
    }
    everything
}

/// What every way to another dashboard keeps.
const KEPT: [&str; 4] = ["datasource", "job", "site", "dc"];

/// A way to another dashboard as a whole takes along what is chosen, but where that can be several
/// and the other takes one, as that would be none of them.
fn way(board: &Board<'_>, link: &Value, all: &[Board<'_>], found: &mut Findings) {
    let url = text(&link["url"]);
    let leads_by_name = link["type"] == "link" && parts(url).is_some();
    let by_tag = "a link by a tag takes all variables along: name the dashboard";
    found.check(leads_by_name, "D01", by_tag);
    leads(url, all, found);
    found.check(link["keepTime"] == true, "D03", "the way to another dashboard loses the time");
    let Some((uid, query)) = parts(url) else { return };
    let taken = set(query);
    for name in KEPT {
        let lost = format!("{url}: the variable `{name}` is lost");
        found.check(taken.contains(&name), "D03", &lost);
    }
    let several = |board: &Board<'_>, name: &str| {
        board.variable(name).is_some_and(|variable| variable["multi"] == true)
    };
    let Some(target) = all.iter().find(|board| board.uid == uid) else { return };
    let everything = link["includeVars"] == true;
    let all_names = board.variables().map(|variable| text(&variable["name"]));
    for name in all_names.filter(|name| everything || taken.contains(name)) {
        let fits = !several(board, name) || several(target, name);
        let lost = format!("{url}: takes several of `{name}` to where there is one");
        found.check(fits, "D05", &lost);
    }
}

/// The uid in the address of a dashboard, and what is behind it.
fn parts(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once(DASHBOARD)?;
    Some(rest.split_at(rest.find(['?', '/']).unwrap_or(rest.len())))
}

/// Variables of the other dashboard that the address sets.
fn set(query: &str) -> Vec<&str> {
    let parameters = query.trim_start_matches('?').split('&');
    let named = parameters.filter_map(|parameter| {
        if let Some(rest) = parameter.strip_prefix("var-") {
            rest.split('=').next()
        } else {
            parameter.strip_prefix("${")?.strip_suffix(":queryparam}")
        }
    });
    named.collect()
}

/// Whether the address leads to one of these dashboards and to variables that it has.
fn leads(url: &str, all: &[Board<'_>], found: &mut Findings) {
    let Some((uid, query)) = parts(url) else { return };
    let Some(target) = all.iter().find(|board| board.uid == uid) else {
        found.add("D01", format!("{url} leads to no dashboard: correct the uid"));
        return;
    };
    for name in set(query) {
        let text = format!("{url}: {uid} has no variable `{name}`");
        found.check(target.variable(name).is_some(), "D02", &text);
    }
}

fn follow(url: &str, all: &[Board<'_>], found: &mut Findings) {
    leads(url, all, found);
    let keeps = ["${datasource:queryparam}", "${__url_time_range}"];
    let kept = keeps.iter().all(|part| url.contains(part));
    found.check(kept, "D03", &format!("{url}: add {}", keeps.join("&")));
}

/// `${__field.labels.NAME}` is a label of what the panel shows.
fn fields(url: &str, panel: &Value, known: &Known, found: &mut Findings) {
    let targets = list(&panel["targets"]).map(|target| text(&target["expr"]));
    let labels: BTreeSet<String> = targets
        .filter_map(|expr| result(expr, known, true).ok())
        .flat_map(|(labels, _)| labels)
        .collect();
    for part in url.split("${__field.labels.").skip(1) {
        let name = part.split(['}', ':']).next().unwrap_or_default();
        let text = format!("{url}: no query brings the label `{name}`");
        found.check(labels.contains(name), "D04", &text);
    }
}

/// The address of a dashboard in an alert, in which Prometheus replaces the values.
pub(super) fn of_alert(url: &str, all: &[Board<'_>], found: &mut Findings) {
    leads(url, all, found);
    found.check(parts(url).is_some(), "D01", &format!("{url} leads to no dashboard"));
}
