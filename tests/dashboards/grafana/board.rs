//! Dashboards: variables, rows, and where the panels stand.

use serde_json::{Value, json};

use super::datasource;
use super::panel::Panel;

/// Width of the grid.
const GRID: u32 = 24;

/// A title and the panels below it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    title: String,
    collapsed: bool,
    panels: Vec<Panel>,
}

impl Row {
    /// A row that is open.
    pub(crate) fn open(title: &str, panels: impl Into<Vec<Panel>>) -> Self {
        Self { title: title.to_owned(), collapsed: false, panels: panels.into() }
    }

    /// A row whose queries are only made when somebody opens it.
    pub(crate) fn closed(title: &str, panels: impl Into<Vec<Panel>>) -> Self {
        Self { collapsed: true, ..Self::open(title, panels) }
    }
}

/// A dashboard.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    /// Also the name of its file.
    pub(crate) uid: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    /// How far it looks back when it is opened.
    pub(crate) from: &'static str,
    pub(crate) variables: Vec<Value>,
    pub(crate) annotations: Vec<Value>,
    /// Links to other dashboards.
    pub(crate) links: Vec<Value>,
    pub(crate) rows: Vec<Row>,
}

impl Board {
    /// The file's contents.
    pub(crate) fn json(self) -> Value {
        let annotations: Vec<Value> = std::iter::once(built_in()).chain(self.annotations).collect();
        json!({
            "uid": self.uid,
            "title": self.title,
            "description": self.description,
            "tags": ["wsus"],
            "schemaVersion": 42,
            "version": 1,
            "editable": false,
            "fiscalYearStartMonth": 0,
            "graphTooltip": 1,
            "refresh": "1m",
            "time": {"from": self.from, "to": "now"},
            "timepicker": {},
            "timezone": "browser",
            "weekStart": "",
            "links": self.links,
            "annotations": {"list": annotations},
            "templating": {"list": self.variables},
            "panels": place(self.rows),
        })
    }
}

/// All panels at their places: from left to right, and below each other where there is no room.
fn place(rows: Vec<Row>) -> Vec<Value> {
    let (mut all, mut id, mut y) = (Vec::new(), 0, 0);
    for row in rows {
        id += 1;
        let row_id = id;
        let row_y = y;
        y += 1;
        let (mut inside, mut x, mut tallest) = (Vec::new(), 0, 0);
        for panel in row.panels {
            if x + panel.width > GRID {
                (x, y, tallest) = (0, y + tallest, 0);
            }
            id += 1;
            let (width, height) = (panel.width, panel.height);
            inside.push(panel.json(id, x, y));
            (x, tallest) = (x + width, tallest.max(height));
        }
        y += tallest;
        let folded = if row.collapsed { std::mem::take(&mut inside) } else { Vec::new() };
        all.push(json!({
            "type": "row",
            "id": row_id,
            "title": row.title,
            "collapsed": row.collapsed,
            "gridPos": {"x": 0, "y": row_y, "w": GRID, "h": 1},
            "panels": folded,
        }));
        all.append(&mut inside);
    }
    all
}

/// Events over all panels: an annotation for each sample of a query that is not 0.
pub(crate) fn events(name: &str, color: &str, expr: &str, title: &str, text: &str) -> Value {
    json!({
        "name": name,
        "datasource": datasource(),
        "enable": true,
        "hide": false,
        "iconColor": color,
        "expr": expr,
        "step": "60s",
        "titleFormat": title,
        "textFormat": text,
        "useValueForTime": false,
    })
}

/// Events over all panels, where the values of a query are the times of the events, in seconds
/// since 1970. Unlike [`events`] this needs no window, and each event stands where it was.
pub(crate) fn moments(name: &str, color: &str, expr: &str, title: &str, text: &str) -> Value {
    let mut json = events(name, color, &format!("1000 * {expr}"), title, text);
    json["useValueForTime"] = json!(true);
    // What is closer together than a step is drawn as one region.
    json["step"] = json!("10s");
    json
}

/// What people note in Grafana themselves.
fn built_in() -> Value {
    json!({
        "builtIn": 1,
        "name": "Annotations & Alerts",
        "type": "dashboard",
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": true,
        "hide": true,
        "iconColor": "rgba(0, 211, 255, 1)",
    })
}

/// The way to another dashboard, which keeps these variables and the time.
pub(crate) fn way(title: &str, uid: &str, kept: &[&str]) -> Value {
    let kept: Vec<String> = kept.iter().map(|name| format!("${{{name}:queryparam}}")).collect();
    json!({
        "type": "link",
        "title": title,
        "tags": [],
        "asDropdown": false,
        // Would take all of them.
        "includeVars": false,
        "keepTime": true,
        "targetBlank": false,
        "icon": "dashboard",
        "tooltip": "",
        "url": format!("/d/{uid}?{}", kept.join("&")),
    })
}
