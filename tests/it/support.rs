//! What several integration tests need: the program as a child, and servers on loopback.

pub(crate) mod exporter;
pub(crate) mod links;
#[cfg(test)]
pub(crate) mod peer;
pub(crate) mod ports;
pub(crate) mod program;
pub(crate) mod prometheus;
pub(crate) mod report;
pub(crate) mod world;
