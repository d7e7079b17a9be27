//! The checks that ask a real Prometheus which scraped the real exporter.
