//! Grafana's variables and macros in texts.

use serde_json::Value;

/// `$name`, `${name}`, `${name:format}` or `[[name]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    pub(super) name: &'a str,
    /// What comes behind the colon.
    pub(super) format: &'a str,
}

/// A text in parts.
enum Piece<'a> {
    Plain(&'a str),
    Reference(Reference<'a>),
}

/// What these macros become in a query that is only parsed: lengths that nobody writes, by which
/// they are told from those that somebody wrote.
pub(super) const RATE_INTERVAL: u64 = 1001;
/// The same for the step.
pub(super) const INTERVAL: u64 = 1003;
/// The same for the whole time range.
pub(super) const RANGE: u64 = 1009;

/// What a variable becomes: a pattern that matches everything, as with All.
pub(super) const ANYTHING: &str = ".*";

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The reference at the start of the text, and what comes behind it.
fn first(text: &str) -> Option<(Reference<'_>, &str)> {
    let (inner, behind) = if let Some(rest) = text.strip_prefix("${") {
        rest.split_once('}')?
    } else if let Some(rest) = text.strip_prefix("[[") {
        rest.split_once("]]")?
    } else {
        let rest = text.strip_prefix('$')?;
        rest.split_at(rest.find(|c| !is_name(c)).unwrap_or(rest.len()))
    };
    let (name, format) = inner.split_once(':').unwrap_or((inner, ""));
    let letter = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let valid = letter && name.chars().all(|c| is_name(c) || c == '.');
    valid.then_some((Reference { name, format }, behind))
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '[']) {
        let (before, from) = rest.split_at(at);
        if let Some((reference, behind)) = first(from) {
            pieces.extend([Piece::Plain(before), Piece::Reference(reference)]);
            rest = behind;
        } else {
            let (skipped, behind) = rest.split_at(at + 1);
            pieces.push(Piece::Plain(skipped));
            rest = behind;
        }
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// Every reference in the text, from left to right.
pub(super) fn references(text: &str) -> Vec<Reference<'_>> {
    let all = pieces(text).into_iter();
    let found = all.filter_map(|piece| match piece {
        Piece::Reference(reference) => Some(reference),
        Piece::Plain(_) => None,
    });
    found.collect()
}

/// The query with every reference replaced by something that can be parsed.
pub(super) fn replaced(query: &str) -> String {
    let all = pieces(query).into_iter();
    let texts = all.map(|piece| match piece {
        Piece::Plain(text) => text.to_owned(),
        Piece::Reference(reference) => match reference.name {
            "__rate_interval" => format!("{RATE_INTERVAL}s"),
            "__interval" => format!("{INTERVAL}s"),
            "__range" => format!("{RANGE}s"),
            "__interval_ms" | "__rate_interval_ms" | "__range_ms" => "1000".into(),
            "__range_s" => RANGE.to_string(),
            _ => ANYTHING.into(),
        },
    });
    texts.collect()
}

/// Every text in a JSON value, except in these fields.
pub(super) fn texts<'a>(value: &'a Value, except: &[&str]) -> Vec<&'a str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().flat_map(|value| texts(value, except)).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| !except.contains(&name.as_str()));
            kept.flat_map(|(_, value)| texts(value, except)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[test]
fn references_are_found_however_they_are_written() {
    let text = r#"$a-${b:regex}[[c]] [$__d] "${__field.labels.e}" $1 costs $ [x] ${"#;
    let found: Vec<_> = references(text).iter().map(|found| (found.name, found.format)).collect();
    let expected = [("a", ""), ("b", "regex"), ("c", ""), ("__d", ""), ("__field.labels.e", "")];
    assert_eq!(found, expected);
}

#[test]
fn replaced_queries_can_be_parsed() {
    let query = r#"rate(x{a=~"$a",b="[[b]]"}[$__rate_interval]) / $__range_s"#;
    assert_eq!(replaced(query), r#"rate(x{a=~".*",b=".*"}[1001s]) / 1009"#);
    promql_parser::parser::parse(&replaced(query)).unwrap();
}
