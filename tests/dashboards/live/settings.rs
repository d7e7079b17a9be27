//! What can be chosen of a dashboard's variables.

use super::asked::Asked;
use super::board::{Board, Variable};
use super::macros::{Chosen, Setting};
use super::rules::{Finding, Rule};

/// What is chosen of one variable, everything else being at its default.
pub(crate) type Fixed<'a> = Option<(&'a str, &'a str)>;

/// Every setting with that choice: one for each value of variables that have no default for all.
pub(crate) fn settings(
    asked: &Asked<'_>,
    board: &Board,
    fixed: Fixed<'_>,
) -> (Vec<Setting>, Vec<Finding>) {
    let (mut settings, mut findings) = (vec![Setting::new()], Vec::new());
    for variable in &board.variables {
        let mut next = Vec::new();
        for setting in settings {
            let at = format!("{}: ${} after {}", board.uid, variable.name, shown(&setting));
            match values(asked, variable, &setting) {
                Err(error) => findings.push(Finding::new(Rule::VariableFails, &at, error)),
                Ok(values) if values.is_empty() => {
                    findings.push(Finding::new(Rule::VariableEmpty, &at, &variable.query));
                }
                Ok(values) => {
                    for chosen in choices(variable, values, fixed) {
                        let mut setting = setting.clone();
                        setting.insert(variable.name.clone(), chosen);
                        next.push(setting);
                    }
                }
            }
        }
        settings = next;
    }
    (settings, findings)
}

/// The values of a variable, by what is chosen of those before it.
///
/// # Errors
///
/// What speaks against its query.
pub(crate) fn values(
    asked: &Asked<'_>,
    variable: &Variable,
    setting: &Setting,
) -> Result<Vec<String>, String> {
    let query = asked.times.expand(&variable.query, setting, None)?;
    let arguments = query.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
    let arguments = arguments.and_then(|arguments| arguments.rsplit_once(','));
    let (selector, label) =
        arguments.ok_or_else(|| format!("{query:?} is not label_values(SERIES, LABEL)"))?;
    asked.label_values(selector, label.trim())
}

fn choices(variable: &Variable, values: Vec<String>, fixed: Fixed<'_>) -> Vec<Chosen> {
    let fixed = fixed.filter(|(name, _)| *name == variable.name).map(|(_, value)| value.to_owned());
    match (variable.multi, fixed) {
        (true, Some(value)) => vec![Chosen::Some(vec![value])],
        (true, None) => vec![variable.all.clone().map_or(Chosen::Some(values), Chosen::All)],
        (false, Some(value)) => vec![Chosen::One(value)],
        (false, None) => values.into_iter().map(Chosen::One).collect(),
    }
}

/// A setting in words.
pub(crate) fn shown(setting: &Setting) -> String {
    let chosen = |(name, chosen): (&String, &Chosen)| match chosen {
        Chosen::All(_) => None,
        Chosen::Some(_) | Chosen::One(_) => Some(format!("{name}={chosen}")),
    };
    let chosen: Vec<String> = setting.iter().filter_map(chosen).collect();
    if chosen.is_empty() { "the defaults".to_owned() } else { chosen.join(" ") }
}
