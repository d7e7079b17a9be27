//! Grafana's variables and macros in texts.

/// `$name`, `${name}`, `${name:format}` or `[[name]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    pub(super) name: &'a str,
    /// What comes behind the colon.
    pub(super) format: &'a str,
    start: usize,
    end: usize,
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

/// Every reference in the text, from left to right.
pub(super) fn references(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(['$', '[']).map(|offset| at + offset) {
        let (open, close) = match &text[next..] {
            rest if rest.starts_with("${") => (2, "}"),
            rest if rest.starts_with("[[") => (2, "]]"),
            rest if rest.starts_with('$') => (1, ""),
            _ => (0, ""),
        };
        let rest = &text[next + open..];
        let length = match close {
            "" => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
            close => rest.find(close).unwrap_or(0),
        };
        let (name, format) = rest[..length].split_once(':').unwrap_or((&rest[..length], ""));
        let end = next + open + length + close.len();
        let letter = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if open > 0 && letter && name.chars().all(|c| is_name(c) || c == '.') {
            found.push(Reference { name, format, start: next, end });
            at = end;
        } else {
            at = next + 1;
        }
    }
    found
}

/// The query with every reference replaced by something that can be parsed.
pub(super) fn replaced(query: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    for Reference { name, start, end, .. } in references(query) {
        text.push_str(&query[at..start]);
        text.push_str(&match name {
            "__rate_interval" => format!("{RATE_INTERVAL}s"),
            "__interval" => format!("{INTERVAL}s"),
            "__range" => format!("{RANGE}s"),
            "__interval_ms" | "__rate_interval_ms" | "__range_ms" => "1000".into(),
            "__range_s" => RANGE.to_string(),
            _ => ANYTHING.into(),
        });
        at = end;
    }
    text + &query[at..]
}

/// Every text in a JSON value, except in these fields.
pub(super) fn texts<'a>(value: &'a serde_json::Value, except: &[&str]) -> Vec<&'a str> {
    use serde_json::Value;
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
