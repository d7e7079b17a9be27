//! What can be wrong with a configuration, told so that the reader can repair it.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::model::text::shown;
use crate::model::url::UrlFault;

/// How many problems one error lists: more than a screen of them helps nobody, and a hostile
/// file must not make the message grow with its size.
pub const MAX_LISTED: usize = 10;

/// Every problem that was found, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The first problems, at most [`MAX_LISTED`]; never empty.
    pub problems: Vec<Problem>,
    /// How many more there are at least: reading ends when a great many have been found.
    pub unlisted: usize,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        if self.unlisted > 0 {
            write!(f, "\nand at least {} more", self.unlisted)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], unlisted: 0 }
    }
}

/// A position in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file as it was named on the command line.
    pub path: Arc<Path>,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, if it is in a file.
    pub location: Option<Location>,
    /// Which key or option, what was given, what is allowed; no final full stop.
    pub text: String,
    /// The remedy.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem that belongs to no place in a file.
    pub fn new(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { location: None, text: text.into(), hint: Some(hint.into()) }
    }

    /// A rejected value of an option or key called `subject`.
    pub fn rejected(subject: &str, fault: Fault) -> Self {
        Self { location: None, text: format!("{subject} {}", fault.text), hint: fault.hint }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        f.write_str(&self.text)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Why a value is refused, by a parser that knows neither its key nor its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A predicate such as `is "5", which has no unit: expected a duration`.
    pub text: String,
    /// The remedy.
    pub hint: Option<String>,
    /// The offending part as a byte range of the file, if it is only a part of the value.
    pub span: Option<Range<usize>>,
}

impl Fault {
    /// `is GIVEN: expected EXPECTED`, with a hint.
    pub fn expected(given: &str, expected: &str, hint: impl Into<String>) -> Self {
        Self::new(format!("is {}: expected {expected}", shown(given)), hint)
    }

    /// A predicate with a hint.
    pub fn new(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { text: text.into(), hint: Some(hint.into()), span: None }
    }
}

impl From<UrlFault> for Fault {
    fn from(fault: UrlFault) -> Self {
        Self::new(fault.text, fault.remedy)
    }
}

/// No name of a key or a value is longer, in characters.
const LONGEST_NAME: usize = 80;

/// The candidate that looks most like `given`, if one is close enough to be a typing error.
pub fn closest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may be wrong: catches swapped and missing letters, and does not
    // offer one three-letter data-center code for another unless two letters agree.
    let length = given.chars().count();
    if length > LONGEST_NAME {
        return None;
    }
    let limit = length.max(3) / 3;
    let given = given.to_lowercase();
    candidates
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&given, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closest_finds_typing_errors_and_nothing_else() {
        let names = ["deadline", "resolver", "family", "dfw"];
        assert_eq!(closest("deadlin", names), Some("deadline"));
        assert_eq!(closest("fmaily", names), Some("family"));
        assert_eq!(closest("DFV", names), Some("dfw"));
        assert_eq!(closest("syd", names), None);
        assert_eq!(closest("", names), None);
        assert_eq!(closest(&"deadline".repeat(1_000_000), names), None);
    }
}
