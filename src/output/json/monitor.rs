//! What a monitoring run knows, as JSON.

use std::io;

use crate::model::monitor::{EndpointView, Snapshot};

/// Every endpoint with its state, members and findings.
///
/// # Errors
/// The serializer's.
pub fn endpoints(_snapshot: &Snapshot) -> io::Result<String> {
    Ok(String::new())
}

/// The last rounds of one endpoint, oldest first.
///
/// # Errors
/// The serializer's.
pub fn history(_view: &EndpointView) -> io::Result<String> {
    Ok(String::new())
}

/// The choice and why.
///
/// # Errors
/// The serializer's.
pub fn nearest(_snapshot: &Snapshot) -> io::Result<String> {
    Ok(String::new())
}

/// The endpoints in the form of Prometheus' HTTP service discovery.
///
/// # Errors
/// The serializer's.
pub fn targets(_snapshot: &Snapshot) -> io::Result<String> {
    Ok(String::new())
}
