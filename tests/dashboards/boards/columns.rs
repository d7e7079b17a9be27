//! Columns of tables: order, names and looks.

use serde_json::{Value, json};

use crate::grafana::panel::{Panel, color, ground, mapping, nothing, steps};

/// The unit of days that are left of certificates: titles say that they are days. Grafana's units
/// of time would make weeks of them.
pub(crate) const DAYS: &str = "none";

/// The columns of a table, from left to right: the field that a query or transformation brings,
/// and its heading. All other fields named in `hidden` are left out.
pub(crate) fn arrange(panel: Panel, columns: &[(&str, &str)], hidden: &[&str]) -> Panel {
    let order = (0..).zip(columns).map(|(at, (field, _)): (u32, _)| (field, json!(at)));
    let names = columns.iter().map(|(field, name)| (field, json!(name)));
    let object = |pairs: &mut dyn Iterator<Item = (&&str, Value)>| {
        Value::Object(pairs.map(|(key, value)| ((*key).to_owned(), value)).collect())
    };
    let excluded = object(&mut hidden.iter().map(|field| (field, json!(true))));
    panel.transform(
        "organize",
        json!({
            "excludeByName": excluded,
            "indexByName": object(&mut order.into_iter()),
            "renameByName": object(&mut names.into_iter()),
            "includeByName": {},
        }),
    )
}

/// A column of texts of up to two lines, which Grafana wraps from version 12 on and before that
/// shows whole in a window of its own. Rows do not grow with what a value mapping says, so their
/// height is that of two lines.
pub(crate) fn prose(panel: Panel, name: &str, width: u32, texts: Option<Value>) -> Panel {
    let panel = panel.option("cellHeight", json!("lg")).column(
        name,
        [
            ("custom.minWidth", json!(width)),
            ("custom.wrapText", json!(true)),
            ("custom.inspect", json!(true)),
        ],
    );
    match texts {
        Some(texts) => panel.column(name, [("mappings", json!([texts]))]),
        None => panel,
    }
}

/// A column whose cells have the colours of their values; grey where nothing is known.
pub(crate) fn coloured(
    panel: Panel,
    name: &str,
    width: u32,
    values: &[(&str, &str, &str)],
) -> Panel {
    panel.column(
        name,
        [
            ("mappings", json!([mapping(values), not_known()])),
            ("custom.cellOptions", ground()),
            ("custom.align", json!("center")),
            ("custom.width", json!(width)),
        ],
    )
}

/// Columns of that width in pixels.
pub(crate) fn wide(panel: Panel, columns: &[(&str, u32)]) -> Panel {
    columns
        .iter()
        .fold(panel, |panel, (name, width)| panel.column(name, [("custom.width", json!(width))]))
}

/// A column of days left.
pub(crate) fn days_left(panel: Panel, name: &str) -> Panel {
    coloured(panel, name, 100, &[])
        .column(name, [("thresholds", urgency()), ("unit", json!(DAYS)), ("decimals", json!(1))])
}

/// The colours of days that are left: urgent below a week and to be done below three.
pub(crate) fn urgency() -> Value {
    steps(color::BAD, &[(7.0, color::WARN), (21.0, color::GOOD)])
}

/// The value mapping of a cell without a value.
pub(crate) fn not_known() -> Value {
    nothing("not known", color::UNKNOWN, 9)
}
