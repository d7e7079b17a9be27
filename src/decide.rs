//! Decisions as pure functions of (data, now): no clock, no environment, no network.

pub mod audience;
pub mod calendar;
pub mod certificate;
pub mod compat;
pub mod diagnosis;
pub mod explain;
pub mod exposure;
pub mod findings;
pub mod generation;
pub mod health;
pub mod hierarchy;
pub mod members;
pub mod monitor;
pub mod resolvers;
pub mod select;
pub mod services;
pub mod stats;
pub mod suite_search;
pub mod tls_policy;
pub mod tls_versions;
pub mod windows_update_code;
pub mod wsus;
