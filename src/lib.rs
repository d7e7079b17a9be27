//! wsus-probe: tells from the network alone whether a WSUS endpoint is healthy, how far away it
//! is, and which one a server should use.

pub mod cli;
pub mod commands;
pub mod config;
pub mod decide;
pub mod demo;
pub mod engine;
pub mod model;
pub mod net;
pub mod output;
pub mod wire;
