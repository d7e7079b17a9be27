//! What findings and causes mean and what to do about them, in the words of `explain`: the same
//! texts as everywhere else, so that no dashboard says something of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wsus_probe::decide::explain::article::{self, Article, Kind};
use wsus_probe::model::failure::Phase;
use wsus_probe::model::finding::FindingCode;

/// Host and port of the example for which the articles about causes are written, and what stands
/// for any endpoint in their place.
const EXAMPLE: [(&str, &str); 3] =
    [("wsus.example.com", "HOST"), ("HOST:8531", "HOST:PORT"), ("port 8531", "port PORT")];

/// The value mapping from a finding's code to what it is.
pub(crate) fn of_findings_what(codes: &[FindingCode]) -> Value {
    texts(findings(codes).map(|article| (article.code, article.summary.to_owned())))
}

/// The value mapping from a finding's code to what to do first. One action fits into a cell; the
/// others, in their order, are told by `explain`.
pub(crate) fn of_findings_todo(codes: &[FindingCode]) -> Value {
    texts(findings(codes).map(|article| (article.code, of_any(&first(&article.actions)))))
}

fn findings(codes: &[FindingCode]) -> impl Iterator<Item = Article> {
    let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let all = article::all().into_iter().filter(|article| article.kind == Kind::Finding);
    all.filter(move |article| codes.contains(&article.code.as_str()))
}

/// A query for the reasons of failures with one label more, by which [`of_causes`] finds what to
/// do: the cause, and before it the phase where it makes a difference.
pub(crate) fn with_key(failures: impl Fn(&str) -> String, label: &str) -> String {
    let both: Vec<String> = causes().filter(differs_by_phase).map(|article| article.code).collect();
    let both = both.join("|");
    format!(
        "label_join({}, \"{label}\", \" \", \"phase\", \"cause\") or label_join({}, \"{label}\", \"\", \"cause\")",
        failures(&format!("cause=~\"{both}\"")),
        failures(&format!("cause!~\"{both}\"")),
    )
}

/// What stands in that label where there is no cause, but something to do.
pub(crate) const ELSEWHERE: &str = "findings";

/// The value mapping from what [`with_key`] adds to what to do.
pub(crate) fn of_causes() -> Value {
    let elsewhere = (ELSEWHERE.to_owned(), "See the findings below.".to_owned());
    texts(std::iter::once(elsewhere).chain(causes().flat_map(|article| {
        if !differs_by_phase(&article) {
            return vec![(article.code, of_any(&first(&article.actions)))];
        }
        Phase::ALL.iter().filter_map(|phase| todo_at(&article, *phase)).collect()
    })))
}

/// Phase and cause, and what to do about that: where it depends on the phase, an article has an
/// action for each, which begins with it.
pub(crate) fn todo_at(article: &Article, phase: Phase) -> Option<(String, String)> {
    let start = format!("at {}: ", phase.as_str());
    let special = article.actions.iter().find_map(|action| action.strip_prefix(&start));
    let only = match article.actions.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    };
    Some((format!("{} {}", phase.as_str(), article.code), of_any(special.or(only)?)))
}

fn causes() -> impl Iterator<Item = Article> {
    article::all().into_iter().filter(|article| article.kind == Kind::Cause)
}

fn differs_by_phase(article: &Article) -> bool {
    article.actions.iter().any(|action| action.starts_with("at "))
}

/// The text without the host and the port of the example.
pub(crate) fn of_any(text: &str) -> String {
    EXAMPLE.iter().fold(text.to_owned(), |text, (example, any)| text.replace(example, any))
}

fn first(actions: &[String]) -> String {
    actions.first().cloned().unwrap_or_default()
}

fn texts(pairs: impl Iterator<Item = (String, String)>) -> Value {
    let sorted: BTreeMap<String, String> = pairs.collect();
    let options: serde_json::Map<String, Value> = (0..)
        .zip(sorted)
        .map(|(index, (code, text))| (code, json!({"index": index, "text": text})))
        .collect();
    json!({"type": "value", "options": options})
}

/// Every cause at every phase at which it has a text of its own is found by the key that the query
/// makes for it.
#[test]
fn every_cause_has_something_to_do() {
    let mapping = of_causes();
    let options = mapping["options"].as_object().unwrap();
    for article in causes() {
        let phases = Phase::ALL.iter().map(|phase| format!("{} {}", phase.as_str(), article.code));
        let keys: Vec<String> =
            if differs_by_phase(&article) { phases.collect() } else { vec![article.code] };
        for key in keys {
            let text = options[&key]["text"].as_str().unwrap();
            assert!(!text.is_empty() && !text.contains("example"), "{key}: {text}");
        }
    }
}
