//! What makes a panel dead, and what hides that it is.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use super::asked::{Answer, Asked};
use super::board::{Board, Panel, Target, legend_labels};
use super::macros::Setting;
use super::selectors::selectors;
use super::settings::{Fixed, settings, shown, values};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// L1: the query of a variable fails.
    VariableFails,
    /// L2: a variable has no values.
    VariableEmpty,
    /// L3: a query fails.
    QueryFails,
    /// L4: a query brings nothing, or nothing but NaN.
    TargetEmpty,
    /// L5: no query of a panel brings anything.
    PanelDead,
    /// L6: a selector in a query selects nothing, which the rest of the query may hide.
    SelectorEmpty,
    /// L7: a legend names a label that no series has.
    LegendLabel,
}

/// Something that is wrong, and where.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: Rule,
    at: String,
    what: String,
}

impl Finding {
    pub(crate) fn new(rule: Rule, at: &str, what: impl Into<String>) -> Self {
        Self { rule, at: at.to_owned(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, at, what } = self;
        write!(f, "L{} {rule:?}: {at}: {what}", *rule as usize + 1)
    }
}

/// Everything that is wrong with a dashboard: with the default of each variable, and with each
/// value of each variable alone.
pub(crate) fn check(asked: &Asked<'_>, board: &Board) -> Vec<Finding> {
    let (defaults, mut findings) = settings(asked, board, None);
    let Some(default) = defaults.first() else { return findings };
    for panel in &board.panels {
        findings.extend(at_defaults(asked, board, panel, &defaults));
    }
    let mut particular = Vec::new();
    for variable in board.variables.iter().filter(|variable| variable.multi) {
        let values = values(asked, variable, default).unwrap_or_default();
        // The only value is the same as all.
        for value in values.iter().filter(|_| values.len() > 1) {
            let fixed: Fixed<'_> = Some((&variable.name, value));
            let (settings, more) = settings(asked, board, fixed);
            findings.extend(more);
            particular.extend(settings);
        }
    }
    if defaults.len() > 1 {
        particular.extend(defaults);
    }
    findings.extend(at_each(asked, board, &particular));
    findings
}

/// The answer to a query with that setting.
///
/// # Errors
///
/// What speaks against the query.
pub(crate) fn answer(
    asked: &Asked<'_>,
    target: &Target,
    setting: &Setting,
) -> Result<Rc<Answer>, String> {
    let expr = asked.times.expand(&target.expr, setting, target.min_step)?;
    let answer = if target.instant {
        asked.instant(&expr)
    } else {
        asked.range(&expr, asked.times.step(target.min_step))
    };
    match &answer.error {
        Some(error) => Err(format!("{error}: {expr}")),
        None => Ok(answer),
    }
}

/// Everything must be there for at least one of the settings.
fn at_defaults(
    asked: &Asked<'_>,
    board: &Board,
    panel: &Panel,
    settings: &[Setting],
) -> Vec<Finding> {
    let (mut findings, mut dead) = (Vec::new(), true);
    for target in &panel.targets {
        let at = format!("{}, {}", place(board, panel), target.name);
        let answers: Result<Vec<_>, _> =
            settings.iter().map(|setting| answer(asked, target, setting)).collect();
        match answers {
            Err(error) => findings.push(Finding::new(Rule::QueryFails, &at, error)),
            Ok(answers) if answers.iter().any(|answer| answer.has_data()) => {
                dead = false;
                let missing = missing_labels(target, &answers);
                findings.extend(missing.map(|label| Finding::new(Rule::LegendLabel, &at, label)));
            }
            Ok(_) => findings.push(Finding::new(Rule::TargetEmpty, &at, &target.expr)),
        }
        findings.extend(empty_selectors(asked, target, settings, &at));
    }
    // The annotations of a dashboard may be none.
    if dead && (panel.id != 0 || !panel.targets.is_empty()) {
        let what = "no query brings anything";
        findings.push(Finding::new(Rule::PanelDead, &place(board, panel), what));
    }
    findings
}

/// Nothing may fail, and panels must have data or say what it means that they have none.
fn at_each(asked: &Asked<'_>, board: &Board, settings: &[Setting]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for panel in &board.panels {
        let at = place(board, panel);
        let mut empty = Vec::new();
        for setting in settings {
            let mut dead = true;
            for target in &panel.targets {
                match answer(asked, target, setting) {
                    Ok(answer) => dead &= !answer.has_data(),
                    Err(error) => findings.push(Finding::new(Rule::QueryFails, &at, error)),
                }
            }
            if dead && !panel.explains_emptiness {
                empty.push(shown(setting));
            }
        }
        if !empty.is_empty() {
            let what = format!("no data, and no words for that, with {}", empty.join("; "));
            findings.push(Finding::new(Rule::PanelDead, &at, what));
        }
    }
    findings
}

fn place(board: &Board, panel: &Panel) -> String {
    format!("{}, panel {} {:?}", board.uid, panel.id, panel.title)
}

fn missing_labels(target: &Target, answers: &[Rc<Answer>]) -> impl Iterator<Item = String> {
    let series = || answers.iter().flat_map(|answer| &answer.series);
    let mut labels = legend_labels(&target.legend);
    labels.retain(|label| !series().any(|labels| labels[label.as_str()].is_string()));
    labels.into_iter()
}

/// Selectors that select nothing with any of the settings.
fn empty_selectors(
    asked: &Asked<'_>,
    target: &Target,
    settings: &[Setting],
    at: &str,
) -> Vec<Finding> {
    let exists = |selector: &str| {
        // What a range shows may be over now.
        let range = asked.times.range.as_secs();
        asked.instant(&format!("count(present_over_time({selector}[{range}s]))")).has_data()
    };
    let mut missing: Option<BTreeMap<usize, String>> = None;
    for setting in settings {
        let Ok(expr) = asked.times.expand(&target.expr, setting, target.min_step) else { continue };
        let here = match selectors(&expr) {
            Ok(selectors) => selectors,
            // What Prometheus refuses too has been said.
            Err(_) if asked.instant(&expr).error.is_some() => continue,
            Err(error) => return vec![Finding::new(Rule::SelectorEmpty, at, error)],
        };
        let left = missing.get_or_insert_with(|| (0..).zip(here.clone()).collect());
        left.retain(|number, _| !exists(&here[*number]));
        if left.is_empty() {
            break;
        }
    }
    let missing = missing.unwrap_or_default().into_values();
    missing.map(|selector| Finding::new(Rule::SelectorEmpty, at, selector)).collect()
}
