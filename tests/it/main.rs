//! All integration tests, in one binary.

#![cfg(test)]

mod config;
mod readme;
mod tidy;
mod tls_peers;
