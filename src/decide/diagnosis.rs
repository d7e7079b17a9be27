//! What explains several answers of one member together.

use std::time::Duration;

use crate::model::endpoint::EndpointUrl;
use crate::model::exchange::Exchange;
use crate::model::finding::Finding;
use crate::model::service::ServiceReport;

/// Everything that was seen of one member over HTTP.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The URL as it was requested, with the name override in place of the host.
    pub asked: &'a EndpointUrl,
    /// Every request and its outcome, so far.
    pub exchanges: &'a [Exchange],
    /// The services as `decide::services` judges the exchanges.
    pub services: &'a [ServiceReport],
    /// The member's round-trip time, to tell a slow server from a far one.
    pub round_trip: Option<Duration>,
}

/// Diagnoses first, then what is wrong with single services beyond what a diagnosis explains.
pub fn of_member(_seen: &Seen<'_>) -> Vec<Finding> {
    Vec::new()
}
