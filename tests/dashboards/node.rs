//! The checks that ask Grafana's own code, in Node.
