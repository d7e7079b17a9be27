//! What the queries ask for.

use std::collections::BTreeSet;
use std::time::Duration;

use promql_parser::parser::{Call, Expr, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};
use serde_json::Value;

use super::known::{Known, Labels};
use super::labels::{Flow, Problem};
use super::macros::{INTERVAL, RANGE, RATE_INTERVAL};
use super::parsed::{exact, parsed};
use super::{Board, Finding, Findings, list, text};

/// A fixed window in the value of now that holds enough scrapes of any sensible interval.
const SHORTEST_WINDOW: Duration = Duration::from_mins(5);

/// Functions that look at how much something has risen.
const RATES: [&str; 3] = ["rate", "irate", "increase"];

pub(super) fn check(board: &Board<'_>, known: &Known) -> Vec<Finding> {
    let mut all = Vec::new();
    for panel in board.panels() {
        let mut found = Findings::at(board.place(panel));
        for target in list(&panel["targets"]) {
            let instant = target["instant"] == true;
            let labels = query(board, text(&target["expr"]), known, instant, &mut found);
            let Some(labels) = labels else { continue };
            legend(text(&target["legendFormat"]), &labels, &mut found);
            windows(panel, target, &mut found);
        }
        all.append(&mut found.list);
    }
    let mut found = Findings::at(board.uid);
    for annotation in list(&board.json["annotations"]["list"]) {
        if let Some(expr) = annotation["expr"].as_str()
            && let Some(labels) = query(board, expr, known, false, &mut found)
        {
            legend(text(&annotation["titleFormat"]), &labels, &mut found);
            legend(text(&annotation["textFormat"]), &labels, &mut found);
        }
    }
    for variable in board.variables() {
        variable_query(board, text(&variable["query"]["query"]), known, &mut found);
    }
    all.append(&mut found.list);
    all
}

/// The labels of the query's result, if it can be parsed.
fn query(
    board: &Board<'_>,
    expr: &str,
    known: &Known,
    instant: bool,
    found: &mut Findings,
) -> Option<Labels> {
    several(board, expr, found);
    let labels = result(expr, known, instant);
    match labels {
        Ok((labels, problems)) => {
            for (rule, text) in problems {
                found.add(rule, format!("{text}; in {expr}"));
            }
            Some(labels)
        }
        Err(error) => {
            found.add("K05", format!("not PromQL: {error}; in {expr}"));
            None
        }
    }
}

/// The labels of the result, and what is wrong with the query.
pub(super) fn result(
    expr: &str,
    known: &Known,
    instant: bool,
) -> Result<(Labels, Vec<Problem>), String> {
    let parsed = parsed(expr);
    let mut flow = Flow::new(known, instant);
    let labels = flow.labels(parsed.as_ref().as_ref().map_err(String::clone)?);
    Ok((labels, flow.problems))
}

/// A variable of which several values can be chosen becomes a pattern.
fn several(board: &Board<'_>, expr: &str, found: &mut Findings) {
    let Ok(parsed) = &*exact(&expr.replace('$', "__variable_")) else { return };
    for selector in selectors(parsed) {
        for matcher in &selector.matchers.matchers {
            let exact = matches!(
                matcher.op,
                promql_parser::label::MatchOp::Equal | promql_parser::label::MatchOp::NotEqual
            );
            let variable = matcher.value.strip_prefix("__variable_");
            let variable = variable.and_then(|name| board.variable(name.trim_matches(['{', '}'])));
            if exact && variable.is_some_and(|variable| variable["multi"] == true) {
                let text = format!("several values can be chosen for `{}`: use =~", matcher.name);
                found.add("S33", text);
            }
        }
    }
}

/// The selectors of an expression.
pub(super) fn selectors(expr: &Expr) -> Vec<VectorSelector> {
    struct Selectors(Vec<VectorSelector>);
    impl ExprVisitor for Selectors {
        type Error = std::convert::Infallible;
        fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
            if let Expr::VectorSelector(selector) = expr {
                self.0.push(selector.clone());
            } else if let Expr::MatrixSelector(matrix) = expr {
                self.0.push(matrix.vs.clone());
            }
            Ok(true)
        }
    }
    let mut found = Selectors(Vec::new());
    let Ok(_) = walk_expr(&mut found, expr);
    found.0
}

/// Each `{{label}}` is a label of the result.
fn legend(format: &str, labels: &Labels, found: &mut Findings) {
    for part in format.split("{{").skip(1) {
        let name = part.split("}}").next().unwrap_or_default().trim();
        let text = format!("`{{{{{name}}}}}` is no label of the result: correct it");
        found.check(labels.contains(name), "K04", &text);
    }
}

/// `label_values(selector, label)`: both are there.
fn variable_query(board: &Board<'_>, query: &str, known: &Known, found: &mut Findings) {
    let Some(arguments) = query.strip_prefix("label_values(") else { return };
    let Some((selector, label)) = arguments.trim_end_matches(')').rsplit_once(',') else { return };
    if let Some(labels) = self::query(board, selector, known, true, found) {
        let label = label.trim();
        let text = format!("`{selector}` has no label `{label}`: the variable stays empty");
        found.check(labels.contains(label), "K02", &text);
    }
}

/// Every range over which a rate is taken, with the function.
fn rates(expr: &str) -> BTreeSet<(&'static str, Duration)> {
    struct Rates(BTreeSet<(&'static str, Duration)>);
    impl ExprVisitor for Rates {
        type Error = std::convert::Infallible;
        fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
            if let Expr::Call(Call { func, args }) = expr
                && RATES.contains(&func.name)
                && let Some(Expr::MatrixSelector(matrix)) = args.args.first().map(|first| &**first)
                // At one fixed moment it is no curve: it ranks what the curves are drawn of.
                && matrix.vs.at.is_none()
            {
                self.0.insert((func.name, matrix.range));
            }
            Ok(true)
        }
    }
    let parsed = parsed(expr);
    let Ok(parsed) = &*parsed else { return BTreeSet::new() };
    let mut found = Rates(BTreeSet::new());
    let Ok(_) = walk_expr(&mut found, parsed);
    found.0
}

fn windows(panel: &Value, target: &Value, found: &mut Findings) {
    let instant = target["instant"] == true;
    let min_step = !text(&target["interval"]).is_empty() || !text(&panel["interval"]).is_empty();
    for (function, window) in rates(text(&target["expr"])) {
        match window.as_secs() {
            RATE_INTERVAL => {}
            RANGE => {
                let text = "the whole range at every point of a curve: use $__rate_interval";
                found.check(instant, "S30", text);
            }
            // Bars count every event once, if their step is longer than a scrape.
            INTERVAL => {
                let text = "shorter than a scrape when zoomed in: use $__rate_interval, or for \
                            bars increase() and a shortest step";
                found.check(function == "increase" && min_step && !instant, "S31", text);
            }
            _ => {
                let text = "a fixed window does not follow the zoom: use $__rate_interval";
                found.check(instant && window >= SHORTEST_WINDOW, "S30", text);
            }
        }
    }
}
