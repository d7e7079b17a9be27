//! Where the panels stand.

use serde_json::Value;

use super::{Board, Finding, Findings, list, text};

/// Width of the grid.
const WIDTH: u64 = 24;

/// Grafana draws nothing that is lower.
const LOWEST: u64 = 1;

#[derive(Debug, Clone, Copy)]
struct Place {
    x: u64,
    y: u64,
    width: u64,
    height: u64,
}

impl Place {
    fn of(panel: &Value) -> Option<Self> {
        let field = |name| panel["gridPos"][name].as_u64();
        Some(Self { x: field("x")?, y: field("y")?, width: field("w")?, height: field("h")? })
    }

    fn overlaps(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    fn is_inside(self) -> bool {
        self.width > 0 && self.height >= LOWEST && self.x + self.width <= WIDTH
    }
}

pub(super) fn check(board: &Board<'_>) -> Vec<Finding> {
    let outer: Vec<&Value> = list(&board.json["panels"]).collect();
    let mut found = grid(board, &outer);
    for row in outer {
        // A row that is closed is a grid of its own.
        found.append(&mut grid(board, &list(&row["panels"]).collect::<Vec<_>>()));
    }
    found
}

fn grid(board: &Board<'_>, panels: &[&Value]) -> Vec<Finding> {
    let mut all = Vec::new();
    for (number, panel) in panels.iter().enumerate() {
        let mut found = Findings::at(board.place(panel));
        let place = Place::of(panel);
        let inside = place.is_some_and(Place::is_inside);
        found.check(inside, "S17", "gridPos: x, y, w and h within 24 columns");
        for other in &panels[..number] {
            if let (Some(place), Some(theirs)) = (place, Place::of(other))
                && place.overlaps(theirs)
            {
                let text = format!("stands on \"{}\": move one of them", text(&other["title"]));
                found.add("S16", text);
            }
        }
        all.append(&mut found.list);
    }
    all
}
