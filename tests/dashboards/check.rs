//! The checks of dashboards that need nothing but their JSON, the exporter's table of metrics and
//! the rules' files.

pub(crate) mod closed;
mod families;
mod grid;
mod head;
mod known;
mod labels;
mod links;
mod looks;
mod macros;
mod panels;
mod parsed;
mod queries;
mod rules;
mod variables;

use std::fmt;

use serde_json::Value;

pub(crate) use known::Known;

use crate::boards;

/// What is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The name by which tests know the rule.
    pub(crate) rule: &'static str,
    /// Dashboard, panel and its number.
    pub(crate) place: String,
    /// What was seen, and the remedy.
    pub(crate) text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place, text } = self;
        write!(f, "{rule} {place}: {text}")
    }
}

/// Collects findings of one place.
#[derive(Debug)]
struct Findings {
    place: String,
    list: Vec<Finding>,
}

impl Findings {
    fn at(place: impl Into<String>) -> Self {
        Self { place: place.into(), list: Vec::new() }
    }

    fn add(&mut self, rule: &'static str, text: impl Into<String>) {
        self.list.push(Finding { rule, place: self.place.clone(), text: text.into() });
    }

    fn check(&mut self, holds: bool, rule: &'static str, text: &str) {
        if !holds {
            self.add(rule, text);
        }
    }
}

/// A dashboard, and what the rules ask most often of it.
struct Board<'a> {
    json: &'a Value,
    uid: &'a str,
}

impl<'a> Board<'a> {
    fn new(json: &'a Value) -> Self {
        Self { json, uid: json["uid"].as_str().unwrap_or("dashboard without uid") }
    }

    /// Rows and panels, those in rows that are closed too.
    fn panels(&self) -> Vec<&'a Value> {
        let inside = |panel: &'a Value| std::iter::once(panel).chain(list(&panel["panels"]));
        list(&self.json["panels"]).flat_map(inside).collect()
    }

    fn variables(&self) -> impl Iterator<Item = &'a Value> {
        list(&self.json["templating"]["list"])
    }

    fn variable(&self, name: &str) -> Option<&'a Value> {
        self.variables().find(|variable| variable["name"] == name)
    }

    /// How the panel is called in findings.
    fn place(&self, panel: &Value) -> String {
        format!("{}, {} {} (id {})", self.uid, panel["type"], panel["title"], panel["id"])
    }
}

/// The members of a list; of anything else none.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The text, which is empty where there is none.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Every value of a property of the panel's fields, with that prefix where it is a `custom` one: of
/// all fields, and of those of each override.
fn properties<'a>(panel: &'a Value, id: &str) -> Vec<&'a Value> {
    let field_config = &panel["fieldConfig"];
    let default = id.split('.').fold(&field_config["defaults"], |at, name| &at[name]);
    let overrides = list(&field_config["overrides"]).flat_map(|entry| list(&entry["properties"]));
    let overridden = overrides.filter(|property| property["id"] == id);
    std::iter::once(default).chain(overridden.map(|property| &property["value"])).collect()
}

/// Every finding in these dashboards, which link to each other.
pub(crate) fn dashboards(all: &[Value], known: &Known) -> Vec<Finding> {
    all.iter().flat_map(|board| dashboard(board, all, known)).collect()
}

/// Every finding in the first dashboard, which may link to all of them.
pub(crate) fn dashboard(board: &Value, all: &[Value], known: &Known) -> Vec<Finding> {
    let all: Vec<Board<'_>> = all.iter().map(Board::new).collect();
    let board = &Board::new(board);
    let of_itself =
        [head::check, variables::check, grid::check, panels::check, looks::check, closed::check];
    let mut found: Vec<Finding> = of_itself.into_iter().flat_map(|check| check(board)).collect();
    found.extend(queries::check(board, known));
    found.extend(links::check(board, &all, known));
    found
}

/// The dashboards as they are committed.
pub(crate) fn committed() -> Vec<Value> {
    boards::all().into_iter().map(crate::grafana::board::Board::json).collect()
}

/// One line for each.
pub(crate) fn lines(findings: &[impl fmt::Display]) -> String {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn the_dashboards_have_no_finding() {
    let found = dashboards(&committed(), &Known::read());
    assert!(found.is_empty(), "{}", lines(&found));
}

#[test]
fn the_rules_have_no_finding() {
    let found = rules::check(&committed(), &Known::read());
    assert!(found.is_empty(), "{}", lines(&found));
}

#[test]
fn every_family_is_used_by_a_dashboard_or_a_rule() {
    let found = families::unused(&committed());
    assert!(found.is_empty(), "{}", lines(&found));
}
