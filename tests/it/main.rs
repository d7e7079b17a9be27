//! All integration tests, in one binary.

#![cfg(test)]

mod apply;
mod certificates;
mod cli;
mod client_audit;
mod client_explain;
mod client_render;
mod config;
mod deploy;
mod exporter;
mod hardship;
mod healthcheck;
mod lean;
mod link;
mod log_file;
mod loopback;
mod metrics;
mod page;
mod prometheus;
mod props;
mod readme;
mod reference;
mod requests;
mod resolvers;
mod schedule;
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
