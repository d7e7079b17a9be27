//! Writing Prometheus' text format, version 0.0.4.
//!
//! The labels that tell an endpoint or a member are written once, see `labels`, and copied into
//! each of its series: at ten thousand endpoints the text has tens of megabytes.

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::metrics::table::{Family, Kind};
use crate::model::monitor::histogram::{BOUNDS, Histogram};

/// The value of a series.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// 1 or 0.
    Flag(bool),
    /// A number of things.
    Count(u64),
    /// A number that is neither a time nor a count.
    Number(f64),
    /// A duration, written in seconds.
    Seconds(Duration),
    /// A moment, written in seconds since 1970 to the millisecond.
    At(SystemTime),
}

/// The constant value of series that carry their news in labels.
pub(super) const ONE: Value = Value::Flag(true);

/// Labels as they stand between the braces, escaped.
pub(super) fn labels<const N: usize>(pairs: [(&str, &str); N]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(name);
        text.push_str("=\"");
        escape(&mut text, value);
        text.push('"');
    }
    text
}

/// Writes the series of one family, and its heading before the first of them.
pub(super) struct Series<'a> {
    out: &'a mut String,
    family: &'static Family,
    kind: &'static str,
    has_buckets: bool,
    headed: bool,
    /// For each label that is not among the shared ones: its name with what surrounds it.
    own: Vec<String>,
    /// The last label of each bucket, but of the infinite one.
    bounds: Vec<String>,
}

impl<'a> Series<'a> {
    /// Series of that family. Without buckets a histogram becomes a summary without quantiles.
    pub(super) fn new(out: &'a mut String, family: &'static Family, buckets: bool) -> Self {
        let is_histogram = family.kind == Kind::Histogram;
        let kind = if is_histogram && !buckets { "summary" } else { family.kind.as_str() };
        let has_buckets = is_histogram && buckets;
        let bounds = if has_buckets { BOUNDS.as_slice() } else { &[] };
        Self {
            out,
            family,
            kind,
            has_buckets,
            headed: false,
            own: family.own_labels().map(|label| format!("{label}=\"")).collect(),
            bounds: bounds.iter().map(|bound| format!("le=\"{bound}\"")).collect(),
        }
    }

    /// Goes on with a family whose heading may have been written before.
    pub(super) const fn headed(mut self, headed: bool) -> Self {
        self.headed = headed;
        self
    }

    /// Whether the heading was written.
    pub(super) const fn is_headed(&self) -> bool {
        self.headed
    }

    /// The length of the whole text so far, in bytes.
    pub(super) const fn written(&self) -> usize {
        self.out.len()
    }

    /// Writes a series. `shared` are [`labels`]; `own` the values of the family's further labels,
    /// in the order of the table.
    pub(super) fn add(&mut self, shared: &str, own: &[&str], value: Value) {
        self.sample("", shared, own, None, value);
    }

    /// Writes a series without further labels, if there is a value.
    pub(super) fn add_if(&mut self, shared: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.add(shared, &[], value);
        }
    }

    /// Writes the series of a histogram; nothing where nothing was observed.
    pub(super) fn histogram(&mut self, shared: &str, own: &[&str], histogram: &Histogram) {
        if histogram.count == 0 {
            return;
        }
        if self.has_buckets {
            let bounds = std::mem::take(&mut self.bounds);
            let mut below = 0;
            for (bound, count) in bounds.iter().zip(histogram.buckets) {
                below += u64::from(count);
                self.sample("_bucket", shared, own, Some(bound), Value::Count(below));
            }
            let all = Value::Count(histogram.count);
            self.sample("_bucket", shared, own, Some("le=\"+Inf\""), all);
            self.bounds = bounds;
        }
        self.sample("_sum", shared, own, None, Value::Seconds(histogram.sum));
        self.sample("_count", shared, own, None, Value::Count(histogram.count));
    }

    fn sample(
        &mut self,
        suffix: &str,
        shared: &str,
        own: &[&str],
        bound: Option<&str>,
        value: Value,
    ) {
        self.heading();
        self.out.push_str(self.family.name);
        self.out.push_str(suffix);
        let start = self.out.len() + 1;
        self.out.push('{');
        self.out.push_str(shared);
        for (label, text) in self.own.iter().zip(own) {
            if self.out.len() > start {
                self.out.push(',');
            }
            self.out.push_str(label);
            escape(self.out, text);
            self.out.push('"');
        }
        if let Some(bound) = bound {
            if self.out.len() > start {
                self.out.push(',');
            }
            self.out.push_str(bound);
        }
        if self.out.len() > start {
            self.out.push_str("} ");
        } else {
            self.out.pop();
            self.out.push(' ');
        }
        write_value(self.out, value);
        self.out.push('\n');
    }

    fn heading(&mut self) {
        if !self.headed {
            self.headed = true;
            let Family { name, help, .. } = self.family;
            // Writing to a string cannot fail.
            let _ = writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} {}", self.kind);
        }
    }
}

/// Label values may hold anything; these three characters are written with a backslash.
fn escape(out: &mut String, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b'\\' | b'"' | b'\n')) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
}

fn write_value(out: &mut String, value: Value) {
    match value {
        Value::Flag(flag) => out.push(if flag { '1' } else { '0' }),
        Value::Count(count) => write_count(out, count),
        // Writing to a string cannot fail.
        Value::Number(number) => drop(write!(out, "{number}")),
        Value::Seconds(duration) => {
            write_count(out, duration.as_secs());
            write_fraction(out, duration.subsec_nanos(), 9);
        }
        Value::At(at) => {
            // A certificate may have ended before 1970.
            let since = at.duration_since(UNIX_EPOCH).unwrap_or_else(|before| {
                out.push('-');
                before.duration()
            });
            write_count(out, since.as_secs());
            write_fraction(out, since.subsec_millis(), 3);
        }
    }
}

fn write_count(out: &mut String, count: u64) {
    if let Some(digit) = u32::try_from(count).ok().and_then(|count| char::from_digit(count, 10)) {
        out.push(digit);
    } else {
        // Writing to a string cannot fail.
        let _ = write!(out, "{count}");
    }
}

/// Writes a fraction of so many digits without its trailing zeros.
fn write_fraction(out: &mut String, mut fraction: u32, mut digits: usize) {
    if fraction == 0 {
        return;
    }
    while fraction.is_multiple_of(10) {
        fraction /= 10;
        digits -= 1;
    }
    // Writing to a string cannot fail.
    let _ = write!(out, ".{fraction:0digits$}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::table::{endpoint, fleet};

    #[test]
    fn values_are_exact_decimals() {
        let ms = Duration::from_millis;
        for (value, expected) in [
            (Value::Flag(false), "0"),
            (Value::Count(9), "9"),
            (Value::Count(10), "10"),
            (Value::Count(u64::MAX), "18446744073709551615"),
            (Value::Seconds(Duration::ZERO), "0"),
            (Value::Seconds(Duration::from_micros(12_100)), "0.0121"),
            (Value::Seconds(Duration::from_nanos(1)), "0.000000001"),
            (Value::Seconds(ms(100_500)), "100.5"),
            (Value::Number(1.0), "1"),
            (Value::Number(1.1), "1.1"),
            (Value::At(UNIX_EPOCH + ms(1_795_248_000_120)), "1795248000.12"),
            (Value::At(UNIX_EPOCH - ms(1_500)), "-1.5"),
        ] {
            let mut out = String::new();
            write_value(&mut out, value);
            assert_eq!(out, expected, "{value:?}");
        }
    }

    #[test]
    fn hostile_label_values_stay_inside_their_quotes() {
        let hostile = "a\"} 1\nx{y=\"\\";
        assert_eq!(labels([("e", hostile), ("d", "ü")]), r#"e="a\"} 1\nx{y=\"\\",d="ü""#);
        let mut out = String::new();
        Series::new(&mut out, &fleet::NEAREST_CHANGES, true).add("", &[hostile], ONE);
        assert_eq!(
            out.lines().last().unwrap(),
            r#"wsus_probe_nearest_changes_total{reason="a\"} 1\nx{y=\"\\"} 1"#
        );
    }

    #[test]
    fn buckets_are_cumulative_and_can_be_left_out() {
        let mut histogram = Histogram::default();
        for ms in [1, 2, 6_000] {
            histogram.observe(Duration::from_millis(ms));
        }
        let mut out = String::new();
        Series::new(&mut out, &endpoint::PHASE_DURATION, true).histogram("", &["tls"], &histogram);
        let lines: Vec<_> = out.lines().collect();
        let name = "wsus_probe_phase_duration_seconds";
        assert_eq!(lines[1], format!("# TYPE {name} histogram"));
        assert_eq!(lines[3], format!("{name}_bucket{{phase=\"tls\",le=\"0.002\"}} 2"));
        assert_eq!(
            lines[22..].join("\n"),
            format!(
                "{name}_bucket{{phase=\"tls\",le=\"+Inf\"}} 3\n{name}_sum{{phase=\"tls\"}} 6.003\n{name}_count{{phase=\"tls\"}} 3"
            )
        );
        out.clear();
        Series::new(&mut out, &endpoint::PHASE_DURATION, false).histogram("", &[], &histogram);
        assert_eq!(
            out.lines().skip(1).collect::<Vec<_>>().join("\n"),
            format!("# TYPE {name} summary\n{name}_sum 6.003\n{name}_count 3")
        );
        let nothing = Histogram::default();
        out.clear();
        Series::new(&mut out, &endpoint::PHASE_DURATION, false).histogram("", &[], &nothing);
        assert_eq!(out, "");
    }
}
