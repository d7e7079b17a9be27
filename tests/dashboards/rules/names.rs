//! What the rules name exists: a misspelled metric, label or finding would make an alert that
//! never fires.

use std::collections::BTreeSet;
use std::convert::Infallible;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{self, Expr, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};
use wsus_probe::metrics::table::{self, process};
use wsus_probe::model::finding::FindingCode;
use wsus_probe::model::report::Verdict;
use wsus_probe::model::service::Service;

use super::read;

/// What Prometheus adds to each series, and what it records of each target.
const TARGET_LABELS: [&str; 3] = ["job", "instance", "site"];
const TARGET_METRIC: &str = "up";

#[derive(Default)]
struct Selectors(Vec<VectorSelector>);

impl ExprVisitor for Selectors {
    type Error = Infallible;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Infallible> {
        if let Expr::VectorSelector(selector) = expr {
            self.0.push(selector.clone());
        }
        if let Expr::MatrixSelector(matrix) = expr {
            self.0.push(matrix.vs.clone());
        }
        Ok(true)
    }
}

/// The values that a matcher can let through, of a closed list.
fn check(matcher: &Matcher, known: &[&str]) {
    let fits = known.iter().filter(|value| match &matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => **value == matcher.value,
        MatchOp::Re(regex) | MatchOp::NotRe(regex) => regex.is_match(value),
    });
    let alternatives = matcher.value.split('|').count();
    assert_eq!(fits.count(), alternatives, "{matcher:?}");
}

fn check_values(matcher: &Matcher) {
    let states = [Verdict::Healthy, Verdict::Degraded, Verdict::Down, Verdict::Unknown];
    match matcher.name.as_str() {
        "code" => {
            check(matcher, &FindingCode::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
        }
        "check" => check(matcher, &Service::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>()),
        "state" => check(matcher, &states.map(Verdict::as_str)),
        "severity" => check(matcher, &["note", "warning"]),
        "reason" => check(matcher, &["first"]),
        _ => panic!("values of the label are not known: {matcher:?}"),
    }
}

#[test]
fn every_metric_label_and_value_exists() {
    let rules = read::rules();
    let recorded: BTreeSet<&str> = rules.iter().filter_map(|rule| rule.record.as_deref()).collect();
    let mut selectors = 0;
    for rule in &rules {
        let expr = parser::parse(&rule.expr).unwrap_or_else(|error| panic!("{rule:?}: {error}"));
        let mut found = Selectors::default();
        let Ok(_) = walk_expr(&mut found, &expr);
        selectors += found.0.len();
        for selector in found.0 {
            let name = selector.name.unwrap();
            let mut families = table::exported().chain(process::PROCESS);
            let family = families.find(|family| family.name == name);
            assert!(
                family.is_some() || recorded.contains(&*name) || name == TARGET_METRIC,
                "{name}"
            );
            for matcher in &selector.matchers.matchers {
                let labels = family.map(|family| family.labels).unwrap_or_default();
                assert!(labels.contains(&&*matcher.name), "{name}: {matcher:?}");
                check_values(matcher);
            }
        }
    }
    assert!(selectors > rules.len(), "the walk finds too few: {selectors}");
}

/// `on (…)` and `by (…)` with a label that no series has would join everything with everything.
#[test]
fn every_label_that_is_joined_by_exists() {
    let own = table::exported().flat_map(|family| family.labels);
    let known: BTreeSet<&str> = own.copied().chain(TARGET_LABELS).collect();
    for rule in read::rules() {
        for word in ["on (", "by (", "without ("] {
            for rest in rule.expr.split(word).skip(1) {
                let labels = rest.split(')').next().unwrap();
                for label in labels.split(", ") {
                    assert!(known.contains(label), "{label} in {rule:?}");
                }
            }
        }
    }
}
