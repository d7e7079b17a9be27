//! What the programs of the monitoring side say over their real interfaces.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde_json::Value;

use crate::wan::Lab;

/// One series of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    pub(super) labels: BTreeMap<String, String>,
    pub(super) value: f64,
}

impl Series {
    /// A label, or nothing where there is none.
    pub(super) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

/// A web server of the monitoring side, asked from beside it.
#[derive(Clone, Copy)]
pub(super) struct Api<'a> {
    pub(super) lab: &'a Lab,
    /// Address and port.
    pub(super) at: &'a str,
}

impl Api<'_> {
    /// The answer to a request as JSON; `None` where there is none.
    pub(super) fn ask(self, path: &str, parameters: &[(&str, &str)]) -> Option<Value> {
        let mut command = self.lab.servers_command("curl");
        command.args(["-sS", "--max-time", "10", "-G"]);
        for (name, value) in parameters {
            command.arg("--data-urlencode").arg(format!("{name}={value}"));
        }
        let output = command.arg(format!("http://{}{path}", self.at)).output().expect("curl");
        serde_json::from_slice(&output.stdout).ok()
    }

    /// Whether something listens there and says that it is well.
    pub(super) fn is_well(self, path: &str) -> bool {
        let mut command = self.lab.servers_command("curl");
        command.args(["-sSf", "--max-time", "2", "-o", "/dev/null"]);
        let output = command.arg(format!("http://{}{path}", self.at)).output().expect("curl");
        output.status.success()
    }

    /// What an expression is now, or at a time in seconds since 1970.
    pub(super) fn query_at(self, expression: &str, time: Option<&str>) -> Vec<Series> {
        let mut parameters = vec![("query", expression)];
        parameters.extend(time.map(|time| ("time", time)));
        let answer = self.ask("/api/v1/query", &parameters);
        let answer = answer.expect(expression);
        assert_eq!(answer["status"], "success", "{}: {expression}: {answer}", self.at);
        let results = answer["data"]["result"].as_array().expect("a list").iter();
        results.filter_map(series).collect()
    }

    /// What an expression is now.
    pub(super) fn query(self, expression: &str) -> Vec<Series> {
        self.query_at(expression, None)
    }

    /// The values of some series in the last so many seconds, for messages.
    pub(super) fn history(self, selector: &str, seconds: u64) -> String {
        let expression = format!("{selector}[{seconds}s]");
        let answer = self.ask("/api/v1/query", &[("query", &expression)]).unwrap_or_default();
        let results = answer["data"]["result"].as_array().into_iter().flatten();
        let text = |one: &Value| {
            let values = one["values"].as_array().into_iter().flatten();
            let values: Vec<String> = values.map(Value::to_string).collect();
            format!("\n  {}: {}", one["metric"], values.join(" "))
        };
        results.map(text).collect()
    }

    /// Every target that a Prometheus scrapes, as its final labels, and whether that works.
    pub(super) fn targets(self) -> Vec<(String, bool)> {
        let answer = self.ask("/api/v1/targets", &[("state", "active")]).expect("targets");
        let active = answer["data"]["activeTargets"].as_array().expect("a list").iter();
        active.map(|one| (one["labels"].to_string(), one["health"] == "up")).collect()
    }

    /// What a ruler says is on, with 1 as its value.
    pub(super) fn firing(self) -> Vec<Series> {
        let answer = self.ask("/api/v1/alerts", &[]).expect("alerts");
        assert_eq!(answer["status"], "success", "{}: {answer}", self.at);
        let alerts = answer["data"]["alerts"].as_array().into_iter().flatten();
        let firing = alerts.filter(|alert| alert["state"] == "firing");
        firing.map(|alert| Series { labels: labels(&alert["labels"]), value: 1.0 }).collect()
    }

    /// Name, job and endpoint of what an Alertmanager would notify of, of one severity.
    pub(super) fn notified(self, severity: &str) -> Vec<String> {
        let answer = self.ask("/api/v2/alerts", &[("active", "true")]).expect("alerts");
        let alerts = answer.as_array().expect("a list").iter().map(|alert| &alert["labels"]);
        let of_severity = alerts.filter(|labels| labels["severity"] == severity);
        let words = ["alertname", "job", "endpoint"];
        let named =
            |labels: &Value| words.map(|word| labels[word].as_str().unwrap_or_default()).join(" ");
        of_severity.map(named).collect()
    }
}

impl Display for Series {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let labels: Vec<&str> = self.labels.values().map(String::as_str).collect();
        write!(f, "{} = {}", labels.join(" "), self.value)
    }
}

/// Series in a few words, for messages.
pub(super) fn list(series: &[Series]) -> String {
    series.iter().fold(String::new(), |text, one| text + "\n  " + &one.to_string())
}

/// A series of an answer; NaN is no value.
fn series(result: &Value) -> Option<Series> {
    let value: f64 = result["value"][1].as_str()?.parse().ok()?;
    (!value.is_nan()).then(|| Series { labels: labels(&result["metric"]), value })
}

fn labels(object: &Value) -> BTreeMap<String, String> {
    let labels = object.as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels.map(|(name, value)| (name.clone(), text(value))).collect()
}
