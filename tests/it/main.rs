//! All integration tests, in one binary.

#![cfg(test)]

mod certificates;
mod cli;
mod client_audit;
mod config;
mod deploy;
mod exporter;
mod hardship;
mod healthcheck;
mod lean;
mod link;
mod loopback;
mod metrics;
mod page;
mod prometheus;
mod props;
mod readme;
mod reference;
mod requests;
mod selection;
mod serve;
mod server;
mod support;
mod tidy;
mod tls_peers;
mod tls_scan;
mod tls_suites;
mod trouble;
mod wsus_peers;
mod zoo;
