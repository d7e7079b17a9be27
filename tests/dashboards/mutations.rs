//! Dashboards are broken on purpose, each in one way: every break must be found by its rule.

mod board;
pub(crate) mod grafana;
mod panel;
mod query;
pub(crate) mod sample;

use serde_json::Value;

use crate::check::{self, Known};

/// One way to break a dashboard.
pub(crate) struct Mutation {
    /// What is broken.
    pub(crate) name: &'static str,
    /// The rule that must find it.
    pub(crate) rule: &'static str,
    /// Breaks the dashboard, or says that it has nothing of the kind.
    pub(crate) apply: fn(&mut Value) -> Option<()>,
}

/// Shortens the lists.
const fn mutation(
    rule: &'static str,
    name: &'static str,
    apply: fn(&mut Value) -> Option<()>,
) -> Mutation {
    Mutation { name, rule, apply }
}

/// All that the static rules must find.
fn all() -> impl Iterator<Item = &'static Mutation> {
    board::ALL.iter().chain(panel::ALL).chain(query::ALL)
}

/// The first panel for which this is true, in rows that are closed too.
fn panel(board: &mut Value, matches: impl Fn(&Value) -> bool) -> Option<&mut Value> {
    let outer = board["panels"].as_array_mut()?;
    for panel in outer {
        if matches(panel) {
            return Some(panel);
        }
        let inner = panel["panels"].as_array_mut().into_iter().flatten();
        for panel in inner {
            if matches(panel) {
                return Some(panel);
            }
        }
    }
    None
}

/// The first panel of that kind.
fn of_kind<'a>(board: &'a mut Value, kind: &str) -> Option<&'a mut Value> {
    panel(board, |panel| panel["type"] == kind)
}

/// The first query for which this is true of itself and its panel.
fn target(board: &mut Value, matches: impl Fn(&Value, &Value) -> bool) -> Option<&mut Value> {
    let number =
        |panel: &Value| panel["targets"].as_array()?.iter().position(|query| matches(panel, query));
    let panel = panel(board, |panel| number(panel).is_some())?;
    let number = number(panel)?;
    Some(&mut panel["targets"][number])
}

/// Replaces in the first query that has it.
fn in_query(board: &mut Value, from: &str, to: &str) -> Option<()> {
    let query =
        target(board, |_, query| query["expr"].as_str().is_some_and(|it| it.contains(from)))?;
    query["expr"] = query["expr"].as_str()?.replacen(from, to, 1).into();
    Some(())
}

/// A variable by its name.
fn variable<'a>(board: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let all = board["templating"]["list"].as_array_mut()?;
    all.iter_mut().find(|variable| variable["name"] == name)
}

#[test]
fn every_mutation_of_every_dashboard_is_found_by_its_rule() {
    let known = Known::read();
    let mut boards = check::committed();
    boards.push(sample::board());
    let before = check::dashboards(&boards, &known);
    assert!(before.is_empty(), "{before:#?}");
    let (mut caught, mut missed) = (0, Vec::new());
    for mutation in all() {
        let mut applied = 0;
        for board in &boards {
            let mut broken = board.clone();
            if (mutation.apply)(&mut broken).is_none() {
                continue;
            }
            applied += 1;
            let found = check::dashboard(&broken, &boards, &known);
            let place = board["uid"].as_str().unwrap();
            if found.iter().any(|finding| finding.rule == mutation.rule) {
                caught += 1;
            } else {
                missed.push(format!("{} of {place}: {found:?}", mutation.name));
            }
        }
        assert!(applied > 0, "{}: no dashboard has what it breaks", mutation.name);
    }
    let kinds = all().count();
    println!("{kinds} mutations, {caught} broken dashboards caught, {} missed", missed.len());
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn every_rule_has_a_mutation() {
    let sources =
        ["head", "variables", "grid", "panels", "looks", "closed", "labels", "queries", "links"];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dashboards/check");
    for source in sources {
        let text = std::fs::read_to_string(folder.join(format!("{source}.rs"))).unwrap();
        for rule in text.split('"').filter(|word| is_rule(word)) {
            assert!(all().any(|mutation| mutation.rule == rule), "{rule} of {source}.rs");
        }
    }
}

/// A capital letter and two digits.
fn is_rule(word: &str) -> bool {
    let mut characters = word.chars();
    word.len() == 3
        && characters.next().is_some_and(|first| first.is_ascii_uppercase())
        && characters.all(|c| c.is_ascii_digit())
}
