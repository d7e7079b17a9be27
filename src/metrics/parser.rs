//! A strict reader of the text format, for tests: of all that promtool would refuse, and of what
//! this program promises beyond that.

use std::collections::{BTreeMap, BTreeSet};

use crate::metrics::table::{Family, Kind};

/// A sample: its name, its labels in the order in which they are written, its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    /// With the suffix, where there is one.
    pub(super) name: String,
    /// Unescaped.
    pub(super) labels: Vec<(String, String)>,
    /// As a number.
    pub(super) value: f64,
}

impl Sample {
    /// The value of a label.
    pub(super) fn label(&self, name: &str) -> &str {
        let found = self.labels.iter().find(|(label, _)| label == name);
        found.unwrap_or_else(|| panic!("no {name} in {self:?}")).1.as_str()
    }
}

/// The samples of a text in which every family is one of these, is told once and with its
/// heading, and has exactly its labels; and no series is told twice.
pub(super) fn parse(text: &str, families: &[&Family]) -> Vec<Sample> {
    assert!(text.is_empty() || text.ends_with('\n'), "the last line does not end");
    let by_name: BTreeMap<&str, &&Family> = families.iter().map(|f| (f.name, f)).collect();
    let mut seen = BTreeSet::new();
    let mut series = BTreeSet::new();
    let mut current: Option<(&Family, bool)> = None;
    let mut samples = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("# HELP ") {
            let (name, help) = heading.split_once(' ').unwrap();
            let family = by_name.get(name).unwrap_or_else(|| panic!("{name} is not in the table"));
            assert_eq!(help, family.help);
            assert!(seen.insert(name), "{name} has two headings");
            let kind = lines.next().unwrap().strip_prefix("# TYPE ").unwrap();
            let (named, kind) = kind.split_once(' ').unwrap();
            assert_eq!(named, name);
            let summary = family.kind == Kind::Histogram && kind == "summary";
            assert!(summary || kind == family.kind.as_str(), "{line}");
            current = Some((family, summary));
        } else if !line.starts_with('#') {
            let sample = sample(line);
            let (family, summary) = current.unwrap_or_else(|| panic!("no heading before {line}"));
            check(&sample, family, summary);
            let identity = line.rsplit_once(' ').unwrap().0;
            assert!(series.insert(identity), "twice: {identity}");
            samples.push(sample);
        }
    }
    samples
}

fn check(sample: &Sample, family: &Family, summary: bool) {
    let suffix = sample.name.strip_prefix(family.name).unwrap_or_else(|| panic!("{sample:?}"));
    let suffixes: &[&str] = match (family.kind, summary) {
        (Kind::Histogram, true) => &["_sum", "_count"],
        (Kind::Histogram, false) => &["_bucket", "_sum", "_count"],
        (Kind::Counter | Kind::Gauge, _) => &[""],
    };
    assert!(suffixes.contains(&suffix), "{sample:?}");
    let mut expected: Vec<&str> = family.labels.to_vec();
    expected.extend((suffix == "_bucket").then_some("le"));
    let labels: Vec<&str> = sample.labels.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(labels, expected, "{}", sample.name);
    assert!(sample.value.is_finite(), "{sample:?}");
    assert!(family.kind == Kind::Gauge || sample.value >= 0.0, "{sample:?}");
}

fn sample(line: &str) -> Sample {
    let (rest, value) = line.rsplit_once(' ').unwrap();
    let value = value.parse().unwrap_or_else(|_| panic!("no number in {line}"));
    let Some((name, labels)) = rest.split_once('{') else {
        return Sample { name: rest.to_owned(), labels: Vec::new(), value };
    };
    let mut rest = labels.strip_suffix('}').unwrap();
    let mut labels = Vec::new();
    while !rest.is_empty() {
        let (label, after) = rest.split_once("=\"").unwrap();
        let (text, after) = unquoted(after);
        labels.push((label.to_owned(), text));
        rest = after.strip_prefix(',').unwrap_or(after);
        assert_eq!(after.is_empty(), rest.is_empty(), "{line}");
    }
    assert!(!labels.is_empty(), "empty braces in {line}");
    Sample { name: name.to_owned(), labels, value }
}

/// The text up to the closing quote, and what follows.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next().expect("a closing quote") {
            '"' => return (value, chars.as_str()),
            '\\' => value.push(match chars.next() {
                Some('n') => '\n',
                Some(c @ ('\\' | '"')) => c,
                other => panic!("a wrong escape: {other:?}"),
            }),
            c => value.push(c),
        }
    }
}
