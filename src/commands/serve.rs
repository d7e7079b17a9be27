//! `serve`: the exporter.
