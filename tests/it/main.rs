//! All integration tests, in one binary.

#![cfg(test)]

mod config;
mod tidy;
mod tls_peers;
