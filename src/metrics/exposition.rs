//! Writing Prometheus' text format, version 0.0.4.
