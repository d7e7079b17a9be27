//! Plain data: what an endpoint is and what a probe saw.
//!
//! Nothing here reads a clock, the environment or the network, and nothing here decides:
//! decisions are functions of these values in [`crate::decide`]. Absence is always an
//! [`Option`], never a zero: zero is a latency.

#[macro_use]
mod closed_list;

pub mod alert;
pub mod cabinet;
pub mod certificate;
pub mod client;
pub mod endpoint;
pub mod exchange;
pub mod failure;
pub mod finding;
pub mod generation;
pub mod monitor;
pub mod protocol;
pub mod registry;
pub mod report;
pub mod request;
pub mod resolvers;
pub mod selection;
pub mod service;
pub mod suite;
pub mod text;
pub mod timing;
pub mod tls;
pub mod tls_scan;
pub mod url;
pub mod windows_client;
pub mod windows_update;
pub mod wsus;
