//! Decisions as pure functions of (data, now): no clock, no environment, no network.

pub mod certificate;
pub mod explain;
pub mod findings;
pub mod health;
pub mod select;
pub mod stats;
pub mod windows_update_code;
pub mod wsus;
