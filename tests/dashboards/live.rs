//! The checks that ask a real Prometheus which scraped the real exporter.

mod answers;
mod asked;
mod board;
mod fixture;
mod macros;
mod mutations;
mod rules;
mod selectors;
mod servers;
mod settings;
mod truth;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use asked::Asked;
use board::Board;
use fixture::{SCRAPE, Watched};
use macros::Times;

/// How far the dashboards look back here: the shortest range that Grafana offers, which is hardest
/// on windows and steps.
const RANGE: Duration = Duration::from_mins(5);

/// Everything that was asked while the fleet was watched. The fleet and all processes have ended.
struct Outcome {
    findings: Vec<String>,
    /// Mutations that were not caught as they should be.
    survivors: Vec<String>,
    untrue: Vec<String>,
    answers: PathBuf,
}

impl Outcome {
    fn of(watched: &Watched) -> Self {
        let asked = Asked::new(watched, Times { range: RANGE, scrape: SCRAPE });
        let files: Vec<Value> = files();
        let boards: Vec<Board> = files.iter().map(|json| Board::read(json).unwrap()).collect();
        let findings = boards.iter().flat_map(|board| rules::check(&asked, board));
        let findings = findings.map(|finding| finding.to_string()).collect();
        let targets =
            boards.iter().flat_map(|board| &board.panels).flat_map(|panel| &panel.targets);
        println!(
            "{} dashboards, {} panels, {} queries of panels, {} questions to Prometheus",
            boards.len(),
            boards.iter().map(|board| board.panels.len() - 1).sum::<usize>(),
            targets.count(),
            asked.count()
        );
        Self {
            findings,
            survivors: mutations::survivors(&asked, &files[0]),
            untrue: truth::untrue(&asked, &boards),
            answers: answers::write(&asked, &boards),
        }
    }
}

/// The committed dashboards.
fn files() -> Vec<Value> {
    let uids = crate::boards::all().into_iter().map(|board| format!("{}.json", board.uid));
    let read = |name| std::fs::read_to_string(crate::generated::folder().join(name)).unwrap();
    uids.map(|name| serde_json::from_str(&read(name)).unwrap()).collect()
}

/// The outcome of the one run that all tests share.
fn outcome() -> &'static Outcome {
    static OUTCOME: OnceLock<Option<Outcome>> = OnceLock::new();
    // A run that fails is not tried again by the next test.
    let run = || catch_unwind(AssertUnwindSafe(|| Outcome::of(&Watched::new()))).ok();
    OUTCOME
        .get_or_init(run)
        .as_ref()
        .expect("the fleet could not be watched: see the first failure")
}

/// The answers to all queries of tables: a list of `{dashboard, panel, refId, format, response}`.
pub(crate) fn answers() -> PathBuf {
    outcome().answers.clone()
}

#[track_caller]
fn assert_none(list: &[String]) {
    assert!(list.is_empty(), "{} findings:\n{}", list.len(), list.join("\n"));
}

#[test]
fn no_panel_is_dead() {
    assert_none(&outcome().findings);
}

#[test]
fn every_mutation_of_a_panel_is_caught() {
    assert_none(&outcome().survivors);
}

#[test]
fn what_the_panels_say_is_true() {
    assert_none(&outcome().untrue);
}

#[test]
fn the_answers_to_tables_are_written_down() {
    let answers: Value = serde_json::from_slice(&std::fs::read(answers()).unwrap()).unwrap();
    let tables = |json: &Value| json.to_string().matches(r#""format":"table""#).count();
    assert_eq!(answers.as_array().unwrap().len(), files().iter().map(tables).sum::<usize>());
}
