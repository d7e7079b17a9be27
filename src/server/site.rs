//! What the pages are made from.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use tokio::sync::{mpsc, oneshot};

use crate::engine::monitor::Handle;
use crate::engine::ports::{Ports, Target};
use crate::metrics::fleet::Detail;
use crate::metrics::own::Own;
use crate::model::monitor::Reload;
use crate::model::request::Profile;

/// A wish to read the configuration again; answered with why it was refused, if it was.
pub type ReloadWish = oneshot::Sender<Result<(), String>>;

/// Everything that requests are answered from.
pub struct Site {
    /// The monitoring run.
    pub monitor: Handle,
    /// The exporter's own metrics.
    pub own: Own,
    /// When the process started.
    pub started: SystemTime,
    /// What changes with the configuration.
    pub settings: RwLock<Arc<Settings>>,
    /// Where wishes to reload go.
    pub reloads: mpsc::Sender<ReloadWish>,
}

impl Site {
    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts others in force.
    pub fn set(&self, settings: Settings) {
        let mut current = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(settings);
    }
}

/// What changes with the configuration.
pub struct Settings {
    /// How much `/metrics` tells.
    pub detail: Detail,
    /// How reading the configuration went.
    pub reload: Reload,
    /// Finds what `/probe` may probe.
    pub find: Arc<dyn Find>,
}

/// Finds what may be probed on request.
pub trait Find: Send + Sync {
    /// The target for a configured name or URL, or for a URL that the configuration allows; and
    /// the ports for that profile.
    ///
    /// # Errors
    /// Why it may not be probed.
    fn find(&self, asked: &str, profile: Profile) -> Result<(Target, Ports), Refused>;
}

/// Why something is not probed on request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is neither a name nor a URL; with what is wrong.
    Malformed(String),
    /// The configuration does not allow it; with the remedy.
    Forbidden(String),
}
