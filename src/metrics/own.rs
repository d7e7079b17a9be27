//! How the exporter itself fares, and its process.
//!
//! A registry of its own, never the library's global one: a test, or a second exporter in the same
//! process, counts for itself.

mod process;
mod vitals;

use std::collections::HashMap;
use std::env::consts::{ARCH, OS};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus::core::Collector;
use prometheus::{Gauge, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};

use crate::engine::monitor::vitals::Vitals;
use crate::metrics::own::process::ProcessCollector;
use crate::metrics::own::vitals::VitalsCollector;
use crate::metrics::table::{Family, own as table};
use crate::model::monitor::Reload;

/// The exporter's own metrics.
pub struct Own {
    registry: Registry,
    requests: IntCounterVec,
    web_reload: IntGaugeVec,
    reload_successful: IntGauge,
    reload_success_time: Gauge,
}

impl Own {
    /// Registers them in a registry of their own. `started` is when the process did; it counts
    /// only where the system itself cannot be asked.
    ///
    /// # Errors
    /// The registry's: two metrics of one name.
    pub fn new(vitals: Arc<Vitals>, started: SystemTime) -> Result<Self, prometheus::Error> {
        let own = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                options(&table::HTTP_REQUESTS),
                table::HTTP_REQUESTS.labels,
            )?,
            web_reload: IntGaugeVec::new(
                options(&table::WEB_RELOAD_SUCCESSFUL),
                table::WEB_RELOAD_SUCCESSFUL.labels,
            )?,
            reload_successful: IntGauge::with_opts(options(&table::RELOAD_SUCCESSFUL))?,
            reload_success_time: Gauge::with_opts(options(&table::RELOAD_SUCCESS_TIME))?,
        };
        own.register(VitalsCollector::new(vitals)?)?;
        own.register(own.requests.clone())?;
        own.register(own.web_reload.clone())?;
        own.register(own.reload_successful.clone())?;
        own.register(own.reload_success_time.clone())?;
        own.register(build_info()?)?;
        own.register(ProcessCollector::new(started)?)?;
        Ok(own)
    }

    /// Counts an HTTP request by the route that answered it and the status. Both become label
    /// values: routes are a fixed few, never what a client asked for.
    pub fn answered(&self, route: &'static str, status: u16) {
        self.requests.with_label_values(&[route, &status.to_string()]).inc();
    }

    /// Notes whether the web configuration file was last read with success. Never to be called where
    /// there is no such file.
    pub fn web_config_read(&self, successful: bool) {
        self.web_reload.with_label_values::<&str>(&[]).set(i64::from(successful));
    }

    /// Writes them.
    pub fn write(&self, out: &mut String, reload: &Reload) {
        self.reload_successful.set(i64::from(reload.refused.is_none()));
        self.reload_success_time.set(since_1970(reload.in_force_since));
        let before = out.len();
        if let Err(error) = TextEncoder::new().encode_utf8(&self.registry.gather(), out) {
            // Half a family would make the whole answer unreadable.
            out.truncate(before);
            tracing::error!(%error, "the exporter's own metrics cannot be written");
        }
    }

    fn register(&self, collector: impl Collector + 'static) -> Result<(), prometheus::Error> {
        self.registry.register(Box::new(collector))
    }
}

fn build_info() -> Result<IntGauge, prometheus::Error> {
    let values = [env!("CARGO_PKG_VERSION"), OS, ARCH];
    let labels = table::BUILD_INFO.labels.iter().zip(values);
    let labels: HashMap<_, _> =
        labels.map(|(name, value)| ((*name).to_owned(), value.to_owned())).collect();
    let info = IntGauge::with_opts(options(&table::BUILD_INFO).const_labels(labels))?;
    info.set(1);
    Ok(info)
}

fn options(family: &Family) -> Opts {
    Opts::new(family.name, family.help)
}

fn since_1970(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests;
