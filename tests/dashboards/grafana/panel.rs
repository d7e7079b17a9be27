//! Panels: what all have in common, and the kinds that are used.

use serde_json::{Map, Value, json};

use super::query::Query;
use super::{datasource, set};

/// One panel. Its place and its number are given by the dashboard.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    json: Value,
    queries: Vec<Query>,
    /// In units of the grid, which is 24 wide.
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A colour that is not one of a palette: what it says is the same on every panel.
pub(crate) mod color {
    /// Works.
    pub(crate) const GOOD: &str = "green";
    /// Works, but something should be done.
    pub(crate) const WARN: &str = "orange";
    /// Does not work.
    pub(crate) const BAD: &str = "red";
    /// Not known.
    pub(crate) const UNKNOWN: &str = "#808080";
    /// Neither good nor bad.
    pub(crate) const PLAIN: &str = "blue";
}

impl Panel {
    /// A panel of that kind. The description says what is to be seen, what it means, and what to
    /// do where it is bad.
    fn new(kind: &str, title: &str, description: &str) -> Self {
        let json = json!({
            "type": kind,
            "title": title,
            "description": description,
            "datasource": datasource(),
            "fieldConfig": {"defaults": {}, "overrides": []},
            "options": {},
            "transparent": false,
        });
        Self { json, queries: Vec::new(), width: 6, height: 4 }
    }

    /// One number for each series, on a coloured ground; grey where there is nothing.
    pub(crate) fn stat(title: &str, description: &str) -> Self {
        let reduce = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
        let panel = Self::new("stat", title, description)
            .default("mappings", json!([nothing("No data", color::UNKNOWN, 0)]));
        panel.option("reduceOptions", reduce).options([
            ("colorMode", json!("background")),
            ("graphMode", json!("none")),
            ("justifyMode", json!("auto")),
            ("orientation", json!("auto")),
            ("textMode", json!("auto")),
            ("wideLayout", json!(true)),
            ("showPercentChange", json!(false)),
            ("percentChangeColorMode", json!("standard")),
        ])
    }

    /// Lines over time.
    pub(crate) fn lines(title: &str, description: &str) -> Self {
        let legend = json!({"displayMode": "table", "placement": "right", "showLegend": true,
                            "calcs": ["lastNotNull", "max"], "sortBy": "Max", "sortDesc": true});
        Self::new("timeseries", title, description)
            .size(12, 8)
            .custom([
                ("drawStyle", json!("line")),
                ("fillOpacity", json!(0)),
                ("lineWidth", json!(1)),
                ("showPoints", json!("never")),
                // A gap is a gap: nothing was measured.
                ("spanNulls", json!(false)),
            ])
            .option("legend", legend)
            .option("tooltip", json!({"mode": "multi", "sort": "desc"}))
    }

    /// A bar over time for each series, in the colours of its values.
    pub(crate) fn timeline(title: &str, description: &str) -> Self {
        let legend = json!({"displayMode": "list", "placement": "bottom", "showLegend": true,
                            "calcs": []});
        Self::new("state-timeline", title, description)
            .size(24, 8)
            .custom([
                ("fillOpacity", json!(80)),
                ("lineWidth", json!(0)),
                ("spanNulls", json!(false)),
            ])
            .options([
                ("mergeValues", json!(true)),
                ("rowHeight", json!(0.9)),
                ("showValue", json!("never")),
                ("alignValue", json!("left")),
                ("legend", legend),
                ("tooltip", json!({"mode": "single", "sort": "none"})),
            ])
    }

    /// Rows and columns.
    pub(crate) fn table(title: &str, description: &str) -> Self {
        Self::new("table", title, description)
            .size(24, 9)
            .options([("showHeader", json!(true)), ("cellHeight", json!("sm"))])
            .option("frameIndex", json!(0))
            .custom([("align", json!("auto")), ("inspect", json!(false))])
            .custom([("cellOptions", json!({"type": "auto"})), ("filterable", json!(false))])
    }

    /// A horizontal bar for each series.
    pub(crate) fn bars(title: &str, description: &str) -> Self {
        let reduce = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
        Self::new("bargauge", title, description).size(12, 8).options([
            ("displayMode", json!("lcd")),
            (
                "legend",
                json!({"displayMode": "list", "placement": "bottom", "showLegend": false,
                              "calcs": []}),
            ),
            ("maxVizHeight", json!(32)),
            ("minVizHeight", json!(16)),
            ("minVizWidth", json!(8)),
            ("namePlacement", json!("left")),
            ("orientation", json!("horizontal")),
            ("reduceOptions", reduce),
            ("showUnfilled", json!(true)),
            ("sizing", json!("auto")),
            ("valueMode", json!("color")),
        ])
    }

    /// How often which duration was seen, over time.
    pub(crate) fn heatmap(title: &str, description: &str) -> Self {
        Self::new("heatmap", title, description)
            .size(12, 8)
            .custom([
                ("scaleDistribution", json!({"type": "linear"})),
                ("hideFrom", json!({"legend": false, "tooltip": false, "viz": false})),
            ])
            .options([
                ("calculate", json!(false)),
                ("cellGap", json!(1)),
                ("cellValues", json!({"unit": "short"})),
                (
                    "color",
                    json!({"mode": "scheme", "scheme": "Oranges", "steps": 64, "fill": "dark-orange",
                           "exponent": 0.5, "reverse": false}),
                ),
                ("exemplars", json!({"color": "rgba(255,0,255,0.7)"})),
                ("filterValues", json!({"le": 1e-9})),
                ("legend", json!({"show": true})),
                ("rowsFrame", json!({"layout": "auto"})),
                ("showValue", json!("never")),
                ("tooltip", json!({"mode": "single", "showColorScale": false, "yHistogram": true})),
                ("yAxis", json!({"axisPlacement": "left", "reverse": false, "unit": "s"})),
            ])
    }

    /// Width and height in units of the grid.
    pub(crate) fn size(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width, height);
        self
    }

    /// At most that many points of each series: fewer, longer steps for queries that are much work.
    pub(crate) fn points(mut self, most: u32) -> Self {
        set(&mut self.json, &["maxDataPoints"], json!(most));
        self
    }

    /// One more query.
    pub(crate) fn query(mut self, query: Query) -> Self {
        self.queries.push(query);
        self
    }

    /// A Grafana unit.
    pub(crate) fn unit(self, unit: &str) -> Self {
        self.default("unit", json!(unit))
    }

    /// Colours from these values on; the first begins at minus infinity.
    pub(crate) fn thresholds<const N: usize>(self, first: &str, steps: [(f64, &str); N]) -> Self {
        self.default("thresholds", self::steps(first, &steps))
            .default("color", json!({"mode": "thresholds"}))
    }

    /// A text and a colour for each of these values.
    pub(crate) fn values<const N: usize>(mut self, values: [(&str, &str, &str); N]) -> Self {
        let mappings = &mut self.json["fieldConfig"]["defaults"]["mappings"];
        match mappings.as_array_mut() {
            Some(list) => list.push(mapping(&values)),
            None => *mappings = json!([mapping(&values)]),
        }
        self
    }

    /// A field of the panel's options.
    pub(crate) fn option(mut self, name: &str, value: Value) -> Self {
        set(&mut self.json, &["options", name], value);
        self
    }

    fn options<const N: usize>(self, options: [(&str, Value); N]) -> Self {
        options.into_iter().fold(self, |panel, (name, value)| panel.option(name, value))
    }

    /// What it says where there is no data: why that can be. The empty cells of a table stay empty.
    /// Not for a timeline, which has it in its legend: its description says `Empty where`.
    pub(crate) fn when_empty(self, text: &str) -> Self {
        let is_table = self.json["type"] == "table";
        let mut panel = self.default("noValue", json!(text));
        if is_table && let Some(list) = panel.json["fieldConfig"]["overrides"].as_array_mut() {
            // First, so that columns can have words of their own.
            let nothing = json!({"matcher": {"id": "byRegexp", "options": ".*"},
                                 "properties": [{"id": "noValue", "value": ""}]});
            list.insert(0, nothing);
        }
        panel
    }

    /// A field that all columns or series have, unless overridden.
    pub(crate) fn default(mut self, name: &str, value: Value) -> Self {
        set(&mut self.json, &["fieldConfig", "defaults", name], value);
        self
    }

    /// Fields of `custom` that all columns or series have, unless overridden.
    pub(crate) fn custom<const N: usize>(mut self, fields: [(&str, Value); N]) -> Self {
        for (name, value) in fields {
            set(&mut self.json, &["fieldConfig", "defaults", "custom", name], value);
        }
        self
    }

    /// Other properties for the column or series of that name.
    pub(crate) fn column<const N: usize>(self, name: &str, properties: [(&str, Value); N]) -> Self {
        self.matching("byName", json!(name), properties)
    }

    /// Other properties for what this matcher matches.
    pub(crate) fn matching<const N: usize>(
        mut self,
        matcher: &str,
        options: Value,
        properties: [(&str, Value); N],
    ) -> Self {
        let properties = properties.map(|(id, value)| json!({"id": id, "value": value})).to_vec();
        let mut entry = json!({"matcher": {"id": matcher}, "properties": properties});
        entry["matcher"]["options"] = options;
        if let Some(list) = self.json["fieldConfig"]["overrides"].as_array_mut() {
            list.push(entry);
        }
        self
    }

    /// One more transformation of what the queries brought.
    pub(crate) fn transform(mut self, id: &str, options: Value) -> Self {
        let mut entry = json!({"id": id});
        entry["options"] = options;
        match self.json["transformations"].as_array_mut() {
            Some(list) => list.push(entry),
            None => self.json["transformations"] = json!([entry]),
        }
        self
    }

    /// A link of each value; in it `${__field.labels.NAME}` or, in tables, `${__data.fields.NAME}`.
    pub(crate) fn link(self, title: &str, url: &str) -> Self {
        self.default("links", json!([link(title, url)]))
    }

    /// Its JSON at that place.
    pub(super) fn json(self, id: u32, x: u32, y: u32) -> Value {
        let mut json = self.json;
        json["id"] = json!(id);
        json["gridPos"] = json!({"x": x, "y": y, "w": self.width, "h": self.height});
        let queries = (b'A'..).zip(self.queries).map(|(letter, query)| query.json(letter));
        json["targets"] = queries.collect();
        json
    }
}

/// The value mapping of these values: each a text and a colour.
pub(crate) fn mapping(values: &[(&str, &str, &str)]) -> Value {
    let options: Map<String, Value> = (0..)
        .zip(values)
        .map(|(index, (value, text, color))| {
            ((*value).to_owned(), json!({"color": color, "index": index, "text": text}))
        })
        .collect();
    json!({"type": "value", "options": options})
}

/// The value mapping of what is not there, at that place among the mappings. Without it Grafana
/// shows the colour of the lowest threshold, which often is that of "good".
pub(crate) fn nothing(text: &str, color: &str, index: u8) -> Value {
    let result = json!({"text": text, "color": color, "index": index});
    json!({"type": "special", "options": {"match": "null+nan", "result": result}})
}

/// Thresholds: the colour below all steps, and those from these values on.
pub(crate) fn steps(first: &str, steps: &[(f64, &str)]) -> Value {
    let first = json!({"color": first, "value": null});
    let steps = steps.iter().map(|(value, color)| json!({"color": color, "value": value}));
    json!({"mode": "absolute", "steps": std::iter::once(first).chain(steps).collect::<Vec<_>>()})
}

/// Cells on a ground of their value's colour.
pub(crate) fn ground() -> Value {
    json!({"type": "color-background", "mode": "basic"})
}

/// A link in the same window.
pub(crate) fn link(title: &str, url: &str) -> Value {
    json!({"title": title, "url": url, "targetBlank": false})
}
