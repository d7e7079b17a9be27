//! The monitoring run's counters as the prometheus library wants them.

use std::sync::Arc;

use prometheus::core::{Collector, Desc};
use prometheus::proto;

use crate::engine::monitor::vitals::Vitals;
use crate::metrics::table::{Family, Kind, own as table};
use crate::model::monitor::histogram::{BOUNDS, Histogram};

/// Reads the counters whenever metrics are asked for.
pub(super) struct VitalsCollector {
    vitals: Arc<Vitals>,
    descriptions: Vec<Desc>,
}

const FAMILIES: &[Family] = &[
    table::SCHEDULE_LAG,
    table::IN_FLIGHT,
    table::IN_FLIGHT_LIMIT,
    table::DROPPED,
    table::PANICS,
    table::LONGEST_STALL,
    table::STALLED,
];

impl VitalsCollector {
    /// A collector of these.
    ///
    /// # Errors
    /// A name that the library does not take.
    pub(super) fn new(vitals: Arc<Vitals>) -> Result<Self, prometheus::Error> {
        Ok(Self { vitals, descriptions: describe(FAMILIES)? })
    }
}

impl Collector for VitalsCollector {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        let now = self.vitals.read();
        let mut lag = proto::Metric::default();
        lag.set_histogram(histogram(&now.lag));
        vec![
            family(&table::SCHEDULE_LAG, lag),
            number(&table::IN_FLIGHT, float(now.in_flight)),
            number(&table::IN_FLIGHT_LIMIT, float(now.in_flight_limit)),
            number(&table::DROPPED, float(now.dropped)),
            number(&table::PANICS, float(now.panicked)),
            number(&table::LONGEST_STALL, now.longest_stall.as_secs_f64()),
            number(&table::STALLED, now.stalled.as_secs_f64()),
        ]
    }
}

/// The families as the library wants them described.
///
/// # Errors
/// A name that the library does not take.
pub(super) fn describe(families: &[Family]) -> Result<Vec<Desc>, prometheus::Error> {
    let describe = |family: &Family| {
        let (name, help) = (family.name.to_owned(), family.help.to_owned());
        Desc::new(name, help, Vec::new(), std::collections::HashMap::new())
    };
    families.iter().map(describe).collect()
}

/// A counter or gauge without labels.
pub(super) fn number(row: &Family, value: f64) -> proto::MetricFamily {
    let mut metric = proto::Metric::default();
    if row.kind == Kind::Counter {
        let mut counter = proto::Counter::default();
        counter.set_value(value);
        metric.set_counter(counter);
    } else {
        let mut gauge = proto::Gauge::default();
        gauge.set_value(value);
        metric.set_gauge(gauge);
    }
    family(row, metric)
}

fn family(row: &Family, metric: proto::Metric) -> proto::MetricFamily {
    let mut family = proto::MetricFamily::default();
    family.set_name(row.name.to_owned());
    family.set_help(row.help.to_owned());
    family.set_field_type(match row.kind {
        Kind::Counter => proto::MetricType::COUNTER,
        Kind::Gauge => proto::MetricType::GAUGE,
        Kind::Histogram => proto::MetricType::HISTOGRAM,
    });
    family.set_metric(vec![metric]);
    family
}

fn histogram(observed: &Histogram) -> proto::Histogram {
    let mut below = 0;
    let buckets = BOUNDS.iter().zip(observed.buckets).map(|(bound, count)| {
        below += u64::from(count);
        let mut bucket = proto::Bucket::default();
        bucket.set_upper_bound(*bound);
        bucket.set_cumulative_count(below);
        bucket
    });
    let mut histogram = proto::Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_count(observed.count);
    histogram.set_sample_sum(observed.sum.as_secs_f64());
    histogram
}

#[expect(clippy::cast_precision_loss, reason = "the format has floats only")]
const fn float(count: u64) -> f64 {
    count as f64
}
