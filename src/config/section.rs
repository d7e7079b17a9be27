//! Walks one TOML table: takes known keys, keeps every problem with its place, and refuses what
//! is left over.
//!
//! A derived deserializer would stop at the first problem; this one goes on, so that a file can
//! be repaired in one go.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::error::{ConfigError, Fault, MAX_LISTED, Problem, closest};
use crate::config::origin::{Origin, Sourced};
use crate::config::source::Source;
use crate::model::text::shown;

/// Everything worth telling about a configuration that is being read.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: Vec<Problem>,
    pub(super) notes: Vec<String>,
}

impl Findings {
    /// Adds a problem, unless there are enough already.
    pub(super) fn problem(&mut self, problem: Problem) {
        if !self.is_full() {
            self.problems.push(problem);
        }
    }

    /// Whether so much is wrong that reading on is of no use.
    ///
    /// More than are listed, because problems arrive by section and not by line: so the first
    /// ones of the file are likely among them when they have been sorted.
    pub(super) fn is_full(&self) -> bool {
        self.problems.len() >= 10 * MAX_LISTED
    }

    /// Adds a problem at a byte range of the source.
    pub(super) fn at(
        &mut self,
        source: &Source,
        offset: usize,
        text: String,
        hint: Option<String>,
    ) {
        self.problem(Problem { location: Some(source.location(offset)), text, hint });
    }

    /// Passes `value` on if there was no problem.
    pub(super) fn conclude<T>(mut self, value: T) -> Result<(T, Vec<String>), ConfigError> {
        if self.problems.is_empty() {
            return Ok((value, self.notes));
        }
        self.problems.sort_by(|a, b| a.location.cmp(&b.location));
        let unlisted = self.problems.len().saturating_sub(MAX_LISTED);
        self.problems.truncate(MAX_LISTED);
        Err(ConfigError { problems: self.problems, unlisted })
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

/// A value with its place in the file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// One table of the file.
pub(super) struct Section<'a> {
    source: &'a Source,
    /// Put before keys in messages: empty, or such as `endpoint.`.
    prefix: &'static str,
    table: &'a DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    pub(super) const fn new(
        source: &'a Source,
        prefix: &'static str,
        table: &'a DeTable<'a>,
    ) -> Self {
        Self { source, prefix, table, known: Vec::new() }
    }

    /// The raw value of a key, for values that need more than a parser.
    pub(super) fn raw(&mut self, key: &'static str) -> Option<&'a Value<'a>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table.get(key)
    }

    /// The parsed value of a key; `None` if it is absent, or wrong and reported.
    pub(super) fn take<T>(
        &mut self,
        findings: &mut Findings,
        key: &'static str,
        parse: impl FnOnce(&Value<'a>) -> Result<T, Fault>,
    ) -> Option<Sourced<T>> {
        let value = self.raw(key)?;
        match parse(value) {
            Ok(parsed) => Some(Sourced::new(parsed, self.origin(value))),
            Err(fault) => {
                self.reject(findings, key, value.span(), fault);
                None
            }
        }
    }

    /// Reports a refused value.
    pub(super) fn reject(
        &self,
        findings: &mut Findings,
        key: &str,
        span: Range<usize>,
        fault: Fault,
    ) {
        let text = format!("`{}{key}` {}", self.prefix, fault.text);
        findings.at(self.source, fault.span.unwrap_or(span).start, text, fault.hint);
    }

    /// Where a value comes from.
    pub(super) fn origin(&self, value: &Value<'_>) -> Origin {
        self.source.origin(value.span().start)
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, findings: &mut Findings) {
        for (key, _) in self.table {
            let name = key.get_ref();
            if self.known.contains(&name.as_ref()) || findings.is_full() {
                continue;
            }
            let hint = closest(name, self.known.iter().copied()).map_or_else(
                || format!("known keys here: {}", self.known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let text = format!("unknown key {}", shown(&format!("{}{name}", self.prefix)));
            findings.at(self.source, key.span().start, text, Some(hint));
        }
    }
}

/// A string value.
pub(super) fn string<'v>(value: &'v Value<'_>) -> Result<&'v str, Fault> {
    value.get_ref().as_str().ok_or_else(|| wrong_type(value, "a string"))
}

/// True or false.
pub(super) fn boolean(value: &Value<'_>) -> Result<bool, Fault> {
    value.get_ref().as_bool().ok_or_else(|| {
        let fault = wrong_type(value, "true or false");
        Fault::new(fault.text, "write true or false without quotes")
    })
}

/// A non-empty list, each item parsed by `parse`; the first refused item is reported at its own
/// place.
pub(super) fn list<T>(
    value: &Value<'_>,
    expected: &'static str,
    parse: impl Fn(&Value<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let items = value.get_ref().as_array().ok_or_else(|| wrong_type(value, expected))?;
    if items.is_empty() {
        let hint = "add an item, or leave the key out";
        return Err(Fault::new(format!("is an empty list: expected {expected}"), hint));
    }
    let one = |item| {
        parse(item).map_err(|fault| Fault {
            text: format!("has an item that {}", fault.text),
            hint: fault.hint,
            span: Some(item.span()),
        })
    };
    items.iter().map(one).collect()
}

/// The fault of a value that is not of the expected type.
pub(super) fn wrong_type(value: &Value<'_>, expected: &str) -> Fault {
    let (given, hint) = match value.get_ref() {
        DeValue::String(text) => (format!("the string {}", shown(text)), "remove the quotes"),
        DeValue::Integer(number) => (shortened(number.as_str()), "put it in quotes"),
        DeValue::Float(number) => (shortened(number.as_str()), "put it in quotes"),
        DeValue::Boolean(flag) => (flag.to_string(), "write it as documented, in quotes"),
        DeValue::Datetime(_) => ("a date or time".to_owned(), "put it in quotes"),
        DeValue::Array(_) => ("a list".to_owned(), "remove the brackets"),
        DeValue::Table(_) => ("a table".to_owned(), "write it as key = value"),
    };
    let hint = match (expected.contains("list"), value.get_ref()) {
        (true, _) => "put it in brackets: [\"…\"]",
        (false, _) => hint,
    };
    Fault::new(format!("is {given}: expected {expected}"), hint)
}

fn shortened(number: &str) -> String {
    format!("the number {}", shown(number).replace('"', ""))
}
