//! Queries of panels.

use serde_json::{Value, json};

use super::datasource;

/// One query of a panel; its `refId` is given by the panel unless it has one.
#[derive(Debug, Clone)]
pub(crate) struct Query(Value);

impl Query {
    /// The value now: for everything that shows one number, so that a series that has ended does
    /// not look alive.
    pub(crate) fn instant(expr: impl Into<String>) -> Self {
        Self::new(&expr.into(), true, "time_series")
    }

    /// The same, as rows of a table: one row for each series, one column for each label.
    pub(crate) fn table(expr: impl Into<String>) -> Self {
        Self::new(&expr.into(), true, "table")
    }

    /// Over the time range of the dashboard.
    pub(crate) fn range(expr: impl Into<String>) -> Self {
        Self::new(&expr.into(), false, "time_series")
    }

    /// Buckets over the time range of the dashboard.
    pub(crate) fn heatmap(expr: impl Into<String>) -> Self {
        Self::new(&expr.into(), false, "heatmap").legend("{{le}}")
    }

    fn new(expr: &str, instant: bool, format: &str) -> Self {
        Self(json!({
            "datasource": datasource(),
            "editorMode": "code",
            "expr": expr,
            "format": format,
            "instant": instant,
            "legendFormat": "__auto",
            "range": !instant,
        }))
    }

    /// How each series is called, with `{{label}}` in it.
    pub(crate) fn legend(mut self, format: &str) -> Self {
        self.0["legendFormat"] = json!(format);
        self
    }

    /// The name of the query in its panel. In a table with several queries the column of its
    /// values is called `Value #NAME`.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.0["refId"] = json!(name);
        self
    }

    /// The shortest step, as `$__interval` is then too: for bars that count events, at least two
    /// scrapes.
    pub(crate) fn min_step(mut self, step: &str) -> Self {
        self.0["interval"] = json!(step);
        self
    }

    /// Its JSON, called by that letter if it has no name.
    pub(super) fn json(mut self, letter: u8) -> Value {
        if self.0["refId"].is_null() {
            self.0["refId"] = json!(char::from(letter).to_string());
        }
        self.0
    }
}
