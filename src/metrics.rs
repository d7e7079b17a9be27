//! From a snapshot to Prometheus' text format: every name, help text and label in one table.

pub mod exposition;
pub mod fleet;
pub mod own;
#[cfg(test)]
mod parser;
pub mod probe;
pub mod table;
