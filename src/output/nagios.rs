//! For Nagios-compatible monitoring.
