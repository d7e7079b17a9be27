//! Grafana dashboards and Prometheus rules: what the dashboards are generated from, and what
//! proves that dashboards and rules work.

#![cfg(test)]

mod boards;
mod check;
mod generated;
mod grafana;
mod live;
mod mutations;
mod node;
mod rules;
#[path = "../it/support"]
#[expect(dead_code, reason = "the integration tests need more of it")]
mod support {
    pub(crate) mod exporter;
    pub(crate) mod peer;
    pub(crate) mod ports;
    pub(crate) mod program;
    pub(crate) mod prometheus;
    pub(crate) mod world;
}
