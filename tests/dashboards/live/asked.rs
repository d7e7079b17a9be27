//! What Prometheus says to the queries of dashboards, all at the same moment.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::fixture::Watched;
use super::macros::Times;
use crate::support::prometheus::Prometheus;

/// Asks Prometheus, and asks nothing twice.
pub(crate) struct Asked<'a> {
    prometheus: &'a Prometheus,
    pub(crate) times: Times,
    /// The moment, in seconds since 1970.
    now: u64,
    answers: RefCell<BTreeMap<String, Rc<Answer>>>,
}

/// What came of a query.
pub(crate) struct Answer {
    pub(crate) body: Value,
    /// What Prometheus says against it.
    pub(crate) error: Option<String>,
    /// The labels of each series with at least one number.
    pub(crate) series: Vec<Value>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(watched: &'a Watched, times: Times) -> Self {
        let now = watched.until.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        Self { prometheus: &watched.prometheus, times, now, answers: RefCell::default() }
    }

    /// How many different queries were made.
    pub(crate) fn count(&self) -> usize {
        self.answers.borrow().len()
    }

    /// The value now.
    pub(crate) fn instant(&self, expr: &str) -> Rc<Answer> {
        self.ask("query", &[("query", expr), ("time", &self.now.to_string())])
    }

    /// The values over the range of the dashboard, up to now.
    pub(crate) fn range(&self, expr: &str, step: Duration) -> Rc<Answer> {
        // Grafana's points are at multiples of the step; here the last is now, because there is not
        // much before.
        let points = self.times.range.as_secs() / step.as_secs();
        let start = self.now - points * step.as_secs();
        let [start, end, step] = [start, self.now, step.as_secs()].map(|time| time.to_string());
        let times = [("start", &*start), ("end", &*end), ("step", &*step)];
        self.ask("query_range", &[[("query", expr)].as_slice(), &times].concat())
    }

    /// The values that a label of these series has.
    ///
    /// # Errors
    ///
    /// What Prometheus says against it.
    pub(crate) fn label_values(&self, selector: &str, label: &str) -> Result<Vec<String>, String> {
        let start = (self.now - self.times.range.as_secs()).to_string();
        let end = self.now.to_string();
        let parameters = [("match[]", selector), ("start", &start), ("end", &end)];
        let answer = self.ask(&format!("label/{label}/values"), &parameters);
        if let Some(error) = &answer.error {
            return Err(error.clone());
        }
        Ok(serde_json::from_value(answer.body["data"].clone()).unwrap())
    }

    fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Rc<Answer> {
        let key = format!("{path} {parameters:?}");
        if let Some(answer) = self.answers.borrow().get(&key) {
            return Rc::clone(answer);
        }
        let answer = Rc::new(Answer::of(self.prometheus.api(path, parameters)));
        self.answers.borrow_mut().insert(key, Rc::clone(&answer));
        answer
    }
}

impl Answer {
    fn of(body: Value) -> Self {
        let failed = body["status"] != "success";
        let error = failed.then(|| body["error"].as_str().unwrap_or("no success").to_owned());
        let data = &body["data"];
        let series = match data["resultType"].as_str() {
            // A number without labels.
            Some("scalar") if is_number(&data["result"]) => vec![Value::Null],
            Some("vector" | "matrix") => {
                let results = data["result"].as_array().into_iter().flatten();
                let results = results.filter(|result| has_number(result));
                results.map(|result| result["metric"].clone()).collect()
            }
            _ => Vec::new(),
        };
        Self { body, error, series }
    }

    pub(crate) fn has_data(&self) -> bool {
        !self.series.is_empty()
    }
}

fn has_number(result: &Value) -> bool {
    let over_time = result["values"].as_array().into_iter().flatten();
    over_time.chain(std::iter::once(&result["value"])).any(is_number)
}

/// Whether a sample, which is a time and a text, is one.
fn is_number(sample: &Value) -> bool {
    sample[1].as_str().is_some_and(|value| value != "NaN")
}
