//! The example for Alertmanager.
