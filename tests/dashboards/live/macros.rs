//! What Grafana puts in place of variables and macros before it asks Prometheus.

use std::collections::BTreeMap;
use std::time::Duration;

/// What is chosen of each variable.
pub(crate) type Setting = BTreeMap<String, Chosen>;

/// What is chosen of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// Everything, by an expression of its own.
    All(String),
    /// Some of several values.
    Some(Vec<String>),
    /// The one value of a variable that has no more at a time.
    One(String),
}

impl Chosen {
    /// As it stands in an expression.
    fn text(&self) -> String {
        match self {
            Self::All(text) => text.clone(),
            Self::One(value) => value.replace('\\', "\\\\"),
            Self::Some(values) => match values.as_slice() {
                [value] => pattern(value),
                values => {
                    let values: Vec<String> = values.iter().map(|value| pattern(value)).collect();
                    format!("({})", values.join("|"))
                }
            },
        }
    }
}

impl std::fmt::Display for Chosen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

/// A value that stands for itself in a regular expression within a string of `PromQL`.
fn pattern(value: &str) -> String {
    let escape = |c: char| {
        let special = r"$^*{}[]'+?.()|".contains(c);
        match c {
            '\\' => r"\\\\".to_owned(),
            c if special => format!(r"\\{c}"),
            c => c.to_string(),
        }
    };
    value.chars().map(escape).collect()
}

/// The times of a dashboard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// How far it looks back.
    pub(crate) range: Duration,
    /// The scrape interval that the data source is told.
    pub(crate) scrape: Duration,
}

impl Times {
    /// Between two points of a query. The range is so short that there is more than enough room
    /// for a point for each scrape.
    pub(crate) fn step(&self, min_step: Option<Duration>) -> Duration {
        min_step.map_or(self.scrape, |step| step.max(self.scrape))
    }

    fn built_in(&self, name: &str, min_step: Option<Duration>) -> Option<String> {
        let step = self.step(min_step);
        let rate =
            (step + min_step.unwrap_or(self.scrape)).max(4 * min_step.unwrap_or(self.scrape));
        Some(match name {
            "__interval" => format!("{}s", step.as_secs()),
            "__interval_ms" => step.as_millis().to_string(),
            "__rate_interval" => format!("{}s", rate.as_secs()),
            "__range" => format!("{}s", self.range.as_secs()),
            "__range_s" => self.range.as_secs().to_string(),
            "__range_ms" => self.range.as_millis().to_string(),
            _ => return None,
        })
    }

    /// An expression as Prometheus gets it.
    ///
    /// # Errors
    ///
    /// When a variable does not exist.
    pub(crate) fn expand(
        &self,
        expr: &str,
        setting: &Setting,
        min_step: Option<Duration>,
    ) -> Result<String, String> {
        let mut parts = expr.split('$');
        let mut expanded = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            if part.starts_with(|c: char| c.is_ascii_digit()) {
                // A group of a regular expression.
                expanded.push('$');
                expanded.push_str(part);
                continue;
            }
            let (name, rest) = name(part);
            let text = self
                .built_in(name, min_step)
                .or_else(|| setting.get(name).map(Chosen::text))
                .ok_or_else(|| format!("there is no variable {name:?}"))?;
            expanded.push_str(&text);
            expanded.push_str(rest);
        }
        Ok(expanded)
    }
}

/// The name of a variable after its `$`, with or without braces, and what follows.
fn name(part: &str) -> (&str, &str) {
    if let Some((name, rest)) = part.strip_prefix('{').and_then(|part| part.split_once('}')) {
        return (name, rest);
    }
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    part.split_at(part.find(ends).unwrap_or(part.len()))
}

#[test]
fn variables_and_macros_are_replaced() {
    let times = Times { range: Duration::from_mins(5), scrape: Duration::from_secs(2) };
    let values = |values: &[&str]| Chosen::Some(values.iter().map(|v| (*v).to_owned()).collect());
    let setting = Setting::from([
        ("dc".to_owned(), Chosen::All(".*".to_owned())),
        ("job".to_owned(), values(&["a.b", "c"])),
        ("site".to_owned(), values(&["x+y"])),
        ("endpoint".to_owned(), Chosen::One("a.b".to_owned())),
    ]);
    for (expr, expected) in [
        (r#"x{dc=~"$dc"}"#, r#"x{dc=~".*"}"#),
        (r#"x{job=~"${job}",a="b"}"#, r#"x{job=~"(a\\.b|c)",a="b"}"#),
        (r#"x{site=~"$site"}"#, r#"x{site=~"x\\+y"}"#),
        (r#"x{endpoint="$endpoint"}"#, r#"x{endpoint="a.b"}"#),
        ("rate(x[$__rate_interval])[$__range:$__interval]", "rate(x[8s])[300s:2s]"),
    ] {
        assert_eq!(times.expand(expr, &setting, None).as_deref(), Ok(expected));
    }
    let minute = Some(Duration::from_mins(1));
    assert_eq!(times.expand("x[$__interval]", &setting, minute).as_deref(), Ok("x[60s]"));
    assert!(times.expand("x{a=\"$b\"}", &setting, None).unwrap_err().contains("\"b\""));
}
