//! Every series that there can be, and the labels it can have.

use std::collections::{BTreeMap, BTreeSet};

use wsus_probe::metrics::table::{self, Family, Kind, blackbox, process};

use super::labels::Flow;
use super::parsed::parsed;
use crate::rules::read::{Rule, rules};

/// Names of labels.
pub(crate) type Labels = BTreeSet<String>;

/// What every scraped series has: the scrape configuration gives them.
const TARGET: [&str; 3] = ["job", "instance", "site"];

/// What Prometheus adds for every scrape.
const OF_SCRAPES: [&str; 5] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
];

/// What Prometheus says of alerts that are pending or firing.
const OF_ALERTS: [&str; 2] = ["ALERTS", "ALERTS_FOR_STATE"];

/// Whether a value means something by itself, or only by how much it has risen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    Now,
    Rising,
}

/// One name of series.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) labels: Labels,
    pub(super) nature: Nature,
}

/// All of them.
#[derive(Debug, Clone)]
pub(crate) struct Known(BTreeMap<String, Series>);

impl Known {
    /// From the exporter's table and the files of the rules.
    pub(crate) fn read() -> Self {
        let mut known = Self(BTreeMap::new());
        let families = table::exported().chain(process::PROCESS).chain(blackbox::BLACKBOX);
        families.for_each(|family| known.family(family));
        for name in OF_SCRAPES {
            known.add(name, labels(TARGET), Nature::Now);
        }
        let all = rules();
        // A recorded series can be used by a rule that comes later in another file.
        for _ in 0..2 {
            for rule in &all {
                known.rule(rule);
            }
        }
        known
    }

    pub(super) fn get(&self, name: &str) -> Option<&Series> {
        self.0.get(name)
    }

    fn add(&mut self, name: &str, labels: Labels, nature: Nature) {
        let series = Series { labels, nature };
        self.0.insert(name.to_owned(), series);
    }

    fn family(&mut self, family: &Family) {
        let own = || labels(family.labels.iter().copied().chain(TARGET));
        match family.kind {
            Kind::Gauge => self.add(family.name, own(), Nature::Now),
            Kind::Counter => self.add(family.name, own(), Nature::Rising),
            Kind::Histogram => {
                let [buckets, sum, count] =
                    ["bucket", "sum", "count"].map(|suffix| format!("{}_{suffix}", family.name));
                let mut with_edge = own();
                with_edge.insert("le".into());
                self.add(&buckets, with_edge, Nature::Rising);
                self.add(&sum, own(), Nature::Rising);
                self.add(&count, own(), Nature::Rising);
            }
        }
    }

    /// What the rule records, with the labels that its expression leaves; of an alert what
    /// Prometheus says of it.
    fn rule(&mut self, rule: &Rule) {
        let Ok(expr) = &*parsed(&rule.expr) else { return };
        let mut labels = Flow::new(self, true).labels(expr);
        labels.extend(rule.labels.keys().cloned());
        if let Some(name) = &rule.record {
            self.add(name, labels, Nature::Now);
        } else {
            labels.extend(["alertname".into(), "alertstate".into()]);
            for name in OF_ALERTS {
                if let Some(before) = self.get(name) {
                    labels.extend(before.labels.iter().cloned());
                }
                self.add(name, labels.clone(), Nature::Now);
            }
        }
    }
}

fn labels<'a>(names: impl IntoIterator<Item = &'a str>) -> Labels {
    names.into_iter().map(str::to_owned).collect()
}
