//! The continuously kept choice of the nearest endpoint.

use std::time::SystemTime;

use crate::model::endpoint::EndpointName;

closed_list! {
    /// Why the choice changed.
    ChangeReason {
        /// There was none before.
        First => "first",
        /// Another one is nearer by enough to be worth moving clients.
        Nearer => "nearer",
        /// The one before does not work any more, or only with warnings while another is healthy.
        Unhealthy => "unhealthy",
        /// The one before is no longer in the configuration.
        Removed => "removed",
        /// Nothing works.
        NoneHealthy => "none_healthy",
        /// Something works again.
        Recovered => "recovered",
    }
}

/// The choice and its history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The nearest; `None` while nothing works or nothing is known.
    pub selected: Option<EndpointName>,
    /// Why the choice is what it is, as a sentence.
    pub text: String,
    /// When it changed last.
    pub changed_at: Option<SystemTime>,
    /// Changes since the start of the process, in the order of [`ChangeReason::ALL`].
    pub changes: [u64; ChangeReason::ALL.len()],
}
