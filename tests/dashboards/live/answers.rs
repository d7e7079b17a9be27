//! What Prometheus said to tables, for those who look at what Grafana makes of it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::asked::Asked;
use super::board::{Board, Panel};
use super::macros::Setting;
use super::{rules, settings};

/// Writes the answers to all queries of tables, and says where.
pub(crate) fn write(asked: &Asked<'_>, boards: &[Board]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dashboards");
    let path = folder.join("answers.json");
    let answers: Vec<Value> = boards.iter().flat_map(|board| of_board(asked, board)).collect();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(&path, serde_json::to_string_pretty(&answers).unwrap()).unwrap();
    path
}

fn of_board(asked: &Asked<'_>, board: &Board) -> Vec<Value> {
    let (settings, _) = settings::settings(asked, board, None);
    let panels = board.panels.iter();
    panels.flat_map(|panel| fullest(asked, board, panel, &settings)).collect()
}

/// The answers with the setting for which there is most to see.
fn fullest(asked: &Asked<'_>, board: &Board, panel: &Panel, settings: &[Setting]) -> Vec<Value> {
    let tables: Vec<_> = panel.targets.iter().filter(|target| target.format == "table").collect();
    let answers = |setting: &Setting| {
        let answers = tables.iter().map(|target| rules::answer(asked, target, setting));
        answers.filter_map(Result::ok).collect::<Vec<_>>()
    };
    let fullest = settings.iter().map(answers).max_by_key(|answers| {
        let rows = answers.iter().map(|answer| answer.series.len());
        (rows.clone().filter(|rows| *rows > 0).count(), rows.sum::<usize>())
    });
    let entry = |(target, answer): (&&super::board::Target, std::rc::Rc<super::asked::Answer>)| {
        json!({"dashboard": board.uid, "panel": panel.id, "refId": target.name,
               "format": target.format, "response": answer.body})
    };
    tables.iter().zip(fullest.unwrap_or_default()).map(entry).collect()
}
